"""A merchant's months and days of orders: what caps have used up, and when the month was last told of.

Figures are as made: refunds don't make room again (docs/plans.md, "Caps").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import BigInteger, String, bindparam, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.money.awards import Room
from models.money.commissions import FOLLOWING_ORDERS, CommissionRow, CommissionState
from models.people.merchants import Merchant
from models.plans.periods import day_of, midnight, month_of
from models.plans.versions import Plan
from models.store.currency import to_minor
from models.store.sql import chunks, insert_ignore, table_of
from models.store.types import Key, Minor, UtcTime

_COMMISSION = table_of(CommissionRow)


class MonthOfOrders(SQLModel, table=True):
    """One month of a merchant: what its orders have earned of the budget, and when the last of them was told."""

    __tablename__ = "month_of_orders"

    merchant_id: int = Field(foreign_key="merchant.id", primary_key=True, sa_type=Key)
    month: str = Field(primary_key=True, sa_type=String(16))
    used_minor: int = Field(default=0, sa_type=Minor)
    told_at: datetime = Field(sa_type=UtcTime)


class DayOfEarner(SQLModel, table=True):
    """What one distributor's orders have earned on one day of the merchant's zone, kept while a plan caps days."""

    __tablename__ = "day_of_earner"

    distributor_id: int = Field(foreign_key="distributor.id", primary_key=True, sa_type=Key)
    day: str = Field(primary_key=True, sa_type=String(10))
    used_minor: int = Field(default=0, sa_type=Minor)


class UsedBook:
    """What caps have used up on the days and in the months of some orders, kept while a story goes on."""

    def __init__(
        self,
        merchant: Merchant,
        now: datetime,
        days: dict[tuple[int, str], int] | None,
        months: dict[str, int],
    ) -> None:
        self._merchant = merchant
        self._now = now
        self._with_days = days is not None
        self._days = defaultdict(int, days or {})
        self._days_used: set[tuple[int, str]] = set()
        self._before = months
        self._months = defaultdict(int, months)
        self._told: set[str] = set()

    @classmethod
    async def open(
        cls,
        session: AsyncSession,
        merchant: Merchant,
        earners: Sequence[int],
        moments: Iterable[datetime],
        now: datetime,
        *,
        with_days: bool,
    ) -> UsedBook:
        """Read the months of these moments and, `with_days`, what these people earned on their days."""
        listed = list(moments)
        days: dict[tuple[int, str], int] | None = None
        if with_days:
            days = {}
            for day in sorted({day_of(moment, merchant.zone) for moment in listed}):
                days |= await _used_on(session, merchant, day, earners)
        table = table_of(MonthOfOrders)
        names = sorted({month_of(moment, merchant.zone) for moment in listed})
        rows = (
            await session.execute(
                select(table.c.month, table.c.used_minor).where(
                    table.c.merchant_id == merchant.id, table.c.month.in_(names)
                )
            )
            if names
            else ()
        )
        return cls(merchant, now, days, {row.month: row.used_minor for row in rows})

    def room(self, plan: Plan, moment: datetime, earners: Iterable[int]) -> Room:
        """What the plan's day cap and budget leave at a moment."""
        caps, currency = plan.document.caps, self._merchant.currency
        room = Room()
        if caps.day is not None:
            most, day = to_minor(caps.day, currency), self._day(moment)
            room.days = {earner: most - self._days[earner, day] for earner in earners}
        if caps.budget is not None:
            used = self._months[month_of(moment, self._merchant.zone)]
            room.budget_minor = to_minor(caps.budget, currency) - used
        return room

    def use(self, moment: datetime, earner: int, amount_minor: int) -> None:
        """An order earned somebody something; below zero when it was cancelled."""
        if self._with_days:
            self._days[earner, self._day(moment)] += amount_minor
            self._days_used.add((earner, self._day(moment)))
        self._months[month_of(moment, self._merchant.zone)] += amount_minor

    def tell(self, moment: datetime) -> None:
        """Something was told of an order that was paid at this moment."""
        month = month_of(moment, self._merchant.zone)
        self._told.add(month)
        self._months.setdefault(month, self._before.get(month, 0))

    def _day(self, moment: datetime) -> str:
        return day_of(moment, self._merchant.zone).isoformat()

    async def save(self, session: AsyncSession) -> None:
        """Write the days and months back."""
        table = table_of(DayOfEarner)
        used = [
            {"distributor_id": earner, "day": day, "used_minor": self._days[earner, day]}
            for earner, day in sorted(self._days_used)
        ]
        if used:
            statement = insert_ignore(session, DayOfEarner, ("distributor_id", "day"))
            await session.execute(statement, used)
            connection = await session.connection()
            await connection.execute(
                table.update()
                .where(table.c.distributor_id == bindparam("earner"), table.c.day == bindparam("that_day"))
                .values(used_minor=bindparam("used")),
                [
                    {"earner": row["distributor_id"], "that_day": row["day"], "used": row["used_minor"]}
                    for row in used
                ],
            )
        table = table_of(MonthOfOrders)
        for month in sorted(self._told):
            values = {"used_minor": self._months[month], "told_at": self._now}
            if month in self._before:
                await session.execute(
                    table.update()
                    .where(table.c.merchant_id == self._merchant.id, table.c.month == month)
                    .values(**values)
                )
            else:
                await session.execute(
                    table.insert().values(merchant_id=self._merchant.id, month=month, **values)
                )


async def _used_on(
    session: AsyncSession, merchant: Merchant, day: date, earners: Sequence[int]
) -> dict[tuple[int, str], int]:
    """What a day's orders earned these people; summed up only for those of whom it is not kept yet."""
    table, found = table_of(DayOfEarner), dict[tuple[int, str], int]()
    for part in chunks(earners):
        rows = await session.execute(
            select(table.c.distributor_id, table.c.used_minor).where(
                table.c.distributor_id.in_(part), table.c.day == day.isoformat()
            )
        )
        found |= {(row.distributor_id, day.isoformat()): row.used_minor for row in rows}
    missing = [earner for earner in earners if (earner, day.isoformat()) not in found]
    return found | await _earned_on(session, merchant, day, missing)


async def _earned_on(
    session: AsyncSession, merchant: Merchant, day: date, earners: Sequence[int]
) -> dict[tuple[int, str], int]:
    found: dict[tuple[int, str], int] = {}
    begins, ends = midnight(day, merchant.zone), midnight(day + timedelta(days=1), merchant.zone)
    for part in chunks(earners):
        rows = await session.execute(
            select(_COMMISSION.c.distributor_id, cast(func.sum(_COMMISSION.c.amount_minor), BigInteger))
            .where(
                _COMMISSION.c.distributor_id.in_(part),
                _COMMISSION.c.earned_at >= begins,
                _COMMISSION.c.earned_at < ends,
                _COMMISSION.c.kind.in_(FOLLOWING_ORDERS),
                _COMMISSION.c.state.not_in((CommissionState.ESTIMATED, CommissionState.VOID)),
            )
            .group_by(_COMMISSION.c.distributor_id)
        )
        found |= {(earner, day.isoformat()): amount for earner, amount in rows}
    return found
