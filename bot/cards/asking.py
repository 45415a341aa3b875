"""Ask about an order: the number, and whose it is by which rule; of others never more than the rule."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button, order_ref, shop_name
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from models.funnel.attribution import Verdict
from models.money.asking import MOST_AN_HOUR, OrderAnswer, OwnCandidate, Standing

_DECIDED_BY = {
    "coupon": Phrase("a coupon was used that belongs to somebody else"),
    "code": Phrase("the order carried somebody else's code"),
    "last_click": Phrase("somebody else's link was clicked later than yours"),
    "first_click": Phrase("somebody else's link was clicked before yours"),
    "binding": Phrase("the customer is bound to somebody else"),
}
_NOTHING_OF_MINE = {
    "last_click": Phrase("somebody else's link was the last one clicked"),
    "first_click": Phrase("somebody else's link was the first one clicked"),
}
_MINE = {
    "coupon": Phrase("Your coupon"),
    "code": Phrase("Your code"),
    "last_click": Phrase("A click on your link"),
    "first_click": Phrase("A click on your link"),
    "binding": Phrase("The customer's binding to you"),
}


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """An answer about an order that is not the reader's; `question_id` names the question in buttons."""

    shop: str
    question_id: int
    answer: OrderAnswer
    shops: int = 1
    """To how many shops the reader belongs: the order may be another's."""


def ask_number_card(shop: str, voice: Voice, wrong: str = "", *, claims: bool = False) -> Card:
    """The next text is an order number."""
    parts = [
        voice.say("🔎 <b>Ask about an order</b> at {shop}", shop=shop_name(shop, voice)),
        *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else []),
        voice.say(
            "Send me its number, as the shop or the buyer told you. I say whether it is yours, what it earned, "
            "and if not, by which rule."
        ),
    ]
    mine: Row = (Tap(voice.plain("📣 My claims"), "claim:mine"),)
    back: Row = (back_button("earn:open", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (mine, back) if claims else (back,))


def bad_number(most: int, voice: Voice) -> str:
    """Why what was typed is no order number."""
    return voice.plain("An order number is one line of 1 to {n} characters.", n=most)


def no_number(voice: Voice) -> str:
    """Why what was typed is hardly an order number."""
    return voice.plain("I see no figure in that: an order number has some, such as 100254.")


def too_many_questions_card(again_at: datetime, zone: ZoneInfo, voice: Voice) -> Card:
    """Enough for now."""
    text = voice.say(
        "⏳ I answer at most {n} questions about orders in an hour. Go on from {moment}; "
        "your own orders stand under Entries all the time.",
        n=MOST_AN_HOUR,
        moment=moment(again_at, zone, voice.language),
    )
    return Card(text, ((Tap(voice.plain("🧾 Entries"), "entries:all:0"), home_button(voice)),))


def answer_card(facts: AnswerFacts, voice: Voice) -> Card:
    """Somebody else's order, nobody's, or one that is not known."""
    answer = facts.answer
    head = voice.say(
        "🔎 <b>Order {ref}</b> at {shop}",
        ref=order_ref(answer.order_ref or answer.number),
        shop=shop_name(facts.shop, voice),
    )
    parts = [head]
    if answer.is_spelled_otherwise:
        parts.append(voice.say("<i>You wrote {number}.</i>", number=order_ref(answer.number)))
    parts.append(_standing(answer, voice))
    if answer.standing in {Standing.ANOTHERS, Standing.NOBODYS}:
        parts += _mine(answer, voice)
    if answer.before_joining:
        parts.append(voice.say("📅 It was placed before you joined the shop."))
    if answer.is_cancelled:
        parts.append(voice.say("✖️ It was cancelled; nobody earns anything on it."))
    rows: list[Row] = []
    if not answer.is_cancelled:
        parts.append(voice.say("👉 If you think that this is wrong, file a claim: the shop looks at it."))
        rows.append((Tap(voice.plain("📣 File a claim"), f"claim:new:{facts.question_id}"),))
    rows.append((Tap(voice.plain("🔎 Another order"), "ask:open"),))
    if facts.shops > 1:
        rows.append((Tap(voice.plain("🔀 Other shop"), "shop:list"),))
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("earn:open", voice), home_button(voice))))


def _standing(answer: OrderAnswer, voice: Voice) -> Markup:
    match answer.standing:
        case Standing.ANOTHERS:
            return voice.say(
                "The shop told me this order, and it is somebody else's: {rule}.", rule=_rule(answer, voice)
            )
        case Standing.NOBODYS:
            return voice.say(
                "The shop told me this order, and it is nobody's: no coupon, code or click counted for it."
            )
        case Standing.WAITING:
            return voice.say(
                "The shop told me something about this order, but not the order itself yet. "
                "It is sorted by itself once the order comes; ask again later."
            )
        case _:
            return voice.say(
                "The shop never told me an order with this number. Look whether it is written so in the buyer's "
                "confirmation; a new order can take some minutes."
            )


def _rule(answer: OrderAnswer, voice: Voice) -> str:
    decided = answer.decided_by or ""
    if not any(each.rule == decided for each in answer.mine) and decided in _NOTHING_OF_MINE:
        return voice.phrase(_NOTHING_OF_MINE[decided])
    if decided in _DECIDED_BY:
        return voice.phrase(_DECIDED_BY[decided])
    return voice.plain("by the rule {rule}", rule=decided)


def _mine(answer: OrderAnswer, voice: Voice) -> list[Markup]:
    """What of the reader's was on record, and what became of it."""
    if not answer.mine:
        return [voice.say("Nothing of yours is on record with it: no click, no code, no coupon.")]
    return [_candidate(each, voice) for each in dict.fromkeys(answer.mine)]


def _candidate(candidate: OwnCandidate, voice: Voice) -> Markup:
    what = voice.phrase(_MINE[candidate.rule]) if candidate.rule in _MINE else candidate.rule
    match candidate.verdict:
        case Verdict.PAUSED:
            return voice.say("{what} is on record, but the link was paused then.", what=what)
        case Verdict.TOO_OLD:
            return voice.say("{what} is on record, but longer ago than the plan counts.", what=what)
        case _:
            return voice.say("{what} is on record, and that rule was stronger.", what=what)
