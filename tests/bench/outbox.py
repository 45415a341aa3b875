"""The outbox against a chat server that answers at once (operations H): messages a second in one process.

The server runs in a process of its own, so that only our side is measured. Beside it stands the same number
of messages sent by the library alone. `python -m tests.bench.outbox` prints the rows.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Bot

from bot import interpreter
from bot.cards.card import Card
from bot.clock import SetClock
from bot.gateway.clock import SystemClock
from bot.gateway.gateway import Gateway
from bot.gateway.pacing import Pacing
from bot.gateway.speed import UNLIMITED
from bot.gateway.transport import AiohttpRequest
from jobs.letters import Letter, write_letters
from jobs.outbox import Sender, Writer
from models.people.persons import Person
from models.store.engine import Store
from models.store.migrate import migrate
from models.store.outbox import Notice, NoticeKind, NoticeState, queue_notices
from models.store.sql import insert_all
from tests.bench.rows import Row
from tests.builders import Shop, open_shop

MESSAGES = 2_000
GOAL = 1_000
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
TOKEN = "4242:bench"
_CARD = Card(Markup("Released: £12.34 of 3 orders"))


def bench() -> list[Row]:
    """All measures of the outbox."""
    interpreter.tune()
    with _server() as url:
        return asyncio.run(_measure(url))


async def _measure(url: str) -> list[Row]:
    request = AiohttpRequest()
    await request.initialize()
    bot = Bot(TOKEN, base_url=f"{url}/bot", request=request, get_updates_request=request)
    with tempfile.TemporaryDirectory() as folder:
        database = f"sqlite:///{Path(folder) / 'bench.db'}"
        await migrate(database)
        store = Store(database)
        try:
            shop = await open_shop(store, NOW)
            people = await _people(store)
            bare = await _bare(bot)
            plain = await _sent(store, bot, shop, people, "plain", _plain)
            whole = await _sent(store, bot, shop, people, "whole", write_letters)
        finally:
            await store.close()
            await request.shutdown()
    return [
        _row("outbox, zero-delay server", plain, bare),
        _row("outbox, cards read and written as shipped", whole, bare),
    ]


def _row(name: str, rate: float, bare: float) -> Row:
    absolute = f"{rate:,.0f}/s against {bare:,.0f}/s of the library alone"
    return Row(name, rate / bare, absolute, f">= {GOAL:,}/s", rate >= GOAL)


async def _people(store: Store) -> list[Person]:
    people = [Person(chat_id=number, name="Mei", created_at=NOW) for number in range(1, MESSAGES + 1)]
    async with store.write() as session:
        await insert_all(session, Person, people)
    return people


async def _plain(session: AsyncSession, notices: Sequence[Notice], _: datetime) -> dict[int, Letter]:
    del session
    return {notice.id: Letter(int(str(notice.facts["chat_id"])), _CARD) for notice in notices}


async def _bare(bot: Bot) -> float:
    """Messages a second by the library on our transport, as many at once as the outbox sends."""
    chats, started = iter(range(1, MESSAGES + 1)), time.perf_counter()

    async def send() -> None:
        for chat_id in chats:
            await bot.send_message(chat_id, str(_CARD.text))

    await asyncio.gather(*(send() for _ in range(64)))
    return MESSAGES / (time.perf_counter() - started)


async def _sent(store: Store, bot: Bot, shop: Shop, people: list[Person], key: str, write: Writer) -> float:
    """Messages a second from the outbox to the last ending committed."""
    notices = [
        Notice(
            merchant_id=shop.merchant.id,
            person_id=person.id,
            key=f"{key}:{person.id}",
            kind=NoticeKind.RELEASED,
            facts={"chat_id": person.chat_id, "amount_minor": 1234, "orders": 3},
            not_before=NOW,
            created_at=NOW,
        )
        for person in people
    ]
    async with store.write() as session:
        await queue_notices(session, notices)
    clock = SystemClock()
    gateway = Gateway(bot, clock=clock, pacing=Pacing(clock, UNLIMITED))
    sender = Sender(store, gateway, SetClock(NOW), bot_id=hash(key), write=write)
    started = time.perf_counter()
    running = asyncio.create_task(sender.run())
    while sender.counts[NoticeState.SENT] < MESSAGES:  # noqa: ASYNC110 - the sender tells nobody when it is idle
        await asyncio.sleep(0.001)
    rate = MESSAGES / (time.perf_counter() - started)
    sender.stop()
    await running
    return rate


@contextmanager
def _server() -> Iterator[str]:
    """A chat server in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.outbox", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process.stdout.readline().strip()
        finally:
            process.kill()


async def _serve() -> None:
    numbers = itertools.count(1)

    async def take(request: web.Request) -> web.Response:
        await request.read()
        number = next(numbers)
        return web.Response(
            text=f'{{"ok":true,"result":{{"message_id":{number},"date":1700000000,'
            '"chat":{"id":1,"type":"private","first_name":"A"},"text":"x"}}',
            content_type="application/json",
        )

    app = web.Application()
    app.router.add_post("/bot{token}/{method}", take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    sys.stdout.write(f"http://127.0.0.1:{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def main() -> None:
    """Print the table, or be the server."""
    if sys.argv[1:] == ["serve"]:
        asyncio.run(_serve())
        return
    for row in bench():
        sys.stdout.write(f"{row.name:<48} {row.ratio or 0:>6.2f}  {row.absolute:<48} {row.goal} {row.met}\n")


if __name__ == "__main__":
    main()
