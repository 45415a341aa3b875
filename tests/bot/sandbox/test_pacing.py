"""The limits of speed: windows that slide, waits that must be kept, and the journal that remembers."""

from __future__ import annotations

import asyncio
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


async def test_twenty_a_minute_fit_a_group(paced: Hands, clock: Clock) -> None:
    # Given a group, in which edits count as messages do
    ann = paced.sandbox.phone("Ann")
    group = paced.sandbox.group("Shoppers", ann)
    board = await send(paced, group.id)
    statuses = [board.status]
    for number in range(19):
        clock.advance(1.0)
        edit = await paced.call(
            "editMessageText", chat_id=group.id, message_id=board.number, text=str(number)
        )
        statuses.append(edit.status)
    assert statuses == [200] * 20
    # When a minute is not over, the bot is told when it will be
    clock.advance(1.0)
    refused = await send(paced, group.id)
    assert refused.body["parameters"] == {"retry_after": 40}
    clock.advance(39.0)
    inside = await send(paced, group.id)
    clock.advance(1.0)
    after = await send(paced, group.id)
    assert (inside.status, after.status) == (429, 200)
    noted = [entry.violation for entry in paced.sandbox.journal.violations()]
    assert noted == [Violation.TOO_FAST, Violation.FORBIDDEN_WINDOW]


async def test_a_private_chat_has_no_limit_of_a_minute(paced: Hands, clock: Clock) -> None:
    ann = newcomer(paced)
    for _ in range(25):
        clock.advance(1.0)
        assert (await send(paced, ann)).status == 200


async def test_a_bundle_counts_as_many_in_a_groups_minute(paced: Hands, clock: Clock) -> None:
    ann = paced.sandbox.phone("Ann")
    group = paced.sandbox.group("Shoppers", ann)
    numbers = [ann.write(text).id for text in "abcdefgh"]
    statuses = []
    for _ in range(3):
        clock.advance(1.0)
        copied = await paced.call("copyMessages", chat_id=group.id, from_chat_id=ann.id, message_ids=numbers)
        statuses.append(copied.status)
    assert statuses == [200, 200, 429]


async def test_a_public_name_and_the_number_are_one_chat(paced: Hands) -> None:
    ann = paced.sandbox.phone("Ann")
    group = paced.sandbox.group("Deals", ann, kind="supergroup", username="deals")
    first = await send(paced, group.id)
    named = await paced.call("sendMessage", chat_id="@deals", text="x")
    assert (first.status, named.status) == (200, 429)


async def test_messages_sent_through_the_bot_are_paced_each_on_its_own(paced: Hands, clock: Clock) -> None:
    sandbox = paced.sandbox
    sandbox.inline_mode()
    ann, bob = sandbox.phone("Ann"), sandbox.phone("Bob")
    keyboard = {"inline_keyboard": [[{"text": "Buy", "callback_data": "buy"}]]}
    result = {
        "type": "article",
        "id": "1",
        "title": "x",
        "input_message_content": {"message_text": "x"},
        "reply_markup": keyboard,
    }
    typing = asyncio.create_task(ann.chat_with(bob).types("x"))
    update = (await paced.call("getUpdates", timeout=5)).items[0]["inline_query"]
    assert isinstance(update, dict)
    await paced.call("answerInlineQuery", inline_query_id=update["id"], results=[result])
    (offer,) = (await typing).results
    one, other = [await ann.chat_with(bob).chooses(offer) for _ in range(2)]

    async def edit(name: str | None, text: str) -> int:
        return (await paced.call("editMessageText", inline_message_id=name, text=text)).status

    names = (one.inline_message_id, other.inline_message_id, one.inline_message_id)
    assert [await edit(name, "sold") for name in names] == [200, 200, 429]
    clock.advance(1.0)
    assert await edit(one.inline_message_id, "sold out") == 200


async def test_thirty_a_second_fit_whatever_is_sent(paced: Hands) -> None:
    chats = [newcomer(paced) for _ in range(30)]
    for chat in chats:
        assert (await paced.call("sendDice", chat_id=chat)).status == 200
    last = newcomer(paced)
    album = await paced.call("sendMediaGroup", chat_id=last, media=[{"type": "photo", "media": "x"}] * 2)
    assert album.status == 429
    # What makes no message is not paced
    assert (await paced.call("setMessageReaction", chat_id=last, message_id=1)).status == 400
