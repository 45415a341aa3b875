"""Levels that are no longer fulfilled when a month is closed: a warning first, then the way down (docs/plans.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.tallies import TallyBook
from models.people.distributors import Payee, payees
from models.people.levels import LevelCause, LevelHeld, LevelWarning, set_level
from models.people.merchants import Merchant
from models.plans.periods import Period, period_of
from models.plans.promotions import Tally, counts_teams, holds, level_below, longest_window
from models.plans.ranks import Level
from models.plans.versions import Plan
from models.sales.cast import evidence
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.sql import chunks, table_of
from models.store.types import JsonValue

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
    moved: list[Moved] = []
    conditional = [level.key for level in plan.document.levels if level.when is not None]
    holders = await _holders(session, merchant.id, conditional, month.ends)
    for part in chunks(sorted(holders)):
        look = await _Look.open(session, merchant, plan, month, part)
        for distributor_id in part:
            one = await look.at(session, distributor_id, holders[distributor_id], now)
            if one is not None:
                moved.append(one)
        await queue_notices(session, look.notices)
    return moved


class _Look:
    """Some holders of levels with conditions, and everything that decides whether they keep them."""

    def __init__(
        self,
        merchant: Merchant,
        plan: Plan,
        month: Period,
        tallies: TallyBook,
        warned: dict[int, datetime],
        had: dict[int, frozenset[str]],
        people: dict[int, Payee],
    ) -> None:
        self._merchant = merchant
        self._plan = plan
        self._month = month
        self._tallies = tallies
        self._warned = warned
        self._had = had
        self._people = people
        self.notices: list[Notice] = []

    @classmethod
    async def open(
        cls, session: AsyncSession, merchant: Merchant, plan: Plan, month: Period, holders: Sequence[int]
    ) -> _Look:
        window = timedelta(days=longest_window(plan.document))
        tallies = await TallyBook.open(
            session, holders, month.ends - window, teams=counts_teams(plan.document)
        )
        return cls(
            merchant,
            plan,
            month,
            tallies,
            await _warnings(session, holders),
            await _had(session, holders, month.ends),
            await payees(session, holders),
        )

    async def at(self, session: AsyncSession, holder: int, key: str, now: datetime) -> Moved | None:
        """What the close does to one of them."""
        level = next(level for level in self._plan.document.levels if level.key == key)
        tally = self._tallies.up_to(holder, self._month.ends, _AFTER_ALL)
        assert level.when is not None  # only levels with conditions are asked for
        warning = self._warned.get(holder)
        if holds(level.when, tally, self._merchant.currency):
            if warning is not None:
                await _lift(session, holder)
            return None
        if warning is None:
            return await self._warn(session, holder, level, now) if self._people[holder].is_active else None
        return await self._lower(session, holder, level, tally, now) if warning <= self._month.ends else None

    async def _warn(self, session: AsyncSession, holder: int, level: Level, now: datetime) -> Moved:
        due_at = self._month.ends + timedelta(days=level.grace_days)
        await session.execute(
            _WARNING.insert().values(
                distributor_id=holder,
                merchant_id=self._merchant.id,
                level=level.key,
                warned_at=now,
                due_at=due_at,
            )
        )
        # The day on which it would really go: the first close from then on.
        before = due_at - timedelta(microseconds=1)
        close = period_of(self._month.length, max(before, self._month.ends), self._merchant.zone).ends
        facts: dict[str, JsonValue] = {"level": level.key, "due_at": close.isoformat()}
        self._tell(NoticeKind.LEVEL_WARNING, holder, facts, now)
        return Moved(holder, level.key, None, due_at)

    async def _lower(
        self, session: AsyncSession, holder: int, level: Level, tally: Tally, now: datetime
    ) -> Moved:
        below = level_below(self._plan.document, level.key, self._had[holder], tally, self._merchant.currency)
        await set_level(
            session,
            merchant_id=self._merchant.id,
            distributor_id=holder,
            level=below.key,
            since=self._month.ends,
            cause=LevelCause.DEMOTED,
            evidence=evidence(level, tally, level.key),
            written_at=now,
        )
        await _lift(session, holder)
        self._tell(NoticeKind.LEVEL_DOWN, holder, {"level": below.key, "before": level.key}, now)
        return Moved(holder, level.key, below.key)

    def _tell(self, kind: NoticeKind, holder: int, facts: dict[str, JsonValue], now: datetime) -> None:
        person_id = self._people[holder].person_id
        if person_id is not None:
            self.notices.append(
                Notice(
                    merchant_id=self._merchant.id,
                    person_id=person_id,
                    key=f"{kind}:{self._month.key}:{holder}",
                    kind=kind,
                    facts={"distributor_id": holder, **facts},
                    not_before=now,
                    created_at=now,
                )
            )


async def _lift(session: AsyncSession, holder: int) -> None:
    await session.execute(_WARNING.delete().where(_WARNING.c.distributor_id == holder))


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
