"""Levels held against what was paid by them, against each other, and against what was done by hand.

Nothing is said of what people held whose level was imported: an import takes the place of the one before it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import CommissionRow
from models.money.verify.finding import Finding, FindingKind, found
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, LevelCause, LevelHeld
from models.people.merchants import Merchant
from models.plans.versions import PlanBook
from models.store.audit import AuditRow
from models.store.deeds import Deed
from models.store.sql import table_of
from models.store.types import JsonValue

_HELD, _PERSON = table_of(LevelHeld), table_of(Distributor)
_ONE, _AUDIT = table_of(CommissionRow).c, table_of(AuditRow).c
_BY_HAND = (LevelCause.GIVEN, LevelCause.PINNED, LevelCause.UNPINNED)
_MOVED = (LevelCause.PROMOTED, LevelCause.DEMOTED)


class _Word(NamedTuple):
    """A level given by hand, as the audit chain keeps it; `before` is what it took the place of."""

    number: int
    who: str
    since: datetime
    level: str
    is_pinned: bool
    before: str | None


class _Move(NamedTuple):
    """A level that somebody rose or fell to, and the one before it."""

    key: int
    distributor_id: int
    who: str
    level: str
    before: str | None


async def paid_by(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A commission was figured for a level that its distributor once had; the plan's first needs no giving."""
    book = await PlanBook.open(session, merchant.id)
    is_first = or_(
        false(),
        *(
            and_(_ONE.plan_version == plan.version, _ONE.level == plan.document.levels[0].key)
            for plan in book.newest_first
        ),
    )
    was_held = exists().where(_HELD.c.distributor_id == _ONE.distributor_id, _HELD.c.level == _ONE.level)
    rows = await session.execute(
        select(_ONE.distributor_id, _ONE.level, func.min(_ONE.id), func.min(_PERSON.c.external_id))
        .join(_PERSON, _PERSON.c.id == _ONE.distributor_id)
        .where(_ONE.merchant_id == merchant.id, ~is_first, ~was_held, ~_is_imported(_ONE.distributor_id))
        .group_by(_ONE.distributor_id, _ONE.level)
        .order_by(func.min(_ONE.id))
    )
    lacking = rows.all()
    if not lacking:
        return []
    told = _told(await _words(session, merchant))
    left: dict[int, set[str | None]] = defaultdict(set)
    for move in await _moves(session, merchant):
        left[move.distributor_id].add(move.before)
    return [
        found(
            FindingKind.LEVEL_DIFFERS,
            "commission",
            key,
            f"was figured for level {level!r}, which its distributor was never given",
        )
        for distributor_id, level, key, who in lacking
        if level not in told[who] | left[distributor_id]
    ]


async def moved_from(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Whoever rose or fell did so from a level that they had, or from a plan's first."""
    firsts = {
        plan.document.levels[0].key for plan in (await PlanBook.open(session, merchant.id)).newest_first
    }
    moves = await _moves(session, merchant)
    held: dict[int, set[str]] = defaultdict(set)
    for move in moves:
        held[move.distributor_id].add(move.level)
    lacking = [move for move in moves if move.before is not None and move.before not in firsts]
    if not lacking:
        return []
    told = _told(await _words(session, merchant))
    return [
        found(
            FindingKind.LEVEL_DIFFERS,
            "level",
            move.key,
            f"came after level {move.before!r}, which its distributor was never given",
        )
        for move in lacking
        if move.before not in held[move.distributor_id] | told[move.who]
    ]


async def given_by_hand(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What was given by hand is there as the audit chain has it, and nothing else says that it was.

    An import may have changed what holds from the beginning of time; that is left out.
    """
    last = {(word.who, word.since): word for word in await _words(session, merchant)}
    rows = await session.execute(
        select(
            _HELD.c.id,
            _PERSON.c.external_id,
            _HELD.c.since,
            _HELD.c.level,
            _HELD.c.pinned,
            and_(_HELD.c.cause.in_(_BY_HAND), _HELD.c.written_at.is_not(None)),
        )
        .join(_PERSON, _PERSON.c.id == _HELD.c.distributor_id)
        .where(_HELD.c.merchant_id == merchant.id, _HELD.c.after_order.is_(None), _HELD.c.since != BEGINNING)
        .order_by(_HELD.c.id)
    )
    findings = []
    there = set()
    for key, who, since, level, pinned, is_by_hand in rows:
        there.add((who, since))
        word = last.get((who, since))
        if not is_by_hand or (word is not None and (word.level, word.is_pinned) == (level, bool(pinned))):
            continue
        says = f"is {level!r}{' and pinned' if pinned else ''} by hand, and the audit chain says otherwise"
        findings.append(found(FindingKind.LEVEL_DIFFERS, "level", key, says))
    return findings + [
        found(
            FindingKind.LEVEL_DIFFERS,
            "distributor",
            word.who,
            f"was given level {word.level!r} by hand from {word.since.isoformat()} on (audit entry {word.number}), "
            "and that is not there any more",
        )
        for place, word in sorted(last.items(), key=lambda item: item[1].number)
        if word.since != BEGINNING and place not in there
    ]


def _is_imported(distributor_id: ColumnElement[int]) -> ColumnElement[bool]:
    imported = _HELD.alias("imported")
    return exists().where(
        imported.c.distributor_id == distributor_id,
        imported.c.since == BEGINNING,
        imported.c.written_at.is_(None),
    )


async def _moves(session: AsyncSession, merchant: Merchant) -> list[_Move]:
    """Every level of those who ever rose or fell, the moves among them with what was before."""
    moved = _HELD.alias("moved")
    rows = await session.execute(
        select(
            _HELD.c.id,
            _HELD.c.distributor_id,
            _PERSON.c.external_id,
            _HELD.c.level,
            _HELD.c.cause.in_(_MOVED),
            _HELD.c.evidence,
        )
        .join(_PERSON, _PERSON.c.id == _HELD.c.distributor_id)
        .where(
            _HELD.c.merchant_id == merchant.id,
            exists().where(moved.c.distributor_id == _HELD.c.distributor_id, moved.c.cause.in_(_MOVED)),
            ~_is_imported(_HELD.c.distributor_id),
        )
        .order_by(_HELD.c.id)
    )
    return [
        _Move(key, distributor_id, who, level, _word_of(evidence, "before") if is_move else None)
        for key, distributor_id, who, level, is_move, evidence in rows
    ]


async def _words(session: AsyncSession, merchant: Merchant) -> list[_Word]:
    """Every level that was given by hand, the oldest first; an entry in no known form breaks the chain, not this."""
    rows = await session.execute(
        select(_AUDIT.number, _AUDIT.subject, _AUDIT.before, _AUDIT.after)
        .where(_AUDIT.merchant_id == merchant.id, _AUDIT.act == Deed.SET_LEVEL)
        .order_by(_AUDIT.number)
    )
    words = []
    for number, subject, before, after in rows:
        level, since = _word_of(after, "level"), _word_of(after, "since")
        if level is None or since is None:
            continue
        who, is_pinned = subject.removeprefix("distributor "), after.get("pinned") is True
        words.append(
            _Word(number, who, datetime.fromisoformat(since), level, is_pinned, _word_of(before, "level"))
        )
    return words


def _word_of(kept: JsonValue, name: str) -> str | None:
    word = kept.get(name) if isinstance(kept, dict) else None
    return word if isinstance(word, str) else None


def _told(words: Iterable[_Word]) -> dict[str, set[str | None]]:
    """The levels that the audit chain names of each distributor, also those that another took the place of."""
    told: dict[str, set[str | None]] = defaultdict(set)
    for word in words:
        told[word.who] |= {word.level, word.before}
    return told
