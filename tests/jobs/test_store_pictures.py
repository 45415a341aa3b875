"""Pictures on their way into the storage chat: once each, a few at a time, each shop in turn."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from PIL import Image

from bot.media.drawn import draw_product
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.gathering import Gathering
from jobs.store_pictures import MOST, MOST_REFUSED, TRIED, store_pictures
from models.catalog.pictures import keep_picture
from models.catalog.products import edit_product
from models.store.chat_files import chat_files
from models.store.engine import Store
from tests.builders import Shop, open_shop
from tests.jobs.chatting import at_work
from tests.journeys.world import World, chat_world


@pytest.fixture
async def world(store: Store, now: datetime, tmp_path: Path) -> AsyncIterator[World]:
    async with chat_world(store, now, tmp_path) as running:
        yield running


@pytest.fixture
def channel(world: World) -> Gathering:
    return world.sandbox.group("Store room", world.phone("Owner"), kind="channel")


def plate(shop: int, number: int) -> bytes:
    """A picture unlike any other."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shop, 5 * number, 99)).save(out, "JPEG")
    return out.getvalue()


def ribbon(number: int) -> bytes:
    """A picture that the chat server refuses for its shape: over twenty times as wide as high."""
    out = io.BytesIO()
    Image.new("RGB", (400, 4), (7, 5 * number, 99)).save(out, "JPEG")
    return out.getvalue()


async def pictured(
    shop: Shop, count: int, prefix: str = "P", drawn: Callable[[int], bytes] | None = None
) -> list[str]:
    """Products with pictures that staff sent; what names these."""
    keys = []
    for number in range(count):
        made = await shop.product(f"{prefix}{number:03}")
        content = plate(ord(prefix), number) if drawn is None else drawn(number)
        async with shop.store.write() as session:
            picture = await keep_picture(session, shop.merchant.id, content, shop.now)
            await edit_product(session, made.model_copy(update={"picture_id": picture}), shop.now)
        keys.append(f"picture:{picture}")
    return keys


async def addressed(shop: Shop, sku: str, image: str) -> None:
    made = await shop.product(sku)
    async with shop.store.write() as session:
        await edit_product(session, made.model_copy(update={"image": image}), shop.now)


async def known(world: World, keys: list[str]) -> dict[str, str]:
    async with world.context.store.read() as session:
        return await chat_files(session, world.context.gateway.bot_id, keys)


def arrived(chat: Gathering) -> int:
    return sum(message.media is not None for message in chat.messages)


async def test_more_pictures_than_one_run_takes_come_over_several_and_once_each(
    world: World, shop: Shop, channel: Gathering
) -> None:
    await pictured(shop, MOST + 3)
    work = at_work(world, storage_chat=str(channel.id))
    for expected in (MOST, MOST + 3, MOST + 3):
        await store_pictures(work, world.now)
        assert arrived(channel) == expected
    assert all(message.silent for message in channel.messages if message.media)


async def test_a_second_shop_waits_for_no_other(world: World, shop: Shop, channel: Gathering) -> None:
    # Given a shop with far more pictures than one run takes, and one with two
    second = await open_shop(shop.store, shop.now)
    await pictured(shop, 3 * MOST)
    theirs = await pictured(second, 2, "S")
    await store_pictures(at_work(world, storage_chat=str(channel.id)), world.now)
    assert arrived(channel) == MOST
    assert set(await known(world, theirs)) == set(theirs)


async def test_without_a_storage_chat_there_is_nothing_to_do(world: World, shop: Shop) -> None:
    await pictured(shop, 1)
    await store_pictures(at_work(world), world.now)
    await store_pictures(at_work(world, storage_chat="@nowhere"), world.now)
    assert world.requests("sendPhoto") == 0


async def test_a_chat_by_its_name_is_found(world: World, shop: Shop) -> None:
    named = world.sandbox.group("Store room", world.phone("Owner"), kind="channel", username="store_room")
    await pictured(shop, 1)
    await store_pictures(at_work(world, storage_chat="@store_room"), world.now)
    assert arrived(named) == 1


async def test_a_chat_that_can_not_be_reached_is_tried_again_in_the_next_run(
    world: World, shop: Shop, channel: Gathering
) -> None:
    await pictured(shop, 3)
    work = at_work(world, storage_chat=str(channel.id))
    channel.remove_bot()
    await store_pictures(work, world.now)
    assert world.requests("sendPhoto") == 1
    channel.promote_bot()
    await store_pictures(work, world.now)
    assert arrived(channel) == 3


@pytest.mark.parametrize("kind", [FaultKind.FORBIDDEN, FaultKind.SERVER_ERROR, FaultKind.DROPPED])
async def test_a_failing_server_ends_the_run_and_loses_nothing(
    world: World, shop: Shop, channel: Gathering, kind: FaultKind
) -> None:
    await pictured(shop, 2)
    work = at_work(world, storage_chat=str(channel.id))
    world.sandbox.faults.plan(Fault(kind, "sendPhoto", times=1))
    await store_pictures(work, world.now)
    assert world.requests("sendPhoto") == 1
    await store_pictures(work, world.now)
    assert arrived(channel) >= 2
    await store_pictures(work, world.now)
    assert world.requests("sendPhoto") == 3


async def test_a_picture_that_is_refused_holds_up_no_others(
    world: World, shop: Shop, channel: Gathering
) -> None:
    # Given more pictures of an impossible shape than one run bears, and good ones among and behind them
    good = await pictured(shop, 2)
    bad = await pictured(shop, MOST_REFUSED + 1, "R", ribbon)
    good += await pictured(shop, 2, "S")
    work = at_work(world, storage_chat=str(channel.id))
    for run in range(2):
        await store_pictures(work, world.later(minutes=run))
    # Then the good ones are there, and the others were tried once each
    assert set(await known(world, good + bad)) == set(good)
    assert world.requests("sendPhoto") == len(good) + len(bad)
    # And are left alone for a while, then tried again
    await store_pictures(work, world.later(minutes=2))
    assert world.requests("sendPhoto") == len(good) + len(bad)
    await store_pictures(work, world.later(minutes=15))
    assert world.requests("sendPhoto") == len(good) + len(bad) + MOST_REFUSED


async def test_a_wait_that_the_server_asks_for_is_waited(
    world: World, shop: Shop, channel: Gathering
) -> None:
    await pictured(shop, 2)
    world.sandbox.faults.plan(Fault(FaultKind.TOO_MANY, "sendPhoto", times=1, retry_after=1))
    await store_pictures(at_work(world, storage_chat=str(channel.id)), world.now)
    assert arrived(channel) == 2


async def test_a_group_that_becomes_a_supergroup_goes_on_under_its_new_id(world: World, shop: Shop) -> None:
    room = world.sandbox.group("Store room", world.phone("Owner"))
    await pictured(shop, MOST + 2)
    work = at_work(world, storage_chat=str(room.id))
    old = room.id
    room.migrate()

    await store_pictures(work, world.now)
    assert (room.id != old, arrived(room)) == (True, MOST)
    # And the old id is not even tried the next time
    await store_pictures(work, world.now)
    assert arrived(room) == MOST + 2
    asked = [entry.params["chat_id"] for entry in world.sandbox.journal.entries("sendPhoto")]
    assert asked.count(str(old)) == 1


@pytest.fixture
async def host() -> AsyncIterator[str]:
    """A shop's web server that has one picture."""

    async def answer(request: web.Request) -> web.Response:
        if request.path == "/there.jpg":
            return web.Response(body=draw_product("There", "lights", 1), content_type="image/jpeg")
        return web.Response(status=404)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_addresses_that_give_nothing_hold_up_no_others_for_ever(
    world: World, store: Store, channel: Gathering, host: str
) -> None:
    # Given more dead addresses among the best sellers than one run tries
    shop = await open_shop(store, world.now, shop_urls=[host])
    await addressed(shop, "THERE", f"{host}/there.jpg")
    for number in range(TRIED + 5):
        await addressed(shop, f"DEAD{number}", f"{host}/dead{number}.jpg")
    work = at_work(world, storage_chat=str(channel.id))
    await store_pictures(work, world.now)
    assert arrived(channel) == 0
    # When a minute later it is tried again, the one behind them gets its turn
    await store_pictures(work, world.later(minutes=1))
    assert arrived(channel) == 1
