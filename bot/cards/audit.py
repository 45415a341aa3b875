"""What was done by hand, in words: who, when, what, about whom, and why (operations.md A10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.actors import actor_words
from bot.cards.audit_changes import changes
from bot.cards.audit_words import Reader, act_words, why_words
from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button
from bot.voice.catalogue import Voice
from bot.voice.moments import stamp
from bot.voice.names import display_width
from bot.voice.zones import zone_name
from models.money.audited import Named
from models.store.audit import AuditEntry

_CHANGES_COLUMNS = 160
_WHY_COLUMNS = 100
_ROOM = 3_400
"""UTF-16 units for the entries of one page; a message takes 4,096."""


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Some entries, the newest first, and what they name."""

    currency: str
    zone: ZoneInfo
    entries: Sequence[AuditEntry]
    named: Named
    older_than: int | None
    """The number from which the next page goes on; None at the end."""
    is_first: bool
    is_whole: bool
    """Whether the chain of all entries is."""


def audit_card(page: AuditPage, voice: Voice) -> Card:
    """The latest acts, and whether the chain is whole. What has no room goes to the next page."""
    parts = [
        voice.say("📜 <b>Done by hand</b> · times in {zone}", zone=zone_name(page.zone.key, voice.language))
    ]
    if page.is_first:
        parts.append(
            voice.say("🔗 Each entry carries the hash of the one before it, and the chain is whole.")
            if page.is_whole
            else voice.say(
                "⚠️ <b>The chain is broken:</b> an entry was changed or taken out. <code>tuike audit list</code> says "
                "which; nothing is paid out until then."
            )
        )
    if not page.entries:
        parts.append(
            voice.say("Nothing was done by hand yet. Levels, sponsors, roles and decisions will stand here.")
        )
    told = _fitting(page, voice)
    parts += told
    older_than = page.entries[len(told) - 1].number if len(told) < len(page.entries) else page.older_than
    turns = []
    if not page.is_first:
        turns.append(Tap(voice.plain("⏮ First page"), "audit:open"))
    if older_than is not None:
        turns.append(Tap(voice.plain("Next ▶"), f"audit:open:{older_than}"))
    rows: tuple[Row, ...] = (tuple(turns),) if turns else ()
    return Card(Markup("\n\n").join(parts), (*rows, (back_button("manage:open", voice), home_button(voice))))


def _fitting(page: AuditPage, voice: Voice) -> list[Markup]:
    """The entries from the newest on that one message holds, at least one."""
    reader = Reader(page.named, page.currency, page.zone, voice)
    told: list[Markup] = []
    room = _ROOM
    for entry in page.entries:
        words = _entry(entry, reader)
        room -= len(str(words).encode("utf-16-le")) // 2
        if room < 0 and told:
            break
        told.append(words)
    return told


def _entry(entry: AuditEntry, reader: Reader) -> Markup:
    voice = reader.voice
    lines = [
        voice.say(
            "<b>{number}.</b> {moment} · {who} {act}",
            number=entry.number,
            moment=stamp(entry.at, reader.zone),
            who=actor_words(entry.actor, reader.named.people, voice),
            act=act_words(entry, reader),
        )
    ]
    said = _in_columns(changes(entry, reader), voice)
    if said:
        lines.append(said)
    why = why_words(entry, _WHY_COLUMNS, voice)
    if why:
        lines.append(Markup("<i>{}</i>").format(why))
    return Markup("\n").join(lines)


def _in_columns(said: Sequence[str], voice: Voice) -> Markup:
    """One line of what changed: as much as there is room for, and how much more there is."""
    shown: list[str] = []
    room = _CHANGES_COLUMNS
    for each in said:
        room -= display_width(each)
        if room < 0 and shown:
            break
        shown.append(each)
    rest = len(said) - len(shown)
    line = Markup(" · ").join(shown)
    return Markup(" · ").join([line, voice.say("{n} more", n=rest)]) if rest else line
