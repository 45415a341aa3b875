"""What a queued notice tells, read when it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.links import Channel
from models.funnel.orders import Order, order_refunds
from models.money.commissions import Commission, CommissionState, commissions_of
from models.money.earnings import Goods, channels_of, goods_of, orders_by_id
from models.money.ledger import AccountKind, balances_of
from models.money.timeline import is_cancellation
from models.people.merchants import Merchant, merchant
from models.store.outbox import Notice, NoticeKind


@dataclass(frozen=True, slots=True)
class AtShop:
    """Where it happened: the merchant with its currency (of every amount here) and zone."""

    merchant_id: int
    name: str
    currency: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class OrderPaid:
    """An order earned something. `amount_minor` is what it earned when paid; state and date are today's."""

    shop: AtShop
    order_id: int
    order_ref: str
    goods: Goods
    channel: Channel | None
    amount_minor: int
    state: CommissionState
    release_at: datetime | None
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """Commissions of some orders can be withdrawn now; `available_minor` is the balance as it stands."""

    shop: AtShop
    amount_minor: int
    orders: int
    available_minor: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A refund or cancellation took back a part of what an order earned; `left_minor` remains of it."""

    shop: AtShop
    order_id: int
    order_ref: str
    goods: Goods
    reversed_minor: int
    left_minor: int
    cancelled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class InDebt:
    """A refund took back more than was available."""

    shop: AtShop
    debt_minor: int
    at: datetime


NoticeFacts = OrderPaid | Released | TakenBack | InDebt


async def notice_facts(session: AsyncSession, notice: Notice) -> NoticeFacts | None:
    """What the notice tells; None when the thing that it told of is no longer there."""
    found = await merchant(session, notice.merchant_id)
    shop = AtShop(found.id, found.name, found.currency, found.zone)
    distributor_id = _number(notice, "distributor_id")
    match notice.kind:
        case NoticeKind.ORDER_PAID:
            return await _order_paid(session, notice, shop, distributor_id)
        case NoticeKind.REFUND:
            return await _taken_back(session, notice, shop, distributor_id)
        case NoticeKind.RELEASED:
            available = await _available(session, found, distributor_id)
            amount, orders = _number(notice, "amount_minor"), _number(notice, "orders")
            return Released(shop, amount, orders, available, notice.created_at)
        case NoticeKind.DEBT:
            return InDebt(shop, _number(notice, "debt_minor"), notice.created_at)


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name, 0)
    return value if isinstance(value, int) else 0


async def _order(session: AsyncSession, notice: Notice) -> Order | None:
    order_id = _number(notice, "order_id")
    return (await orders_by_id(session, [order_id])).get(order_id)


async def _mine(session: AsyncSession, order: Order, distributor_id: int) -> list[Commission]:
    everybodys = await commissions_of(session, [order.id])
    return [commission for commission in everybodys if commission.distributor_id == distributor_id]


async def _order_paid(
    session: AsyncSession, notice: Notice, shop: AtShop, distributor_id: int
) -> OrderPaid | None:
    order = await _order(session, notice)
    commissions = await _mine(session, order, distributor_id) if order is not None else []
    earning = [commission for commission in commissions if commission.amount_minor > 0]
    if order is None or order.paid_at is None or not earning:
        return None
    dates = [commission.release_at for commission in earning if commission.release_at is not None]
    return OrderPaid(
        shop=shop,
        order_id=order.id,
        order_ref=order.order_ref,
        goods=(await goods_of(session, shop.merchant_id, [order.id]))[order.id],
        channel=(await channels_of(session, [order])).get(order.id),
        amount_minor=sum(commission.amount_minor for commission in earning),
        state=earning[0].state,
        release_at=min(dates, default=None),
        paid_at=order.paid_at,
    )


async def _taken_back(
    session: AsyncSession, notice: Notice, shop: AtShop, distributor_id: int
) -> TakenBack | None:
    order = await _order(session, notice)
    if order is None:
        return None
    refunds = (await order_refunds(session, [order.id]))[order.id]
    refund = next((each for each in refunds if each.id == _number(notice, "refund_id")), None)
    if refund is None:
        return None
    commissions = await _mine(session, order, distributor_id)
    left = sum(item.net_minor for item in commissions if item.state is not CommissionState.VOID)
    return TakenBack(
        shop=shop,
        order_id=order.id,
        order_ref=order.order_ref,
        goods=(await goods_of(session, shop.merchant_id, [order.id]))[order.id],
        reversed_minor=_number(notice, "reversed_minor"),
        left_minor=left,
        cancelled=is_cancellation(refund),
        at=refund.at,
    )


async def _available(session: AsyncSession, found: Merchant, distributor_id: int) -> int:
    balances = await balances_of(session, found.id, found.currency, distributor_id)
    return balances[AccountKind.AVAILABLE]
