"""A clock that is moved: dates, the age of taps, speed limits and caches follow it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.chat.pacing import Limits
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Clock, Hands


@pytest.fixture
async def paced(clock: Clock) -> AsyncIterator[Hands]:
    async with Sandbox(limits=Limits(jitter=0.0), clock=clock) as sandbox, aiohttp.ClientSession() as session:
        yield Hands(sandbox, session)


async def test_dates_taps_and_limits_follow_the_clock(paced: Hands, clock: Clock) -> None:
    sandbox = paced.sandbox
    ann = sandbox.phone("Ann")
    ann.start()
    sent = await paced.call("sendMessage", chat_id=ann.id, text="x")
    tap = sandbox.people.tap_data(ann.id, sent.number, "a")
    too_fast = await paced.call("sendMessage", chat_id=ann.id, text="x")
    # When an hour passes in no time
    sandbox.clock.forward(3600)
    later = await paced.call("sendMessage", chat_id=ann.id, text="x")
    stale = await paced.call("answerCallbackQuery", callback_query_id=tap.id)
    # Then the limit is over, the message carries the new hour, and the tap is too old
    assert (too_fast.status, later.status, stale.status) == (429, 200, 400)
    assert later.fields["date"] == int(clock.now) + 3600
    assert sandbox.journal.entries("answerCallbackQuery")[-1].at == clock.now + 3600


async def test_the_clock_is_set_read_and_put_back_over_http(hands: Hands, clock: Clock) -> None:
    address = f"{hands.sandbox.url}/control/clock"

    async def ask(body: dict[str, object] | None = None) -> object:
        method = "GET" if body is None else "POST"
        async with hands.session.request(method, address, json=body) as answer:
            return await answer.json()

    assert await ask() == {"now": clock.now, "offset": 0.0}
    assert await ask({"forward": 60}) == {"now": clock.now + 60, "offset": 60.0}
    assert await ask({"forward": 60}) == {"now": clock.now + 120, "offset": 120.0}
    assert await ask({"now": 1_800_000_000}) == {"now": 1_800_000_000.0, "offset": 1_800_000_000 - clock.now}
    assert await ask({"reset": True}) == {"now": clock.now, "offset": 0.0}
    assert hands.sandbox.clock.now() == clock.now
