"""Cards in chats whose server fails: what is tried again, what is left in peace, and who waits for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from jobs import refresh_cards as job
from jobs.context import JobContext
from jobs.refresh_cards import MOST_UNCLEAR, refresh_cards
from models.catalog.products import Product, edit_product
from models.funnel.shared_cards import SharedCard
from models.store.engine import Store
from models.store.sql import table_of
from tests.builders import Shop
from tests.jobs.chatting import at_work
from tests.journeys.world import World, chat_world, joined


@pytest.fixture
async def world(store: Store, now: datetime, tmp_path: Path) -> AsyncIterator[World]:
    async with chat_world(store, now, tmp_path) as running:
        running.sandbox.inline_mode()
        yield running


@pytest.fixture
def work(world: World) -> JobContext:
    return at_work(world)


@pytest.fixture
async def mug(shop: Shop) -> Product:
    return await shop.product("MUG")


async def shared(world: World, mei: Phone, count: int) -> list[Message]:
    """The mug's card in as many chats, the latest last."""
    cards = []
    for number in range(count):
        chat = mei.chat_with(world.phone(f"Friend {number}"))
        cards.append(await chat.chooses((await chat.types("mug")).results[0]))
        await world.phone("Nobody").reply_to("/help")
        world.later(minutes=1)
    return cards


async def sold_out(shop: Shop, product: Product) -> None:
    async with shop.store.write() as session:
        await edit_product(session, product.model_copy(update={"stock": 0}), shop.now)


def edited(world: World) -> int:
    """How many edits of shared cards were asked for."""
    entries = world.sandbox.journal.entries("editMessageText")
    return sum("inline_message_id" in entry.params for entry in entries)


def says(world: World, card: Message, words: str) -> bool:
    """Whether a card that somebody sent says this now."""
    return words in world.sandbox.chat.world.chats[card.chat_id][card.id].body.text


async def lost(store: Store) -> dict[str, bool]:
    async with store.read() as session:
        table = table_of(SharedCard)
        rows = await session.execute(select(table.c.inline_message_id, table.c.lost_at))
        return {row.inline_message_id: row.lost_at is not None for row in rows}


async def test_a_card_that_can_not_be_changed_is_left_in_peace_and_the_others_are_changed(
    world: World, work: JobContext, shop: Shop, mug: Product
) -> None:
    mei = await joined(world, shop)
    first, gone, last = await shared(world, mei, 3)
    world.sandbox.chat.world.chats[gone.chat_id].pop(gone.id)
    await sold_out(shop, mug)

    await refresh_cards(work, world.now)

    assert says(world, first, "Sold out")
    assert says(world, last, "Sold out")
    assert await lost(shop.store) == {
        str(first.inline_message_id): False,
        str(gone.inline_message_id): True,
        str(last.inline_message_id): False,
    }
    asked = edited(world)
    await refresh_cards(work, world.now)
    assert edited(world) == asked == 3


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.DROPPED])
async def test_what_failed_for_a_moment_is_changed_in_the_next_run(
    world: World, work: JobContext, shop: Shop, mug: Product, kind: FaultKind
) -> None:
    mei = await joined(world, shop)
    cards = await shared(world, mei, 2)
    await sold_out(shop, mug)
    world.sandbox.faults.plan(Fault(kind, "editMessageText", times=1))

    await refresh_cards(work, world.now)
    await refresh_cards(work, world.now)

    assert all(says(world, card, "Sold out") for card in cards)
    assert set((await lost(shop.store)).values()) == {False}
    # And then there is nothing left to do
    asked = edited(world)
    await refresh_cards(work, world.now)
    assert edited(world) == asked


async def test_an_answer_that_never_came_is_asked_for_again_and_holds_up_nobody(
    world: World, work: JobContext, shop: Shop, mug: Product
) -> None:
    mei = await joined(world, shop)
    older, latest = await shared(world, mei, 2)
    await sold_out(shop, mug)
    # Given an edit of which nobody knows whether it arrived (here it did)
    world.sandbox.faults.plan(Fault(FaultKind.DROPPED, "editMessageText", times=1))
    await refresh_cards(work, world.now)
    assert says(world, older, "Sold out")
    # When it is made again, it changes nothing, which is well
    await refresh_cards(work, world.now)
    assert says(world, latest, "Sold out")
    assert edited(world) == 3


async def test_a_server_that_never_answers_ends_the_run(
    world: World, work: JobContext, shop: Shop, mug: Product
) -> None:
    mei = await joined(world, shop)
    await shared(world, mei, MOST_UNCLEAR + 2)
    await sold_out(shop, mug)
    world.sandbox.faults.plan(Fault(FaultKind.DROPPED, "editMessageText"))
    await refresh_cards(work, world.now)
    assert edited(world) == MOST_UNCLEAR


async def test_a_wait_that_the_server_asks_for_is_waited(
    world: World, work: JobContext, shop: Shop, mug: Product
) -> None:
    mei = await joined(world, shop)
    [card] = await shared(world, mei, 1)
    await sold_out(shop, mug)
    world.sandbox.faults.plan(Fault(FaultKind.TOO_MANY, "editMessageText", times=1, retry_after=1))
    await refresh_cards(work, world.now)
    assert says(world, card, "Sold out")
    assert edited(world) == 2


async def test_more_than_one_batch_is_changed_in_one_run(
    world: World, work: JobContext, shop: Shop, mug: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "AT_ONCE", 2)
    mei = await joined(world, shop)
    cards = await shared(world, mei, 5)
    await sold_out(shop, mug)
    await refresh_cards(work, world.now)
    assert all(says(world, card, "Sold out") for card in cards)


async def test_without_a_bot_there_is_nothing_to_do(context: JobContext) -> None:
    await refresh_cards(context, context.clock.now())
