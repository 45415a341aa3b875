"""Which of the cards in chats show what is no longer so."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.catalog.products import Product, ProductState, edit_product
from models.funnel.links import Channel
from models.funnel.shared_cards import (
    CardState,
    SharedCard,
    card_state,
    forget_shared_cards,
    keep_shared_card,
    mark_lost,
    mark_shown,
    stale_cards,
)
from models.people.distributors import Distributor
from models.store.engine import Store
from tests.builders import Shop

HOUR = timedelta(hours=1)


async def shared(
    shop: Shop, who: Distributor, product: Product, name: str = "card-1", minutes: int = 0
) -> SharedCard:
    """A card that shows the product as it stands."""
    link = await shop.link(who, sku=product.sku, channel=Channel.INLINE)
    card = SharedCard(
        inline_message_id=name,
        link_id=link.id,
        product_id=product.id,
        language="en",
        price_minor=product.price_minor,
        state=card_state(product, shop.now),
        shared_at=shop.now + timedelta(minutes=minutes),
    )
    async with shop.store.write() as session:
        await keep_shared_card(session, card)
    return card


async def changed(shop: Shop, product: Product, **changes: object) -> Product:
    now = product.model_copy(update=changes)
    async with shop.store.write() as session:
        await edit_product(session, now, shop.now)
    return now


async def stale(store: Store, now: datetime, limit: int = 50) -> dict[str, CardState]:
    async with store.read() as session:
        return {each.card.inline_message_id: each.state for each in await stale_cards(session, now, limit)}


@pytest.mark.parametrize(
    ("changes", "later", "state"),
    [
        ({"price_minor": 500}, HOUR, CardState.OPEN),
        ({"stock": 0}, HOUR, CardState.SOLD_OUT),
        ({"stock": -3}, HOUR, CardState.SOLD_OUT),
        ({"state": ProductState.HIDDEN}, HOUR, CardState.GONE),
        ({"sale_ends_at": datetime.fromisoformat("2026-03-04T10:00:00+00:00")}, HOUR, CardState.OVER),
        ({"state": ProductState.HIDDEN, "stock": 0}, HOUR, CardState.GONE),
    ],
)
async def test_a_card_is_stale_once_it_shows_what_is_no_longer_so(
    shop: Shop, store: Store, changes: dict[str, object], later: timedelta, state: CardState
) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    await shared(shop, mei, mug)
    assert await stale(store, shop.now + later) == {}

    now = await changed(shop, mug, **changes)

    assert await stale(store, shop.now + later) == {"card-1": state}
    # The database and the model say the same of it
    assert card_state(now, shop.now + later) is state


async def test_it_is_over_from_the_very_moment_on(shop: Shop, store: Store) -> None:
    mei = await shop.distributor("mei")
    mug = await changed(shop, await shop.product("MUG"), sale_ends_at=shop.now + HOUR)
    await shared(shop, mei, mug)
    assert await stale(store, shop.now + HOUR - timedelta(microseconds=1)) == {}
    assert await stale(store, shop.now + HOUR) == {"card-1": CardState.OVER}


async def test_a_price_that_nobody_sees_is_no_reason(shop: Shop, store: Store) -> None:
    # Given a card that says sold out, and so no price
    mei = await shop.distributor("mei")
    mug = await changed(shop, await shop.product("MUG"), stock=0)
    await shared(shop, mei, mug)
    mug = await changed(shop, mug, price_minor=1)
    assert await stale(store, shop.now) == {}
    # When it can be had again, it is stale for that
    await changed(shop, mug, stock=4)
    assert await stale(store, shop.now) == {"card-1": CardState.OPEN}


async def test_the_latest_shared_come_first_and_no_more_than_asked(shop: Shop, store: Store) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    for number in range(5):
        await shared(shop, mei, mug, f"card-{number}", number)
    await changed(shop, mug, stock=0)
    assert list(await stale(store, shop.now, 3)) == ["card-4", "card-3", "card-2"]


async def test_what_was_shown_is_remembered_unless_somebody_was_faster(shop: Shop, store: Store) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    await shared(shop, mei, mug)
    mug = await changed(shop, mug, price_minor=500)
    async with store.read() as session:
        [first] = await stale_cards(session, shop.now, 9)
    # Given another process that has shown the next price meanwhile
    mug = await changed(shop, mug, price_minor=400)
    async with store.read() as session:
        [second] = await stale_cards(session, shop.now, 9)
    async with store.write() as session:
        await mark_shown(session, second)
    assert await stale(store, shop.now) == {}
    # When the slow one says what it showed, that changes nothing
    async with store.write() as session:
        await mark_shown(session, first)
    assert await stale(store, shop.now) == {}
    await changed(shop, mug, price_minor=500)
    assert await stale(store, shop.now) == {"card-1": CardState.OPEN}


async def test_a_lost_card_and_one_told_again_are_left_alone(shop: Shop, store: Store) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    card = await shared(shop, mei, mug)
    mug = await changed(shop, mug, price_minor=500)
    # When the chat server tells the same choice again, what the card shows stays what it was
    async with store.write() as session:
        await keep_shared_card(session, card.model_copy(update={"price_minor": 500}))
    assert await stale(store, shop.now) == {"card-1": CardState.OPEN}

    async with store.write() as session:
        await mark_lost(session, "card-1", shop.now)
    assert await stale(store, shop.now) == {}


async def test_cards_that_nobody_scrolls_back_to_are_forgotten(shop: Shop, store: Store) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    await shared(shop, mei, mug, "old", -10)
    await shared(shop, mei, mug, "new")
    async with store.write() as session:
        await forget_shared_cards(session, shop.now)
    await changed(shop, mug, stock=0)
    assert list(await stale(store, shop.now)) == ["new"]


async def test_a_card_comes_with_its_own_shop_link_and_sharer(shop: Shop, store: Store) -> None:
    mei, mug = await shop.distributor("mei"), await shop.product("MUG")
    await shared(shop, mei, mug)
    await changed(shop, mug, stock=0)
    async with store.read() as session:
        [found] = await stale_cards(session, shop.now, 9)
    link = await shop.link(mei, sku="MUG", channel=Channel.INLINE)
    assert (found.code, found.invite_code, found.merchant.id) == (
        link.code,
        mei.invite_code,
        shop.merchant.id,
    )
