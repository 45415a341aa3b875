"""How far a distributor is on the way to the next level, and what keeps or costs them theirs (business.md 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.growth.pace import days_at_pace
from models.growth.windows import Window, sold_in
from models.people.distributors import Distributor
from models.people.levels import LevelWarning, held_at
from models.people.merchants import Merchant
from models.people.profiles import ProfileBook
from models.plans.parts import Title
from models.plans.periods import period_of
from models.plans.promotions import counted, wanted
from models.plans.ranks import Condition, Conditions, Level, Metric
from models.plans.rules import PeriodLength
from models.plans.versions import Plan
from models.store.sql import table_of

_WARNED = table_of(LevelWarning)


@dataclass(frozen=True, slots=True)
class Step:
    """One condition: what was counted, what is needed (sales in minor units), and the days left at this pace."""

    metric: Metric
    within_days: int
    reached: int
    needed: int
    days: int | None

    @property
    def gap(self) -> int:
        """What is still missing."""
        return max(self.needed - self.reached, 0)


@dataclass(frozen=True, slots=True)
class Climb:
    """The conditions of a level, and whether any one of them is enough."""

    level: Level
    steps: tuple[Step, ...]
    any_is_enough: bool

    @property
    def is_reached(self) -> bool:
        """Whether the conditions hold now."""
        reached = [step.gap == 0 for step in self.steps]
        return any(reached) if self.any_is_enough else all(reached)

    @property
    def days(self) -> int | None:
        """Days until they hold at the present pace; None where it leads nowhere, or can't be told (a team)."""
        days = [step.days for step in self.steps]
        if self.any_is_enough:
            return min((each for each in days if each is not None), default=None)
        known = [each for each in days if each is not None]
        return max(known) if len(known) == len(days) else None

    @property
    def nearest(self) -> Step:
        """The step that a bar shows: the one furthest along where any is enough, else the one that lags."""

        def share(step: Step) -> int:
            return min(step.reached, step.needed) * 10_000 // step.needed

        return max(self.steps, key=share) if self.any_is_enough else min(self.steps, key=share)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a distributor stands. `climb` is the way up, None at the top or where staff alone give what is above;
    `keep` the conditions of the own level while a warning stands."""

    level: Level
    is_pinned: bool
    profile: Title | None
    climb: Climb | None
    keep: Climb | None
    lost_at: datetime | None
    above: Level | None


async def progress(
    session: AsyncSession, merchant: Merchant, who: Distributor, plan: Plan, now: datetime
) -> Progress:
    """A distributor's standing under a plan, from their own rows alone."""
    held = await held_at(session, merchant.id, who.id, now)
    levels = plan.document.levels
    key = plan.rates.level_or_first(held.level if held is not None else None)
    rank = next(rank for rank, level in enumerate(levels) if level.key == key)
    above = levels[rank + 1 :]
    is_pinned = held is not None and held.pinned
    aim = None if is_pinned else next((level for level in above if level.when is not None), None)
    lost_at = None if is_pinned else await _lost_at(session, merchant, who.id, key)
    mine = levels[rank]
    keep = mine if lost_at is not None and mine.when is not None else None
    asked = [part for level in (aim, keep) if level is not None and level.when for part in level.when.parts]
    window = await sold_in(session, merchant.id, who.id, asked, now)
    return Progress(
        level=mine,
        is_pinned=is_pinned,
        profile=await _profile(session, who.id, plan, now),
        climb=climb_to(aim, window, merchant.currency) if aim is not None else None,
        keep=climb_to(keep, window, merchant.currency) if keep is not None else None,
        lost_at=lost_at,
        above=above[0] if above else None,
    )


def climb_to(level: Level, window: Window, currency: str) -> Climb:
    """The conditions of a level that has some, against what was sold."""
    conditions = level.when
    assert conditions is not None  # asked only of levels that have conditions
    steps = tuple(_step(each, window, currency) for each in conditions.parts)
    return Climb(level, steps, _any_is_enough(conditions))


def _any_is_enough(conditions: Conditions) -> bool:
    return conditions.any is not None


def _step(condition: Condition, window: Window, currency: str) -> Step:
    metric, within = condition.metric, condition.within_days
    needed = wanted(condition, currency)
    reached = counted(metric, within, window)
    if reached >= needed:
        days: int | None = 0
    elif metric is Metric.TEAM_SIZE:
        days = None
    else:
        days = days_at_pace(window.by_day(metric), needed, within)
    return Step(metric, within, reached, needed, days)


async def _lost_at(
    session: AsyncSession, merchant: Merchant, distributor_id: int, level: str
) -> datetime | None:
    """At the end of which month the level goes, while a warning of that very level stands."""
    found = await session.execute(
        select(_WARNED.c.due_at).where(
            _WARNED.c.merchant_id == merchant.id,
            _WARNED.c.distributor_id == distributor_id,
            _WARNED.c.level == level,
        )
    )
    due_at = found.scalar_one_or_none()
    if due_at is None:
        return None
    # The first close at or after the end of the grace (docs/plans.md, "Levels").
    return period_of(PeriodLength.MONTH, due_at - timedelta(microseconds=1), merchant.zone).ends


async def _profile(session: AsyncSession, distributor_id: int, plan: Plan, now: datetime) -> Title | None:
    book = await ProfileBook.open(session, [distributor_id])
    key = plan.rates.known_profile(book.profile_before(distributor_id, now))
    return next((each.title for each in plan.document.profiles if each.key == key), None)
