"""Updates are written down before they are handled, and each is handled (operations B4)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from bot.sandbox.server import DEFAULT_TOKEN
from handlers.chat.intake import Intake
from models.errors import StoreBusy
from models.store.engine import Store
from models.store.updates import keep_updates
from tests.handlers.chat_intake.conftest import Scribe, waiting

BOT_ID = int(DEFAULT_TOKEN.partition(":")[0])


def written(key: int, chat: int, text: str) -> tuple[int, str]:
    """An update as the chat server writes it."""
    person = {"id": chat, "is_bot": False, "first_name": "Ann"}
    where = {"id": chat, "type": "private", "first_name": "Ann"}
    message = {"message_id": key, "date": 1_700_000_000, "chat": where, "from": person, "text": text}
    return key, json.dumps({"update_id": key, "message": message})


async def test_an_update_is_handled_once_however_often_it_comes(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store
) -> None:
    intake = open_intake()

    await intake.keep([written(1, 7, "a"), written(1, 7, "a")])
    await intake.keep([written(1, 7, "a"), written(2, 7, "b")])
    await intake.drain()
    await intake.keep([written(2, 7, "b")])
    await intake.drain()

    assert scribe.of(7) == ["a", "b"]
    assert await waiting(store) == []


async def test_one_chat_keeps_its_order_and_holds_up_no_other(
    open_intake: Callable[[], Intake], scribe: Scribe
) -> None:
    scribe.gates[7] = asyncio.Event()
    intake = open_intake()

    await intake.keep([written(number, 7, str(number)) for number in range(1, 6)])
    await intake.keep([written(9, 8, "quick")])
    await scribe.written.wait()
    before = scribe.of(7)
    scribe.gates[7].set()
    await intake.drain()

    assert scribe.texts[0] == (8, "quick")
    assert (before, scribe.of(7)) == ([], ["1", "2", "3", "4", "5"])


async def test_only_so_many_chats_are_served_at_once(
    open_intake: Callable[[], Intake], scribe: Scribe
) -> None:
    gate = asyncio.Event()
    scribe.gates = dict.fromkeys(range(1, 21), gate)
    intake = open_intake()

    await intake.keep([written(number, number, "x") for number in range(1, 21)])
    gate.set()
    await intake.drain()

    assert len(scribe.texts) == 20
    assert 1 < scribe.most_at_once <= 4


async def test_an_update_is_written_down_before_it_is_handled_and_marked_after(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store
) -> None:
    scribe.gates[7] = asyncio.Event()
    intake = open_intake()

    await intake.keep([written(1, 7, "a")])
    between = await waiting(store)
    scribe.gates[7].set()
    await intake.drain()

    assert (between, await waiting(store)) == ([1], [])


async def test_what_a_dead_process_left_behind_is_handled_at_the_next_start(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store, now: datetime
) -> None:
    await keep_updates(store, BOT_ID, [written(1, 7, "a"), written(2, 7, "b")], now)

    reborn = open_intake()
    taken_up = await reborn.resume()
    await reborn.drain()

    assert taken_up == 2
    assert scribe.of(7) == ["a", "b"]


async def test_an_update_whose_handler_fails_is_tried_again_in_its_place(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store
) -> None:
    scribe.fails["a"] = 2
    intake = open_intake()

    await intake.keep([written(1, 7, "a"), written(2, 7, "b")])
    await intake.drain()

    assert scribe.of(7) == ["a", "b"]


async def test_one_that_keeps_failing_is_given_up_and_does_not_block_its_chat(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store
) -> None:
    scribe.fails["poison"] = 99
    intake = open_intake()

    with capture_logs() as logs:
        await intake.keep([written(1, 7, "poison"), written(2, 7, "b")])
        await intake.drain()

    assert (scribe.of(7), scribe.fails["poison"]) == (["b"], 96)
    assert await waiting(store) == []
    assert "an update is given up" in [entry["event"] for entry in logs]


async def test_an_update_that_nobody_can_read_is_left_out(
    open_intake: Callable[[], Intake], scribe: Scribe, store: Store
) -> None:
    intake = open_intake()

    await intake.keep([(1, "{not json"), (2, '{"update_id": 2, "message": 5}'), written(3, 7, "a")])
    await intake.drain()

    assert scribe.of(7) == ["a"]
    assert await waiting(store) == []


async def test_what_was_committed_is_handled_even_when_a_later_group_fails(
    open_intake: Callable[[], Intake], scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = 0

    async def second_fails(*args: object) -> set[int]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreBusy("test")
        return await keep_updates(*args)  # type: ignore[arg-type]

    monkeypatch.setattr("handlers.chat.intake.keep_updates", second_fails)
    intake = open_intake()
    many = [written(number, number, "x") for number in range(1, 251)]

    with pytest.raises(StoreBusy):
        await intake.keep(many)
    await intake.keep(many)
    await intake.drain()

    assert sorted(chat for chat, _ in scribe.texts) == list(range(1, 251))
