"""The same event, or events of one order, told at the same time through several stores (operations.md A5)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator

import pytest

from models.errors import StoreBusy
from models.funnel.events import EventStatus, ShopEvent
from models.funnel.orders import OrderState
from models.money.commissions import CommissionState
from models.people.merchants import lock_merchant
from models.sales import receive
from models.store.engine import Store
from tests.builders import Shop, line
from tests.models.books import Money, assert_books_in_order, earned, money, order_of, transfers

STORES = 4
AT_ONCE = 12


@pytest.fixture
async def stores(database_url: str) -> AsyncIterator[list[Store]]:
    """As many processes would have them: each with connections and a queue of its own."""
    opened = [Store(database_url) for _ in range(STORES)]
    try:
        yield opened
    finally:
        for one in opened:
            await one.close()


async def tell(store: Store, shop: Shop, event: ShopEvent) -> EventStatus:
    """Tell an event as a shop does: when the store is busy, again."""
    while True:
        try:
            async with store.write() as session:
                merchant = await lock_merchant(session, shop.merchant.id)
                [receipt] = await receive(session, merchant, [event], shop.now)
        except StoreBusy:
            continue
        return receipt.status


async def test_one_event_told_a_thousand_times_at_once_has_one_effect(
    shop: Shop, stores: list[Store]
) -> None:
    bo = await shop.distributor("bo")
    event = shop.paid("2", line(), code=(await shop.link(bo)).code)
    before = await transfers(shop)
    places = [asyncio.Semaphore(AT_ONCE) for _ in stores]

    async def one(number: int) -> EventStatus:
        async with places[number % STORES]:
            return await tell(stores[number % STORES], shop, event)

    told = await asyncio.gather(*(one(number) for number in range(1000)))

    assert Counter(told) == {EventStatus.ACCEPTED: 1, EventStatus.DUPLICATE: 999}
    assert await money(shop, bo) == Money(held=100, available=0)
    assert await transfers(shop) == before + 1


async def test_the_same_payment_under_many_ids_is_one_payment(shop: Shop, stores: list[Store]) -> None:
    bo = await shop.distributor("bo")
    code = (await shop.link(bo)).code
    events = [shop.paid("2", line(), code=code) for _ in range(200)]

    told = await asyncio.gather(
        *(tell(stores[number % STORES], shop, event) for number, event in enumerate(events))
    )

    assert Counter(told) == {EventStatus.ACCEPTED: 1, EventStatus.DUPLICATE: 199}
    assert await money(shop, bo) == Money(held=100, available=0)


async def test_different_events_of_one_order_told_at_once_end_as_one_story(
    shop: Shop, stores: list[Store]
) -> None:
    bo = await shop.distributor("bo")
    code = (await shop.link(bo)).code
    orders = [str(number) for number in range(10, 20)]
    events = [
        event
        for order in orders
        for event in (
            shop.refunded(order, "r1", amount_minor=333),
            shop.paid(order, line(), code=code),
            shop.received(order),
            shop.paid(order, line(), code=code),
            shop.refunded(order, "r2", full=True),
        )
    ]

    await asyncio.gather(*(tell(stores[number % STORES], shop, event) for number, event in enumerate(events)))

    # A part that comes behind the whole finds nothing left; either way all of it went back.
    for order in orders:
        [commission] = await earned(shop, order)
        assert (commission.amount_minor, commission.reversed_minor) == (100, 100)
        assert commission.state is CommissionState.REFUNDED
        assert (await order_of(shop, order)).state is OrderState.REFUNDED
    assert await money(shop, bo) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)
