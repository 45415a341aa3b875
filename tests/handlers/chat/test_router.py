"""The one entry of chat: what does not concern it, and what it does when something breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from telegram import Update

from bot.sandbox.chat.journal import Entry
from handlers.chat.router import handle
from models.store import engine
from models.store.engine import Store
from tests.builders import Shop
from tests.faults.only import on_sqlite
from tests.journeys.world import World, chat_world

PRIVATE = {"id": 77, "type": "private", "first_name": "Mei"}
GROUP = {"id": -100, "type": "group", "title": "Lamps"}
MEI = {"id": 77, "is_bot": False, "first_name": "Mei", "language_code": "zh-hans"}


@pytest.fixture
async def world(store: Store, now: datetime, tmp_path: Path) -> AsyncIterator[World]:
    async with chat_world(store, now, tmp_path) as running:
        yield running


def message(chat: dict[str, object], **said: object) -> Update:
    body = {"message_id": 5, "date": 1, "chat": chat, "from": MEI, **said}
    return Update.de_json({"update_id": 1, "message": body}, None)


def tap(chat: dict[str, object], data: str) -> Update:
    card = {"message_id": 5, "date": 1, "chat": chat, "text": "card"}
    query = {"id": "9", "from": MEI, "chat_instance": "1", "message": card, "data": data}
    return Update.de_json({"update_id": 1, "callback_query": query}, None)


def sent(world: World) -> list[Entry]:
    """What the bot asked of the chat server, its waiting for updates aside."""
    asked = world.sandbox.journal.entries()
    return [entry for entry in asked if entry.method not in {"getMe", "getUpdates"}]


async def test_what_happens_in_groups_is_none_of_its_business(world: World) -> None:
    await handle(world.context, message(GROUP, text="/start"))
    assert sent(world) == []


async def test_a_tap_in_a_group_only_stops_spinning(world: World) -> None:
    await handle(world.context, tap(GROUP, "home:open"))
    assert [(entry.method, entry.params.get("text")) for entry in sent(world)] == [
        ("answerCallbackQuery", None)
    ]


async def test_edits_and_unknown_kinds_of_update_are_let_go(world: World) -> None:
    body = {"message_id": 5, "date": 1, "chat": PRIVATE, "from": MEI, "text": "/start", "edit_date": 2}
    await handle(world.context, Update.de_json({"update_id": 1, "edited_message": body}, None))
    await handle(world.context, Update.de_json({"update_id": 2, "poll_answer": None}, None))
    assert sent(world) == []


async def test_a_tap_is_answered_even_when_something_of_ours_breaks(world: World, shop: Shop) -> None:
    async with shop.store.write() as session:
        await session.execute(text("ALTER TABLE merchant RENAME TO merchant_gone"))
    with pytest.raises(DBAPIError):
        await handle(world.context, tap(PRIVATE, "home:open"))
    [answer] = sent(world)
    assert (answer.method, answer.params["text"]) == (
        "answerCallbackQuery",
        "我们这边出了点问题，请再试一次。",
    )


@on_sqlite
async def test_a_busy_store_asks_for_patience_and_writes_nothing(
    world: World, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "WRITE_WAIT_SECONDS", 0.05)
    async with shop.store.write():
        await asyncio.gather(
            handle(world.context, tap(PRIVATE, "home:open")),
            handle(world.context, message(PRIVATE, text="/start")),
        )
    said = {entry.method: str(entry.params["text"]) for entry in sent(world)}
    assert said["answerCallbackQuery"] == "现在有点忙，请再试一次。"
    assert "现在有点忙" in said["sendMessage"]


async def test_a_picture_instead_of_words_is_met_kindly(world: World) -> None:
    photo = [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]
    await handle(world.context, message(PRIVATE, photo=photo))
    assert "按钮" in str(sent(world)[-1].params["text"])
