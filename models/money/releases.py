"""The merchant's calendar of releases: what becomes available when, what waits and why, what did lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from sqlalchemy import BigInteger, case, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import CommissionRow
from models.money.settled_days import SettledDay, settled_days
from models.money.settlement_places import WAITING
from models.money.waiting import Sum, under_review
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import Merchant
from models.plans.periods import day_of, midnight
from models.store.sql import table_of

DAYS = 14
"""How far ahead, and how far back."""
_COMMISSION, _DISTRIBUTOR = table_of(CommissionRow), table_of(Distributor)
_OVERDUE, _LATER = -1, DAYS
_COMING, _ON_HOLD, _GIVEN_UP = range(3)
_NOTHING = Sum(0, 0, None)


@dataclass(frozen=True, slots=True)
class ReleaseDay:
    """What will be released on one day of the merchant's zone, in minor units."""

    day: date
    commissions: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class ReleaseCalendar:
    """Sums at a moment. `days` are the next fourteen, today first; `due` is what the next run takes up.

    What is `on_hold` (a case, whatever its date), `under_review`, or `given_up` by somebody who left stands in none of
    the others.
    """

    days: tuple[ReleaseDay, ...]
    due: Sum
    later: Sum
    on_hold: Sum
    review: Sum
    given_up: Sum
    lately: Sequence[SettledDay]

    @property
    def coming_minor(self) -> int:
        """Everything that will be released by itself."""
        return self.due.amount_minor + sum(day.amount_minor for day in self.days) + self.later.amount_minor


async def release_calendar(session: AsyncSession, merchant: Merchant, now: datetime) -> ReleaseCalendar:
    """The calendar of one merchant."""
    today = day_of(now, merchant.zone)
    days = [today + timedelta(days=number) for number in range(DAYS + 1)]
    sums = await _by_day(session, merchant, now, [midnight(day, merchant.zone) for day in days])
    coming = sums[_COMING]
    return ReleaseCalendar(
        days=tuple(
            ReleaseDay(day, coming[number].commissions, coming[number].amount_minor)
            for number, (day, _) in enumerate(pairwise(days))
        ),
        due=coming[_OVERDUE],
        later=coming[_LATER],
        on_hold=_together(sums[_ON_HOLD].values()),
        review=await under_review(session, merchant),
        given_up=_together(sums[_GIVEN_UP].values()),
        lately=await settled_days(session, merchant.id, today - timedelta(days=DAYS - 1)),
    )


async def _by_day(
    session: AsyncSession, merchant: Merchant, now: datetime, begins: Sequence[datetime]
) -> dict[int, dict[int, Sum]]:
    """Sums by whether they come, wait with their distributor or were given up, and by the number of the day."""
    at = _COMMISSION.c.release_at
    ends = [(at < end, number) for number, end in enumerate(begins[1:])]
    number = case((at <= now, _OVERDUE), *ends, else_=_LATER)
    has_left = _DISTRIBUTOR.c.state == DistributorState.LEFT
    what = case((has_left, _GIVEN_UP), (_DISTRIBUTOR.c.on_hold, _ON_HOLD), else_=_COMING)
    net = _COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor
    rows = await session.execute(
        select(what, number, func.count(), cast(func.sum(net), BigInteger), func.min(at))
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _COMMISSION.c.distributor_id)
        .where(_COMMISSION.c.merchant_id == merchant.id, WAITING)
        .group_by(what, number)
    )
    found: dict[int, dict[int, Sum]] = defaultdict(lambda: defaultdict(lambda: _NOTHING))
    for side, day, commissions, amount, first in rows:
        found[side][day] = Sum(commissions, int(amount), first)
    return found


def _together(sums: Iterable[Sum]) -> Sum:
    listed = list(sums)
    first = min((each.next_at for each in listed if each.next_at is not None), default=None)
    return Sum(sum(each.commissions for each in listed), sum(each.amount_minor for each in listed), first)
