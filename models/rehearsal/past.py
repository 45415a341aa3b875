"""Past orders in the order in which they were paid, page by page: what a rehearsal tells again (business.md 10).

Orders that nobody sold pay nobody and are left out. Each comes with what became of it until today.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple, cast

from sqlalchemy import BigInteger, ColumnElement, Integer, String, and_, bindparam, or_, select, type_coerce
from sqlalchemy import cast as as_type

from models.funnel.customers import CustomerRow
from models.funnel.orders import OrderLineRow, OrderRow, RefundRow
from models.store.engine import Store
from models.store.prepared import Prepared
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


_OrderColumns = tuple[int, str, int, int, int | None, str | None, str, bool | None, int, int]
_LineColumns = tuple[int, int, str, int, int, int, bool]
_RefundColumns = tuple[int, int, int]


class Page:
    """Some orders as the store has them. Each becomes a `PastOrder` when its turn comes: of a page of them at once,
    Python's search for garbage would look at every one again and again, a tenth of all the work."""

    def __init__(
        self,
        orders: Sequence[_OrderColumns],
        lines: Sequence[_LineColumns],
        refunds: Sequence[_RefundColumns],
    ) -> None:
        self._orders = orders
        self._lines: dict[int, list[_LineColumns]] = defaultdict(list)
        for line in lines:
            self._lines[line[0]].append(line)
        self._refunds: dict[int, list[_RefundColumns]] = defaultdict(list)
        for refund in refunds:
            self._refunds[refund[0]].append(refund)

    def __len__(self) -> int:
        return len(self._orders)

    def __iter__(self) -> Iterator[PastOrder]:
        return map(self._past, self._orders)

    @property
    def sellers(self) -> set[int]:
        """Whose orders these are."""
        return {seller for _, _, seller, *_ in self._orders}

    @property
    def skus(self) -> set[str]:
        """What was sold."""
        return {sku for lines in self._lines.values() for _, _, sku, *_ in lines}

    def _past(self, order: _OrderColumns) -> PastOrder:
        key, ref, seller, paid, received, own, own_buyers, is_first, base, refunded = order
        mine = self._lines.get(key, ())
        lines = tuple(
            PastLine(sku, quantity, line_base, line_refunded, bool(is_gone))
            for _, _, sku, quantity, line_base, line_refunded, is_gone in (
                sorted(mine) if len(mine) > 1 else mine
            )
        )
        back = self._refunds.get(key)
        return PastOrder(
            ref=ref,
            seller_id=seller,
            paid=paid,
            received=received,
            is_own=own is not None,
            own_buyers=tuple(json.loads(own_buyers)) if own_buyers != "[]" else (),
            is_first=bool(is_first),
            base_minor=base,
            refunded_minor=refunded,
            is_gone=bool(lines) and all(line.is_gone for line in lines),
            lines=lines,
            refunds=tuple(sorted(PastRefund(at, minor) for _, at, minor in back)) if back else (),
        )


async def past_orders(
    store: Store, merchant_id: int, since: datetime, until: datetime, page: int = PAGE
) -> AsyncIterator[Page]:
    """The sold orders paid in [since, until), by (paid time, order id), a page at a time."""
    paid, after, ends = to_micros(since), "", to_micros(until)  # no order's number is empty
    while True:
        async with store.read() as session:
            await (
                session.connection()
            )  # one transaction, and on SQLite one state of orders, lines and refunds
            orders = await _ORDERS.all(
                session, merchant_id=merchant_id, paid=paid, after=after, ends=ends, page=page
            )
            if not orders:
                return
            first, (_, after, _, paid, *_) = orders[0][3], orders[-1]
            within = {"merchant_id": merchant_id, "first": first, "last": paid}
            lines = await _LINES.all(session, **within)
            refunds = await _REFUNDS.all(session, **within)
        yield Page(orders, lines, refunds)
        if len(orders) < page:
            return


_paid = cast("ColumnElement[Any]", type_coerce(_ORDER.c.paid_at, BigInteger))
# Whatever a driver has a form of its own for is taken as it comes: a million rows are many.
_ORDERS = Prepared(
    select(
        _ORDER.c.id,
        _ORDER.c.order_ref,
        _ORDER.c.distributor_id,
        _paid,
        type_coerce(_ORDER.c.received_at, BigInteger),
        _ORDER.c.self_purchase,
        as_type(_ORDER.c.own_buyers, String),
        type_coerce(_CUSTOMER.c.first_order_id == _ORDER.c.id, Integer),
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
        _ORDER.c.merchant_id == bindparam("merchant_id"),
        # The only bound from below: of two, SQLite looks for one in the index, and each page may then read
        # everything before it again.
        _paid >= bindparam("paid", type_=BigInteger),
        _paid < bindparam("ends", type_=BigInteger),
        or_(_paid > bindparam("paid", type_=BigInteger), _ORDER.c.order_ref > bindparam("after")),
        _ORDER.c.distributor_id.is_not(None),
    )
    .order_by(_ORDER.c.paid_at, _ORDER.c.order_ref)
    .limit(bindparam("page", type_=Integer)),
    lambda row: cast("_OrderColumns", tuple(row)),
)
_IN_PAGE = (
    _ORDER.c.merchant_id == bindparam("merchant_id"),
    _paid >= bindparam("first", type_=BigInteger),
    _paid <= bindparam("last", type_=BigInteger),
)
_LINES = Prepared(
    select(
        _LINE.c.order_id,
        _LINE.c.position,
        _LINE.c.sku,
        _LINE.c.quantity,
        _LINE.c.base_minor,
        _LINE.c.refunded_minor,
        type_coerce(_LINE.c.fully_refunded, Integer),
    )
    .join(_ORDER, _ORDER.c.id == _LINE.c.order_id)
    .where(*_IN_PAGE),
    lambda row: cast("_LineColumns", tuple(row)),
)
_REFUNDS = Prepared(
    select(_REFUND.c.order_id, type_coerce(_REFUND.c.at, BigInteger), _REFUND.c.refunded_minor)
    .join(_ORDER, _ORDER.c.id == _REFUND.c.order_id)
    .where(*_IN_PAGE),
    lambda row: cast("_RefundColumns", tuple(row)),
)
