"""What the chat server lists of the bot: put in place at the start, put right when somebody changed it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from telegram import Bot

from bot.clock import SetClock
from bot.context import ChatContext
from bot.gateway.gateway import Gateway
from bot.gateway.transport import AiohttpRequest
from bot.media.studio import PosterStudio
from bot.sandbox.chat.faults import Fault, FaultKind
from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from handlers.chat import registering
from handlers.chat.registering import register
from models.store.engine import Store
from tests.bot.sandbox.bot_api import watch

LISTED = ["start", "goods", "earn", "settings", "help"]
SCOPES = ["all_private_chats", "all_group_chats", "all_chat_administrators", "default"]
LANGUAGES = ["", "en", "zh"]


@dataclass
class Waits:
    """A pause that ends when the test says so, and the seconds that were asked for."""

    asked: list[float] = field(default_factory=list)
    began: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, seconds: float) -> None:
        self.asked.append(seconds)
        self.began.set()
        await self.over.wait()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=NO_LIMITS) as running:
        wrong = watch(running.journal)
        yield running
        assert wrong == []


@pytest.fixture
async def context(sandbox: Sandbox, tmp_path: Path, now: datetime) -> AsyncIterator[ChatContext]:
    request = AiohttpRequest(read_timeout=5)
    bot = Bot(
        sandbox.token,
        base_url=f"{sandbox.api_url}/bot",
        request=request,
        get_updates_request=request,
    )
    store = Store(f"sqlite:///{tmp_path}/unused.db")
    studio = PosterStudio(folder=tmp_path / "posters")
    async with bot:
        settings = Settings(_env_file=None, data_dir=tmp_path)
        yield ChatContext(
            store=store,
            settings=settings,
            clock=SetClock(now),
            gateway=Gateway(bot),
            studio=studio,
            bot_username=sandbox.bot.username,
        )
    await studio.close()
    await store.close()


def changes(sandbox: Sandbox) -> list[str]:
    """The methods that changed something."""
    return [entry.method for entry in sandbox.journal.entries() if entry.method.startswith(("set", "delete"))]


async def test_commands_are_listed_in_private_chats_alone_and_in_every_language(
    context: ChatContext, sandbox: Sandbox
) -> None:
    sandbox.bot.commands["default", ""] = (("old", "Set by hand at @BotFather"),)

    await register(context)

    listed = {
        (scope, language): [name for name, _ in sandbox.bot.commands.get((scope, language), ())]
        for scope in SCOPES
        for language in LANGUAGES
    }
    assert listed == {
        (scope, language): LISTED if scope == "all_private_chats" else []
        for scope in SCOPES
        for language in LANGUAGES
    }
    assert dict(sandbox.bot.commands["all_private_chats", "zh"])["goods"] == "可推广的商品"
    assert dict(sandbox.bot.commands["all_private_chats", "en"])["goods"] == "Goods to share"


async def test_descriptions_stand_in_both_languages_and_for_all_others(
    context: ChatContext, sandbox: Sandbox
) -> None:
    await register(context)

    bot = sandbox.bot
    for words in (bot.descriptions, bot.short_descriptions):
        assert words[""].startswith("Share goods")
        assert words["zh"] != words[""]
    assert all(len(text) <= 512 for text in bot.descriptions.values())
    assert all(len(text) <= 120 for text in bot.short_descriptions.values())


async def test_a_second_start_asks_and_changes_nothing(context: ChatContext, sandbox: Sandbox) -> None:
    await register(context)
    before = len(sandbox.journal.entries())
    changed = changes(sandbox)

    await register(context)

    asked = sandbox.journal.entries()[before:]
    assert {entry.method for entry in asked} == {
        "getMyCommands",
        "getMyDescription",
        "getMyShortDescription",
        "getChatMenuButton",
    }
    assert changes(sandbox) == changed


async def test_what_somebody_changed_by_hand_is_put_right_and_nothing_else_is_sent(
    context: ChatContext, sandbox: Sandbox
) -> None:
    await register(context)
    sandbox.bot.commands["all_private_chats", "zh"] = (("start", "开始"),)
    sandbox.bot.commands["all_group_chats", ""] = (("goods", "Here too"),)
    sandbox.bot.short_descriptions[""] = "Best bot ever"
    sandbox.bot.menu_buttons[0] = {"type": "default"}
    sent = len(changes(sandbox))

    await register(context)

    assert changes(sandbox)[sent:] == [
        "setMyCommands",
        "deleteMyCommands",
        "setMyShortDescription",
        "setChatMenuButton",
    ]
    assert [name for name, _ in sandbox.bot.commands["all_private_chats", "zh"]] == LISTED
    assert sandbox.bot.short_descriptions[""] == "Share goods, earn commission, see every cent."
    assert sandbox.bot.menu_buttons[0] == {"type": "commands"}


async def test_a_server_that_cannot_tell_is_told(context: ChatContext, sandbox: Sandbox) -> None:
    sandbox.faults.plan(Fault(FaultKind.SERVER_ERROR, "getMyDescription", code=501))

    await register(context)

    assert list(sandbox.bot.descriptions) == LANGUAGES


async def test_a_part_that_is_refused_does_not_stop_the_others(
    context: ChatContext, sandbox: Sandbox
) -> None:
    sandbox.bot.menu_buttons[0] = {"type": "default"}
    sandbox.faults.plan(Fault(FaultKind.FORBIDDEN, "setMyCommands"))
    sandbox.faults.plan(Fault(FaultKind.SERVER_ERROR, "setMyDescription"))

    await register(context)

    assert sandbox.bot.commands == {}
    assert sandbox.bot.descriptions == {}
    assert list(sandbox.bot.short_descriptions) == LANGUAGES
    assert sandbox.bot.menu_buttons[0] == {"type": "commands"}


@pytest.mark.parametrize("method", ["setMyCommands", "getMyShortDescription"])
async def test_a_server_that_asks_to_wait_is_asked_nothing_until_then_and_holds_up_nobody(
    context: ChatContext, sandbox: Sandbox, method: str
) -> None:
    """Given a 429 in the middle, the start goes on, and the rest is there once the time is over."""
    waits = Waits()
    sandbox.faults.plan(Fault(FaultKind.TOO_MANY, method, times=1, retry_after=7))

    await register(context, pause=waits)
    asked = len(sandbox.journal.entries())
    [rest] = registering._later
    await waits.began.wait()

    assert waits.asked == [7.0]
    assert len(sandbox.journal.entries()) == asked
    assert sandbox.bot.short_descriptions == {}

    waits.over.set()
    await rest

    assert [name for name, _ in sandbox.bot.commands["all_private_chats", "zh"]] == LISTED
    assert list(sandbox.bot.short_descriptions) == LANGUAGES
    assert waits.asked == [7.0]


async def test_a_server_that_always_asks_to_wait_is_given_up_until_the_next_start(
    context: ChatContext, sandbox: Sandbox
) -> None:
    waits = Waits()
    waits.over.set()
    sandbox.faults.plan(Fault(FaultKind.TOO_MANY, "getMyCommands", retry_after=3600))

    await register(context, pause=waits)
    [rest] = registering._later
    await rest

    assert waits.asked == [3600.0] * registering.MOST_ROUNDS
    assert changes(sandbox) == []


async def test_a_server_that_takes_its_time_does_not_hold_up_the_start(
    context: ChatContext, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registering, "PATIENCE_SECONDS", 0.05)
    waits = Waits()
    sandbox.faults.plan(Fault(FaultKind.HANG, "getMyCommands"))

    await register(context, pause=waits)
    [rest] = registering._later
    sandbox.faults.clear()
    waits.over.set()
    await rest

    assert [name for name, _ in sandbox.bot.commands["all_private_chats", ""]] == LISTED
