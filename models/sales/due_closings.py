"""Which period is to be closed next (docs/plans.md, "What a period pays")."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.closings import Closing, ClosingRow
from models.money.used import MonthOfOrders
from models.people.merchants import Merchant
from models.plans.periods import CLOSES_AFTER, Period, month_of, next_period, period_of
from models.plans.promotions import top_to_reach
from models.plans.rules import PeriodLength
from models.plans.versions import PlanBook
from models.store.sql import insert_all, table_of, values_of

_ORDER, _CLOSING, _MONTH = table_of(OrderRow), table_of(ClosingRow), table_of(MonthOfOrders)


def _lengths(plans: PlanBook) -> list[PeriodLength]:
    """Periods that any version pays for; months, too, where levels can be lost."""
    used = set()
    for plan in plans.all():
        if plan.document.ladder is not None:
            used.add(plan.document.ladder.period)
        used |= {target.period for target in plan.document.bonuses.team_target}
        if top_to_reach(plan.document):
            used.add(PeriodLength.MONTH)
    return sorted(used)


async def open_closing(
    session: AsyncSession, merchant: Merchant, now: datetime, *, patient: bool
) -> Closing | None:
    """The next closing to work on: one that was begun and not finished, or a new one of the earliest period that
    is over; None when there is nothing to close. The caller holds the merchant's lock and commits.

    `patient`: a period whose orders were still told of within the last hour waits, so that a history that is being
    brought in is closed when it is whole.
    """
    unfinished = (
        await session.execute(
            select(_CLOSING)
            .where(_CLOSING.c.merchant_id == merchant.id, _CLOSING.c.finished_at.is_(None))
            .order_by(_CLOSING.c.ends_at, _CLOSING.c.id)
            .limit(1)
        )
    ).first()
    if unfinished is not None:
        return values_of(unfinished, Closing)
    plans = await PlanBook.open(session, merchant.id)
    due = [
        period
        for length in _lengths(plans)
        if (period := await _next(session, merchant, length, now, patient=patient)) is not None
    ]
    if not due:
        return None
    period = min(due, key=lambda one: (one.ends, one.length))
    plan = plans.in_force_before(period.ends)
    closing = Closing(
        merchant_id=merchant.id,
        length=period.length,
        period=period.key,
        begins_at=period.begins,
        ends_at=period.ends,
        plan_version=plan.version if plan is not None else None,
        closed_at=now,
    )
    await insert_all(session, ClosingRow, [closing])
    return closing


async def _next(
    session: AsyncSession, merchant: Merchant, length: PeriodLength, now: datetime, *, patient: bool
) -> Period | None:
    """The first period of a length that is over, not closed, and may be closed now."""
    months = {
        row.month: row.told_at
        for row in await session.execute(
            select(_MONTH.c.month, _MONTH.c.told_at).where(_MONTH.c.merchant_id == merchant.id)
        )
    }
    if not months:
        return None
    period = await _first_open(session, merchant, length)
    if period is None or period.ends + CLOSES_AFTER > now:
        return None
    touched = {
        month_of(period.begins, merchant.zone),
        month_of(period.ends - timedelta(seconds=1), merchant.zone),
    }
    if length is PeriodLength.QUARTER:
        touched.add(month_of(period.begins + timedelta(days=45), merchant.zone))
    told = max((months[month] for month in touched if month in months), default=None)
    return None if patient and told is not None and told > now - CLOSES_AFTER else period


async def _first_open(session: AsyncSession, merchant: Merchant, length: PeriodLength) -> Period | None:
    """The earliest period, from the first paid order on, that was not closed; also one before those that were."""
    first = await _first_paid(session, merchant)
    if first is None:
        return None
    period = period_of(length, first, merchant.zone)
    rows = await session.execute(
        select(_CLOSING.c.period).where(_CLOSING.c.merchant_id == merchant.id, _CLOSING.c.length == length)
    )
    closed = set(rows.scalars())
    while period.key in closed:
        period = next_period(period, merchant.zone)
    return period


async def _first_paid(session: AsyncSession, merchant: Merchant) -> datetime | None:
    first = select(_ORDER.c.paid_at).where(_ORDER.c.merchant_id == merchant.id, _ORDER.c.paid_at.is_not(None))
    return (await session.execute(first.order_by(_ORDER.c.paid_at).limit(1))).scalar_one_or_none()
