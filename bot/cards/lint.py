"""What is risky in a plan, in the reader's words; the command line says the same in English."""

from __future__ import annotations

from markupsafe import Markup

from bot.cards.findings import placed_words
from bot.voice.catalogue import Phrase, Voice
from models.files.findings import shown
from models.plans.lint import Code, LintFinding

SHORT = {
    Code.FEE_TAKES_ALL: Phrase("Fee takes all"),
    Code.PAYS_MORE_THAN_ORDER: Phrase("More than the order"),
    Code.DEPTH_TWO: Phrase("Two steps up"),
    Code.HEAD_COUNT_LEVEL: Phrase("Level by head count"),
    Code.LEVEL_CAN_BE_BOUGHT: Phrase("Level can be bought"),
    Code.UPLINES_EARN_MORE: Phrase("Sponsors earn more"),
    Code.LEVEL_EARNS_LESS: Phrase("Higher level earns less"),
    Code.ORDER_CAP_CUTS: Phrase("Order cap cuts"),
    Code.MARGIN_CUTS: Phrase("Margin guard cuts"),
    Code.MARGIN_UNGUARDED: Phrase("Margin unguarded"),
    Code.MINIMUM_OUT_OF_REACH: Phrase("Minimum out of reach"),
    Code.NO_HOLD: Phrase("No hold"),
    Code.BUDGET_BELOW_ORDER: Phrase("Budget below an order"),
    Code.DAY_BELOW_ORDER: Phrase("Day's cap below an order"),
    Code.BOOST_LOWERS: Phrase("Boost lowers"),
    Code.BOOST_NEVER_HOLDS: Phrase("Boost never holds"),
    Code.ZERO_RATE: Phrase("Zero rate"),
    Code.NO_BASE_RATE: Phrase("No base rate"),
    Code.GOODS_UNKNOWN: Phrase("Unknown goods"),
    Code.BAND_CHANGES_NOTHING: Phrase("Band without effect"),
    Code.BAND_OUT_OF_REACH: Phrase("Band out of reach"),
}
"""For buttons: each warning is confirmed by its name."""


def finding_words(found: LintFinding, line: int | None, voice: Voice, *, is_accepted: bool = False) -> Markup:
    """One finding: its name, where it stands (without a file, no line), what it says and the mend.

    It is ticked once it was confirmed.
    """
    return voice.say(
        "{mark} <b>{name}</b>, {said}",
        mark="✅" if is_accepted else "⚠️",
        name=voice.phrase(SHORT[found.code]),
        said=placed_words(line, shown(found.path), found.advice, voice),
    )
