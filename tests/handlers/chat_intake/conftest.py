"""A sandbox, a bot that speaks to it, and someone who writes down what is handled."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from sqlalchemy import select
from telegram import Bot, Update

from bot.clock import SetClock
from bot.gateway.transport import AiohttpRequest
from bot.sandbox.server import Sandbox
from handlers.chat.intake import Intake
from models.store.engine import Store
from models.store.sql import table_of
from models.store.updates import ChatUpdate


@dataclass(slots=True)
class Scribe:
    """Handles updates by writing down who wrote what; `fails` says how often each text is to fail."""

    texts: list[tuple[int, str]] = field(default_factory=list)
    written: asyncio.Event = field(default_factory=asyncio.Event)
    """Set whenever something was handled."""
    fails: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    gates: dict[int, asyncio.Event] = field(default_factory=dict)
    at_once: int = 0
    most_at_once: int = 0

    async def handle(self, update: Update) -> None:
        assert update.message is not None
        chat, text = update.message.chat.id, update.message.text or ""
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await asyncio.sleep(0)
            if chat in self.gates:
                await self.gates[chat].wait()
            if self.fails[text] > 0:
                self.fails[text] -= 1
                raise LookupError(text)
            self.texts.append((chat, text))
            self.written.set()
        finally:
            self.at_once -= 1

    def of(self, chat: int) -> list[str]:
        return [text for writer, text in self.texts if writer == chat]


async def at_once(_: float) -> None:
    """A pause that takes no time."""
    await asyncio.sleep(0)


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    request = AiohttpRequest()
    await request.initialize()
    yield Bot(sandbox.token, base_url=f"{sandbox.api_url}/bot", request=request, get_updates_request=request)
    await request.shutdown()


@pytest.fixture
async def open_intake(
    store: Store, bot: Bot, scribe: Scribe, now: datetime
) -> AsyncIterator[Callable[[], Intake]]:
    """Makes intakes as often as processes start; each is stopped at the end."""
    opened: list[Intake] = []

    def make() -> Intake:
        opened.append(Intake(store, bot, SetClock(now), scribe.handle, pause=at_once, at_once=4))
        return opened[-1]

    yield make
    for intake in opened:
        await intake.stop()


async def waiting(store: Store) -> list[int]:
    """The updates that are written down and not marked."""
    table = table_of(ChatUpdate)
    async with store.read() as session:
        rows = await session.execute(
            select(table.c.update_id).where(table.c.handled_at.is_(None)).order_by(table.c.update_id)
        )
        return list(rows.scalars())
