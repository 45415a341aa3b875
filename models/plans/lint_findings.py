"""What lint finds: codes that scripts and buttons name, and how grave each is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.errors import Invalid, Sentence
from models.files.findings import Path


class Severity(StrEnum):
    ERROR = "error"
    """The plan can't be published."""
    WARNING = "warning"
    """Whoever publishes the plan names it first."""


class Code(StrEnum):
    """Stable names: `--accept` and the buttons in chat carry them."""

    FEE_TAKES_ALL = "fee_takes_all"
    PAYS_MORE_THAN_ORDER = "pays_more_than_order"
    DEPTH_TWO = "depth_two"
    HEAD_COUNT_LEVEL = "head_count_level"
    LEVEL_CAN_BE_BOUGHT = "level_can_be_bought"
    UPLINES_EARN_MORE = "uplines_earn_more"
    LEVEL_EARNS_LESS = "level_earns_less"
    ORDER_CAP_CUTS = "order_cap_cuts"
    MARGIN_CUTS = "margin_cuts"
    MARGIN_UNGUARDED = "margin_unguarded"
    MINIMUM_OUT_OF_REACH = "minimum_out_of_reach"
    NO_HOLD = "no_hold"
    BUDGET_BELOW_ORDER = "budget_below_order"
    DAY_BELOW_ORDER = "day_below_order"
    BOOST_LOWERS = "boost_lowers"
    BOOST_NEVER_HOLDS = "boost_never_holds"
    ZERO_RATE = "zero_rate"
    NO_BASE_RATE = "no_base_rate"
    GOODS_UNKNOWN = "goods_unknown"
    BAND_CHANGES_NOTHING = "band_changes_nothing"
    BAND_OUT_OF_REACH = "band_out_of_reach"


ERRORS = frozenset({Code.FEE_TAKES_ALL, Code.PAYS_MORE_THAN_ORDER})


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One finding: what is wrong, and the mend."""

    code: Code
    path: Path
    sentence: Sentence
    mend: Sentence

    @property
    def advice(self) -> Sentence:
        """Both in one."""
        return Sentence("{sentence}; {mend}", sentence=self.sentence, mend=self.mend)

    @property
    def severity(self) -> Severity:
        """Whether it keeps the plan from being published."""
        return Severity.ERROR if self.code in ERRORS else Severity.WARNING


class WarningsOpen(Invalid):
    """The plan has warnings that nobody has named yet."""

    code = "warnings_open"

    def __init__(self, codes: tuple[Code, ...]) -> None:
        super().__init__(f"These warnings must be accepted by name first: {', '.join(codes)}.")
        self.codes = codes
