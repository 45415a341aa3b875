"""Exposures: a showing counts once however often it is told, and a distributor's latest come first."""

from __future__ import annotations

from datetime import timedelta

from models.funnel.exposures import count_exposures, keep_exposure, recent_skus
from models.funnel.links import SHOP, Channel, Link
from models.people.distributors import Distributor
from models.store.engine import Store
from tests.builders import Shop


async def shown(shop: Shop, link: Link, key: str, minutes: int = 0) -> None:
    async with shop.store.write() as session:
        await keep_exposure(session, link, key, shop.now + timedelta(minutes=minutes))


async def recent(shop: Shop, who: Distributor, limit: int = 6) -> list[str]:
    async with shop.store.read() as session:
        return await recent_skus(session, who.id, limit)


async def test_a_showing_counts_once_however_often_it_is_told(shop: Shop, store: Store) -> None:
    mei = await shop.distributor("mei")
    lamp = await shop.link(mei, sku="LAMP", channel=Channel.INLINE)
    for minutes in range(3):
        await shown(shop, lamp, "message-1", minutes)
    await shown(shop, lamp, "message-2")

    async with store.read() as session:
        assert await count_exposures(session, lamp.id) == 2


async def test_what_was_shared_last_comes_first(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    for sku in ("MUG", "CUP", "BOWL"):
        await shop.product(sku)
    links = {
        sku: await shop.link(mei, sku=sku, channel=Channel.INLINE) for sku in ("LAMP", "MUG", "CUP", "BOWL")
    }
    # Given three that were sent, one of them twice, and one that was only listed
    for minutes, sku in enumerate(("LAMP", "MUG", "CUP", "LAMP"), 1):
        await shown(shop, links[sku], f"{sku}-{minutes}", minutes)

    assert await recent(shop, mei) == ["LAMP", "CUP", "MUG"]
    assert await recent(shop, mei, 2) == ["LAMP", "CUP"]


async def test_a_product_that_was_looked_at_is_recent_too_but_not_the_shop_nor_others(shop: Shop) -> None:
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    await shop.product("MUG")
    # Given a product that Mei opened (so that she has a link to copy), the whole shop, and Lee's
    await shop.link(mei, sku="LAMP", channel=Channel.COPIED)
    await shown(shop, await shop.link(mei, sku=SHOP, channel=Channel.INLINE), "the shop", 5)
    await shown(shop, await shop.link(lee, sku="MUG", channel=Channel.INLINE), "lee's", 6)

    assert await recent(shop, mei) == ["LAMP"]
    assert await recent(shop, lee) == ["MUG"]
