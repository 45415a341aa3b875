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
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
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
ROUNDS = 5
UPDATES = 300
IN_FLIGHT = 16
FIRST_PERSON = 1000
Told = tuple[int, str]
"""An update's id, and the update as the chat server writes it."""
Answer = Callable[[Told], Awaitable[None]]
"""Gives an update in and comes back when its answer is out."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of updates cost: seconds of CPU and of the clock an update, the median wait and the 95th of 100."""

    cpu: float
    wall: float
    p50: float
    p95: float

    def __str__(self) -> str:
        return f"{self.cpu * 1000:.2f} ms CPU, {1 / self.wall:,.0f}/s, p95 {self.p95 * 1000:.1f} ms"


def bench() -> list[Row]:
    """The chat side's measures."""
    interpreter.tune()
    with chat_server() as url, tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_compare(url, Path(folder)))


async def _compare(url: str, folder: Path) -> list[Row]:
    database = f"sqlite:///{folder / 'bench.db'}"
    await migrate(database)
    store = Store(database)
    shop = await open_shop(store, datetime.now(UTC))
    await shop.plan()
    for number in range(IN_FLIGHT):
        await shop.distributor(f"d{number}", person=await shop.person(FIRST_PERSON + number))
    rows: list[Row] = []
    turns = itertools.count()
    async with _bare(url) as echo, ours(url, store, folder) as reply:
        for chats in (1, IN_FLIGHT):
            await run(echo, _starts(next(turns), chats), chats)  # the first warms caches on both sides
            await run(reply, _starts(next(turns), chats), chats)
            pairs = [
                (
                    await run(echo, _starts(next(turns), chats), chats),
                    await run(reply, _starts(next(turns), chats), chats),
                )
                for _ in range(ROUNDS)
            ]
            rows += _rows(chats, pairs)
    await store.close()
    return rows


def _rows(chats: int, pairs: list[tuple[Run, Run]]) -> list[Row]:
    cpu = statistics.median(mine.cpu / bare.cpu for bare, mine in pairs)
    bare, mine = sorted(pairs, key=lambda pair: pair[1].cpu / pair[0].cpu)[len(pairs) // 2]
    said = f"{mine}; bare echo {bare}"
    if chats == 1:
        return [Row("chat reply, update in to answer out, CPU", cpu, said, "<= 2.00", cpu <= 2.0)]
    rate = statistics.median(bare.wall / mine.wall for bare, mine in pairs)
    p95 = statistics.median(mine.p95 / bare.p95 for bare, mine in pairs)
    return [
        Row(f"chat replies, {chats} chats in flight, CPU", cpu, said, "<= 2.00", cpu <= 2.0),
        Row(f"chat replies a second, {chats} chats in flight", rate, "", ">= 0.50", rate >= 0.5),
        Row(f"chat reply p95, {chats} chats in flight", p95, "", "<= 2.00", p95 <= 2.0),
    ]


def _starts(number: int, chats: int) -> list[Told]:
    first = number * 1_000_000
    return [command(first + index + 1, FIRST_PERSON + index % chats, "/start") for index in range(UPDATES)]


async def run(answer: Answer, updates: Sequence[Told], chats: int = 1) -> Run:
    """Give the updates of so many chats in, in turn; a chat writes again when it has its answer."""
    waits: list[float] = []

    async def chat(mine: Sequence[Told]) -> None:
        for told in mine:
            asked = time.perf_counter()
            await answer(told)
            waits.append(time.perf_counter() - asked)

    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(chat(updates[number::chats]) for number in range(chats)))
    spent, took = time.process_time() - cpu, time.perf_counter() - wall
    waits.sort()
    many = len(waits)
    return Run(spent / many, took / many, waits[many // 2], waits[int(many * 0.95)])


@asynccontextmanager
async def _bare(url: str) -> AsyncIterator[Answer]:
    """The library alone: reads the update, and its one handler says the text back."""
    application = (
        Application.builder().token(TOKEN).base_url(f"{url}/bot").updater(None).job_queue(None).build()
    )

    async def echo(update: Update, _: CallbackContext) -> None:  # type: ignore[type-arg]
        assert update.message is not None
        await update.message.reply_text(update.message.text or "")

    async def answer(told: Told) -> None:
        await application.process_update(Update.de_json(json.loads(told[1]), application.bot))

    application.add_handler(MessageHandler(filters.TEXT, echo))
    async with application:
        yield answer


@asynccontextmanager
async def ours(url: str, store: Store, folder: Path) -> AsyncIterator[Answer]:
    """The product's chat side over a store."""
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(), get_updates_request=AiohttpRequest())
    studio = PosterStudio()
    waiting: dict[int, asyncio.Future[None]] = {}
    async with bot:
        context = ChatContext(
            store,
            Settings(_env_file=None, data_dir=folder),
            SystemClock(),
            gateway=Gateway(bot, pacing=Pacing(PacingClock(), UNLIMITED)),
            studio=studio,
            bot_username=bot.username,
        )

        async def handled(update: Update) -> None:
            await handle(context, update)
            waiting.pop(update.update_id).set_result(None)

        intake = Intake(store, bot, SystemClock(), handled)

        async def answer(told: Told) -> None:
            done = waiting[told[0]] = asyncio.get_running_loop().create_future()
            await intake.keep([told])
            await done

        yield answer
        await intake.drain()
    await studio.close()


def command(key: int, person: int, text: str) -> Told:
    """Somebody writes a command."""
    entities = [{"type": "bot_command", "offset": 0, "length": len(text)}]
    return _told(key, message={**_message(key, person, text), "from": _user(person), "entities": entities})


def tap(key: int, person: int, data: str) -> Told:
    """Somebody taps a button of a card."""
    message = _message(1, person, "card")
    query = {"id": str(key), "from": _user(person), "chat_instance": "1", "message": message, "data": data}
    return _told(key, callback_query=query)


def _told(key: int, **what: object) -> Told:
    return key, json.dumps({"update_id": key, **what})


def _user(person: int) -> dict[str, object]:
    return {"id": person, "is_bot": False, "first_name": "Mei", "language_code": "zh-hans"}


def _message(key: int, person: int, text: str) -> dict[str, object]:
    chat = {"id": person, "type": "private", "first_name": "Mei"}
    return {"message_id": key, "date": int(time.time()), "chat": chat, "text": text}


@contextmanager
def chat_server() -> Iterator[str]:
    """A chat server in a process of its own that says yes to everything at once; its address."""
    server = subprocess.Popen([sys.executable, "-m", "tests.bench.chat"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
    finally:
        server.terminate()
        server.wait()


async def _serve() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        await request.read()
        if request.path.endswith("/getMe"):
            result: object = {"id": 123456, "is_bot": True, "first_name": "Bench", "username": "bench_bot"}
        elif request.path.endswith("/answerCallbackQuery"):
            result = True
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
