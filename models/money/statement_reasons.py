"""What the entries of a statement were for: orders with their goods, kinds of commissions, periods of bonuses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import OF_PERIODS, CommissionKind, CommissionRow
from models.money.earnings import Goods, goods_of, orders_by_id
from models.store.sql import chunks, table_of

_COMMISSION = table_of(CommissionRow)
_OF_PERIODS = {kind.value: kind for kind in OF_PERIODS}
_BACK = "-reversal"


@dataclass(frozen=True, slots=True)
class EntryReason:
    """Why one entry stands there."""

    order_ref: str | None = None
    goods: Goods | None = None
    kinds: tuple[CommissionKind, ...] = ()
    period: str | None = None


@dataclass(frozen=True, slots=True)
class _Earned:
    kind: CommissionKind
    period: str | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """What is known of the transfers of one distributor."""

    orders: dict[int, str]
    goods: dict[int, Goods]
    of_orders: dict[int, list[_Earned]]
    of_periods: dict[int, _Earned]

    def of(self, key: str, order_id: int | None, at: datetime) -> EntryReason:
        """By a transfer's key, its order, and when it was written."""
        kind, period = _bonus(key)
        if order_id is None:
            earned = self.of_periods.get(_last_number(key))
            if earned is not None:
                return EntryReason(kinds=(earned.kind,), period=earned.period)
            return EntryReason(kinds=(kind,) if kind else (), period=period)
        kinds = (kind,) if kind else self._kinds(key, order_id, at)
        return EntryReason(self.orders.get(order_id), self.goods.get(order_id), kinds, period)

    def _kinds(self, key: str, order_id: int, at: datetime) -> tuple[CommissionKind, ...]:
        of_order = [
            earned
            for earned in self.of_orders.get(order_id, [])
            if earned.kind is not CommissionKind.INVITE_CASHBACK
        ]
        then = (
            [earned for earned in of_order if earned.released_at == at] if key.startswith("release:") else []
        )
        named = {earned.kind for earned in then or of_order}
        return tuple(kind for kind in CommissionKind if kind in named)


async def reasons_of(
    session: AsyncSession, merchant_id: int, distributor_id: int, rows: Sequence[Any]
) -> Reasons:
    """Read what these transfers (with `key` and `order_id`) were for."""
    order_ids = sorted({row.order_id for row in rows if row.order_id is not None})
    numbers = sorted({_last_number(row.key) for row in rows if row.order_id is None})
    of_orders: dict[int, list[_Earned]] = defaultdict(list)
    of_periods: dict[int, _Earned] = {}
    mine = (_COMMISSION.c.merchant_id == merchant_id, _COMMISSION.c.distributor_id == distributor_id)
    columns = (
        _COMMISSION.c.id,
        _COMMISSION.c.order_id,
        _COMMISSION.c.kind,
        _COMMISSION.c.period,
        _COMMISSION.c.released_at,
    )
    for part in chunks(order_ids):
        for row in await session.execute(select(*columns).where(*mine, _COMMISSION.c.order_id.in_(part))):
            of_orders[row.order_id].append(_Earned(row.kind, row.period, row.released_at))
    for part in chunks(numbers):
        for row in await session.execute(select(*columns).where(*mine, _COMMISSION.c.id.in_(part))):
            of_periods[row.id] = _Earned(row.kind, row.period, row.released_at)
    return Reasons(
        orders={key: order.order_ref for key, order in (await orders_by_id(session, order_ids)).items()},
        goods=await goods_of(session, merchant_id, order_ids),
        of_orders=of_orders,
        of_periods=of_periods,
    )


def _bonus(key: str) -> tuple[CommissionKind | None, str | None]:
    """The kind of bonus and the period that a transfer's key names: `ladder:2026-11:…`, `ladder-reversal:…:2026-11:…`,
    `cashback:…`."""
    head, *rest = key.split(":")
    if head == "cashback":
        return CommissionKind.INVITE_CASHBACK, None
    kind = _OF_PERIODS.get(head.removesuffix(_BACK))
    place = 1 if head.endswith(_BACK) else 0
    return kind, rest[place] if kind is not None and len(rest) > place else None


def _last_number(key: str) -> int:
    """The number at the end of a transfer's key: a bonus of a period is booked under its commission's own."""
    last = key.rpartition(":")[2]
    return int(last) if last.isascii() and last.isdecimal() and len(last) < 20 else 0
