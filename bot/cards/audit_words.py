"""An entry of the audit as a sentence: who did what about whom, and why (operations.md A10)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.cards.actors import actor_words
from bot.cards.words import period_words
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import stamp
from bot.voice.names import plain_name
from models.money.audited import Enrolled, Named
from models.money.payouts import CSV, MANUAL
from models.store.audit import AuditEntry
from models.store.deeds import Deed, read_act

_COLUMNS = 24
"""Of each name and number: several stand in one line."""
_RAW_COLUMNS = 40
ACTS: Final = {
    Deed.SET_LEVEL: Phrase("set the level of {what}"),
    Deed.SET_PROFILE: Phrase("set the profile of {what}"),
    Deed.SET_SPONSOR: Phrase("set the sponsor of {what}"),
    Deed.INVITE_STAFF: Phrase("made an invitation to the staff"),
    Deed.REVOKE_INVITATION: Phrase("took back an invitation to the staff"),
    Deed.JOIN_STAFF: Phrase("joined the staff by an invitation"),
    Deed.CHANGE_ROLE: Phrase("changed the role of {what}"),
    Deed.REMOVE_STAFF: Phrase("removed {what} from the staff"),
    Deed.PUBLISH_PLAN: Phrase("published {what}"),
    Deed.SET_THRESHOLDS: Phrase("set the thresholds of cases"),
    Deed.SETTLE: Phrase("settled what was due by {what}"),
    Deed.CLOSE_PERIOD: Phrase("closed the period {what}"),
    Deed.CASE_HOLD: Phrase("put the commissions of {what} on hold"),
    Deed.CASE_SUSPEND: Phrase("suspended {what}"),
    Deed.CASE_CLEAR: Phrase("cleared the case of {what}"),
    Deed.CASE_REFUSE: Phrase("decided not to pay what was under review for {what}"),
    Deed.CASE_UNDO: Phrase("took back the decision on the case of {what}"),
    Deed.CASE_EXPIRE: Phrase("let the case of {what} end, for nobody decided it in time"),
    Deed.PAYOUT_ACCOUNT_SET: Phrase("set the payout account of {what}"),
    Deed.PAYOUT_ACCOUNT_READ: Phrase("looked at the whole payout account for {what}"),
    Deed.PAYOUT_BATCH_MAKE: Phrase("made {what} for the bank"),
    Deed.PAYOUT_BATCH_READ: Phrase("fetched the file of {what} once more"),
    Deed.WITHDRAWAL_APPROVE: Phrase("approved {what}"),
    Deed.WITHDRAWAL_UNDO: Phrase("took back the approval of {what}"),
    Deed.WITHDRAWAL_REFUSE: Phrase("refused {what}"),
    Deed.WITHDRAWAL_CLAIM: Phrase("asked {provider} to pay {what}"),
    Deed.WITHDRAWAL_LOSE: Phrase("does not know whether {what} was paid"),
    Deed.WITHDRAWAL_CONTRADICTED: Phrase("said otherwise about {what}, which was decided already"),
    Deed.WITHDRAWAL_PAY: Phrase("said that {what} is paid"),
    Deed.WITHDRAWAL_FAIL: Phrase("said that {what} failed"),
    Deed.CLAIM_GRANT: Phrase("granted {what}"),
    Deed.CLAIM_REFUSE: Phrase("turned down {what}"),
    Deed.CLAIM_UNDO: Phrase("took back the decision on {what}"),
    Deed.CLAIM_PROPOSE: Phrase("proposed an amount for {what}"),
    Deed.PERSON_DELETE: Phrase("deleted the data of {what}"),
}
_CLAIMED: Final = {
    MANUAL: Phrase("took {what} in hand, to pay it"),
    CSV: Phrase("put {what} into a file for the bank"),
}
_SECOND: Final = Phrase("approved {what} as the second person")
_OWN_PURCHASE: Final = {
    Deed.CASE_CLEAR: Phrase("decided to pay the own purchase, {what}"),
    Deed.CASE_REFUSE: Phrase("decided not to pay the own purchase, {what}"),
}
_REASONS: Final = {
    "the person asked for it": Phrase("the person asked for it"),
    "no answer in time": Phrase("no answer in time"),
    "TimeoutError": Phrase("no answer in time"),
}
"""What the program itself writes down as a reason."""
_HEARD_PAID, _HEARD_FAILED = "paid", "failed: "


@dataclass(frozen=True, slots=True)
class Reader:
    """What telling an entry takes: the names in it, the shop's currency and zone, and the reader's language."""

    named: Named
    currency: str
    zone: ZoneInfo
    voice: Voice


def act_words(entry: AuditEntry, reader: Reader) -> str:
    """What was done and to whom, to stand behind who did it."""
    deed, provider = read_act(entry.act)
    what = subject_words(entry.subject, reader)
    if deed is None:
        act = plain_name(entry.act, _RAW_COLUMNS, "?")
        return f"{act}: {what}" if what else act
    phrase = _phrase(deed, provider, entry, reader.named)
    return reader.voice.phrase(phrase, what=what, provider=plain_name(provider, _COLUMNS, "?"))


def _phrase(deed: Deed, provider: str, entry: AuditEntry, named: Named) -> Phrase:
    if deed is Deed.WITHDRAWAL_CLAIM:
        return _CLAIMED.get(provider, ACTS[deed])
    if deed is Deed.WITHDRAWAL_APPROVE and isinstance(entry.before, dict) and entry.before.get("approved_by"):
        return _SECOND
    matter = named.matters.get(entry.subject)
    if matter is not None and matter.order_ref is not None:
        return _OWN_PURCHASE.get(deed, ACTS[deed])
    return ACTS[deed]


def subject_words(subject: str, reader: Reader) -> str:
    """What an entry is about, by the names and numbers of the other screens; empty where the act says it all."""
    for noun, say in _SUBJECTS.items():
        if subject == noun or subject.startswith(f"{noun} "):
            return say(subject.removeprefix(noun).removeprefix(" "), reader)
    return plain_name(subject, _RAW_COLUMNS, "?")


def enrolled_words(one: Enrolled, voice: Voice) -> str:
    """A distributor by name and the shop's number."""
    name = plain_name(one.name, _COLUMNS, voice.plain("a distributor"))
    return voice.plain("{name} ({number})", name=name, number=_ref(one.external_id))


def distributor_words(word: str, reader: Reader) -> str:
    """The distributor whom an entry names by this word; the word itself where the store has nobody of it."""
    one = reader.named.distributors.get(word)
    return enrolled_words(one, reader.voice) if one is not None else _ref(word)


def _ref(text: str) -> str:
    return plain_name(text, _COLUMNS, "?")


def _person(key: str, reader: Reader) -> str:
    return actor_words(f"person {key}", reader.named.people, reader.voice).striptags()


def _plan(key: str, reader: Reader) -> str:
    name = reader.named.plans.get(int(key)) if key.isascii() and key.isdecimal() else None
    if name is None:
        return reader.voice.plain("version {number} of the plan", number=_ref(key))
    return reader.voice.plain("version {number} of the plan, “{name}”", number=key, name=_ref(name))


def _case(key: str, reader: Reader) -> str:
    matter = reader.named.matters.get(f"case {key}")
    if matter is None:
        return reader.voice.plain("a distributor")
    whose = enrolled_words(matter.whose, reader.voice)
    if matter.order_ref is None:
        return whose
    return reader.voice.plain("order {ref} of {name}", ref=_ref(matter.order_ref), name=whose)


def _withdrawal(key: str, reader: Reader) -> str:
    matter = reader.named.matters.get(f"withdrawal {key}")
    if matter is None:
        return reader.voice.plain("withdrawal {ref}", ref=_ref(key))
    whose = enrolled_words(matter.whose, reader.voice)
    return reader.voice.plain("withdrawal {ref} of {name}", ref=_ref(key), name=whose)


def _claim(key: str, reader: Reader) -> str:
    matter = reader.named.matters.get(f"claim {key}")
    if matter is None:
        return reader.voice.plain("a claim")
    whose, ref = enrolled_words(matter.whose, reader.voice), _ref(matter.order_ref or "")
    return reader.voice.plain("the claim of {name} about order {ref}", ref=ref, name=whose)


def _batch(key: str, reader: Reader) -> str:
    return reader.voice.plain("batch {number}", number=_ref(key))


def _settlement(key: str, reader: Reader) -> str:
    return read_moment(key, reader.zone) or _ref(key)


def _period(key: str, reader: Reader) -> str:
    try:
        return period_words(key, reader.voice)
    except ValueError:
        return _ref(key)


def _unsaid(key: str, reader: Reader) -> str:
    return ""


_SUBJECTS: Final[dict[str, Callable[[str, Reader], str]]] = {
    "distributor": distributor_words,
    "person": _person,
    "plan": _plan,
    "case": _case,
    "withdrawal": _withdrawal,
    "claim": _claim,
    "payout batch": _batch,
    "settlement": _settlement,
    "period": _period,
    "invitation": _unsaid,
    "cases": _unsaid,
}
"""By the noun of the subject."""


def read_moment(text: str, zone: ZoneInfo) -> str | None:
    """A time that was kept as ISO text, in a zone; None for what is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return stamp(at, zone) if at.tzinfo is not None else None


def why_words(entry: AuditEntry, columns: int, voice: Voice) -> str:
    """The reason, in the words of whoever gave it; empty where there is none, or the sentence has it already."""
    deed, _ = read_act(entry.act)
    if not entry.why or deed is Deed.JOIN_STAFF or entry.subject.startswith("claim "):
        return ""
    said = plain_name(entry.why, columns, "—")
    match deed:
        case Deed.WITHDRAWAL_PAY:
            return voice.plain("Payment number: {ref}", ref=said)
        case Deed.WITHDRAWAL_CONTRADICTED if entry.why == _HEARD_PAID:
            return voice.plain("They say that it was paid.")
        case Deed.WITHDRAWAL_CONTRADICTED if entry.why.startswith(_HEARD_FAILED):
            reason = plain_name(entry.why.removeprefix(_HEARD_FAILED), columns, "—")
            return voice.plain("They say that it failed: {reason}", reason=reason)
        case Deed.PERSON_DELETE | Deed.WITHDRAWAL_LOSE if entry.why in _REASONS:
            return voice.phrase(_REASONS[entry.why])
    return said
