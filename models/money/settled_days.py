"""What settlement released on each day of the merchant's zone, added up as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import String, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.people.merchants import Merchant
from models.plans.periods import day_of
from models.store.sql import insert_ignore, table_of
from models.store.types import Key, Minor, UtcTime


class SettledDay(SQLModel, table=True):
    """One day of one merchant: how many commissions became available, their sum, and the latest run's time."""

    __tablename__ = "settled_day"

    merchant_id: int = Field(foreign_key="merchant.id", primary_key=True, sa_type=Key)
    day: str = Field(primary_key=True, sa_type=String(10))
    commissions: int = Field(default=0, sa_type=Minor)
    amount_minor: int = Field(default=0, sa_type=Minor)
    settled_at: datetime = Field(sa_type=UtcTime)


_TABLE = table_of(SettledDay)


async def add_to_day(
    session: AsyncSession, merchant: Merchant, commissions: int, amount_minor: int, now: datetime
) -> None:
    """Count what a chunk released; in the chunk's transaction, so that it counts once."""
    day = day_of(now, merchant.zone).isoformat()
    begun = insert_ignore(session, SettledDay, ("merchant_id", "day"))
    await session.execute(
        begun.values(merchant_id=merchant.id, day=day, commissions=0, amount_minor=0, settled_at=now)
    )
    await session.execute(
        update(_TABLE)
        .where(_TABLE.c.merchant_id == merchant.id, _TABLE.c.day == day)
        .values(
            commissions=_TABLE.c.commissions + commissions,
            amount_minor=_TABLE.c.amount_minor + amount_minor,
            settled_at=now,
        )
    )


async def settled_days(session: AsyncSession, merchant_id: int, since: date) -> Sequence[SettledDay]:
    """The days from one on, the latest first."""
    rows = await session.execute(
        select(SettledDay)
        .where(_TABLE.c.merchant_id == merchant_id, _TABLE.c.day >= since.isoformat())
        .order_by(_TABLE.c.day.desc())
    )
    return rows.scalars().all()
