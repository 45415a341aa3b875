"""The limits of speed: windows that slide, waits that must be kept, and the journal that remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.chat.pacing import Limits, Violation
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Clock, Hands, Reply


@pytest.fixture
async def paced(clock: Clock) -> AsyncIterator[Hands]:
    async with Sandbox(limits=Limits(jitter=0.0), clock=clock) as sandbox, aiohttp.ClientSession() as session:
        yield Hands(sandbox, session)


def newcomer(hands: Hands) -> int:
    phone = hands.sandbox.phone("Ann")
    phone.start()
    return phone.id


async def send(hands: Hands, chat_id: int) -> Reply:
    return await hands.call("sendMessage", chat_id=chat_id, text="x")


async def test_one_message_a_second_fits_a_chat(paced: Hands, clock: Clock) -> None:
    ann, bob = newcomer(paced), newcomer(paced)
    statuses = [(await send(paced, ann)).status, (await send(paced, bob)).status]
    clock.advance(1.0)
    statuses.append((await send(paced, ann)).status)
    assert statuses == [200, 200, 200]
    assert paced.sandbox.journal.violations() == ()


async def test_edits_count_and_taps_do_not(paced: Hands, clock: Clock) -> None:
    ann = newcomer(paced)
    sent = await send(paced, ann)
    clock.advance(0.5)
    edit = await paced.call("editMessageText", chat_id=ann, message_id=sent.number, text="y")
    typing = await paced.call("sendChatAction", chat_id=ann, action="typing")
    assert (edit.status, typing.status) == (429, 200)
    assert edit.description == "Too Many Requests: retry after 1"
    assert edit.body["parameters"] == {"retry_after": 1}


async def test_a_message_inside_the_forbidden_window_is_a_violation(paced: Hands, clock: Clock) -> None:
    ann = newcomer(paced)
    await send(paced, ann)
    await send(paced, ann)
    clock.advance(0.999)
    inside = await send(paced, ann)
    clock.advance(0.001)
    after = await send(paced, ann)
    assert (inside.status, after.status) == (429, 200)
    noted = [entry.violation for entry in paced.sandbox.journal.violations()]
    assert noted == [Violation.TOO_FAST, Violation.FORBIDDEN_WINDOW]


async def test_thirty_a_second_fit_the_bot(paced: Hands, clock: Clock) -> None:
    chats = [newcomer(paced) for _ in range(31)]
    statuses = [(await send(paced, chat)).status for chat in chats]
    assert statuses == [200] * 30 + [429]
    clock.advance(1.0)
    assert (await send(paced, chats[0])).status == 200
