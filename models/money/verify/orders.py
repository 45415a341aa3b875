"""Orders against their lines and refunds."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderLineRow, OrderRow, RefundRow
from models.money.verify.finding import Finding, FindingKind, found_rows, whole_sum
from models.people.merchants import Merchant
from models.store.sql import table_of

_ORDER, _LINE, _REFUND = table_of(OrderRow), table_of(OrderLineRow), table_of(RefundRow)


async def order_sums(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What an order says of itself is what its lines add up to: levels, ladders and targets read only the order."""
    base, refunded = _of_lines(_LINE.c.base_minor), _of_lines(_LINE.c.refunded_minor)
    return await found_rows(
        session,
        FindingKind.ORDER_DIFFERS,
        "order",
        select(_ORDER.c.order_ref, _ORDER.c.base_minor, base, _ORDER.c.refunded_minor, refunded).where(
            _ORDER.c.merchant_id == merchant.id,
            or_(_ORDER.c.base_minor != base, _ORDER.c.refunded_minor != refunded),
        ),
        "says base {1} and refunded {3}, and its lines add up to {2} and {4}",
    )


async def refund_sums(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What is refunded on an order's lines is what its refunds add up to."""
    lines = _of_lines(_LINE.c.refunded_minor)
    refunds = (
        select(whole_sum(_REFUND.c.refunded_minor)).where(_REFUND.c.order_id == _ORDER.c.id).scalar_subquery()
    )
    return await found_rows(
        session,
        FindingKind.REFUNDS_DIFFER,
        "order",
        select(_ORDER.c.order_ref, lines, refunds).where(
            _ORDER.c.merchant_id == merchant.id, lines != refunds
        ),
        "has {1} refunded on its lines, and its refunds add up to {2}",
    )


def _of_lines(amount: ColumnElement[int]) -> ColumnElement[int]:
    return select(whole_sum(amount)).where(_LINE.c.order_id == _ORDER.c.id).scalar_subquery()
