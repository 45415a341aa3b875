"""What a distributor has earned: sums by day, month and state; what orders were about."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, cast

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import products_by_sku
from models.funnel.links import Channel, Link
from models.funnel.orders import Order, OrderRow, order_lines
from models.money.commissions import CommissionRow, CommissionState
from models.money.ledger import AccountKind, balances_of
from models.people.merchants import Merchant
from models.store.prepared import Columns, Prepared
from models.store.sql import chunks, table_of, values_of

_COMMISSION = table_of(CommissionRow)
_LINK = table_of(Link)
_ORDER = table_of(OrderRow)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Money in one state that becomes available by itself, and when the first of it does."""

    minor: int
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class Earnings:
    """Sums in minor units, net of refunds. `today` and `month` are estimates by the merchant's own calendar,
    whatever became of them since; only `available_minor`, the ledger's balance, can be withdrawn, and below
    zero it is debt. `yesterday_minor` is what yesterday had brought by this hour."""

    today_minor: int
    yesterday_minor: int
    month_minor: int
    estimated_minor: int
    awaiting: Waiting
    held: Waiting
    review_minor: int
    available_minor: int
    has_orders: bool

    @property
    def debt_minor(self) -> int:
        """What must be earned again before anything can be withdrawn."""
        return max(-self.available_minor, 0)


@dataclass(frozen=True, slots=True)
class Goods:
    """What an order was about: its first line's title (the SKU where the catalogue lacks it), how many more."""

    title: str
    others: int


class _Sums(NamedTuple):
    """The sums of the commissions of one state."""

    state: CommissionState
    net: int
    today: int
    month: int
    yesterday: int
    next_at: datetime | None


def _sums(row: Columns) -> _Sums:
    # PostgreSQL sums integers as numerics.
    state, net, today, month, yesterday, next_at = cast(
        "tuple[CommissionState, int, int, int, int, datetime | None]", row
    )
    return _Sums(state, int(net), int(today), int(month), int(yesterday), next_at)


_NET = _COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor
_SUMS = Prepared(
    select(
        _COMMISSION.c.state,
        func.sum(_NET).label("net"),
        func.sum(case((_COMMISSION.c.earned_at >= bindparam("today"), _NET), else_=0)).label("today"),
        func.sum(case((_COMMISSION.c.earned_at >= bindparam("month"), _NET), else_=0)).label("month"),
        func.sum(
            case(
                (
                    _COMMISSION.c.earned_at.between(bindparam("yesterday"), bindparam("this_hour")),
                    _NET,
                ),
                else_=0,
            )
        ).label("yesterday"),
        func.min(case((_NET > 0, _COMMISSION.c.release_at))).label("next_at"),
    )
    .where(
        _COMMISSION.c.merchant_id == bindparam("merchant_id"),
        _COMMISSION.c.distributor_id == bindparam("distributor_id"),
    )
    .group_by(_COMMISSION.c.state),
    _sums,
)


async def earnings(session: AsyncSession, merchant: Merchant, distributor_id: int, now: datetime) -> Earnings:
    """What the distributor has earned at this merchant, in one pass over their commissions."""
    rows, balances = await asyncio.gather(
        _SUMS.all(
            session, merchant_id=merchant.id, distributor_id=distributor_id, **_calendar(merchant, now)
        ),
        balances_of(session, merchant.id, merchant.currency, distributor_id),
    )
    # A cancelled estimate never was money and is not reversed; it just doesn't count.
    by_state: dict[CommissionState, _Sums] = {
        row.state: row for row in rows if row.state is not CommissionState.VOID
    }

    def waiting(state: CommissionState) -> Waiting:
        row = by_state.get(state)
        return Waiting(row.net, row.next_at) if row is not None else Waiting(0, None)

    return Earnings(
        today_minor=sum(row.today for row in by_state.values()),
        yesterday_minor=sum(row.yesterday for row in by_state.values()),
        month_minor=sum(row.month for row in by_state.values()),
        estimated_minor=waiting(CommissionState.ESTIMATED).minor,
        awaiting=waiting(CommissionState.AWAITING),
        held=waiting(CommissionState.HELD),
        review_minor=waiting(CommissionState.REVIEW).minor,
        available_minor=balances[AccountKind.AVAILABLE],
        has_orders=bool(rows),
    )


def _calendar(merchant: Merchant, now: datetime) -> dict[str, datetime]:
    """When the merchant's day, month and day before began, and this hour of the day before, in UTC."""
    local = now.astimezone(merchant.zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    # Days are taken off by the merchant's clock, so that a day of 23 hours is a day too.
    moments = {
        "today": midnight,
        "month": midnight.replace(day=1),
        "yesterday": midnight - timedelta(days=1),
        "this_hour": local - timedelta(days=1),
    }
    return {name: moment.astimezone(UTC) for name, moment in moments.items()}


async def orders_by_id(session: AsyncSession, order_ids: Sequence[int]) -> dict[int, Order]:
    """These orders, by key."""
    found: dict[int, Order] = {}
    for part in chunks(order_ids):
        rows = await session.execute(select(_ORDER).where(_ORDER.c.id.in_(part)))
        found.update({row.id: values_of(row, Order) for row in rows})
    return found


async def goods_of(session: AsyncSession, merchant_id: int, order_ids: Sequence[int]) -> dict[int, Goods]:
    """What each of these orders was about."""
    lines = await order_lines(session, order_ids)
    skus = sorted({bought[0].sku for bought in lines.values() if bought})
    known = await products_by_sku(session, merchant_id, skus)
    return {
        order_id: Goods(known[sku].title if sku in known else sku, len(bought) - 1)
        for order_id, bought in lines.items()
        for sku in [bought[0].sku if bought else ""]
    }


async def channels_of(session: AsyncSession, orders: Sequence[Order]) -> dict[int, Channel]:
    """The channel of the link that won each order; a coupon's order has none."""
    links = sorted({order.link_id for order in orders if order.link_id is not None})
    channels: dict[int, Channel] = {}
    for part in chunks(links):
        rows = await session.execute(select(_LINK.c.id, _LINK.c.channel).where(_LINK.c.id.in_(part)))
        channels.update({row.id: row.channel for row in rows})
    return {order.id: channels[order.link_id] for order in orders if order.link_id in channels}
