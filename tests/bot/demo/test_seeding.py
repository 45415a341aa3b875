"""The demo's market in a store of either kind: told through the real story, once, with nobody disturbed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from bot.sandbox.market.cast import MEI, OWNER
from bot.sandbox.market.opening import NotADemoStore
from bot.sandbox.market.seeding import open_market
from handlers.web.reading import read_event
from models.catalog.products import product
from models.funnel.destinations import Destination, destination
from models.funnel.events import ShopEvent
from models.funnel.links import LinkTotal
from models.funnel.orders import OrderRow
from models.money.earnings import Earnings, earnings
from models.money.verify import verify
from models.people.distributors import enrolment
from models.people.merchants import Merchant, merchant_by_public_id, merchant_of_api_key
from models.people.persons import person_in_chat
from models.people.staff import Role, roles_of
from models.plans.versions import PlanBook
from models.store.engine import Store
from models.store.outbox import NoticeRow
from models.tables import schema
from tests.builders import open_shop

NOW = datetime(2026, 3, 4, 14, 30, tzinfo=UTC)
SHOP = "http://127.0.0.1:8081/shop"
schema()


async def count(store: Store, table: type[OrderRow | NoticeRow | LinkTotal]) -> int:
    async with store.read() as session:
        return int((await session.execute(select(func.count()).select_from(table))).scalar_one())


async def clicked(store: Store) -> tuple[int, int]:
    async with store.read() as session:
        sums = select(func.sum(LinkTotal.clicks), func.sum(LinkTotal.unique_clicks))
        raw, unique = (await session.execute(sums)).one()
        return int(raw), int(unique)


async def meis(store: Store, merchant_id: str) -> Earnings:
    async with store.read() as session:
        shop = await merchant_by_public_id(session, merchant_id)
        mei = await person_in_chat(session, MEI.chat_id)
        assert mei is not None
        seat = await enrolment(session, shop.id, mei.id)
        assert seat is not None
        return await earnings(session, shop, seat.id, NOW)


async def target(store: Store, code: str) -> Destination:
    async with store.read() as session:
        found = await destination(session, code)
    assert found is not None
    return found


async def test_the_market_opens_with_a_past_that_adds_up(store: Store) -> None:
    # When the demo opens on an empty store
    market = await open_market(store, SHOP, read_event, NOW)

    # Then weeks of orders are there and the books agree
    assert await count(store, OrderRow) > 300
    async with store.read() as session:
        shop = await merchant_by_public_id(session, market.merchant_id)
        assert shop.is_demo
        assert await verify(session, shop) == []
        assert (await PlanBook.open(session, shop.id)).in_force(NOW - timedelta(days=60)) is not None
        owner = await merchant_of_api_key(session, market.api_key)
        assert owner is not None
        assert owner.id == shop.id

    # And nobody is told of any of it
    assert await count(store, NoticeRow) == 0

    # And Mei has money in every state
    mine = await meis(store, market.merchant_id)
    assert min(mine.today_minor, mine.estimated_minor, mine.awaiting.minor, mine.held.minor) > 0
    assert mine.available_minor > 10_000
    assert mine.awaiting.next_at is not None
    assert mine.awaiting.next_at > NOW

    # And the shop has its owner
    async with store.read() as session:
        wang = await person_in_chat(session, OWNER.chat_id)
        assert wang is not None
        assert [staff.role for staff in await roles_of(session, wang.id)] == [Role.OWNER]

    # And her links lead to products of the demo shop
    for code in market.codes:
        assert (await target(store, code)).target.startswith(f"{SHOP}/products/")

    # When the demo starts again two days later, on another port
    before = await clicked(store)
    again = await open_market(store, "http://127.0.0.1:9999/shop", read_event, NOW + timedelta(days=2))

    # Then nothing is added, keys and codes are the same, and links lead to where the shop is now
    assert again == market
    assert await clicked(store) == before
    assert await meis(store, market.merchant_id) == mine
    assert await count(store, NoticeRow) == 0
    assert (await target(store, market.codes[0])).target.startswith("http://127.0.0.1:9999/shop/products/")
    async with store.read() as session:
        shop = await merchant_by_public_id(session, market.merchant_id)
        lamp = await product(session, shop.id, "85123A")
    assert shop.shop_urls == ["http://127.0.0.1:9999/shop"]
    assert lamp.image == "http://127.0.0.1:9999/shop/pictures/85123A.jpg"


async def test_a_store_with_real_merchants_is_left_alone(store: Store) -> None:
    await open_shop(store, NOW)

    with pytest.raises(NotADemoStore, match="--data DIR"):
        await open_market(store, SHOP, read_event, NOW)


async def test_a_first_start_that_was_broken_off_is_taken_up_where_it_stopped(store: Store) -> None:
    # Given a start that dies while it tells the history, its clicks already landed
    def unreadable(raw: object, shop: Merchant, now: datetime, salt: str) -> ShopEvent:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await open_market(store, SHOP, unreadable, NOW)
    landed = await clicked(store)
    assert await count(store, OrderRow) == 0

    # When the demo starts once more, a day later
    market = await open_market(store, SHOP, read_event, NOW + timedelta(days=1))

    # Then the history is whole, of the day on which it began, and no click counts twice
    assert await count(store, OrderRow) > 300
    assert await clicked(store) == landed
    async with store.read() as session:
        assert await verify(session, await merchant_by_public_id(session, market.merchant_id)) == []
