"""Claims as the shop's people see them: the open ones, the evidence, and the decision with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.card import Card, Picture, Row, Tap
from bot.cards.claims import CLAIM_STATES
from bot.cards.words import NAME_COLUMNS, back_button, home_button, order_ref, shop_name
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.funnel.orders import Order, OrderState
from models.money.claim_decisions import UNDO_FOR
from models.money.claims import NOTE_CHARS, Claim, ClaimState

_LABEL_COLUMNS = 18
_SHOWN_COLUMNS = 1_200
_MOST_CANDIDATES = 6
_WORD_COLUMNS = 24
_ORDER_STATES = {
    OrderState.PLACED: Phrase("ordered, not paid"),
    OrderState.PAID: Phrase("paid"),
    OrderState.RECEIVED: Phrase("received"),
    OrderState.REFUNDED: Phrase("refunded"),
    OrderState.CANCELLED: Phrase("cancelled"),
}
_RULES = {
    "coupon": Phrase("coupon"),
    "code": Phrase("code"),
    "last_click": Phrase("last click"),
    "first_click": Phrase("first click"),
    "binding": Phrase("binding"),
}
_VERDICTS = {
    "won": Phrase("won"),
    "lost": Phrase("lost"),
    "unknown": Phrase("unknown"),
    "paused": Phrase("link paused"),
    "too_old": Phrase("too old"),
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One candidate for the order; `is_claimant` when it is who claims it."""

    rule: str
    word: str
    verdict: str
    is_claimant: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """A claim with everything that helps to decide it; amounts in minor units."""

    shop: str
    currency: str
    zone: ZoneInfo
    claim: Claim
    claimant: str
    order: Order | None
    owner: str | None
    heard: tuple[Heard, ...]
    offer_minor: int | None
    now: datetime
    is_on_its_way: bool = False
    """Whether what was granted was withdrawn, or is being withdrawn."""

    @property
    def is_own(self) -> bool:
        """Whether the order is the claimant's already, so that what it earned is in question."""
        return self.order is not None and self.order.distributor_id == self.claim.distributor_id

    @property
    def may_undo(self) -> bool:
        """Whether the decision can still be taken back."""
        return self.is_within_undo and not self.is_on_its_way

    @property
    def is_within_undo(self) -> bool:
        """Whether the minutes of taking back are not over."""
        claim = self.claim
        decided = claim.state in {ClaimState.GRANTED, ClaimState.REFUSED}
        return decided and claim.decided_at is not None and self.now < claim.decided_at + UNDO_FOR


def claims_inbox_card(shop: str, claims: Sequence[tuple[Claim, str]], total: int, voice: Voice) -> Card:
    """The claims that wait, the oldest first, each with its claimant's name."""
    head = voice.say("📣 <b>Claims</b> at {shop}", shop=shop_name(shop, voice))
    back: Row = (back_button("manage:open", voice), home_button(voice))
    if not claims:
        return Card(
            head + Markup("\n\n") + voice.say("No claim waits for you. New ones come as a message."), (back,)
        )
    lines = [voice.plural("{n} claim waits for a decision.", "{n} claims wait for a decision.", total)]
    lines += [
        voice.say(
            "<b>{number}.</b> {ref} · {name}",
            number=number,
            ref=order_ref(claim.order_ref),
            name=person_name(name, NAME_COLUMNS, voice.plain("somebody")),
        )
        for number, (claim, name) in enumerate(claims, 1)
    ]
    buttons = [
        Tap(f"{number}. {plain_name(claim.order_ref, _LABEL_COLUMNS, '?')}", f"claim:open:{claim.id}")
        for number, (claim, _) in enumerate(claims, 1)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    return Card(head + Markup("\n\n") + Markup("\n").join(lines), (*rows, back))


def evidence_card(facts: Evidence, voice: Voice, wrong: str = "") -> Card:
    """What was claimed, what the store says of the order, and the decision."""
    claim = facts.claim
    head = [
        voice.say("📣 <b>Claim about order {ref}</b>", ref=order_ref(claim.order_ref)),
        voice.say("From {name}", name=person_name(facts.claimant, NAME_COLUMNS, voice.plain("somebody"))),
        voice.say("It is their own order; they question what it earned.")
        if facts.is_own
        else voice.say("They say that the order should have been theirs."),
        voice.say("Filed {moment}", moment=moment(claim.filed_at, facts.zone, voice.language)),
        escape(voice.phrase(CLAIM_STATES[claim.state])),
    ]
    parts = [Markup("\n").join(head), *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else [])]
    if claim.text:
        parts.append(Markup("<i>{}</i>").format(person_name(claim.text, _SHOWN_COLUMNS, "")))
    parts.append(_order(facts, voice))
    parts += _decision(facts, voice)
    back: Row = (back_button("claim:inbox", voice), home_button(voice))
    return Card(Markup("\n\n").join(parts), (*_rows(facts, voice), back))


def _order(facts: Evidence, voice: Voice) -> Markup:
    order = facts.order
    if order is None:
        return voice.say("The shop never told an order with this number.")
    lines = [
        voice.say(
            "Order {ref}: {state}, goods for {amount}",
            ref=order_ref(order.order_ref),
            state=voice.phrase(_ORDER_STATES[order.state]),
            amount=money(order.base_minor, order.currency, voice.language),
        ),
        voice.say("Placed {moment}", moment=moment(order.placed_at, facts.zone, voice.language)),
        voice.say("It is nobody's.")
        if facts.owner is None
        else voice.say(
            "It is {name}'s, by {rule}.",
            name=person_name(facts.owner, NAME_COLUMNS, voice.plain("somebody")),
            rule=_word(_RULES, order.rule or "", voice),
        ),
    ]
    lines += [_candidate(each, voice) for each in facts.heard[:_MOST_CANDIDATES]]
    return Markup("\n").join(lines)


def _candidate(heard: Heard, voice: Voice) -> Markup:
    what = {
        "rule": _word(_RULES, heard.rule, voice),
        "word": person_name(heard.word, _WORD_COLUMNS, "?"),
        "verdict": _word(_VERDICTS, heard.verdict, voice),
    }
    if heard.is_claimant:
        return voice.say("· {rule} {word}: {verdict} (the claimant's)", **what)
    return voice.say("· {rule} {word}: {verdict}", **what)


def _word(words: dict[str, Phrase], key: str, voice: Voice) -> str:
    return voice.phrase(words[key]) if key in words else key


def _decision(facts: Evidence, voice: Voice) -> list[Markup]:
    claim, currency, language = facts.claim, facts.currency, voice.language
    told = []
    if claim.state is ClaimState.OPEN and claim.proposed_minor is not None:
        told.append(
            voice.say(
                "👥 {amount} was proposed. An amount of this size needs a second person to agree.",
                amount=money(claim.proposed_minor, currency, language),
            )
        )
    if claim.granted_minor is not None:
        amount = money(claim.granted_minor, currency, language)
        told.append(voice.say("Paid as goodwill: <b>{amount}</b>", amount=amount))
    if claim.note:
        told.append(voice.say("Your reason: {note}", note=person_name(claim.note, 2 * NOTE_CHARS, "")))
    if facts.may_undo:
        told.append(
            voice.say(
                "It can be taken back for {n} minutes; then the claimant is told.",
                n=UNDO_FOR // timedelta(minutes=1),
            )
        )
    elif facts.is_within_undo:
        told.append(voice.say("It can't be taken back any more: the amount was withdrawn already."))
    elif claim.state is ClaimState.OPEN:
        told.append(
            voice.say("Whose order it is stays as it was; what you grant is paid as goodwill, at once.")
        )
    return told


def _rows(facts: Evidence, voice: Voice) -> tuple[Row, ...]:
    """What can be done; each button names the round, so that an old one decides nothing."""
    claim = facts.claim
    place = f"{claim.id}:{claim.round}"
    rows: list[Row] = []
    if claim.state is ClaimState.OPEN:
        offer = claim.proposed_minor or facts.offer_minor
        if offer:
            amount = money(offer, facts.currency, voice.language)
            label = (
                voice.plain("🤝 Agree to {amount}", amount=amount)
                if claim.proposed_minor is not None
                else voice.plain("✅ Grant {amount}", amount=amount)
            )
            rows.append((Tap(label, f"claim:grant:{place}:{offer}"),))
        rows.append((Tap(voice.plain("✍️ Another amount"), f"claim:amount:{place}"),))
        rows.append(
            (
                Tap(voice.plain("✖️ Refuse"), f"claim:refuse:{place}"),
                Tap(voice.plain("✖️ Refuse with a reason"), f"claim:reason:{place}"),
            )
        )
    elif facts.may_undo:
        rows.append((Tap(voice.plain("↩️ Take it back"), f"claim:undo:{place}"),))
    if claim.has_picture:
        rows.append((Tap(voice.plain("🖼 The picture"), f"claim:proof:{claim.id}"),))
    return tuple(rows)


def ask_amount_card(claim: Claim, currency: str, voice: Voice, wrong: str = "") -> Card:
    """The next text is the amount to grant."""
    parts = [
        voice.say("✍️ <b>Goodwill for order {ref}</b>", ref=order_ref(claim.order_ref)),
        *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else []),
        voice.say("Send me the amount in {currency}, such as 12.50.", currency=currency),
    ]
    return _asking(claim, parts, voice)


def ask_reason_card(claim: Claim, voice: Voice, wrong: str = "") -> Card:
    """The next text is the reason that the claimant reads."""
    parts = [
        voice.say("✖️ <b>Refuse the claim about order {ref}</b>", ref=order_ref(claim.order_ref)),
        *([voice.say("✋ {wrong}", wrong=wrong)] if wrong else []),
        voice.say("Send me the reason in at most {n} characters; the claimant reads it.", n=NOTE_CHARS),
    ]
    return _asking(claim, parts, voice)


def _asking(claim: Claim, parts: Sequence[Markup], voice: Voice) -> Card:
    rows = ((back_button(f"claim:open:{claim.id}", voice), home_button(voice)),)
    return Card(Markup("\n\n").join(parts), rows)


def no_amount(voice: Voice) -> str:
    """Why what was typed is no amount."""
    return voice.plain("That is no amount above zero.")


def more_than_order(most_minor: int, currency: str, voice: Voice) -> str:
    """Why an amount is too much."""
    return voice.plain(
        "The goods of this order came to {amount}; goodwill can't be more.",
        amount=money(most_minor, currency, voice.language),
    )


def no_reason(voice: Voice) -> str:
    """Why what was typed is no reason."""
    return voice.plain("A reason has 1 to {n} characters.", n=NOTE_CHARS)


def proof_card(claim: Claim, voice: Voice, picture: Picture | None) -> Card:
    """The picture of a claim, a message of its own; words when it is gone."""
    ref = order_ref(claim.order_ref)
    text = (
        voice.say("🖼 Sent with the claim about order {ref}", ref=ref)
        if picture is not None
        else voice.say("🖼 The picture of the claim about order {ref} is no longer there.", ref=ref)
    )
    rows: tuple[Row, ...] = ((Tap(voice.plain("⚖️ Decide"), f"claim:open:{claim.id}"), home_button(voice)),)
    return Card(text, rows, picture)
