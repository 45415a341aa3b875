"""The way of a settlement through what is due: in order of time, one part of a shop's distributors after the other.

In order of time alone every chunk would write nearly everybody's balances and notice, and the same index pages, again;
by distributor alone it would touch commissions all over the table. A fifth of the people at a time is near the least
of both (decision 0020). What fits into one chunk, or comes to few people, is never parted.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import CommissionRow
from models.people.distributors import Distributor
from models.store.sql import table_of
from models.store.types import Key, UtcTime

PARTS = 5
FEW = 1_000
"""Distributors that are not worth being parted."""
_COMMISSION, _DISTRIBUTOR = table_of(CommissionRow), table_of(Distributor)
WAITING = text("commission.state IN ('awaiting', 'held')")
"""Spelled as in the partial index `commission (merchant_id, release_at)`: bound parameters would not match it."""


class Due(NamedTuple):
    """A place in the row of due commissions: those of the same time stand in order of their keys."""

    release_at: datetime
    commission_id: int


class Place(NamedTuple):
    """Where a run stands: among distributors with keys in (above, upto], behind `after`.

    `upto` is None in the last part, `after` at a part's beginning; a part has `people` distributors.
    """

    people: int
    above: int
    upto: int | None
    after: Due | None

    def behind(self, last: Due) -> Place:
        """The same part, once everything up to `last` was taken up."""
        return self._replace(after=last)

    def is_ahead(self) -> ColumnElement[bool]:
        """Whether a commission is still to come in this part."""
        c, conditions = _COMMISSION.c, []
        if self.above:
            conditions.append(c.distributor_id > literal(self.above, Key))
        if self.upto is not None:
            conditions.append(c.distributor_id <= literal(self.upto, Key))
        if self.after is not None:
            last = tuple_(
                literal(self.after.release_at, UtcTime), literal(self.after.commission_id, BigInteger)
            )
            conditions.append(tuple_(c.release_at, c.id) > last)
        return and_(*conditions) if conditions else literal(value=True)


async def beginning(session: AsyncSession, merchant_id: int, now: datetime, limit: int) -> Place:
    """Where a run with chunks of `limit` begins."""
    some = select(_COMMISSION.c.id).where(
        _COMMISSION.c.merchant_id == merchant_id, WAITING, _COMMISSION.c.release_at <= now
    )
    more = (await session.execute(some.limit(1).offset(limit))).first() is not None
    if not more:
        return Place(0, 0, None, None)
    count = select(func.count()).select_from(_DISTRIBUTOR).where(_DISTRIBUTOR.c.merchant_id == merchant_id)
    people = (await session.execute(count)).scalar_one()
    return await parted(session, merchant_id, max(-(-people // PARTS), FEW))


async def parted(session: AsyncSession, merchant_id: int, people: int, above: int = 0) -> Place:
    """The part of so many distributors above a key."""
    keys = select(_DISTRIBUTOR.c.id).where(
        _DISTRIBUTOR.c.merchant_id == merchant_id, _DISTRIBUTOR.c.id > above
    )
    last = (
        (await session.execute(keys.order_by(_DISTRIBUTOR.c.id).offset(people - 1).limit(2))).scalars().all()
    )
    return Place(people, above, last[0] if len(last) > 1 else None, None)


async def next_part(session: AsyncSession, merchant_id: int, place: Place) -> Place | None:
    """The part that follows; None behind the last one."""
    if place.upto is None:
        return None
    return await parted(session, merchant_id, place.people, place.upto)
