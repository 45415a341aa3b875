"""Orders against their lines, refunds and commissions."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderLineRow, OrderRow, OrderState, RefundRow
from models.money.commissions import CommissionKind, CommissionRow, CommissionState
from models.money.verify.finding import Finding, FindingKind, found_rows, whole_sum
from models.people.merchants import Merchant
from models.store.sql import table_of

_ORDER, _LINE, _REFUND = table_of(OrderRow), table_of(OrderLineRow), table_of(RefundRow)
_COMMISSION = table_of(CommissionRow)
_BEFORE_PAYING = (CommissionState.ESTIMATED, CommissionState.VOID)


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
        "says base {1:money} and refunded {3:money}, and its lines add up to {2:money} and {4:money}",
        currency=merchant.currency,
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
        "has {1:money} refunded on its lines, and its refunds add up to {2:money}",
        currency=merchant.currency,
    )


async def states(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """An order stands where its times, its lines and its commissions say."""
    state = _ORDER.c.state
    is_sold = state.in_((OrderState.PAID, OrderState.RECEIVED, OrderState.REFUNDED))
    line = _LINE.c.order_id == _ORDER.c.id
    is_left = exists().where(
        line, or_(_LINE.c.fully_refunded.is_(False), _LINE.c.refunded_minor < _LINE.c.base_minor)
    )
    is_all_back = exists().where(line) & ~exists().where(line, _LINE.c.fully_refunded.is_(False))
    earned = _COMMISSION.c.order_id == _ORDER.c.id
    faults: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("and was never paid", and_(is_sold, _ORDER.c.paid_at.is_(None))),
        ("and was paid", and_(state == OrderState.PLACED, _ORDER.c.paid_at.is_not(None))),
        ("and was never received", and_(state == OrderState.RECEIVED, _ORDER.c.received_at.is_(None))),
        ("and was received", and_(state == OrderState.PAID, _ORDER.c.received_at.is_not(None))),
        (
            "and its time of cancelling says otherwise",
            (state == OrderState.CANCELLED) != _ORDER.c.cancelled_at.is_not(None),
        ),
        ("and not all of it was refunded", and_(state == OrderState.REFUNDED, is_left)),
        (
            "and all of it was refunded",
            and_(state.in_((OrderState.PAID, OrderState.RECEIVED)), is_all_back),
        ),
        (
            "and has commissions that only a paid order has",
            and_(
                state == OrderState.PLACED, exists().where(earned, _COMMISSION.c.state.not_in(_BEFORE_PAYING))
            ),
        ),
    )
    return [
        finding
        for says, wrong in faults
        for finding in await found_rows(
            session,
            FindingKind.STATE_DIFFERS,
            "order",
            select(_ORDER.c.order_ref, state).where(_ORDER.c.merchant_id == merchant.id, wrong),
            f"is {{1}}, {says}",
        )
    ]


async def payees(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Whoever an order names as its seller has the seller's commissions of its lines."""
    return await found_rows(
        session,
        FindingKind.PAYEE_DIFFERS,
        "order",
        select(_ORDER.c.order_ref)
        .join(_COMMISSION, _COMMISSION.c.order_id == _ORDER.c.id)
        .where(
            _ORDER.c.merchant_id == merchant.id,
            _COMMISSION.c.kind == CommissionKind.LINE,
            _COMMISSION.c.depth == 0,
            or_(
                _ORDER.c.distributor_id.is_(None),
                _ORDER.c.distributor_id != _COMMISSION.c.distributor_id,
            ),
        )
        .distinct(),
        "names another seller than its commissions",
    )


def _of_lines(amount: ColumnElement[int]) -> ColumnElement[int]:
    return select(whole_sum(amount)).where(_LINE.c.order_id == _ORDER.c.id).scalar_subquery()
