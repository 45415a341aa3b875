"""What a screen, a redirect and an order event cost with a thousand distributors and with a million (operations.md H).

Stores of three sizes are made once in a temporary folder and measured in turn. People, links and orders are
drawn at random, so that a large store is as cold as it would be.
"""

from __future__ import annotations

import asyncio
import pickle
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from aiohttp import web

from bot import interpreter
from bot.clock import SystemClock
from bot.context import Context
from bot.settings import Settings
from handlers.web.app import build_web
from tests.bench.chat import FIRST_PERSON, Answer, Run, Told, chat_server, command, ours, run, tap
from tests.bench.crowd import CLICKS, Crowd, make_crowd
from tests.bench.load import Order, Result, run_load
from tests.bench.rows import Row
from tests.bench.web import order_event

SIZES = (1_000, 10_000, 1_000_000)
ROUNDS = 3
UPDATES = 300
LINKS = 1_000
REDIRECTS = 3_000
EVENTS = 2_000
CONNECTIONS = 32
MOST = 1.5
SLOWEST = 0.3
"""Seconds in which 95 of 100 pages are there (operations.md E6)."""
Write = Callable[[int, int], Told]
SCREENS: dict[str, Write] = {
    "home card": lambda key, person: command(key, person, "/start"),
    "goods page": lambda key, person: tap(key, person, "goods:open"),
    "entries page": lambda key, person: tap(key, person, "entries:all:0"),
}


@dataclass(frozen=True, slots=True)
class Cost:
    """What a request to the web side cost: seconds of CPU of the server, and how the load went."""

    cpu: float
    result: Result


def bench() -> list[Row]:
    """All measures of growth."""
    interpreter.tune()
    with chat_server() as url, tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_bench(url, Path(folder)))


async def _bench(url: str, folder: Path) -> list[Row]:
    crowds = [await make_crowd(folder, people) for people in SIZES]
    try:
        rows = [_made(crowds[-1]), *await _screens(url, folder, crowds)]
        return [*rows, *await _web(folder, crowds)]
    finally:
        for crowd in crowds:
            await crowd.shop.store.close()


def _made(crowd: Crowd) -> Row:
    said = f"{crowd.size / 1e9:.2f} GB, made in {crowd.seconds:.0f} s"
    clicks = crowd.people * CLICKS
    return Row(f"store of {crowd.people:,} distributors, {clicks:,} clicks", None, said, "")


async def _screens(url: str, folder: Path, crowds: Sequence[Crowd]) -> list[Row]:
    chance, keys = random.Random(20260304), count(1)
    runs: dict[str, list[list[Run]]] = {screen: [[] for _ in crowds] for screen in SCREENS}
    for _ in range(ROUNDS):
        for index, crowd in enumerate(crowds):
            async with ours(url, crowd.shop.store, folder) as reply:
                for screen, write in SCREENS.items():
                    runs[screen][index].append(await _draw(reply, write, crowd, chance, keys))
    return [_screen_row(screen, [each[1:] for each in of_sizes]) for screen, of_sizes in runs.items()]


async def _draw(reply: Answer, write: Write, crowd: Crowd, chance: random.Random, keys: Iterator[int]) -> Run:
    drawn = [FIRST_PERSON + chance.randrange(crowd.people) for _ in range(UPDATES)]
    return await run(reply, [write(next(keys), person) for person in drawn])


def _screen_row(screen: str, of_sizes: Sequence[Sequence[Run]]) -> Row:
    """The first round has warmed caches and is not among these."""
    cpus = [statistics.median(each.cpu for each in runs) for runs in of_sizes]
    p50s = [statistics.median(each.p50 for each in runs) for runs in of_sizes]
    p95s = [max(each.p95 for each in runs) for runs in of_sizes]
    said = f"CPU {_ms(cpus)}, p50 {_ms(p50s)}, worst p95 {_ms(p95s)} ms"
    ratio = cpus[-1] / cpus[0]
    goal = f"<= {MOST:.2f}, p95 < {SLOWEST * 1000:.0f} ms"
    return Row(f"{screen} at {_sizes()}", ratio, said, goal, ratio <= MOST and p95s[-1] < SLOWEST)


async def _web(folder: Path, crowds: Sequence[Crowd]) -> list[Row]:
    redirects: list[list[Cost]] = [[] for _ in crowds]
    events: list[list[Cost]] = [[] for _ in crowds]
    chance, numbers = random.Random(20260305), count()
    for _ in range(ROUNDS):
        for index, crowd in enumerate(crowds):
            codes = [crowd.code(number) for number in chance.sample(range(1, crowd.people + 1), LINKS)]
            port, runner = await _serve(crowd, folder)
            clicks = [_click(code) for code in codes] * (REDIRECTS // LINKS)
            redirects[index].append(await _load(folder, port, clicks, "302"))
            told = [order_event(crowd.shop, codes[number % LINKS], next(numbers)) for number in range(EVENTS)]
            events[index].append(await _load(folder, port, told, "202"))
            await runner.cleanup()
    return [_web_row("redirects to links drawn anew", redirects), _web_row("order events", events)]


async def _serve(crowd: Crowd, folder: Path) -> tuple[int, web.AppRunner]:
    settings = Settings(_env_file=None, data_dir=folder / f"data-{crowd.people}")
    runner = web.AppRunner(build_web(Context(crowd.shop.store, settings, SystemClock())), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner.addresses[0][1], runner


def _click(code: str) -> bytes:
    agent = b"Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36"
    return b"GET /r/%s HTTP/1.1\r\nHost: go\r\nUser-Agent: %s\r\n\r\n" % (code.encode(), agent)


async def _load(folder: Path, port: int, requests: Sequence[bytes], expected: str) -> Cost:
    file = folder / "requests.pickle"
    file.write_bytes(pickle.dumps(list(requests)))
    cpu = time.process_time()
    result = await asyncio.to_thread(run_load, Order(port, str(file), CONNECTIONS, 0))
    assert result.statuses == {expected: len(requests)}, result.statuses
    return Cost((time.process_time() - cpu) / len(requests), result)


def _web_row(what: str, of_sizes: Sequence[Sequence[Cost]]) -> Row:
    cpus = [statistics.median(each.cpu for each in costs) for costs in of_sizes]
    rates = [statistics.median(each.result.rate for each in costs) for costs in of_sizes]
    p99s = [statistics.median(each.result.p99_ms for each in costs) for costs in of_sizes]
    said = (
        f"CPU {_ms(cpus)} ms, {' / '.join(f'{rate:,.0f}' for rate in rates)} a second, "
        f"p99 {' / '.join(f'{p99:.0f}' for p99 in p99s)} ms"
    )
    ratio = cpus[-1] / cpus[0]
    return Row(f"{what} at {_sizes()}", ratio, said, f"<= {MOST:.2f}", ratio <= MOST)


def _ms(seconds: Sequence[float]) -> str:
    return " / ".join(f"{each * 1000:.2f}" for each in seconds)


def _sizes() -> str:
    return " / ".join(f"{size:,}" for size in SIZES)
