"""Products' pictures at shops' own addresses: fetched once, remembered when they can't be had, bounded."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from bot.media.gallery import MISSING_FOR, Gallery, Shot
from models.catalog.pictures import keep_picture
from models.store.engine import Store
from tests.builders import open_shop
from tests.journeys.pictures import PictureHost, encoded, picture_host


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with picture_host() as serving:
        yield serving


def hosts_of(host: PictureHost) -> tuple[str, ...]:
    return (host.url.removeprefix("http://"),)


async def test_forty_who_ask_at_once_are_one_who_asks(host: PictureHost, now: datetime) -> None:
    gallery, address = Gallery(), f"{host.url}/lamp.jpg"
    asked = [gallery.picture(address, hosts_of(host), now) for _ in range(40)]
    assert len(set(await asyncio.gather(*asked))) == 1
    assert await gallery.picture(address, hosts_of(host), now + timedelta(days=9)) is not None
    assert host.asked == ["/lamp.jpg"]


async def test_who_gives_up_leaves_the_others_their_picture(host: PictureHost, now: datetime) -> None:
    gallery, address = Gallery(), f"{host.url}/lamp.jpg"
    first = asyncio.create_task(gallery.picture(address, hosts_of(host), now))
    second = asyncio.create_task(gallery.picture(address, hosts_of(host), now))
    await asyncio.sleep(0)
    first.cancel()
    assert await second is not None
    assert host.asked == ["/lamp.jpg"]


async def test_what_cant_be_had_is_asked_for_again_after_ten_minutes(
    host: PictureHost, now: datetime
) -> None:
    gallery, address = Gallery(), f"{host.url}/later.jpg"
    assert await gallery.picture(address, hosts_of(host), now) is None
    host.pages["/later.jpg"] = encoded(40, 40, "JPEG")
    assert await gallery.picture(address, hosts_of(host), now + MISSING_FOR - timedelta(seconds=1)) is None
    assert await gallery.picture(address, hosts_of(host), now + MISSING_FOR) is not None
    assert host.asked == ["/later.jpg"] * 2


async def test_a_shop_that_may_not_fetch_takes_nothing_from_one_that_may(
    host: PictureHost, now: datetime
) -> None:
    """Given a picture at another shop's host, when both ask, then the one's refusal is not the other's."""
    gallery, address = Gallery(), f"{host.url}/lamp.jpg"
    assert await gallery.picture(address, ("shop.example",), now) is None
    assert host.asked == []
    assert await gallery.picture(address, hosts_of(host), now) is not None


async def test_only_so_many_bytes_are_held(host: PictureHost, now: datetime) -> None:
    host.pages |= {f"/{number}.jpg": encoded(40 + number, 40, "JPEG") for number in range(3)}
    gallery = Gallery(most_bytes=1)
    for path in ("/0.jpg", "/1.jpg", "/1.jpg", "/0.jpg"):
        assert await gallery.picture(f"{host.url}{path}", hosts_of(host), now) is not None
    assert host.asked == ["/0.jpg", "/1.jpg", "/0.jpg"]


async def test_a_kept_picture_is_its_merchants_alone(store: Store, now: datetime) -> None:
    shop, other = await open_shop(store, now), await open_shop(store, now)
    async with store.write() as session:
        key = await keep_picture(session, shop.merchant.id, b"jpeg", now)
        again = await keep_picture(session, shop.merchant.id, b"jpeg", now)
        theirs = await keep_picture(session, other.merchant.id, b"jpeg", now)
    assert key == again != theirs
    gallery = Gallery()
    assert await gallery.developed(store, Shot(shop.merchant.id, key, "", ()), now) == b"jpeg"
    assert await gallery.developed(store, Shot(other.merchant.id, key, "", ()), now) is None
    assert await gallery.developed(store, None, now) is None
