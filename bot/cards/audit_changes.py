"""What an entry of the audit changed, in the reader's words.

What is unchanged or absent is left out, and so is what only undoing needs; the command line shows everything.
"""

from __future__ import annotations

from typing import Final

from bot.cards.audit_values import SAYING, Fields, raw, shown
from bot.cards.audit_words import Reader
from bot.cards.case_words import THRESHOLDS
from bot.voice.catalogue import Phrase
from bot.voice.names import plain_name
from models.money.withdrawal_states import WithdrawalState
from models.store.audit import AuditEntry
from models.store.deeds import Deed, read_act
from models.store.types import JsonValue

_COLUMNS = 32
_ALONE: Final = {
    Deed.SET_PROFILE: "profile",
    Deed.SET_SPONSOR: "sponsor",
    Deed.INVITE_STAFF: "role",
    Deed.REVOKE_INVITATION: "role",
    Deed.JOIN_STAFF: "role",
    Deed.CHANGE_ROLE: "role",
    Deed.REMOVE_STAFF: "role",
    Deed.PAYOUT_ACCOUNT_SET: "account",
}
"""What it is that an entry keeps as a value without a key."""
UNSAID: Final = frozenset(
    (
        "decision",
        "pinned",
        "digest",
        "standing_digest",
        "distributor_id",
        "refunds",
        "withheld",
        "closed_sales",
    )
)
"""Said by the act, the subject or another value; and what undoing a case's decision compares."""
_BOTH: Final = frozenset({"level", "profile", "sponsor"})
"""Where to have none is a value, too."""
_NOBODY, _DASH = Phrase("nobody"), "—"
LABELS: Final = {
    "since": Phrase("counts from {value} on"),
    "starts_at": Phrase("from {value} on"),
    "accepted": Phrase("warnings accepted: {value}"),
    "signals": Phrase("evidence: {value}"),
    "under_review_minor": Phrase("under review: {value}"),
    "granted_minor": Phrase("goodwill: {value}"),
    "proposed_minor": Phrase("proposed: {value}"),
    "approved_by": Phrase("approval: {value}"),
    "total_minor": Phrase("in all {value}"),
    "expected_at": Phrase("was to be decided by {value}"),
    "expires_at": Phrase("was to end {value}"),
    "on_hold": Phrase("held back before, too"),
    "distributor_state": Phrase("before: {value}"),
    "available_minor": Phrase("could be withdrawn: {value}"),
    "held_minor": Phrase("was not released yet: {value}"),
    "given_up_minor": Phrase("given up: {value}"),
}
"""What goes with a value that doesn't speak for itself."""


def changes(entry: AuditEntry, reader: Reader) -> list[str]:
    """What changed, value by value: `Promoter → Leader 📌 pinned`."""
    deed, _ = read_act(entry.act)
    before, after = _fields(entry.before, deed), _fields(entry.after, deed)
    if deed is Deed.SET_THRESHOLDS:
        return _thresholds(before, after, reader)
    known = [key for key in SAYING if key in before or key in after]
    unknown = sorted((before.keys() | after.keys()) - SAYING.keys() - UNSAID)
    said = [_change(key, before, after, entry, reader) for key in (*known, *unknown)]
    return [each for each in (*said, _second(deed, before, after, reader)) if each]


def _fields(value: JsonValue, deed: Deed | None) -> Fields:
    if isinstance(value, dict):
        return value
    return {} if value is None else {_ALONE.get(deed, "") if deed is not None else "": value}


def _change(key: str, before: Fields, after: Fields, entry: AuditEntry, reader: Reader) -> str:
    """One value, or how it went from one to another; empty where it says nothing new."""
    say = SAYING.get(key, raw)
    old, new = say(key, before, entry, reader), say(key, after, entry, reader)
    if old == new:
        return ""
    none = reader.voice.phrase(_NOBODY) if key == "sponsor" else _DASH
    both = key in _BOTH or (old and (new or key in after))
    value = f"{old or none} → {new or none}" if both else new or old
    if key in LABELS:
        return reader.voice.phrase(LABELS[key], value=value)
    if key in SAYING or not key:
        return value
    return reader.voice.plain("{name}: {value}", name=plain_name(key, _COLUMNS, "?"), value=value)


def _second(deed: Deed | None, before: Fields, after: Fields, reader: Reader) -> str:
    """A first approval that is not enough."""
    waits = deed is Deed.WITHDRAWAL_APPROVE and after.get("state") == WithdrawalState.REQUESTED
    return reader.voice.plain("👥 waits for a second person") if waits else ""


def _thresholds(before: Fields, after: Fields, reader: Reader) -> list[str]:
    """Each number that changed; what a side has not was the program's own."""
    shipped = reader.voice.plain("as shipped")

    def number(side: Fields, key: str) -> str:
        return shown(side[key]) if key in side else shipped

    keys = before.keys() | after.keys()
    known = [key for key in THRESHOLDS if key in keys]
    return [
        reader.voice.plain(
            "{name}: {value}",
            name=_threshold(key, reader),
            value=f"{number(before, key)} → {number(after, key)}",
        )
        for key in (*known, *sorted(keys - THRESHOLDS.keys()))
        if before.get(key) != after.get(key)
    ]


def _threshold(key: str, reader: Reader) -> str:
    return reader.voice.phrase(THRESHOLDS[key]) if key in THRESHOLDS else plain_name(key, _COLUMNS, "?")
