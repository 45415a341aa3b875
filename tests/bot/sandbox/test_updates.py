"""Updates reach the bot: long poll with one reader, or a web hook with a secret and patience."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.sandbox.chat.acts import typing
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Hands, Reply

SECRET = "s3cret-of-the_hook"


def texts(reply: Reply) -> list[str]:
    found = []
    for update in reply.items:
        message = update["message"]
        assert isinstance(message, dict)
        found.append(str(message["text"]))
    return found


def first_number(reply: Reply) -> int:
    return int(str(reply.items[0]["update_id"]))


async def test_updates_stay_until_they_are_confirmed(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    for text in ("one", "two", "three"):
        phone.write(text)

    first = await hands.call("getUpdates", limit=2)
    again = await hands.call("getUpdates", limit=2)
    number = first_number(first)
    rest = await hands.call("getUpdates", offset=number + 2)
    last = await hands.call("getUpdates", offset=-1)
    none = await hands.call("getUpdates", offset=number + 3)

    assert texts(first) == texts(again) == ["one", "two"]
    assert texts(rest) == texts(last) == ["three"]
    assert none.items == []


async def test_a_long_poll_returns_when_something_happens(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    poll = asyncio.create_task(hands.call("getUpdates", timeout=30))
    await until_polling(sandbox)
    phone.write("now")
    assert texts(await poll) == ["now"]


async def test_a_second_reader_ends_the_first_with_409(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    first = asyncio.create_task(hands.call("getUpdates", timeout=30))
    await until_polling(sandbox)
    second = asyncio.create_task(hands.call("getUpdates", timeout=30))
    refused = await first
    phone.write("hello")
    assert refused.status == 409
    assert refused.description.startswith("Conflict: terminated by other getUpdates request")
    assert texts(await second) == ["hello"]


async def test_only_the_wanted_kinds_are_kept(hands: Hands, sandbox: Sandbox) -> None:
    await hands.call("getUpdates", allowed_updates=["callback_query"])
    phone = sandbox.phone("Ann")
    message = phone.write("unwanted")
    sandbox.people.tap_data(phone.id, message.id, "wanted")
    reply = await hands.call("getUpdates")
    assert [list(update) for update in reply.items] == [["update_id", "callback_query"]]


async def test_blocking_is_told_to_the_bot(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    phone.block()
    phone.unblock()
    reply = await hands.call("getUpdates")
    changes = [update["my_chat_member"] for update in reply.items]
    statuses = [change["new_chat_member"]["status"] for change in changes if isinstance(change, dict)]
    assert statuses == ["kicked", "member"]


async def test_an_answer_that_the_client_keeps_is_not_asked_for_again(hands: Hands, sandbox: Sandbox) -> None:
    ann, bob = sandbox.phone("Ann"), sandbox.phone("Bob")
    message = ann.start()
    # Given an answer that may be kept for a minute
    first = sandbox.people.tap_data(ann.id, message.id, "stock")
    asked = {"callback_query_id": first.id, "text": "12 left", "cache_time": 60}
    assert (await hands.call("answerCallbackQuery", **asked)).status == 200
    offset = first_number(await hands.call("getUpdates", offset=-1)) + 1
    # When the same person taps the same again, the bot isn't asked
    again = sandbox.people.tap_data(ann.id, message.id, "stock")
    assert (await again.answered).text == "12 left"
    assert (await hands.call("getUpdates", offset=offset)).items == []
    # But it is by somebody else, for something else, and after the minute
    sandbox.people.tap_data(bob.id, bob.start().id, "stock")
    sandbox.people.tap_data(ann.id, message.id, "price")
    sandbox.clock.forward(60)
    sandbox.people.tap_data(ann.id, message.id, "stock")
    kinds = [list(update)[1] for update in (await hands.call("getUpdates", offset=offset)).items]
    assert kinds == ["message", "callback_query", "callback_query", "callback_query"]


async def test_what_nobody_takes_in_a_day_is_forgotten(hands: Hands, sandbox: Sandbox) -> None:
    phone = sandbox.phone("Ann")
    phone.write("yesterday")
    sandbox.clock.forward(12 * 3600)
    phone.write("today")
    sandbox.clock.forward(12 * 3600)
    assert texts(await hands.call("getUpdates")) == ["today"]


async def test_what_waits_for_an_answer_is_forgotten_sooner(hands: Hands, sandbox: Sandbox) -> None:
    # Given a bot that is away while somebody writes, taps and types after its name
    sandbox.inline_mode()
    phone = sandbox.phone("Ann")
    sandbox.people.tap_data(phone.id, phone.write("x").id, "a")
    typing.types(sandbox.chat, phone.with_bot.spot, "mug")
    left = []
    for seconds in (29, 1, 119, 1):
        sandbox.clock.forward(seconds)
        items = (await hands.call("getUpdates")).items
        left.append([next(kind for kind in update if kind != "update_id") for update in items])
    # Then the query goes after half a minute, the tap after two and a half, the words stay
    assert left == [
        ["message", "callback_query", "inline_query"],
        ["message", "callback_query"],
        ["message", "callback_query"],
        ["message"],
    ]


async def until_polling(sandbox: Sandbox) -> None:
    """Wait until a long poll is open."""
    async with asyncio.timeout(5):
        while sandbox.chat.updates._reader is None:  # noqa: ASYNC110 - nothing announces it
            await asyncio.sleep(0)


@dataclass(slots=True)
class Hook:
    """A bot's web hook that answers with the statuses it was given, then 200."""

    statuses: list[int]
    secrets: list[str | None] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)
    wanted: int = 1

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        self.texts.append(body["message"]["text"])
        status = self.statuses.pop(0) if self.statuses else 200
        if len(self.texts) >= self.wanted:
            self.done.set()
        return web.Response(status=status)


@pytest.fixture
async def hook() -> Hook:
    return Hook([500, 503])


@pytest.fixture
async def hook_url(hook: Hook) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/hook", hook.take)
    async with TestServer(app) as server:
        yield str(server.make_url("/hook"))


async def test_the_web_hook_gets_each_update_in_order_until_it_says_2xx(
    hands: Hands, sandbox: Sandbox, hook: Hook, hook_url: str
) -> None:
    # Given a web hook that fails twice
    hook.wanted = 4
    phone = sandbox.phone("Ann")
    phone.write("one")
    was_set = await hands.call("setWebhook", url=hook_url, secret_token=SECRET)
    phone.write("two")
    # When updates are delivered
    async with asyncio.timeout(10):
        await hook.done.wait()
    # Then the first was repeated, with the secret each time, and nothing else went before it
    assert was_set.description == "Webhook was set"
    assert hook.texts == ["one", "one", "one", "two"]
    assert set(hook.secrets) == {SECRET}
    info = (await hands.call("getWebhookInfo")).fields
    assert info["url"] == hook_url
    assert info["last_error_message"] == "Wrong response from the webhook: 503 Service Unavailable"


async def test_long_poll_and_web_hook_exclude_each_other(
    hands: Hands, hook_url: str, sandbox: Sandbox
) -> None:
    reading = asyncio.create_task(hands.call("getUpdates", timeout=30))
    await until_polling(sandbox)
    await hands.call("setWebhook", url=hook_url)
    ended, refused = await reading, await hands.call("getUpdates")
    assert ended.status == 409
    assert refused.status == 409
    assert "can't use getUpdates method while webhook is active" in refused.description
    await hands.call("deleteWebhook")
    assert (await hands.call("getUpdates")).status == 200


@pytest.mark.parametrize(
    ("url", "secret"), [("ftp://shop.example/hook", "x"), ("https://shop.example/hook", "no spaces")]
)
async def test_a_bad_web_hook_is_refused(hands: Hands, url: str, secret: str) -> None:
    reply = await hands.call("setWebhook", url=url, secret_token=secret)
    assert reply.status == 400
