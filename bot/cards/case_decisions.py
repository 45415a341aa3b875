"""Deciding a case: what each tap does and to how much, what was decided by whom, and until when it can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.actors import actor_words
from bot.cards.card import Tap
from bot.cards.words import dated
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import moment
from bot.voice.money import money
from models.money.cases.cases import Case, CaseKind, CaseState
from models.money.cases.deciding import Decision, can_undo, decisions_of
from models.money.cases.seeing import CaseSeen, last_decision

_DECISIONS = {
    Decision.CLEAR: Phrase("✅ Clear"),
    Decision.HOLD: Phrase("⏸ Hold"),
    Decision.SUSPEND: Phrase("⛔ Suspend"),
    Decision.REFUSE: Phrase("✖️ Don't pay"),
}
_PAY = Phrase("✅ Pay")
_PAID = Phrase("It is paid: the commission goes on its way in ten minutes.")
_DONE = {
    Decision.CLEAR: Phrase("Cleared. What was kept back goes on its way in ten minutes."),
    Decision.HOLD: Phrase(
        "On hold. Nothing is released until you decide; undecided, the hold is over on {end} and everything goes "
        "on its way."
    ),
    Decision.SUSPEND: Phrase("Suspended. What was earned stays under review."),
    Decision.REFUSE: Phrase("Not paid. The money is the shop's again."),
}
_GOES_ON = Phrase("{amount} goes on its way to release in ten minutes.")
_VOID = Phrase(
    "{amount} is not paid and is the shop's again; its orders count no more for levels, ladders and targets."
)
_EFFECTS = {
    (CaseState.WATCH, Decision.CLEAR): Phrase("the case is closed; nothing was held back."),
    (CaseState.WATCH, Decision.HOLD): Phrase(
        "all commissions that are not released yet ({amount}), and those to come, wait under review; nothing is paid "
        "out meanwhile. It ends by itself when nobody decides."
    ),
    (CaseState.WATCH, Decision.SUSPEND): Phrase(
        "all commissions that are not released yet ({amount}), and those to come, wait until you decide; nothing is "
        "paid out, and they can be nobody's sponsor. It never ends by itself."
    ),
    (CaseState.HOLD, Decision.CLEAR): _GOES_ON,
    (CaseState.HOLD, Decision.SUSPEND): Phrase(
        "{amount} stays under review, and so does what is to come, until you decide; nothing is paid out, and they "
        "can be nobody's sponsor. It never ends by itself."
    ),
    (CaseState.HOLD, Decision.REFUSE): _VOID,
    (CaseState.SUSPENDED, Decision.CLEAR): Phrase(
        "{amount} goes on its way to release in ten minutes, and the suspension ends."
    ),
    (CaseState.SUSPENDED, Decision.REFUSE): _VOID,
}
"""What a tap does to a case that stands so; a refusal leaves a suspension as it is."""


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One case at a shop with this currency and zone; `names` of people by the way the case keeps them."""

    currency: str
    zone: ZoneInfo
    seen: CaseSeen
    now: datetime
    names: Mapping[str, str] = field(default_factory=dict)


def decision_taps(case: Case, voice: Voice) -> list[Tap]:
    """A button for each decision that the case allows now."""
    return [_tap(case, decision, voice) for decision in decisions_of(case)]


def _tap(case: Case, decision: Decision, voice: Voice) -> Tap:
    return Tap(_label(case, decision, voice), f"case:do:{case.id}:{case.turn}:{decision}")


def _label(case: Case, decision: Decision, voice: Voice) -> str:
    return voice.phrase(_PAY if _pays(case, decision) else _DECISIONS[decision])


def _pays(case: Case, decision: Decision) -> bool:
    return case.kind is CaseKind.OWN_PURCHASE and decision is Decision.CLEAR


def effect_parts(facts: CaseFacts, voice: Voice) -> list[Markup]:
    """What each of the buttons does, with the amount that it concerns."""
    seen = facts.seen
    decisions = decisions_of(seen.case)
    if not decisions:
        return []
    amount = money(_concerned(seen), facts.currency, voice.language)
    lines = [voice.say("What a tap does, and can be undone for ten minutes:")]
    for decision in decisions:
        effect = voice.phrase(_EFFECTS[seen.case.state, decision], amount=amount)
        lines.append(
            voice.say("<b>{tap}</b>: {effect}", tap=_label(seen.case, decision, voice), effect=effect)
        )
    return [Markup("\n").join(lines)]


def _concerned(seen: CaseSeen) -> int:
    """What a decision moves: what waits under review, or of a Watch what a hold would put there."""
    return seen.unreleased_minor if seen.case.state is CaseState.WATCH else seen.under_review_minor


def decided_parts(facts: CaseFacts, voice: Voice) -> list[Markup]:
    """What was decided last, over how much, by whom, and until when it can be undone."""
    case = facts.seen.case
    last = last_decision(case)
    if last is None:
        return []
    lines = []
    amount = money(last.amount_minor, facts.currency, voice.language)
    if last.decision is Decision.REFUSE:
        lines.append(voice.say("Not paid: <b>{amount}</b>; it is the shop's again.", amount=amount))
    elif last.decision is Decision.CLEAR and last.amount_minor:
        lines.append(voice.say("Let go on its way: <b>{amount}</b>", amount=amount))
    lines.append(
        voice.say(
            "Decided by {who}, {moment}.",
            who=actor_words(case.resolver or "", facts.names, voice),
            moment=moment(last.at, facts.zone, voice.language),
        )
    )
    if can_undo(case, facts.now):
        until = moment(last.undo_until, facts.zone, voice.language)
        lines.append(voice.say("It can be undone until {moment}.", moment=until))
    return [Markup("\n").join(lines)]


def decided_words(decision: Decision, facts: CaseFacts, voice: Voice) -> str:
    """The toast after a decision, of the case as it stands now."""
    case = facts.seen.case
    done = _PAID if _pays(case, decision) else _DONE[decision]
    return voice.phrase(done, end=dated(case.expires_at, facts.zone, voice))
