"""Past orders in the order in which they were paid, page by page: what a rehearsal tells again (business.md 10).

Orders that nobody sold pay nobody and are left out. Each comes with what became of it until today.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, Row, and_, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.customers import CustomerRow
from models.funnel.orders import OrderLineRow, OrderRow, RefundRow
from models.store.engine import Store
from models.store.sql import table_of
from models.store.types import from_micros, to_micros

PAGE = 2_000
"""Orders read in one short transaction: nobody else waits for a rehearsal, and memory stays flat."""

_ORDER, _LINE, _REFUND = table_of(OrderRow), table_of(OrderLineRow), table_of(RefundRow)
_CUSTOMER = table_of(CustomerRow)


class PastLine(NamedTuple):
    """One line and what was refunded of it until today; minor units."""

    sku: str
    quantity: int
    base_minor: int
    refunded_minor: int
    is_gone: bool
    """Whether all of it was refunded."""


class PastRefund(NamedTuple):
    """When (microseconds since 1970) how much of the order's bases was refunded."""

    at: int
    minor: int


class PastOrder(NamedTuple):
    """One paid order; `paid` and `received` in microseconds since 1970. `is_own`: the seller seems to be the buyer."""

    ref: str
    seller_id: int
    paid: int
    received: int | None
    is_own: bool
    own_buyers: tuple[int, ...]
    is_first: bool
    base_minor: int
    refunded_minor: int
    is_gone: bool
    """Whether all of it was refunded by now."""
    lines: tuple[PastLine, ...]
    refunds: tuple[PastRefund, ...]

    @property
    def paid_at(self) -> datetime:
        """When it was paid, aware, in UTC."""
        return from_micros(self.paid)


async def past_orders(
    store: Store, merchant_id: int, since: datetime, until: datetime, page: int = PAGE
) -> AsyncIterator[list[PastOrder]]:
    """The sold orders paid in [since, until), by (paid time, order id), a page at a time."""
    after: tuple[int, str] | None = None
    while True:
        async with store.read() as session:
            rows = await _orders(session, merchant_id, since, until, after, page)
            if not rows:
                return
            first, last = rows[0].paid, rows[-1].paid
            lines = await _lines(session, merchant_id, first, last)
            refunds = await _refunds(session, merchant_id, first, last)
        yield [_past(row, lines, refunds) for row in rows]
        if len(rows) < page:
            return
        after = (last, rows[-1].order_ref)


_paid = cast("ColumnElement[Any]", type_coerce(_ORDER.c.paid_at, BigInteger))


async def _orders(
    session: AsyncSession,
    merchant_id: int,
    since: datetime,
    until: datetime,
    after: tuple[int, str] | None,
    page: int,
) -> list[Row[Any]]:
    statement = (
        select(
            _ORDER.c.id,
            _ORDER.c.order_ref,
            _ORDER.c.distributor_id,
            _paid.label("paid"),
            type_coerce(_ORDER.c.received_at, BigInteger).label("received"),
            _ORDER.c.self_purchase,
            _ORDER.c.own_buyers,
            (_CUSTOMER.c.first_order_id == _ORDER.c.id).label("is_first"),
            _ORDER.c.base_minor,
            _ORDER.c.refunded_minor,
        )
        .outerjoin(
            _CUSTOMER,
            and_(
                _CUSTOMER.c.merchant_id == _ORDER.c.merchant_id,
                _CUSTOMER.c.customer_hash == _ORDER.c.customer_hash,
            ),
        )
        .where(
            _ORDER.c.merchant_id == merchant_id,
            _paid >= to_micros(since),
            _paid < to_micros(until),
            _ORDER.c.distributor_id.is_not(None),
        )
        .order_by(_ORDER.c.paid_at, _ORDER.c.order_ref)
        .limit(page)
    )
    if after is not None:
        paid, ref = after
        # The first half lets the index find the place; the second keeps what was read from coming again.
        statement = statement.where(_paid >= paid, or_(_paid > paid, _ORDER.c.order_ref > ref))
    return list(await session.execute(statement))


async def _lines(
    session: AsyncSession, merchant_id: int, first: int, last: int
) -> dict[int, list[tuple[int, PastLine]]]:
    """Lines, with their places, of all orders paid from the page's first to its last moment."""
    rows = await session.execute(
        select(
            _LINE.c.order_id,
            _LINE.c.position,
            _LINE.c.sku,
            _LINE.c.quantity,
            _LINE.c.base_minor,
            _LINE.c.refunded_minor,
            _LINE.c.fully_refunded,
        )
        .join(_ORDER, _ORDER.c.id == _LINE.c.order_id)
        .where(_ORDER.c.merchant_id == merchant_id, _paid >= first, _paid <= last)
    )
    found: dict[int, list[tuple[int, PastLine]]] = defaultdict(list)
    for order_id, position, *line in rows:
        found[order_id].append((position, PastLine._make(line)))
    return found


async def _refunds(
    session: AsyncSession, merchant_id: int, first: int, last: int
) -> dict[int, list[PastRefund]]:
    rows = await session.execute(
        select(
            _REFUND.c.order_id, type_coerce(_REFUND.c.at, BigInteger).label("at"), _REFUND.c.refunded_minor
        )
        .join(_ORDER, _ORDER.c.id == _REFUND.c.order_id)
        .where(_ORDER.c.merchant_id == merchant_id, _paid >= first, _paid <= last)
    )
    found: dict[int, list[PastRefund]] = defaultdict(list)
    for order_id, at, minor in rows:
        found[order_id].append(PastRefund(at, minor))
    return found


def _past(
    row: Row[Any], lines: dict[int, list[tuple[int, PastLine]]], refunds: dict[int, list[PastRefund]]
) -> PastOrder:
    key, ref, seller, paid, received, own, own_buyers, is_first, base, refunded = tuple(row)
    mine = lines.get(key, [])
    if len(mine) > 1:
        mine.sort()
    return PastOrder(
        ref=ref,
        seller_id=seller,
        paid=paid,
        received=received,
        is_own=own is not None,
        own_buyers=tuple(cast("list[int]", own_buyers)),
        is_first=bool(is_first),
        base_minor=base,
        refunded_minor=refunded,
        is_gone=bool(mine) and all(line.is_gone for _, line in mine),
        lines=tuple(line for _, line in mine),
        refunds=tuple(sorted(refunds[key])) if key in refunds else (),
    )
