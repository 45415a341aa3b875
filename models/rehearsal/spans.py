"""Which days a rehearsal takes: by dates of the shop's calendar, whole months, or everything there is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import cast

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.people.merchants import Merchant
from models.plans.periods import Period, midnight, period_of
from models.plans.rules import PeriodLength
from models.store.sql import table_of
from models.store.types import EPOCH

_ORDER = table_of(OrderRow)
_A_MOMENT = timedelta(microseconds=1)


class SpanChoice(StrEnum):
    """What staff choose in chat."""

    LAST_MONTH = "month"
    THREE_MONTHS = "three"
    EVERYTHING = "all"


def of_days(merchant: Merchant, first: date, last: date) -> tuple[datetime, datetime]:
    """From the first day's beginning to the last day's end, in the shop's zone."""
    return midnight(first, merchant.zone), midnight(last + timedelta(days=1), merchant.zone)


async def span_of(
    session: AsyncSession, merchant: Merchant, choice: SpanChoice, now: datetime
) -> tuple[datetime, datetime] | None:
    """The time that a choice means; None where nothing was ever sold. Months are whole and over."""
    if choice is SpanChoice.EVERYTHING:
        first = await _first_sale(session, merchant.id)
        return (first, now) if first is not None and first < now else None
    last = _before(period_of(PeriodLength.MONTH, now, merchant.zone), merchant)
    begins = last
    for _ in range(2 if choice is SpanChoice.THREE_MONTHS else 0):
        begins = _before(begins, merchant)
    return begins.begins, last.ends


def _before(month: Period, merchant: Merchant) -> Period:
    return period_of(PeriodLength.MONTH, month.begins - _A_MOMENT, merchant.zone)


async def _first_sale(session: AsyncSession, merchant_id: int) -> datetime | None:
    found = await session.execute(
        select(func.min(_ORDER.c.paid_at)).where(
            _ORDER.c.merchant_id == merchant_id, _ORDER.c.paid_at > EPOCH
        )
    )
    return cast("datetime | None", found.scalar_one_or_none())
