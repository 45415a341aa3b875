"""Values that the audit keeps as their reader says them: titles, money and times, never keys or code words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from markupsafe import Markup

from bot.cards.actors import actor_words
from bot.cards.audit_words import Reader, distributor_words, read_moment
from bot.cards.case_words import SIGNALS, case_state
from bot.cards.claims import CLAIM_STATES
from bot.cards.distributors import DISTRIBUTOR_STATES
from bot.cards.lint import SHORT
from bot.cards.plan_words import level_title
from bot.cards.withdrawal_words import ACCOUNT_COLUMNS, payout_state
from bot.cards.words import ROLES
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import stamp
from bot.voice.money import money
from bot.voice.names import plain_name
from models.money.cases.cases import CaseKind, CaseState
from models.money.withdrawal_states import WithdrawalState
from models.people.distributors import DistributorState
from models.plans.parts import Title
from models.store.audit import AuditEntry
from models.store.deeds import Deed, read_act
from models.store.types import JsonValue, from_micros

_COLUMNS = 32
_MOST_REFERENCES = 3
_LARGEST_MINOR = 2**63
_HIDDEN = "•••• "
_Key = TypeVar("_Key", bound=str)
Fields = Mapping[str, JsonValue]
"""One side of a change: what was before, or what is after."""


def shown(value: JsonValue) -> str:
    """Anything in one short line."""
    return plain_name(str(value), _COLUMNS, "?")


def raw(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """A value of which nobody knows what it is, in one line."""
    value = side.get(key)
    if isinstance(value, bool):
        return reader.voice.plain("yes") if value else ""
    return shown(value) if value else ""


def _by_word(table: Mapping[_Key, Phrase]) -> dict[str, Phrase]:
    return {str(key): phrase for key, phrase in table.items()}


_STATES: Final = {
    "claim": _by_word(CLAIM_STATES),
    "distributor": _by_word(DISTRIBUTOR_STATES),
    "person": _by_word(DISTRIBUTOR_STATES),
}
_HOLDING: Final = frozenset({CaseState.HOLD, CaseState.SUSPENDED})
_ROLES, _CODES, _SIGNALS = _by_word(ROLES), _by_word(SHORT), _by_word(SIGNALS)


def _state(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    word = side.get(key)
    noun = entry.subject.partition(" ")[0]
    if noun == "withdrawal" and word in set(WithdrawalState):
        return payout_state(WithdrawalState(str(word)), reader.voice)
    if noun == "case" and word in set(CaseState):
        return case_state(CaseState(str(word)), _case_kind(entry, reader), reader.voice)
    return _word(_STATES.get(noun, {}), word, reader)


def _case_kind(entry: AuditEntry, reader: Reader) -> CaseKind:
    """A case that is about an order is of an own purchase."""
    matter = reader.named.matters.get(entry.subject)
    return CaseKind.OWN_PURCHASE if matter is not None and matter.order_ref is not None else CaseKind.SIGNALS


def _before_state(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    word = side.get(key)
    return "" if word == DistributorState.ACTIVE else _word(_STATES["distributor"], word, reader)


def _role(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    return _word(_ROLES, side.get(key), reader)


def _word(table: Mapping[str, Phrase], word: JsonValue, reader: Reader) -> str:
    if not word:
        return ""
    return reader.voice.phrase(table[word]) if isinstance(word, str) and word in table else shown(word)


def _level(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    title = _titled(reader.named.levels, side.get(key), reader)
    return title and title + (reader.voice.plain(" 📌 pinned") if side.get("pinned") is True else "")


def _profile(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    return _titled(reader.named.profiles, side.get(key), reader)


def _titled(titles: Mapping[str, Title], key: JsonValue, reader: Reader) -> str:
    if not key:
        return ""
    title = titles.get(str(key))
    return plain_name(level_title(title, reader.voice) if title is not None else str(key), _COLUMNS, "?")


def _sponsor(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    word = side.get(key)
    return distributor_words(str(word), reader) if word else ""


def _approver(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """Who approved it; not where that is who did this very act."""
    word = side.get(key)
    if not word or (word == entry.actor and read_act(entry.act)[0] is Deed.WITHDRAWAL_APPROVE):
        return ""
    return actor_words(str(word), reader.named.people, reader.voice).striptags()


def _money(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    minor = side.get(key)
    if isinstance(minor, int) and not isinstance(minor, bool) and abs(minor) < _LARGEST_MINOR:
        return money(minor, reader.currency, reader.voice.language) if minor else ""
    return raw(key, side, entry, reader)


def _held_before(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """That another case held things back already; a case on hold says it by its state."""
    return "" if side.get("state") in _HOLDING else raw(key, side, entry, reader)


def _end(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """When nobody is to decide, when it was to end."""
    return "" if side.get("expected_at") else _moment(key, side, entry, reader)


def _moment(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """A time, kept as ISO text or as microseconds; not where it is the entry's own."""
    value, own = side.get(key), stamp(entry.at, reader.zone)
    if isinstance(value, str):
        said = read_moment(value, reader.zone)
        return ("" if said == own else said) if said is not None else shown(value)
    if isinstance(value, int) and not isinstance(value, bool):
        try:
            return stamp(from_micros(value), reader.zone)
        except (OverflowError, ValueError):
            return shown(value)
    return raw(key, side, entry, reader)


def _listed(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """Words of one of our tables, one after the other."""
    value, table = side.get(key), _CODES if key == "accepted" else _SIGNALS
    if not isinstance(value, list):
        return raw(key, side, entry, reader)
    return reader.voice.plain(", ").join(_word(table, each, reader) for each in value)


def _references(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """How many withdrawals, and the first of them by number."""
    value, voice = side.get(key), reader.voice
    if not isinstance(value, list):
        return raw(key, side, entry, reader)
    count = voice.plural("{n} withdrawal", "{n} withdrawals", len(value)).striptags()
    first = [*map(shown, value[:_MOST_REFERENCES]), *(["…"] if len(value) > _MOST_REFERENCES else [])]
    return voice.plain(
        "{withdrawals}: {references}", withdrawals=count, references=voice.plain(", ").join(first)
    )


def _counted(said: Callable[[Voice, int], Markup]) -> _Say:
    """How many of something there were; nothing of none."""

    def words(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
        value = side.get(key)
        if not isinstance(value, int):
            return raw(key, side, entry, reader)
        return said(reader.voice, value).striptags() if value else ""

    return words


def _account(key: str, side: Fields, entry: AuditEntry, reader: Reader) -> str:
    """As far as it was ever written down: masked. A bank's long name is cut before the last four."""
    masked = str(side.get(key) or "")
    bank, hidden, last = masked.partition(_HIDDEN)
    if bank and hidden:
        return f"{plain_name(bank, _COLUMNS, '?')} {hidden}{shown(last)}"
    return plain_name(masked, ACCOUNT_COLUMNS, _HIDDEN) if masked else ""


_Say = Callable[[str, Fields, AuditEntry, Reader], str]
SAYING: Final[dict[str, _Say]] = {
    "level": _level,
    "since": _moment,
    "profile": _profile,
    "sponsor": _sponsor,
    "role": _role,
    "account": _account,
    "starts_at": _moment,
    "accepted": _listed,
    "commissions": _counted(lambda voice, n: voice.plural("{n} commission", "{n} commissions", n)),
    "bonuses": _counted(lambda voice, n: voice.plural("{n} bonus", "{n} bonuses", n)),
    "amount_minor": _money,
    "demoted": _counted(lambda voice, n: voice.plural("{n} level lowered", "{n} levels lowered", n)),
    "warned": _counted(lambda voice, n: voice.plural("{n} level at risk", "{n} levels at risk", n)),
    "withdrawals": _references,
    "total_minor": _money,
    "state": _state,
    "approved_by": _approver,
    "signals": _listed,
    "under_review_minor": _money,
    "granted_minor": _money,
    "proposed_minor": _money,
    "distributor_state": _before_state,
    "on_hold": _held_before,
    "expected_at": _moment,
    "expires_at": _end,
    "available_minor": _money,
    "held_minor": _money,
    "given_up_minor": _money,
}
"""How each value is said, in the order in which they stand."""
