"""What a plan pays for: rates, boosts, ladder, team, bonuses, and the caps on them (docs/plans.md)."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import ConfigDict, Field, model_validator

from models.errors import Sentence
from models.files.faults import Misfit
from models.plans.parts import Amount, Days, Key, Moment, Part, Percent

Named = Annotated[str, Field(min_length=1, max_length=100)]


class Selector(NamedTuple):
    """What a rate is for; None stands for any."""

    product: str | None
    category: str | None
    profile: str | None
    level: str | None

    @property
    def rule(self) -> str:
        """The name in explanations, such as `product=85123A level=leader`."""
        named = self._asdict().items()
        return " ".join(f"{key}={value}" for key, value in named if value is not None) or "base"


class _Selecting(Part):
    """A rule for a product or a category, a profile and a level: `percent` of the base, or `fixed` a unit."""

    product: Named | None = None
    category: Named | None = None
    profile: Key | None = None
    level: Key | None = None
    percent: Percent | None = None
    fixed: Amount | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> _Selecting:
        if (self.percent is None) == (self.fixed is None):
            raise Misfit(Sentence("a rate has either percent or fixed; write one of the two"))
        if self.product is not None and self.category is not None:
            raise Misfit(
                Sentence("a rate selects a product or a category, not both; take one of the two out")
            )
        return self

    @property
    def selector(self) -> Selector:
        """What the rule applies to; two rules with one selector overlap."""
        return Selector(self.product, self.category, self.profile, self.level)

    @cached_property
    def rule(self) -> str:
        """The rule's name in explanations, such as `product=85123A level=leader`."""
        return self.selector.rule

    @property
    def told(self) -> str:
        """For sentences: what the rule is for, in the file's words where it selects something."""
        return self.rule if any(self.selector) else Sentence("everything")


class Rate(_Selecting):
    """What a matching line earns."""


class BoostMode(StrEnum):
    ADD = "add"
    REPLACE = "replace"


class Boost(_Selecting):
    """What a promotion adds to a line's rate, or sets in its place, for a time: `starts <= t < ends`."""

    mode: BoostMode = BoostMode.ADD
    starts: Annotated[Moment, Field(alias="from")]
    ends: Annotated[Moment, Field(alias="until")]

    model_config = ConfigDict(serialize_by_alias=True)

    @model_validator(mode="after")
    def _in_order(self) -> Boost:
        if self.ends <= self.starts:
            raise Misfit(Sentence("a boost ends after it begins; mend `until`"))
        return self


class PeriodLength(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


class LadderMode(StrEnum):
    MARGINAL = "marginal"
    WHOLE = "whole"


class Band(Part):
    """Net sales from `start` on, up to the next band's start (`to` may say so, and is checked)."""

    start: Annotated[Amount, Field(alias="from")]
    to: Amount | None = None
    percent: Percent

    model_config = ConfigDict(serialize_by_alias=True)


class Ladder(Part):
    """An extra on the net sales of a period."""

    period: PeriodLength = PeriodLength.MONTH
    mode: LadderMode = LadderMode.MARGINAL
    bands: Annotated[tuple[Band, ...], Field(min_length=1, max_length=20)]


class SamePerson(StrEnum):
    SKIP = "skip"
    PAY = "pay"


MOST_DEPTH = 2
"""No plan pays sponsors farther up, whatever it says (business.md 9)."""


class Team(Part):
    """What sponsors earn of their members' sales; no setting goes past a depth of two."""

    depth: Annotated[int, Field(ge=1, le=MOST_DEPTH)] = 1
    percents: Annotated[tuple[Percent, ...], Field(min_length=1, max_length=MOST_DEPTH)]
    same_person: SamePerson = SamePerson.SKIP

    @model_validator(mode="after")
    def _a_percent_for_each_depth(self) -> Team:
        if len(self.percents) != self.depth:
            raise Misfit(
                Sentence(
                    "a depth of {depth} has {depth} percents, not {found}; write one for each step",
                    depth=self.depth,
                    found=len(self.percents),
                )
            )
        return self


class TeamTarget(Part):
    """Net sales of the direct members in a period, and what reaching them pays."""

    period: PeriodLength = PeriodLength.MONTH
    sales: Amount
    amount: Amount


class Bonuses(Part):
    """Amounts that are paid once."""

    first_order: Amount | None = None
    invite_cashback: Amount | None = None
    team_target: Annotated[tuple[TeamTarget, ...], Field(max_length=20)] = ()


class Caps(Part):
    """The most that is paid. Only `order_percent` bounds every order: the margin guard holds where costs are known."""

    order_percent: Percent | None = None
    margin_percent: Percent | None = "100"
    day: Amount | None = None
    budget: Amount | None = None


class Binding(Part):
    """For how long a customer is whose; `before_coupon` puts that before a distributor's coupon."""

    protect_days: Days
    valid_days: Annotated[int, Field(ge=1, le=3650)]
    before_coupon: bool = False

    @model_validator(mode="after")
    def _protected_while_valid(self) -> Binding:
        if self.protect_days > self.valid_days:
            raise Misfit(
                Sentence(
                    "a customer can't be protected for longer than the binding is valid; raise `valid_days`"
                )
            )
        return self


class Withdrawal(Part):
    """What a payout costs its receiver, when it arrives, and above which amount a second person must agree."""

    fee: Amount = "0"
    fee_percent: Percent = "0"
    arrives_in_days: Annotated[int, Field(ge=0, le=60)] = 3
    second_person_above: Amount | None = None
