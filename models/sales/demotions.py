"""Levels that are no longer fulfilled when a month is closed: a warning first, then the way down (docs/plans.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.tallies import TallyBook
from models.people.distributors import payees
from models.people.levels import LevelCause, LevelHeld, LevelWarning, set_level
from models.people.merchants import Merchant
from models.plans.periods import Period
from models.plans.promotions import counts_teams, holds, level_below, longest_window
from models.plans.ranks import Level
from models.plans.versions import Plan
from models.sales.cast import evidence
from models.store.sql import chunks, table_of

_HELD, _WARNING = table_of(LevelHeld), table_of(LevelWarning)
_AFTER_ALL = "\U0010ffff"
"""Behind every order number: all orders of the very moment count."""


@dataclass(frozen=True, slots=True)
class Moved:
    """One change at a close: `level` None is a warning, with the date from which the level is lost."""

    distributor_id: int
    before: str
    level: str | None
    due_at: datetime | None = None


async def move_down(
    session: AsyncSession, merchant: Merchant, plan: Plan, month: Period, now: datetime
) -> list[Moved]:
    """Warn, take down, or lift warnings, as everybody's sales stand at the month's end."""
    conditional = {level.key: level for level in plan.document.levels if level.when is not None}
    moved: list[Moved] = []
    holders = await _holders(session, merchant.id, list(conditional), month.ends)
    teams = counts_teams(plan.document)
    window = timedelta(days=longest_window(plan.document))
    for part in chunks(sorted(holders)):
        tallies = await TallyBook.open(session, part, month.ends - window, teams=teams)
        warned = await _warnings(session, part)
        had = await _had(session, part, month.ends)
        known = await payees(session, part)
        for distributor_id in part:
            level = conditional[holders[distributor_id]]
            tally = tallies.up_to(distributor_id, month.ends, _AFTER_ALL)
            assert level.when is not None  # only levels with conditions are asked for
            warning = warned.get(distributor_id)
            if holds(level.when, tally, merchant.currency):
                if warning is not None:
                    await session.execute(
                        _WARNING.delete().where(_WARNING.c.distributor_id == distributor_id)
                    )
            elif warning is not None and warning <= month.ends:
                below = level_below(plan.document, level.key, had[distributor_id], tally, merchant.currency)
                await set_level(
                    session,
                    merchant_id=merchant.id,
                    distributor_id=distributor_id,
                    level=below.key,
                    since=month.ends,
                    cause=LevelCause.DEMOTED,
                    evidence=evidence(level, tally, level.key),
                    written_at=now,
                )
                await session.execute(_WARNING.delete().where(_WARNING.c.distributor_id == distributor_id))
                moved.append(Moved(distributor_id, level.key, below.key))
            elif warning is None and known[distributor_id].is_active:
                moved.append(await _warn(session, merchant.id, distributor_id, level, month, now))
    return moved


async def _warn(
    session: AsyncSession, merchant_id: int, distributor_id: int, level: Level, month: Period, now: datetime
) -> Moved:
    due_at = month.ends + timedelta(days=level.grace_days)
    await session.execute(
        _WARNING.insert().values(
            distributor_id=distributor_id,
            merchant_id=merchant_id,
            level=level.key,
            warned_at=now,
            due_at=due_at,
        )
    )
    return Moved(distributor_id, level.key, None, due_at)


async def _holders(
    session: AsyncSession, merchant_id: int, levels: Sequence[str], moment: datetime
) -> dict[int, str]:
    """Who held one of these levels just before a moment, unpinned."""
    order = (
        _HELD.c.since.desc(),
        _HELD.c.after_order.is_(None).desc(),
        _HELD.c.after_order.desc(),
        _HELD.c.id.desc(),
    )
    place = func.row_number().over(partition_by=_HELD.c.distributor_id, order_by=order)
    latest = (
        select(_HELD.c.distributor_id, _HELD.c.level, _HELD.c.pinned, place.label("place"))
        .where(_HELD.c.merchant_id == merchant_id, _HELD.c.since < moment)
        .subquery()
    )
    rows = await session.execute(
        select(latest.c.distributor_id, latest.c.level).where(
            latest.c.place == 1, latest.c.level.in_(levels), ~latest.c.pinned
        )
    )
    return {row.distributor_id: row.level for row in rows}


async def _warnings(session: AsyncSession, distributor_ids: Sequence[int]) -> dict[int, datetime]:
    rows = await session.execute(
        select(_WARNING.c.distributor_id, _WARNING.c.due_at).where(
            _WARNING.c.distributor_id.in_(distributor_ids)
        )
    )
    return {row.distributor_id: row.due_at for row in rows}


async def _had(
    session: AsyncSession, distributor_ids: Sequence[int], moment: datetime
) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    rows = await session.execute(
        select(_HELD.c.distributor_id, _HELD.c.level).where(
            _HELD.c.distributor_id.in_(distributor_ids), _HELD.c.since < moment
        )
    )
    for distributor_id, level in rows:
        found[distributor_id].add(level)
    return defaultdict(frozenset, {key: frozenset(levels) for key, levels in found.items()})
