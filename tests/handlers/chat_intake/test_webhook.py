"""The web hook takes updates from whoever knows the word, and answers once they are written down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, web
from telegram import Bot

from bot.sandbox.server import Sandbox
from handlers.chat.intake import Intake
from handlers.chat.intake_webhook import PATH, SECRET_HEADER, Webhook, announce, webhook_secret
from models.errors import StoreBusy
from models.store.engine import Store
from tests.handlers.chat_intake.conftest import Scribe, waiting
from tests.handlers.chat_intake.test_intake import written
from tests.handlers.chat_intake.test_polling import until

SECRET = "a-word-only-two-know"


@pytest.fixture
def intake(open_intake: Callable[[], Intake]) -> Intake:
    return open_intake()


@pytest.fixture
async def address(intake: Intake) -> AsyncIterator[str]:
    """Where our server listens."""
    app = web.Application()
    app.router.add_post(PATH, Webhook(intake, SECRET).chat_webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def post(address: str, body: str, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    async with ClientSession() as session, session.post(address + PATH, data=body, headers=headers) as answer:
        return answer.status


async def test_an_update_is_written_down_answered_and_then_handled(
    address: str, intake: Intake, scribe: Scribe, store: Store
) -> None:
    scribe.gates[7] = asyncio.Event()

    status = await post(address, written(1, 7, "hello")[1])
    between = await waiting(store)
    scribe.gates[7].set()
    await intake.drain()

    assert (status, between, scribe.of(7)) == (200, [1], ["hello"])


@pytest.mark.parametrize("secret", [None, "", "a-word-only-two-knoW", "ä"])
async def test_who_does_not_know_the_word_is_refused_and_nothing_is_stored(
    address: str, store: Store, secret: str | None
) -> None:
    assert await post(address, written(1, 7, "hello")[1], secret) == 401
    assert await waiting(store) == []


@pytest.mark.parametrize("body", ["", "{", "[]", '{"update_id": "1"}', '{"update_id": true}', "{}"])
async def test_what_is_no_update_is_refused(address: str, store: Store, body: str) -> None:
    assert await post(address, body) == 400
    assert await waiting(store) == []


async def test_a_busy_store_asks_the_server_to_come_again(
    address: str, intake: Intake, scribe: Scribe, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def busy(_: object) -> None:
        raise StoreBusy("test")

    with monkeypatch.context() as patch:
        patch.setattr(intake, "keep", busy)
        first = await post(address, written(1, 7, "hello")[1])
    second = await post(address, written(1, 7, "hello")[1])
    await intake.drain()

    assert (first, second, scribe.of(7)) == (503, 200, ["hello"])


async def test_the_chat_server_brings_updates_once_it_knows_where(
    address: str, bot: Bot, sandbox: Sandbox, scribe: Scribe
) -> None:
    await announce(bot, address, SECRET)

    mei = sandbox.phone("Mei")
    mei.write("hello")
    await until(lambda: scribe.texts)

    assert scribe.of(mei.id) == ["hello"]


async def test_the_word_is_made_once_and_fits_what_the_chat_server_takes(store: Store) -> None:
    words = set()
    for _ in range(2):
        async with store.write() as session:
            words.add(await webhook_secret(session))

    [word] = words
    assert 1 <= len(word) <= 256
    assert set(word) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
