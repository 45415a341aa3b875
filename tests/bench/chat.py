"""A chat reply, update in to request out, beside a bare echo handler of the same library (operations.md H).

Both run against one zero-delay chat server in a process of its own, and both are given each update as the chat
server's JSON, as a web hook brings it. The bare side is the library's own Application with its default transport
and one handler that answers with a text; ours writes the update down, reads the store, makes the home card with
its buttons, sends it through the gateway and marks the update. First one after the other, then sixteen chats
side by side, each of which writes again when it has its answer.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
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
PEOPLE = 16
IN_FLIGHT = 16
FIRST_PERSON = 1000
Told = tuple[int, str]
"""An update's id, and the update as the chat server writes it."""
Answer = Callable[[Told], Awaitable[None]]
"""Gives an update in and comes back when its answer is out."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of UPDATES cost: seconds of CPU and of the clock an update, and the 95th of a hundred waits."""

    cpu: float
    wall: float
    p95: float

    def __str__(self) -> str:
        return f"{self.cpu * 1000:.2f} ms CPU, {1 / self.wall:,.0f}/s, p95 {self.p95 * 1000:.1f} ms"


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
            ours = _Ours(store, bot, context)
            theirs = _theirs(bare)
            turns = itertools.count()
            rows = []
            for chats in (1, IN_FLIGHT):
                await _run(theirs, next(turns), chats)  # the first warms caches on both sides
                await _run(ours.answer, next(turns), chats)
                pairs = [
                    (await _run(theirs, next(turns), chats), await _run(ours.answer, next(turns), chats))
                    for _ in range(ROUNDS)
                ]
                rows += _rows(chats, pairs)
            await ours.intake.drain()
    finally:
        await studio.close()
        await store.close()
    return rows


def _rows(chats: int, pairs: list[tuple[Run, Run]]) -> list[Row]:
    cpu = statistics.median(ours.cpu / theirs.cpu for theirs, ours in pairs)
    theirs, ours = pairs[-1]
    said = f"{ours}; bare echo {theirs}"
    if chats == 1:
        return [Row("chat reply, update in to answer out, CPU", cpu, said, "<= 2.00", cpu <= 2.0)]
    rate = statistics.median(theirs.wall / ours.wall for theirs, ours in pairs)
    p95 = statistics.median(ours.p95 / theirs.p95 for theirs, ours in pairs)
    return [
        Row(f"chat replies, {chats} chats in flight, CPU", cpu, said, "<= 2.00", cpu <= 2.0),
        Row(f"chat replies a second, {chats} chats in flight", rate, "", ">= 0.50", rate >= 0.5),
        Row(f"chat reply p95, {chats} chats in flight", p95, "", "<= 2.00", p95 <= 2.0),
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


def _theirs(application: Application) -> Answer:  # type: ignore[type-arg]
    async def answer(told: Told) -> None:
        update = Update.de_json(json.loads(told[1]), application.bot)
        await application.process_update(update)

    return answer


class _Ours:
    """The intake with the real router; tells when an update's answer is out."""

    def __init__(self, store: Store, bot: Bot, context: ChatContext) -> None:
        self._context = context
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self.intake = Intake(store, bot, SystemClock(), self._handle)

    async def answer(self, told: Told) -> None:
        done = self._waiting[told[0]] = asyncio.get_running_loop().create_future()
        await self.intake.keep([told])
        await done

    async def _handle(self, update: Update) -> None:
        await handle(self._context, update)
        self._waiting.pop(update.update_id).set_result(None)


async def _run(answer: Answer, number: int, chats: int) -> Run:
    """UPDATES updates of so many chats side by side; a chat writes again when it has its answer."""
    updates = [_update(number * 1_000_000 + index, index % chats) for index in range(UPDATES)]
    waits: list[float] = []

    async def chat(mine: list[Told]) -> None:
        for told in mine:
            asked = time.perf_counter()
            await answer(told)
            waits.append(time.perf_counter() - asked)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(chat(updates[number::chats]) for number in range(chats)))
    spent, took = time.process_time() - cpu, time.perf_counter() - wall
    return Run(spent / UPDATES, took / UPDATES, sorted(waits)[int(UPDATES * 0.95)])


def _update(key: int, who: int) -> Told:
    person = {
        "id": FIRST_PERSON + who,
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
    return key + 1, json.dumps({"update_id": key + 1, "message": message})


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
