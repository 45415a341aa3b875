"""An order is cancelled, before or after it was paid."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.funnel.events import EventStatus
from models.funnel.orders import OrderState
from models.money.commissions import CommissionState, Reason
from tests.builders import Shop, line
from tests.models.books import (
    Money,
    assert_books_in_order,
    earned,
    money,
    order_of,
    release,
    statuses,
    transfers,
)

ACCEPTED, REJECTED, DUPLICATE, PARKED = (
    EventStatus.ACCEPTED, EventStatus.REJECTED, EventStatus.DUPLICATE, EventStatus.PARKED,
)  # fmt: skip


async def test_before_payment_the_estimate_becomes_void(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    assert await statuses(shop, shop.cancelled("1"), shop.cancelled("1")) == [ACCEPTED, DUPLICATE]

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.reason) == (CommissionState.VOID, Reason.ORDER_CANCELLED)
    assert (await order_of(shop, "1")).state is OrderState.CANCELLED
    assert await transfers(shop) == 0


async def test_a_cancelled_order_is_not_paid_received_or_refunded_any_more(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True), shop.cancelled("1"))

    told = await statuses(shop, shop.paid("1", line()), shop.received("1"), shop.refunded("1", full=True))

    assert told == [REJECTED] * 3
    assert await transfers(shop) == 0


async def test_after_payment_everything_is_taken_back(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code), shop.refunded("1", amount_minor=333))

    assert await statuses(shop, shop.cancelled("1"), shop.cancelled("1")) == [ACCEPTED, DUPLICATE]

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.reversed_minor) == (CommissionState.VOID, 100)
    assert await money(shop, mei) == Money(held=0, available=0)
    assert (await order_of(shop, "1")).state is OrderState.CANCELLED
    await assert_books_in_order(shop.store)


async def test_after_the_release_it_is_taken_from_what_is_available(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code), shop.received("1"))
    await release(shop, now + timedelta(days=7))

    await shop.tell(shop.cancelled("1"))

    assert await money(shop, mei) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)


async def test_a_cancellation_before_its_order_waits_for_it(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    assert await statuses(shop, shop.cancelled("1", at=now + timedelta(days=1))) == [PARKED]
    assert await statuses(shop, shop.paid("1", line(), code=link.code)) == [ACCEPTED]

    assert (await order_of(shop, "1")).state is OrderState.CANCELLED
    assert await money(shop, mei) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)


async def test_nothing_is_left_to_refund_after_a_cancellation(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code), shop.cancelled("1"))

    assert await statuses(shop, shop.refunded("1", full=True)) == [REJECTED]
    await assert_books_in_order(shop.store)


async def test_a_cancelled_order_is_never_released(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code), shop.cancelled("1"))

    await release(shop, now + timedelta(days=365))

    assert await money(shop, mei) == Money(held=0, available=0)


async def test_a_refund_that_waited_with_the_cancellation_is_answered_too(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    early = shop.refunded("1", full=True, at=now + timedelta(days=1))
    await shop.tell(early, shop.cancelled("1", at=now + timedelta(days=2)))

    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    assert (await order_of(shop, "1")).state is OrderState.CANCELLED
    assert await statuses(shop, early) == [REJECTED]
