"""Redirects beside a bare 302, and order events at 32 connections (operations.md H)."""

from __future__ import annotations

import asyncio
import json
import pickle
import statistics
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from standardwebhooks import Webhook

from bot import interpreter
from bot.clock import SystemClock
from bot.context import Context
from bot.settings import Settings
from handlers.web.app import build_web
from handlers.web.keys import DESKS
from models.people.distributors import Distributor
from models.store.engine import Store
from models.store.migrate import migrate
from tests.bench.load import Order, Result, run_load
from tests.bench.rows import Row
from tests.builders import Shop, open_shop
from tests.models.sales.plans import ISSUE_PLAN

ROUNDS = 5
SECONDS = 2.0
BUYERS = 128
SHOPS = 32
EVENTS = 6_000
SELLERS = 60
TEAMS = 5


def bench() -> list[Row]:
    """All measures of the web side."""
    interpreter.tune()
    return asyncio.run(_bench())


async def _bare(_: web.Request) -> web.StreamResponse:
    return web.Response(
        status=302, headers={"Location": "https://shop.example/?a=b", "Cache-Control": "no-store"}
    )


async def _bench() -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        store, shop, app = await _open(Path(folder))
        app.router.add_get("/bare", _bare)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            redirects = await _redirects(Path(folder), shop, port, app)
            events = await _events(Path(folder), shop, port)
            whole = await _whole_plan(Path(folder), store, port)
        finally:
            await runner.cleanup()
            await store.close()
    return [*redirects, events, whole]


async def _open(folder: Path) -> tuple[Store, Shop, web.Application]:
    url = f"sqlite:///{folder / 'bench.db'}"
    await migrate(url)
    store = Store(url)
    shop = await open_shop(store, datetime.now(UTC))
    await shop.plan()
    await shop.product("LAMP", category="lights")
    settings = Settings(_env_file=None, data_dir=folder / "data")
    return store, shop, build_web(Context(store, settings, SystemClock()))


async def _load(
    folder: Path, requests: list[bytes], port: int, seconds: float, connections: int = BUYERS
) -> Result:
    file = folder / "requests.pickle"
    file.write_bytes(pickle.dumps(requests))
    return await asyncio.to_thread(run_load, Order(port, str(file), connections, seconds))


async def _redirects(folder: Path, shop: Shop, port: int, app: web.Application) -> list[Row]:
    link = await shop.link(await shop.distributor())
    agent = (
        b"User-Agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36\r\n"
    )
    ours = [b"GET /r/%s HTTP/1.1\r\nHost: go\r\n%s\r\n" % (link.code.encode(), agent)]
    bare = [b"GET /bare HTTP/1.1\r\nHost: go\r\n%s\r\n" % agent]
    await _load(folder, ours, port, 0.5)
    pairs = [
        (await _load(folder, bare, port, SECONDS), await _load(folder, ours, port, SECONDS))
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(mine.rate / other.rate for other, mine in pairs)
    slower = statistics.median(mine.p99_ms / other.p99_ms for other, mine in pairs)
    other, mine = pairs[-1]
    spooled = app[DESKS].metrics.clicks_spooled._value.get()
    return [
        Row(
            "redirect, fsync per group",
            ratio,
            f"{mine.rate:,.0f}/s against {other.rate:,.0f}/s bare; {spooled:.0f} clicks spooled",
            ">= 0.70",
            ratio >= 0.70,
        ),
        Row(
            "redirect p99",
            slower,
            f"{mine.p99_ms:.1f} ms against {other.p99_ms:.1f} ms bare",
            "<= 2.00",
            slower <= 2.0,
        ),
    ]


async def _events(folder: Path, shop: Shop, port: int) -> Row:
    person = await shop.person(77)
    link = await shop.link(await shop.distributor("events", person=person))
    requests = [order_event(shop, link.code, number) for number in range(EVENTS)]
    result = await _load(folder, requests, port, 0, SHOPS)
    assert result.statuses == {"202": EVENTS}, result.statuses
    met = result.rate >= 500 and result.p99_ms < 250
    return Row(
        "order events, 32 connections, durable",
        None,
        f"{result.rate:,.0f}/s, p50 {result.p50_ms:.0f} ms, p99 {result.p99_ms:.0f} ms",
        ">= 500/s, p99 < 250 ms",
        met,
    )


async def _whole_plan(folder: Path, store: Store, port: int) -> Row:
    """The same under a plan with levels, teams, bonuses, a ladder and caps, sold by sixty people in five teams."""
    shop = await open_shop(store, datetime.now(UTC))
    await shop.plan(ISSUE_PLAN)
    await shop.product("LAMP", category="lights")
    people: list[Distributor] = []
    for number in range(SELLERS):
        sponsor = people[number % TEAMS] if number >= TEAMS else None
        people.append(await shop.distributor(f"whole-{number}", sponsor=sponsor))
    codes = [(await shop.link(person)).code for person in people]
    requests = [order_event(shop, codes[number % SELLERS], number) for number in range(EVENTS)]
    result = await _load(folder, requests, port, 0, SHOPS)
    assert result.statuses == {"202": EVENTS}, result.statuses
    return Row(
        "order events, the whole plan, 32 connections, durable",
        None,
        f"{result.rate:,.0f}/s, p50 {result.p50_ms:.0f} ms, p99 {result.p99_ms:.0f} ms",
        ">= 300/s",
        result.rate >= 300,
    )


def order_event(shop: Shop, code: str, number: int) -> bytes:
    """A signed request that tells of a paid order of three lines."""
    now = datetime.now(UTC)
    line = {"sku": "LAMP", "quantity": 2, "unit_price": "9.95", "discount": "0.00"}
    event = {
        "id": f"bench-{number}",
        "type": "order.paid",
        "occurred_at": now.isoformat(),
        "data": {
            "order_id": f"bench-{number}",
            "customer_id": str(number % 500),
            "currency": "GBP",
            "code": code,
            "ip": "203.0.113.7",
            "lines": [{"line_id": str(index), **line} for index in range(3)],
        },
    }
    body = json.dumps(event).encode()
    signature = Webhook(shop.merchant.webhook_secret).sign(f"m{number}", now, body.decode())
    head = (
        f"POST /v1/events/{shop.merchant.public_id} HTTP/1.1\r\nHost: go\r\nContent-Type: application/json\r\n"
        f"webhook-id: m{number}\r\nwebhook-timestamp: {int(now.timestamp())}\r\nwebhook-signature: {signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    for row in bench():
        print(row)
