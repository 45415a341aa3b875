"""What lint finds in a plan, in the reader's words; the command line says the same in English by itself."""

from __future__ import annotations

from markupsafe import Markup

from bot.voice.catalogue import Phrase, Voice
from bot.voice.names import plain_name
from models.plans.lint import Code, LintFinding
from models.plans.reading import shown

_NAME_COLUMNS = 60
_SAID = {
    Code.FEE_TAKES_ALL: Phrase("the fee takes all of the smallest withdrawal"),
    Code.PAYS_MORE_THAN_ORDER: Phrase(
        "an order can pay more than it brings in, and no `order_percent` is there"
    ),
    Code.DEPTH_TWO: Phrase("rewards reach two steps up, which some countries take for a pyramid"),
    Code.HEAD_COUNT_LEVEL: Phrase("a level is reached by the number of people brought in alone"),
    Code.LEVEL_CAN_BE_BOUGHT: Phrase("own purchases are paid and count, so that a level can be bought"),
    Code.UPLINES_EARN_MORE: Phrase("a sponsor earns more than the seller"),
    Code.LEVEL_EARNS_LESS: Phrase("a level earns less than the one before it"),
    Code.ORDER_CAP_CUTS: Phrase("rates and team come to more than an order may pay; the cap cuts them"),
    Code.MARGIN_CUTS: Phrase("an order can pay more than its margin; the margin guard cuts it"),
    Code.MARGIN_UNGUARDED: Phrase("an order can pay more than its margin, and nothing guards it"),
    Code.MINIMUM_OUT_OF_REACH: Phrase(
        "the smallest withdrawal is more than a month with an order a day earns"
    ),
    Code.NO_HOLD: Phrase("commissions are released before a return can come"),
    Code.BUDGET_BELOW_ORDER: Phrase("the month's budget is less than one order of the dearest product pays"),
    Code.DAY_BELOW_ORDER: Phrase("a day's cap is less than one order of the dearest product pays"),
    Code.BOOST_LOWERS: Phrase("a boost replaces a higher rate"),
    Code.BOOST_NEVER_HOLDS: Phrase("a boost is over before the plan starts"),
    Code.ZERO_RATE: Phrase("a rate of zero stops there: no other rate answers"),
    Code.NO_BASE_RATE: Phrase("no rate is for everything; what no rate names earns nothing"),
    Code.GOODS_UNKNOWN: Phrase("nothing on sale has this name"),
    Code.BAND_CHANGES_NOTHING: Phrase("a band of the ladder pays what the one before it pays"),
    Code.BAND_OUT_OF_REACH: Phrase("a band of the ladder starts where nobody will get"),
}
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


def finding_words(found: LintFinding, line: int, voice: Voice) -> Markup:
    """One finding: where it stands, what it says, the numbers, and its name."""
    place = voice.say(
        "line {line}, <code>{path}</code>", line=line, path=plain_name(shown(found.path), _NAME_COLUMNS, "?")
    )
    said = voice.say("{place}: {what}", place=place, what=voice.phrase(_SAID[found.code]))
    numbers = [
        plain_name(text, _NAME_COLUMNS, "?") for text in (found.about, found.found, found.limit) if text
    ]
    if numbers:
        said = voice.say("{said} ({numbers})", said=said, numbers=" · ".join(numbers))
    return voice.say("⚠️ <b>{name}</b>, {said}", name=voice.phrase(SHORT[found.code]), said=said)
