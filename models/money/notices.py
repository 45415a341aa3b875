"""What queued notices tell, read when they are sent.

A few statements for any number of notices (a few more a merchant), then no store any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.funnel.links import Channel
from models.funnel.orders import Order, Refund, order_refunds
from models.money.commissions import Commission, CommissionKind, CommissionState, commissions_of
from models.money.earnings import Goods, channels_of, goods_of, orders_by_id
from models.money.ledger import AccountKind, AccountRow
from models.money.timeline import WITH_PAYMENT, is_cancellation
from models.money.told import (
    AtShop,
    InDebt,
    NoticeFacts,
    OfWithdrawal,
    OrderPaid,
    Released,
    StaffChanged,
    TakenBack,
)
from models.money.withdrawal_news import WithdrawalNews, read_news
from models.people.merchants import Merchant
from models.people.persons import names_of
from models.people.staff import Role, StaffNews
from models.plans.versions import PlanBook
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks, table_of
from models.store.types import from_micros


@dataclass(frozen=True, slots=True)
class _Read:
    """What the store says of all that some notices tell of; pairs are keyed with the distributor last."""

    shops: dict[int, AtShop]
    available: dict[tuple[int, int], int]
    arrives: dict[int, int]
    orders: dict[int, Order]
    commissions: dict[tuple[int, int], list[Commission]]
    refunds: dict[int, Refund]
    goods: dict[int, Goods]
    channels: dict[int, Channel]
    withdrawals: dict[int, WithdrawalNews]
    names: dict[int, str]


async def notice_facts(session: AsyncSession, notice: Notice) -> NoticeFacts | None:
    """What the notice tells; None when the thing that it told of is no longer there."""
    return (await facts_of(session, [notice])).get(notice.id)


async def facts_of(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, NoticeFacts]:
    """What each notice tells, by its key; one whose subject is no longer there is left out."""
    read = await _read(session, notices)
    told = ((notice.id, _facts(notice, read)) for notice in notices)
    return {key: facts for key, facts in told if facts is not None}


async def _read(session: AsyncSession, notices: Sequence[Notice]) -> _Read:
    merchants = await _merchants(session, notices)
    order_ids = sorted({_number(notice, "order_id") for notice in notices if notice.kind in _OF_ORDERS})
    orders = await orders_by_id(session, order_ids)
    refunded = sorted({_number(notice, "order_id") for notice in notices if notice.kind is NoticeKind.REFUND})
    refunds = (await order_refunds(session, refunded)).values()
    return _Read(
        shops={
            key: AtShop(key, merchant.name, merchant.currency, merchant.zone)
            for key, merchant in merchants.items()
        },
        available=await _available(session, merchants, notices),
        arrives=await _arrives(session, notices),
        orders=orders,
        commissions=await _commissions(session, list(orders)),
        refunds={refund.id: refund for some in refunds for refund in some},
        goods=await _goods(session, list(orders.values())),
        channels=await channels_of(session, list(orders.values())),
        withdrawals=await read_news(session, notices),
        names=await names_of(
            session,
            sorted({_number(notice, "person_id") for notice in notices if notice.kind is NoticeKind.STAFF}),
        ),
    )


_OF_ORDERS = frozenset({NoticeKind.ORDER_PAID, NoticeKind.REFUND})


async def _merchants(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Merchant]:
    found: dict[int, Merchant] = {}
    for part in chunks(sorted({notice.merchant_id for notice in notices})):
        rows = await session.execute(select(Merchant).where(col(Merchant.id).in_(part)))
        found.update({merchant.id: merchant for merchant in rows.scalars()})
    return found


async def _commissions(
    session: AsyncSession, order_ids: Sequence[int]
) -> dict[tuple[int, int], list[Commission]]:
    found: dict[tuple[int, int], list[Commission]] = {}
    for commission in await commissions_of(session, order_ids):
        assert commission.order_id is not None  # read by their orders
        found.setdefault((commission.order_id, commission.distributor_id), []).append(commission)
    return found


async def _goods(session: AsyncSession, orders: Sequence[Order]) -> dict[int, Goods]:
    of_merchants: dict[int, list[int]] = {}
    for order in orders:
        of_merchants.setdefault(order.merchant_id, []).append(order.id)
    goods: dict[int, Goods] = {}
    for merchant_id, order_ids in of_merchants.items():
        goods.update(await goods_of(session, merchant_id, order_ids))
    return goods


async def _available(
    session: AsyncSession, merchants: dict[int, Merchant], notices: Sequence[Notice]
) -> dict[tuple[int, int], int]:
    """What can be withdrawn, by merchant and distributor, of those who are told that something was released."""
    asked: dict[int, set[int]] = {}
    for notice in notices:
        if notice.kind is NoticeKind.RELEASED:
            asked.setdefault(notice.merchant_id, set()).add(_number(notice, "distributor_id"))
    table, found = table_of(AccountRow), dict[tuple[int, int], int]()
    for merchant_id, holders in asked.items():
        for part in chunks(sorted(holders)):
            rows = await session.execute(
                select(table.c.holder_id, table.c.balance_minor).where(
                    table.c.merchant_id == merchant_id,
                    table.c.holder_id.in_(part),
                    table.c.kind == AccountKind.AVAILABLE,
                    table.c.currency == merchants[merchant_id].currency,
                )
            )
            found.update({(merchant_id, row.holder_id): row.balance_minor for row in rows})
    return found


async def _arrives(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, int]:
    """Within how many days a withdrawal arrives, by merchant, as the plan in force when it was released says."""
    released = {notice.merchant_id: notice for notice in notices if notice.kind is NoticeKind.RELEASED}
    found: dict[int, int] = {}
    for merchant_id, notice in released.items():
        plan = (await PlanBook.open(session, merchant_id)).in_force(notice.created_at)
        if plan is not None:
            found[merchant_id] = plan.document.withdrawal.arrives_in_days
    return found


def _facts(notice: Notice, read: _Read) -> NoticeFacts | None:
    shop = read.shops[notice.merchant_id]
    match notice.kind:
        case NoticeKind.ORDER_PAID:
            return _order_paid(notice, shop, read)
        case NoticeKind.REFUND:
            return _taken_back(notice, shop, read)
        case NoticeKind.RELEASED:
            return _released(notice, shop, read)
        case NoticeKind.DEBT:
            debt_minor, after_review = _number(notice, "debt_minor"), "case_id" in notice.facts
            return InDebt(shop, debt_minor, notice.created_at, after_review)
        case NoticeKind.STAFF:
            return _staff_changed(notice, shop, read)
        case _:  # told by another room (models/growth/notices.py), or of a withdrawal
            news = read.withdrawals.get(notice.id)
            return OfWithdrawal(shop, news, notice.created_at) if news is not None else None


def _staff_changed(notice: Notice, shop: AtShop, read: _Read) -> StaffChanged:
    about = _number(notice, "person_id")
    return StaffChanged(
        shop=shop,
        news=StaffNews(str(notice.facts["news"])),
        name=read.names.get(about, ""),
        role=Role(str(notice.facts["role"])),
        is_me=about == notice.person_id,
        at=notice.created_at,
    )


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name, 0)
    return value if isinstance(value, int) else 0


def _moment(notice: Notice, name: str) -> datetime | None:
    return from_micros(_number(notice, name)) if name in notice.facts else None


def _released(notice: Notice, shop: AtShop, read: _Read) -> Released:
    return Released(
        shop=shop,
        amount_minor=_number(notice, "amount_minor"),
        orders=_number(notice, "orders"),
        bonuses=_number(notice, "bonuses"),
        reversed_minor=_number(notice, "reversed_minor"),
        earned_from=_moment(notice, "earned_from"),
        earned_until=_moment(notice, "earned_until"),
        available_minor=read.available.get((shop.merchant_id, _number(notice, "distributor_id")), 0),
        arrives_in_days=read.arrives.get(shop.merchant_id),
        at=notice.created_at,
    )


def _mine(notice: Notice, order: Order, read: _Read) -> list[Commission]:
    return read.commissions.get((order.id, _number(notice, "distributor_id")), [])


def _order_paid(notice: Notice, shop: AtShop, read: _Read) -> OrderPaid | None:
    order = read.orders.get(_number(notice, "order_id"))
    if order is None or order.paid_at is None:
        return None
    earning = [
        each for each in _mine(notice, order, read) if each.amount_minor > 0 and each.kind in WITH_PAYMENT
    ]
    if not earning:
        return None
    dates = [commission.release_at for commission in earning if commission.release_at is not None]
    kinds: dict[CommissionKind, int] = {}
    for commission in earning:
        kinds[commission.kind] = kinds.get(commission.kind, 0) + commission.amount_minor
    is_seller = order.distributor_id == _number(notice, "distributor_id")
    return OrderPaid(
        shop=shop,
        order_id=order.id,
        order_ref=order.order_ref,
        goods=read.goods[order.id],
        channel=read.channels.get(order.id) if is_seller else None,
        amount_minor=sum(commission.amount_minor for commission in earning),
        state=earning[0].state,
        release_at=min(dates, default=None),
        paid_at=order.paid_at,
        depth=0 if is_seller else max(min(commission.depth for commission in earning), 1),
        by_kind=kinds,
    )


def _taken_back(notice: Notice, shop: AtShop, read: _Read) -> TakenBack | None:
    order = read.orders.get(_number(notice, "order_id"))
    refund = read.refunds.get(_number(notice, "refund_id"))
    if order is None or refund is None or refund.order_id != order.id:
        return None
    mine = _mine(notice, order, read)
    return TakenBack(
        shop=shop,
        order_id=order.id,
        order_ref=order.order_ref,
        goods=read.goods[order.id],
        reversed_minor=_number(notice, "reversed_minor"),
        left_minor=sum(item.net_minor for item in mine if item.state is not CommissionState.VOID),
        cancelled=is_cancellation(refund),
        at=refund.at,
    )
