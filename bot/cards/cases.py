"""Cases as staff decide them: the inbox, the evidence in plain words and numbers, one tap and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.case_decisions import CaseFacts, decided_parts, decision_taps, effect_parts
from bot.cards.case_evidence import evidence_parts
from bot.cards.case_words import case_state
from bot.cards.words import NAME_COLUMNS, back_button, dated, home_button, order_ref
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import money
from bot.voice.names import person_name, plain_name
from models.money.cases.cases import OPEN, CaseKind, CaseState
from models.money.cases.deciding import can_undo
from models.money.cases.seeing import CaseSeen
from models.money.cases.signals import independent

_LABEL_COLUMNS = 22
_TEXT_COLUMNS = 400

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
        else voice.plural("{n} kind of evidence", "{n} kinds of evidence", independent(case.evidence))
    )
    line = voice.say(
        "<b>{number}.</b> {name}\n{state} · {about} · {amount}",
        number=number,
        name=_name(seen, voice),
        state=case_state(case.state, case.kind, voice),
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
            "🗂 <b>{name}</b> · {state}",
            name=_name(seen, voice),
            state=case_state(case.state, case.kind, voice),
        ),
        voice.say("With the shop since {date}", date=dated(seen.joined_at, facts.zone, voice)),
    ]
    if case.state in OPEN:
        kept = money(seen.under_review_minor, facts.currency, voice.language)
        head.append(voice.say("Kept back: <b>{amount}</b>", amount=kept))
    parts = [Markup("\n").join(head)]
    if case.kind is CaseKind.OWN_PURCHASE:
        parts.append(_own_purchase(seen, voice))
    parts += evidence_parts(case, voice)
    parts += [*_standing(facts, voice), *decided_parts(facts, voice), *effect_parts(facts, voice)]
    rows: list[Row] = []
    buttons = decision_taps(case, voice)
    rows += [tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2)]
    if can_undo(case, facts.now):
        rows.append((Tap(voice.plain("↩️ Undo"), f"case:undo:{case.id}:{case.turn}"),))
    return Card(Markup("\n\n").join(parts), (*rows, _back("case:inbox", voice)))


def _own_purchase(seen: CaseSeen, voice: Voice) -> Markup:
    bought = voice.say(
        "🪞 Order {ref}: {fact} of its buyer is the distributor's own.",
        ref=order_ref(seen.order_ref or "?"),
        fact=voice.phrase(_OWN_BY.get(seen.own_by or "", _ANY_CONTACT)),
    )
    if seen.case.state not in OPEN:
        return bought
    return Markup("\n").join((bought, voice.say("The plan asks you whether it is paid.")))


def _standing(facts: CaseFacts, voice: Voice) -> list[Markup]:
    case = facts.seen.case
    parts = []
    if case.appeal:
        parts.append(
            voice.say("💬 They say: <i>{words}</i>", words=person_name(case.appeal, _TEXT_COLUMNS, "?"))
        )
    if case.state is CaseState.HOLD and case.expected_at is not None:
        expected = dated(case.expected_at, facts.zone, voice)
        parts.append(
            voice.say(
                "Once this can't be taken back any more they are told to expect a decision by {date}.",
                date=expected,
            )
            if can_undo(case, facts.now)
            else voice.say("They are told to expect a decision by {date}.", date=expected)
        )
        parts.append(
            voice.say(
                "Undecided, the hold is over on {end}, and everything goes on its way.",
                end=dated(case.expires_at, facts.zone, voice),
            )
        )
    elif case.state is CaseState.WATCH:
        if independent(case.evidence) == 1:
            parts.append(
                voice.say(
                    "One kind of evidence alone holds nothing back, for honest people can have it, too. It takes a "
                    "second kind, or your decision."
                )
            )
        parts.append(
            voice.say(
                "Nothing is held back now. Without news the case is over on {end}.",
                end=dated(case.expires_at, facts.zone, voice),
            )
        )
    if case.note:
        parts.append(voice.say("Note: {note}", note=person_name(case.note, _TEXT_COLUMNS, "?")))
    return parts
