"""What another level would have earned on last month's own sales: the plan in force, line by line (business.md 7)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import Kind, kinds_by_sku
from models.funnel.orders import OrderLineRow, OrderRow
from models.people.merchants import Merchant
from models.plans.amounts import line_amount
from models.plans.periods import Period, period_of
from models.plans.rules import PeriodLength
from models.plans.versions import Plan
from models.store.sql import table_of

_ORDER, _LINE = table_of(OrderRow), table_of(OrderLineRow)
_PAGE = 2_000
_A_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WorthMore:
    """What one level would have earned more than another on one month's lines, refunds taken off; minor units."""

    month: Period
    sales_minor: int
    more_minor: int


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody at a level (and, perhaps, a profile) of the plan."""

    level: str
    profile: str | None


class _Line(NamedTuple):
    id: int
    sku: str
    quantity: int
    base_minor: int
    left_minor: int
    paid_at: datetime


async def worth_more(
    session: AsyncSession,
    merchant: Merchant,
    distributor_id: int,
    plan: Plan,
    standing: Standing,
    other_level: str,
    now: datetime,
) -> WorthMore | None:
    """How much more `other_level` is worth; None when nothing was sold in the last whole month of the shop."""
    this_month = period_of(PeriodLength.MONTH, now, merchant.zone)
    month = period_of(PeriodLength.MONTH, this_month.begins - _A_MOMENT, merchant.zone)
    sales = more = 0
    async for lines, kinds in _lines(session, merchant.id, distributor_id, month):
        for line in lines:
            kind = kinds.get(line.sku)
            category = kind.category if kind is not None else None
            now_earned, would = (
                _earned(plan, line, category, Standing(level, standing.profile), merchant.currency)
                for level in (standing.level, other_level)
            )
            sales += line.left_minor
            more += would - now_earned
    return WorthMore(month, sales, more) if sales else None


def _earned(plan: Plan, line: _Line, category: str | None, who: Standing, currency: str) -> int:
    """What the line earns at a level, less what its refunds take back."""
    rate = plan.rates.find(line.sku, category, who.level, who.profile)
    boost = plan.rates.boost(line.sku, category, who.level, who.profile, line.paid_at)
    amount = line_amount(rate, boost, line.base_minor, line.quantity, currency)
    refunded = line.base_minor - line.left_minor
    return amount - (amount * refunded // line.base_minor if line.base_minor else 0)


async def _lines(
    session: AsyncSession, merchant_id: int, distributor_id: int, month: Period
) -> AsyncIterator[tuple[list[_Line], dict[str, Kind]]]:
    """The month's lines of one seller in pages, with their products' categories."""
    after = 0
    while True:
        rows = await session.execute(
            select(
                _LINE.c.id,
                _LINE.c.sku,
                _LINE.c.quantity,
                _LINE.c.base_minor,
                (_LINE.c.base_minor - _LINE.c.refunded_minor),
                _ORDER.c.paid_at,
            )
            .join(_LINE, _LINE.c.order_id == _ORDER.c.id)
            .where(
                _ORDER.c.merchant_id == merchant_id,
                _ORDER.c.distributor_id == distributor_id,
                _ORDER.c.paid_at >= month.begins,
                _ORDER.c.paid_at < month.ends,
                _ORDER.c.counts.is_(True),
                _LINE.c.id > after,
            )
            .order_by(_LINE.c.id)
            .limit(_PAGE)
        )
        lines = [_Line(*row) for row in rows]
        if lines:
            yield lines, await kinds_by_sku(session, merchant_id, sorted({line.sku for line in lines}))
        if len(lines) < _PAGE:
            return
        after = lines[-1].id
