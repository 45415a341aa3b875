"""What each day brought one distributor, by the merchant's calendar."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import CommissionRow, CommissionState
from models.people.merchants import Merchant
from models.store.sql import table_of
from models.store.types import from_micros

QUARTER_MICROS = 15 * 60 * 1_000_000
"""Every zone's offset is whole quarters of an hour, so that no quarter lies on two days."""
_COMMISSION = table_of(CommissionRow)


@dataclass(frozen=True, slots=True)
class DayEarned:
    """One day and what its orders brought, in minor units, refunds taken off whenever they came."""

    day: date
    minor: int


async def days_earned(
    session: AsyncSession, merchant: Merchant, distributor_id: int, now: datetime, days: int
) -> list[DayEarned]:
    """The last `days` days, today the last, days without orders included."""
    today = now.astimezone(merchant.zone).date()
    first = today - timedelta(days=days - 1)
    since = datetime.combine(first, time(), tzinfo=merchant.zone).astimezone(UTC)
    quarter = type_coerce(_COMMISSION.c.earned_at, BigInteger) // QUARTER_MICROS
    rows = await session.execute(
        select(
            quarter.label("quarter"),
            func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor).label("net"),
        )
        .where(
            _COMMISSION.c.merchant_id == merchant.id,
            _COMMISSION.c.distributor_id == distributor_id,
            _COMMISSION.c.earned_at >= since,
            _COMMISSION.c.earned_at <= now,
            _COMMISSION.c.state != CommissionState.VOID,
        )
        .group_by(quarter)
    )
    by_day: defaultdict[date, int] = defaultdict(int)
    for row in rows:
        at = from_micros(int(row.quarter) * QUARTER_MICROS)
        by_day[at.astimezone(merchant.zone).date()] += int(row.net)
    return [DayEarned(day, by_day[day]) for day in (first + timedelta(days=number) for number in range(days))]
