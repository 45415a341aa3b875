"""A chat reply, update in to request out, beside a bare echo handler of the same library (operations.md H).

Both run against one zero-delay chat server in a process of its own. The bare side is the library's own
Application with its default transport and one handler that answers with a text; ours reads and writes the
store, makes a card with buttons and sends it through the gateway.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from telegram import Bot, Update
from telegram.ext import Application, CallbackContext, MessageHandler, filters

from bot import interpreter
from bot.clock import SystemClock
from bot.context import ChatContext
from bot.gateway.clock import SystemClock as PacingClock
from bot.gateway.gateway import Gateway
from bot.gateway.pacing import Pacing
from bot.gateway.speed import UNLIMITED
from bot.gateway.transport import AiohttpRequest
from bot.media.studio import PosterStudio
from bot.settings import Settings
from handlers.chat.intake import Intake
from handlers.chat.router import handle
from models.store.engine import Store
from models.store.migrate import migrate
from tests.bench.rows import Row
from tests.builders import open_shop

TOKEN = "123456:AAbench"
ROUNDS = 3
UPDATES = 300
PEOPLE = 30
FIRST_PERSON = 1000
Feed = Callable[[list[Update]], Awaitable[None]]


def bench() -> list[Row]:
    """The chat side's measures."""
    interpreter.tune()
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.chat"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
    try:
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return asyncio.run(_compare(url, Path(folder)))
    finally:
        server.terminate()
        server.wait()


async def _compare(url: str, folder: Path) -> list[Row]:
    bare = _bare(url)
    database = f"sqlite:///{folder / 'bench.db'}"
    await migrate(database)
    store = Store(database)
    shop = await open_shop(store, datetime.now(UTC))
    await shop.plan()
    for number in range(PEOPLE):
        await shop.distributor(f"d{number}", person=await shop.person(FIRST_PERSON + number))
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(), get_updates_request=AiohttpRequest())
    studio = PosterStudio()
    try:
        async with bare, bot:
            gateway = Gateway(bot, pacing=Pacing(PacingClock(), UNLIMITED))
            settings = Settings(_env_file=None, data_dir=folder)
            context = ChatContext(
                store, settings, SystemClock(), gateway=gateway, studio=studio, bot_username=bot.username
            )
            intake = Intake(store, bot, SystemClock(), lambda update: handle(context, update))
            rounds = []
            for number in range(ROUNDS + 1):
                theirs = await _time(bare.bot, number, _feed_bare(bare))
                ours = await _time(bot, number, _feed_ours(intake))
                rounds.append((theirs, ours))
    finally:
        await studio.close()
        await store.close()
    timed = rounds[1:]  # the first warms caches on both sides
    ratio = statistics.median(ours[0] / theirs[0] for theirs, ours in timed)
    theirs, ours = timed[-1]
    return [
        Row(
            "chat reply, update in to answer out",
            ratio,
            f"{ours[0] * 1000:.2f} ms CPU and {UPDATES / ours[1]:,.0f}/s, bare echo {theirs[0] * 1000:.2f} ms and "
            f"{UPDATES / theirs[1]:,.0f}/s",
            "<= 2.00",
            ratio <= 2.0,
        )
    ]


def _bare(url: str) -> Application:  # type: ignore[type-arg]
    application = (
        Application.builder().token(TOKEN).base_url(f"{url}/bot").updater(None).job_queue(None).build()
    )

    async def echo(update: Update, _: CallbackContext) -> None:  # type: ignore[type-arg]
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    application.add_handler(MessageHandler(filters.TEXT, echo))
    return application


def _feed_bare(application: Application) -> Feed:  # type: ignore[type-arg]
    async def feed(updates: list[Update]) -> None:
        for update in updates:
            await application.process_update(update)

    return feed


def _feed_ours(intake: Intake) -> Feed:
    async def feed(updates: list[Update]) -> None:
        for update in updates:
            await intake.keep([(update.update_id, update.to_json())])
            await intake.drain()

    return feed


async def _time(bot: Bot, number: int, feed: Feed) -> tuple[float, float]:
    """CPU and wall seconds an update, one after the other."""
    updates = [_update(bot, number * 1_000_000 + index) for index in range(UPDATES)]
    cpu, wall = time.process_time(), time.perf_counter()
    await feed(updates)
    return (time.process_time() - cpu) / UPDATES, time.perf_counter() - wall


def _update(bot: Bot, key: int) -> Update:
    person = {
        "id": FIRST_PERSON + key % PEOPLE,
        "is_bot": False,
        "first_name": "Mei",
        "language_code": "zh-hans",
    }
    message = {
        "message_id": key + 1,
        "date": int(time.time()),
        "chat": {"id": person["id"], "type": "private", "first_name": "Mei"},
        "from": person,
        "text": "/start",
        "entities": [{"type": "bot_command", "offset": 0, "length": 6}],
    }
    made = Update.de_json({"update_id": key + 1, "message": message}, bot)
    assert made is not None
    return made


async def _serve() -> None:
    """A chat server that says yes to everything at once."""

    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if request.path.endswith("/getMe"):
            result: object = {"id": 123456, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
        else:
            result = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
        return web.json_response(text=json.dumps({"ok": True, "result": result}))

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve())
