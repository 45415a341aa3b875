"""Cases as staff decide them: the inbox, the evidence in plain words and numbers, one tap and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button, order_ref
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.money.cases.cases import CaseKind, CaseState
from models.money.cases.deciding import Decision, can_undo, decisions_of
from models.money.cases.seeing import CaseSeen
from models.money.cases.signals import Signal, SignalKind

_LABEL_COLUMNS = 22
_MOST_REFS = 3
_TEXT_COLUMNS = 400

CASE_STATES = {
    CaseState.WATCH: Phrase("👀 Watched"),
    CaseState.HOLD: Phrase("⏸ On hold"),
    CaseState.SUSPENDED: Phrase("⛔ Suspended"),
    CaseState.CLEARED: Phrase("✅ Cleared"),
    CaseState.REFUSED: Phrase("✖️ Not paid"),
    CaseState.EXPIRED: Phrase("⌛ Over"),
}
_DECISIONS = {
    Decision.CLEAR: Phrase("✅ Clear"),
    Decision.HOLD: Phrase("⏸ Hold"),
    Decision.SUSPEND: Phrase("⛔ Suspend"),
    Decision.REFUSE: Phrase("✖️ Don't pay"),
}
_PAY = Phrase("✅ Pay")
_DONE = {
    Decision.CLEAR: Phrase("Cleared. What was kept back goes on its way in ten minutes."),
    Decision.HOLD: Phrase("On hold. Nothing is released until you decide."),
    Decision.SUSPEND: Phrase("Suspended. What was earned stays under review."),
    Decision.REFUSE: Phrase("Not paid. The money is the shop's again."),
}
_OWN_BY = {
    "email": Phrase("the e-mail address"),
    "phone": Phrase("the phone number"),
    "chat": Phrase("the chat account"),
}
_ANY_CONTACT = Phrase("the contact data")


@dataclass(frozen=True, slots=True)
class InboxFacts:
    """A page of the shop's cases; `waiting` of all of them need a person. `after` is the next page's place."""

    currency: str
    cases: Sequence[CaseSeen]
    waiting: int
    after: int | None = None
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case at a shop with this currency and zone."""

    currency: str
    zone: ZoneInfo
    seen: CaseSeen
    now: datetime


def inbox_card(facts: InboxFacts, voice: Voice) -> Card:
    """What waits for a decision, then what is only watched."""
    if not facts.cases:
        text = voice.say(
            "🗂 <b>Cases</b>\n\nNothing to decide. Who seems to cheat and who buys by their own link will stand "
            "here, with the evidence. 👉 Meanwhile, look after the goods."
        )
        return Card(text, ((Tap(voice.plain("📦 Goods"), "manage:goods"),), _back("manage:open", voice)))
    head = voice.say(
        "🗂 <b>Cases</b> · {waiting}",
        waiting=voice.plural("{n} waits for a decision", "{n} wait for a decision", facts.waiting),
    )
    parts = [head] + [_listed(number, seen, facts, voice) for number, seen in enumerate(facts.cases, 1)]
    buttons = [
        Tap(
            f"{number}. {plain_name(seen.distributor, _LABEL_COLUMNS, voice.plain('somebody'))}",
            f"case:show:{seen.case.id}",
        )
        for number, seen in enumerate(facts.cases, 1)
    ]
    rows: list[Row] = [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    turns = []
    if not facts.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "case:inbox"))
    if facts.after is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"case:inbox:{facts.after}"))
    if turns:
        rows.append(tuple(turns))
    return Card(Markup("\n\n").join(parts), (*rows, _back("manage:open", voice)))


def _back(data: str, voice: Voice) -> Row:
    return (back_button(data, voice), home_button(voice))


def _listed(number: int, seen: CaseSeen, facts: InboxFacts, voice: Voice) -> Markup:
    case = seen.case
    about = (
        voice.say("own purchase, order {ref}", ref=order_ref(seen.order_ref or "?"))
        if case.kind is CaseKind.OWN_PURCHASE
        else voice.plural("{n} signal", "{n} signals", len(case.signals))
    )
    line = voice.say(
        "<b>{number}.</b> {name}\n{state} · {about} · {amount}",
        number=number,
        name=_name(seen, voice),
        state=voice.phrase(CASE_STATES[case.state]),
        about=about,
        amount=money(seen.under_review_minor, facts.currency, voice.language),
    )
    return Markup("{} · {}").format(line, voice.plain("💬 appeal")) if case.appeal else line


def _name(seen: CaseSeen, voice: Voice) -> Markup:
    return person_name(seen.distributor, NAME_COLUMNS, voice.plain("somebody"))


def case_card(facts: CaseFacts, voice: Voice) -> Card:
    """One case: what speaks against whom, what it keeps back, and what can be decided."""
    case, seen = facts.seen.case, facts.seen
    head = [
        voice.say(
            "🗂 <b>{name}</b> · {state}", name=_name(seen, voice), state=voice.phrase(CASE_STATES[case.state])
        ),
        voice.say("With the shop since {date}", date=dated(seen.joined_at, facts.zone, voice)),
        voice.say(
            "Kept back: <b>{amount}</b>",
            amount=money(seen.under_review_minor, facts.currency, voice.language),
        ),
    ]
    parts = [Markup("\n").join(head)]
    if case.kind is CaseKind.OWN_PURCHASE:
        parts.append(_own_purchase(seen, voice))
    parts += [_evidence(signal, voice) for signal in case.evidence]
    parts += _standing(facts, voice)
    rows: list[Row] = []
    buttons = [_decision(seen, decision, voice) for decision in decisions_of(case)]
    rows += [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    if can_undo(case, facts.now):
        rows.append((Tap(voice.plain("↩️ Undo"), f"case:undo:{case.id}:{case.turn}"),))
    return Card(Markup("\n\n").join(parts), (*rows, _back("case:inbox", voice)))


def _decision(seen: CaseSeen, decision: Decision, voice: Voice) -> Tap:
    pays = seen.case.kind is CaseKind.OWN_PURCHASE and decision is Decision.CLEAR
    label = voice.phrase(_PAY if pays else _DECISIONS[decision])
    return Tap(label, f"case:do:{seen.case.id}:{seen.case.turn}:{decision}")


def _own_purchase(seen: CaseSeen, voice: Voice) -> Markup:
    return voice.say(
        "🪞 Order {ref}: {fact} of its buyer is the distributor's own. The plan asks you whether it is paid.",
        ref=order_ref(seen.order_ref or "?"),
        fact=voice.phrase(_OWN_BY.get(seen.own_by or "", _ANY_CONTACT)),
    )


def _standing(facts: CaseFacts, voice: Voice) -> list[Markup]:
    case = facts.seen.case
    parts = []
    if case.appeal:
        parts.append(
            voice.say("💬 They say: <i>{words}</i>", words=person_name(case.appeal, _TEXT_COLUMNS, "?"))
        )
    if case.state is CaseState.HOLD and case.expected_at is not None:
        parts.append(
            voice.say(
                "Once this can't be taken back any more they are told to expect a decision by {date}. Undecided, "
                "the hold is over on {end}, and "
                "everything goes on its way.",
                date=dated(case.expected_at, facts.zone, voice),
                end=dated(case.expires_at, facts.zone, voice),
            )
        )
    elif case.state is CaseState.WATCH:
        parts.append(
            voice.say(
                "One kind of evidence alone holds nothing back. Without news the case is over on {end}.",
                end=dated(case.expires_at, facts.zone, voice),
            )
        )
    if case.note:
        parts.append(voice.say("Note: {note}", note=person_name(case.note, _TEXT_COLUMNS, "?")))
    return parts


def decided_words(decision: Decision, voice: Voice) -> str:
    """The toast after a decision."""
    return voice.phrase(_DONE[decision])


def _evidence(signal: Signal, voice: Voice) -> Markup:
    """A signal in words and numbers, with some of its orders."""
    said = _said(signal, voice)
    if not signal.orders:
        return said
    refs = Markup(", ").join(order_ref(ref) for ref in signal.orders[:_MOST_REFS])
    return Markup("\n").join((said, voice.say("Such as {orders}", orders=refs)))


def _said(signal: Signal, voice: Voice) -> Markup:
    # The numbers of the signal's kind, whatever a later version keeps there.
    numbers = {name: f"{value:,}" for name, value in signal.numbers.items()}
    return escape(voice.phrase(_EVIDENCE[signal.kind], **{**_NO_NUMBERS, **numbers}))


_NO_NUMBERS = dict.fromkeys(
    (
        *("own", "of", "orders", "customers", "seconds", "minutes"),
        *("percent", "usual_percent", "visitors", "days", "distributors"),
    ),
    "?",
)
_EVIDENCE = {
    SignalKind.OWN_CONTACT: Phrase(
        "🪞 Own contact data: {own} of {of} orders were bought by the distributor or their sponsor."
    ),
    SignalKind.ONE_ADDRESS: Phrase(
        "🏠 One address: {orders} of {of} orders came from an internet address that hardly anybody else "
        "buys from (customers there: {customers})."
    ),
    SignalKind.ONE_CUSTOMER: Phrase("👤 One customer made {orders} of {of} orders."),
    SignalKind.FEW_CUSTOMERS: Phrase(
        "👥 Few customers: {orders} of {of} orders are by a few who come again and again (customers: {customers})."
    ),
    SignalKind.QUICK: Phrase(
        "⚡ Too quick: {orders} of {of} orders were placed within {seconds} seconds of the click."
    ),
    SignalKind.EVEN: Phrase(
        "📏 Like clockwork: {orders} orders in a row came every {seconds} seconds, nearly evenly."
    ),
    SignalKind.BURST: Phrase(
        "🌊 Burst: {orders} orders within {minutes} minutes, by few people (customers: {customers})."
    ),
    SignalKind.REFUNDS: Phrase(
        "↩️ Much comes back: {orders} of {of} orders ({percent}%); of the shop's others {usual_percent}%."
    ),
    SignalKind.SAME_RETURNS: Phrase(
        "🔁 The same ones send back: {orders} orders came back, from few people (customers: {customers})."
    ),
    SignalKind.SPIKE: Phrase(
        "🚀 Sudden: new for {days} days and {orders} orders already, though hardly anybody came by the links "
        "(visitors: {visitors})."
    ),
    SignalKind.SHARED_ACCOUNT: Phrase(
        "🏦 Shared payout account: {distributors} distributors are paid out to the same one."
    ),
}
