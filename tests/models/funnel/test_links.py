"""Links: one of a kind for whoever shares, more for whoever asks, fifty at most."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.errors import NotFound
from models.funnel.links import (
    MOST_SLOTS,
    NAME_CHARS,
    Channel,
    Link,
    LinkState,
    TooManyLinks,
    another_link,
    link_for,
    own_link,
    read_code,
    rename_link,
    set_link_state,
)
from models.people.distributors import Distributor
from tests.builders import Shop


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei")


async def another(shop: Shop, link: Link, name: str = "") -> Link:
    async with shop.store.write() as session:
        return await another_link(session, link, channel=link.channel, name=name, now=shop.now)


async def set_state(shop: Shop, link: Link, state: LinkState) -> None:
    async with shop.store.write() as session:
        await set_link_state(session, await own_link(session, link.distributor_id, link.id), state)


async def test_who_shares_again_shares_the_same_link(shop: Shop, mei: Distributor) -> None:
    first = await shop.link(mei, sku="LAMP")
    assert (await shop.link(mei, sku="LAMP")).code == first.code
    assert (await shop.link(mei, sku="LAMP", channel=Channel.POSTER)).code != first.code
    assert (await shop.link(mei)).code != first.code
    assert read_code(f" {first.code.lower()} ") == first.code


async def test_the_oldest_that_is_not_paused_is_shared(shop: Shop, mei: Distributor) -> None:
    first = await shop.link(mei, sku="LAMP")
    second, third = await another(shop, first, "one"), await another(shop, first, "two")
    assert (await shop.link(mei, sku="LAMP")).id == first.id

    await set_state(shop, first, LinkState.PAUSED)
    assert (await shop.link(mei, sku="LAMP")).id == second.id
    await set_state(shop, second, LinkState.PAUSED)
    await set_state(shop, third, LinkState.PAUSED)
    fourth = await shop.link(mei, sku="LAMP")
    assert fourth.id not in {first.id, second.id, third.id}
    # And the first one is it again, once it is taken up
    await set_state(shop, first, LinkState.ACTIVE)
    assert (await shop.link(mei, sku="LAMP")).id == first.id


async def test_fifty_of_a_kind_are_all_there_can_be(shop: Shop, mei: Distributor) -> None:
    first = await shop.link(mei, sku="LAMP")
    made = [await another(shop, first, f"Group {number}") for number in range(MOST_SLOTS - 1)]
    assert len({link.code for link in (first, *made)}) == MOST_SLOTS
    with pytest.raises(TooManyLinks):
        await another(shop, first)
    # Other kinds have room
    await another(shop, await shop.link(mei, sku="LAMP", channel=Channel.POSTER))
    await another(shop, await shop.link(mei))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Reading group ", "Reading group"),
        ("杯" * 80, "杯" * NAME_CHARS),
        ("🎉" * 80, "🎉" * NAME_CHARS),
        ("مجموعة", "مجموعة"),
        ("", ""),
    ],
)
async def test_a_name_is_its_owners_own(shop: Shop, mei: Distributor, typed: str, kept: str) -> None:
    link = await shop.link(mei, sku="LAMP")
    async with shop.store.write() as session:
        await rename_link(session, await own_link(session, mei.id, link.id), typed)
    async with shop.store.read() as session:
        assert (await own_link(session, mei.id, link.id)).name == kept


async def test_only_its_owner_has_a_link(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei, sku="LAMP")
    bo = await shop.distributor("bo")
    async with shop.store.read() as session:
        with pytest.raises(NotFound):
            await own_link(session, bo.id, link.id)


async def test_a_product_that_nobody_sells_has_no_link(shop: Shop, mei: Distributor, now: datetime) -> None:
    async with shop.store.write() as session:
        with pytest.raises(NotFound):
            await link_for(
                session,
                merchant=shop.merchant,
                distributor=mei,
                channel=Channel.COPIED,
                sku="NOBODY",
                now=now,
            )
