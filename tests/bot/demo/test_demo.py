"""The demo as a whole: everything running on free ports, and a sale from Mei's link to Mei's notice."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from asyncio import create_subprocess_exec, timeout
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import TypeVar

import aiohttp
import pytest
from pydantic import BaseModel

from bot.app import PortInUse
from bot.demo import ChatPortInUse, Demo, DemoReady, DemoRuns, open_demo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.market.cast import MEI, TOM, Chatter
from bot.settings import Settings
from tests.bot.demo.buyer import browsing

CHILLI_LIGHTS = "79321"


def phone(demo: Demo, chatter: Chatter) -> Phone:
    people = demo.sandbox.people
    return Phone(people, people.get(chatter.chat_id))


class Attribution(BaseModel):
    distributor: str
    rule: str


class Commission(BaseModel):
    amount_minor: int


class Order(BaseModel):
    state: str
    attribution: Attribution
    commissions: list[Commission]


class Link(BaseModel):
    code: str
    sku: str | None


class Links(BaseModel):
    items: list[Link]


R = TypeVar("R", bound=BaseModel)


async def asked(demo: Demo, path: str, kind: type[R]) -> R:
    """What the API answers to the demo's own key."""
    headers = {"Authorization": f"Bearer {demo.ready.api_key}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(demo.ready.url + path, headers=headers) as answer,
    ):
        assert answer.status == 200
        return kind.model_validate_json(await answer.text())


async def test_a_sale_by_meis_link(settings: Settings) -> None:
    async with open_demo(settings) as demo:
        mei, tom = phone(demo, MEI), phone(demo, TOM)

        # Given Mei's and Tom's chats, which open with their homes in their languages
        home = await mei.sees("今日预估")
        await tom.sees("Available now")
        assert "演示数据" in home.body.text

        # When Mei writes /start, she sees her home anew
        again = await mei.reply_to("/start")
        assert "今日预估" in again.body.text

        # When somebody follows one of her links and buys four pieces
        links = (await asked(demo, "/v1/links?distributor=mei", Links)).items
        code = next(
            link.code for link in links if link.sku == CHILLI_LIGHTS and link.code in demo.ready.codes
        )
        async with browsing() as alex:
            product = await alex.follows(f"{demo.ready.url}/r/{code}")
            assert f"/products/{CHILLI_LIGHTS}?tk_code={code}&tk_visitor=" in product
            order_id = await alex.buys(product, 4)

        # Then the API shows her order and what it earns: 15 % on lights, postage aside
        order = await asked(demo, f"/v1/orders/{order_id}", Order)
        assert order.state == "paid"
        assert order.attribution == Attribution(distributor="mei", rule="code")
        assert [row.amount_minor for row in order.commissions] == [297]

        # And Mei is told in her chat
        notice = await mei.sees(order_id)
        assert "2.97" in notice.body.text

        # And her entries begin with it
        mine = await mei.reply_to("/earn")
        await mei.tap("明细")
        entries = await mei.sees(order_id, message_id=mine.id)
        assert "2.97" in entries.body.text


async def test_what_stands_in_the_way_is_said_in_one_sentence(settings: Settings, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]

        with pytest.raises(PortInUse, match=f"Port {port}"):
            async with open_demo(settings.model_copy(update={"http_port": port})):
                pass
        with pytest.raises(ChatPortInUse, match=f"Port {port} is in use; choose another"):
            async with open_demo(settings, chat_port=port):
                pass

    (tmp_path / "a-file").write_text("")
    with pytest.raises(Exception, match=r"The data folder .* can't be used"):
        async with open_demo(settings.model_copy(update={"data_dir": tmp_path / "a-file"})):
            pass


async def _started(folder: Path) -> tuple[Process, DemoReady]:
    demo = await create_subprocess_exec(
        sys.executable, "-m", "bot", "demo", "--port", "0", "--data", str(folder), "--no-browser", "--json",
        stdout=PIPE, stderr=PIPE, env={**os.environ, "DATABASE_URL": "", "PUBLIC_URL": ""},
    )  # fmt: skip
    assert demo.stdout is not None
    async with timeout(90):
        line = await demo.stdout.readline()
    assert line, (await demo.communicate())[1].decode()
    assert set(json.loads(line)) == {
        "url", "chat_url", "merchant_id", "events_path", "api_key", "webhook_secret", "currency", "codes",
    }  # fmt: skip
    return demo, DemoReady.model_validate_json(line)


async def _stopped(demo: Process, how: signal.Signals) -> str:
    """The rest of what it printed, once it has ended well."""
    demo.send_signal(how)
    async with timeout(30):
        rest, _ = await demo.communicate()
    assert demo.returncode == 0
    return rest.decode()


async def test_the_command_prints_one_line_and_starts_again_as_it_was(
    folder: Path, settings: Settings
) -> None:
    # Given a demo started from the command line
    demo, ready = await _started(folder)
    assert ready.url.startswith("http://127.0.0.1:")
    assert ready.events_path == f"/v1/events/{ready.merchant_id}"
    assert len(ready.codes) >= 3

    # Then another on the same data is refused
    with pytest.raises(DemoRuns, match="--data DIR"):
        async with open_demo(settings):
            pass

    # When it is stopped, it ends well and has printed nothing more
    assert await _stopped(demo, signal.SIGINT) == ""

    # And a second start has the same keys and links
    demo, again = await _started(folder)
    assert await _stopped(demo, signal.SIGTERM) == ""
    same = {"merchant_id", "api_key", "webhook_secret", "codes"}
    assert again.model_dump(include=same) == ready.model_dump(include=same)
