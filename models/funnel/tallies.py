"""What was sold, by whom and when, as levels count it (docs/plans.md, "Levels")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import Order, OrderRow, OrderState
from models.people.distributors import Distributor, DistributorState
from models.store.sql import chunks, table_of

NET_STATES = (OrderState.PAID, OrderState.RECEIVED)
"""States of an order that was paid and is not fully refunded."""
_ORDER, _DISTRIBUTOR = table_of(OrderRow), table_of(Distributor)
COUNTED: ColumnElement[bool] = and_(
    _ORDER.c.counts.is_(True), or_(*(_ORDER.c.state == state for state in NET_STATES))
)
"""The same as `counts` says, of rows: what levels and teams count, whoever asks. Has no list, as prepared
statements want it."""


class Sold(NamedTuple):
    """One order that counts: its place in time, and what is left of its bases."""

    paid_at: datetime
    order_ref: str
    net_minor: int


def counts(order: Order) -> bool:
    """Whether an order counts for levels: paid, not fully refunded, and no own purchase that isn't paid."""
    return order.counts and order.paid_at is not None and order.state in NET_STATES


class TallyBook:
    """Orders of some distributors and of their direct members, kept up to date while a story goes on."""

    def __init__(self, sold: dict[int, dict[str, Sold]], members: dict[int, list[int]]) -> None:
        self._sold = sold
        self._members = members

    @classmethod
    async def open(
        cls, session: AsyncSession, distributor_ids: Sequence[int], since: datetime, *, teams: bool
    ) -> TallyBook:
        """Read what these sold since a time and, with `teams`, what their active direct members sold."""
        members: dict[int, list[int]] = defaultdict(list)
        if teams:
            for part in chunks(distributor_ids):
                rows = await session.execute(
                    select(_DISTRIBUTOR.c.sponsor_id, _DISTRIBUTOR.c.id).where(
                        _DISTRIBUTOR.c.sponsor_id.in_(part),
                        _DISTRIBUTOR.c.state == DistributorState.ACTIVE,
                    )
                )
                for sponsor_id, member_id in rows:
                    members[sponsor_id].append(member_id)
        sellers = set(distributor_ids).union(*members.values())
        sold: dict[int, dict[str, Sold]] = defaultdict(dict)
        for part in chunks(sorted(sellers)):
            orders = await session.execute(
                select(
                    _ORDER.c.distributor_id,
                    _ORDER.c.paid_at,
                    _ORDER.c.order_ref,
                    _ORDER.c.base_minor - _ORDER.c.refunded_minor,
                ).where(
                    _ORDER.c.distributor_id.in_(part),
                    _ORDER.c.paid_at > since,
                    COUNTED,
                )
            )
            for seller_id, paid_at, order_ref, net_minor in orders:
                sold[seller_id][order_ref] = Sold(paid_at, order_ref, net_minor)
        return cls(sold, members)

    def note(self, order: Order) -> None:
        """An order as it stands now: paid, refunded, cancelled."""
        if order.distributor_id is None:
            return
        mine = self._sold.setdefault(order.distributor_id, {})
        if counts(order):
            assert order.paid_at is not None  # what counts was paid
            net_minor = order.base_minor - order.refunded_minor
            mine[order.order_ref] = Sold(order.paid_at, order.order_ref, net_minor)
        else:
            mine.pop(order.order_ref, None)

    def last_place(self, distributor_id: int) -> tuple[datetime, str] | None:
        """The place in time of the latest order that somebody sold."""
        return max(
            ((sold.paid_at, sold.order_ref) for sold in self._sold.get(distributor_id, {}).values()),
            default=None,
        )

    def up_to(self, distributor_id: int, moment: datetime, order_ref: str) -> TallyUpTo:
        """What counts up to an order, itself included; orders are taken by (paid time, order id)."""
        return TallyUpTo(self, distributor_id, moment, order_ref)

    def sold_in(
        self, distributor_id: int, moment: datetime, order_ref: str, within_days: int
    ) -> Iterator[Sold]:
        """Orders of one seller in (moment - days, moment], up to this one."""
        opens = moment - timedelta(days=within_days)
        for sold in self._sold.get(distributor_id, {}).values():
            if opens < sold.paid_at and (sold.paid_at, sold.order_ref) <= (moment, order_ref):
                yield sold

    def members_of(self, distributor_id: int) -> Sequence[int]:
        """Active direct members."""
        return self._members.get(distributor_id, ())


class TallyUpTo:
    """One distributor's tally at one place in time."""

    def __init__(self, book: TallyBook, distributor_id: int, moment: datetime, order_ref: str) -> None:
        self._book = book
        self._place = (moment, order_ref)
        self._distributor_id = distributor_id

    def orders(self, within_days: int) -> int:
        """Orders paid and not fully refunded."""
        return sum(1 for _ in self._book.sold_in(self._distributor_id, *self._place, within_days))

    def sales_minor(self, within_days: int) -> int:
        """Their bases less refunds."""
        mine = self._book.sold_in(self._distributor_id, *self._place, within_days)
        return sum(sold.net_minor for sold in mine)

    def team_size(self, within_days: int) -> int:
        """Direct members, active, with at least one such order."""
        return sum(
            next(self._book.sold_in(member, *self._place, within_days), None) is not None
            for member in self._book.members_of(self._distributor_id)
        )
