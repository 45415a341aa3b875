"""What a distributor sold in the days before a moment: what the conditions of levels count (docs/plans.md, "Levels").

A window of N days at t is (t - N days, t]. Orders are counted by whole days back from the moment, so that one
reading answers for windows of every length.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, bindparam, exists, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.funnel.tallies import COUNTED
from models.people.distributors import Distributor, DistributorState
from models.plans.ranks import Condition, Metric
from models.store.prepared import Columns, Prepared
from models.store.sql import table_of
from models.store.types import to_micros

_DAY_MICROS = 24 * 60 * 60 * 1_000_000
_ORDER, _PEOPLE = table_of(OrderRow), table_of(Distributor)


@dataclass(frozen=True, slots=True)
class SoldDay:
    """Orders and net sales (minor units) of one stretch of 24 hours, `ago` whole days back."""

    ago: int
    orders: int
    sales_minor: int


@dataclass(frozen=True, slots=True)
class Window:
    """What a distributor sold on each day before a moment, and the teams' sizes that were asked for.

    It is the tally that conditions are held against (`models/plans/promotions.py`).
    """

    days: tuple[SoldDay, ...]
    team_sizes: dict[int, int]

    def orders(self, within_days: int) -> int:
        """Orders paid and not fully refunded."""
        return sum(day.orders for day in self.days if day.ago < within_days)

    def sales_minor(self, within_days: int) -> int:
        """Their bases less refunds."""
        return sum(day.sales_minor for day in self.days if day.ago < within_days)

    def team_size(self, within_days: int) -> int:
        """Direct members, active, with at least one such order."""
        return self.team_sizes.get(within_days, 0)

    def by_day(self, metric: Metric) -> list[tuple[int, int]]:
        """Days back and how many orders, or what sales, were made on them, the latest first."""
        return sorted(
            (day.ago, day.orders if metric is Metric.ORDERS else day.sales_minor) for day in self.days
        )


def _sold_day(row: Columns) -> SoldDay:
    ago, orders, sales = row
    assert isinstance(orders, int)
    return SoldDay(int(str(ago)), orders, int(str(sales)))


_NOW_MICROS: ColumnElement[Any] = bindparam("now_micros", type_=BigInteger)
_AGO = (_NOW_MICROS - type_coerce(_ORDER.c.paid_at, BigInteger)) // _DAY_MICROS
_SOLD = Prepared(
    select(
        _AGO.label("ago"),
        func.count(),
        func.sum(_ORDER.c.base_minor - _ORDER.c.refunded_minor),
    )
    .where(
        _ORDER.c.merchant_id == bindparam("merchant_id"),
        _ORDER.c.distributor_id == bindparam("distributor_id"),
        _ORDER.c.paid_at > bindparam("since"),
        _ORDER.c.paid_at <= bindparam("now"),
        COUNTED,
    )
    .group_by("ago"),
    _sold_day,
)


async def sold_in(
    session: AsyncSession,
    merchant_id: int,
    distributor_id: int,
    conditions: Iterable[Condition],
    now: datetime,
) -> Window:
    """What the conditions count of one distributor: an index range of their own orders, whoever else there is."""
    asked = tuple(conditions)
    longest = max((each.within_days for each in asked if each.metric is not Metric.TEAM_SIZE), default=0)
    days = (
        await _SOLD.all(
            session,
            merchant_id=merchant_id,
            distributor_id=distributor_id,
            since=now - timedelta(days=longest),
            now=now,
            now_micros=to_micros(now),
        )
        if longest
        else []
    )
    sizes = {each.within_days for each in asked if each.metric is Metric.TEAM_SIZE}
    return Window(
        tuple(days),
        {within: await _team_size(session, merchant_id, distributor_id, within, now) for within in sizes},
    )


async def _team_size(
    session: AsyncSession, merchant_id: int, distributor_id: int, within_days: int, now: datetime
) -> int:
    """Direct members, active at the merchant, who sold something that stands."""
    sold = exists().where(
        _ORDER.c.distributor_id == _PEOPLE.c.id,
        _ORDER.c.paid_at > now - timedelta(days=within_days),
        _ORDER.c.paid_at <= now,
        COUNTED,
    )
    found = await session.execute(
        select(func.count())
        .select_from(_PEOPLE)
        .where(
            _PEOPLE.c.merchant_id == merchant_id,
            _PEOPLE.c.sponsor_id == distributor_id,
            _PEOPLE.c.state == DistributorState.ACTIVE,
            sold,
        )
    )
    return int(found.scalar_one())
