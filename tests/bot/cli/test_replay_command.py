"""`tuike replay` against a receiver, from outside and with a store."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.cli.link_codes import codes_in_store, codes_over_http
from models.errors import Invalid
from models.funnel.links import LinkState, set_link_state
from models.store.engine import Store
from tests.bot.cli.conftest import PROJECT
from tests.bot.imports.exports import export, line
from tests.bot.imports.receiver import SECRET, Receiver, answering, receiving
from tests.builders import open_shop


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


async def tuike(folder: Path, *arguments: str) -> Done:
    """The installed command in a process of its own, in an empty folder."""
    running = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT), "DATA_DIR": str(folder / "kept"), "DATABASE_URL": ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await running.communicate()
    assert running.returncode is not None
    return Done(running.returncode, out.decode(), err.decode())


async def test_a_shop_replays_its_history_from_a_machine_without_a_store(tmp_path: Path) -> None:
    path = export(tmp_path, line("1001"), line("1002"), "broken", line("C1003", quantity=-6))
    receiver = Receiver(refused={"1002:paid"})

    async with receiving(receiver) as target:
        done = await tuike(
            *(tmp_path, "replay", str(path), "--url", target.url),
            *("--merchant", "m1", "--secret", SECRET, "--batch", "2", "--json"),
        )

    replayed = json.loads(done.out)
    assert done.code == 0
    assert (replayed["events"], replayed["sent"], replayed["bad"]) == (3, 3, 1)
    assert replayed["answers"] == {"accepted": 2, "rejected": 1}
    assert replayed["treatments"]["orders"] == 2
    assert "line 4: " in done.err
    assert "rejected 1002:paid: currency: unknown" in done.err
    assert receiver.sizes == [2, 1]
    assert not (tmp_path / "kept").exists()


async def test_a_receiver_that_refuses_stops_the_replay_with_a_sentence(tmp_path: Path) -> None:
    path = export(tmp_path, line("1001"))

    async with receiving(Receiver(faults=[answering(404)])) as target:
        done = await tuike(
            *(tmp_path, "replay", str(path), "--url", target.url, "--merchant", "m1", "--secret", SECRET)
        )

    assert (done.code, done.out) == (1, "")
    assert "answered 404 (is the events path right?)" in done.err
    assert "0 events were answered; doing it again is safe." in done.err
    assert "Traceback" not in done.err


async def test_codes_come_from_the_active_links_in_the_store(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    mei = await shop.distributor("mei")
    active = await shop.link(mei)
    await shop.product("LAMP")
    paused = await shop.link(mei, sku="LAMP")
    async with store.write() as session:
        await set_link_state(session, paused, LinkState.PAUSED)

    assert await codes_in_store(store, shop.merchant) == (active.code,)


@pytest.fixture
async def links_api() -> AsyncIterator[str]:
    """Two pages of links behind a key."""

    async def answer(request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer tk_right":
            return web.json_response({"title": "no"}, status=401)
        second = request.query.get("cursor") == "n=xt"
        codes, cursor = (["CCCC2222"], None) if second else (["AAAA2222", "BBBB2222"], "n=xt")
        items = [{"code": code, "state": "active"} for code in codes] + [{"code": "P", "state": "paused"}]
        return web.json_response({"items": items, "next_cursor": cursor})

    app = web.Application()
    app.router.add_get("/v1/links", answer)
    server = TestServer(app)
    await server.start_server()
    yield str(server.make_url("/"))
    await server.close()


async def test_codes_come_over_http_page_by_page(links_api: str) -> None:
    assert await codes_over_http(links_api, "tk_right") == ("AAAA2222", "BBBB2222", "CCCC2222")


async def test_a_wrong_key_or_address_is_said_in_a_sentence(links_api: str) -> None:
    with pytest.raises(Invalid, match="answered 401 when asked for links; is the API key right"):
        await codes_over_http(links_api, "tk_wrong")
    with pytest.raises(Invalid, match="can't be asked for links"):
        await codes_over_http("http://127.0.0.1:1", "tk_right")
