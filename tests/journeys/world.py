"""The product's chat side against the sandbox: a real store, a real gateway, requests over HTTP."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import zxingcpp
from PIL import Image
from telegram import Bot

from bot.clock import SetClock
from bot.context import ChatContext
from bot.gateway.clock import SystemClock
from bot.gateway.gateway import Gateway
from bot.gateway.pacing import Pacing
from bot.gateway.speed import UNLIMITED
from bot.gateway.transport import AiohttpRequest
from bot.media.studio import PosterStudio, drawing_process
from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.chat.phone import PATIENCE, Phone
from bot.sandbox.chat.state import Message
from bot.sandbox.server import Sandbox
from bot.settings import Settings
from handlers.chat.router import handle
from jobs.outbox import Sender
from models.store.engine import Store
from tests.bot.sandbox.bot_api import watch
from tests.builders import Shop

ADDRESS = "https://go.shop.example"


@cache
def _drawing() -> ProcessPoolExecutor:
    """One drawing process for all worlds: starting one takes longer than most stories."""
    return drawing_process()


@dataclass
class World:
    """A running bot and the people who may talk to it."""

    context: ChatContext
    sandbox: Sandbox
    clock: SetClock

    @property
    def now(self) -> datetime:
        """The bot's time."""
        return self.clock.now()

    def later(self, **spans: float) -> datetime:
        """Move the bot's time on."""
        self.clock.set(self.clock.now() + timedelta(**spans))
        return self.clock.now()

    def phone(self, name: str = "Mei", *, language_code: str = "en") -> Phone:
        """A new person."""
        return self.sandbox.phone(name, language_code=language_code)

    def with_settings(self, settings: Settings) -> ChatContext:
        """The bot's part of the house under other settings."""
        return replace(self.context, settings=settings)

    async def drain(self) -> None:
        """Send every notice that is due."""
        context = self.context
        sender = Sender(context.store, context.gateway, context.clock, bot_id=context.gateway.bot_id)
        await sender.drain()

    def requests(self, method: str) -> int:
        """How often the bot called a method."""
        return len(self.sandbox.journal.entries(method))


@asynccontextmanager
async def chat_world(
    store: Store, now: datetime, tmp_path: Path, request: AiohttpRequest | None = None
) -> AsyncIterator[World]:
    """A bot that reads its updates from the sandbox one by one; every request must be a right one.

    `request` is the wire over which it answers, when that is to be another.
    """
    clock = SetClock(now)
    async with Sandbox(limits=NO_LIMITS) as sandbox:
        wrong = watch(sandbox.journal)
        request, reading = request or AiohttpRequest(), AiohttpRequest()
        bot = Bot(
            sandbox.token,
            base_url=f"{sandbox.api_url}/bot",
            base_file_url=f"{sandbox.api_url}/file/bot",
            request=request,
            get_updates_request=reading,
        )
        studio = PosterStudio(folder=tmp_path / "posters", pool=_drawing())
        async with bot:
            context = ChatContext(
                store=store,
                settings=Settings(_env_file=None, public_url=ADDRESS, data_dir=tmp_path),
                clock=clock,
                gateway=Gateway(bot, pacing=Pacing(SystemClock(), UNLIMITED)),
                studio=studio,
                bot_username=sandbox.bot.username,
            )
            reader = asyncio.create_task(_read(bot, context))
            try:
                yield World(context, sandbox, clock)
                if reader.done():
                    reader.result()
            finally:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
                await studio.close()
        assert wrong == []


async def _read(bot: Bot, context: ChatContext) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=5):
            offset = update.update_id + 1
            await handle(context, update)


async def go(phone: Phone, label: str, text: str) -> Message:
    """Tap a button and wait until the newest card shows a text."""
    await phone.tap(label)
    return await phone.sees(text)


async def settled(world: World, phone: Phone) -> Message:
    """The bot's newest message, once everything that was asked of the bot is done."""
    async with asyncio.timeout(PATIENCE):
        while world.sandbox.chat.updates.pending():  # noqa: ASYNC110 - confirmed over HTTP when handled
            await asyncio.sleep(0.001)
    return phone.last


async def open_by(world: World, phone: Phone, label: str) -> Message:
    """Tap a button; the newest message once all is done."""
    await phone.tap(label)
    return await settled(world, phone)


async def say(world: World, phone: Phone, text: str) -> Message:
    """Write a text; the newest message once all is done."""
    phone.write(text)
    return await settled(world, phone)


def bare(text: str) -> str:
    """A text without the marks that isolate names."""
    return text.replace("\u2068", "").replace("\u2069", "")


async def joined(world: World, shop: Shop, name: str = "Mei", *, language_code: str = "en") -> Phone:
    """Somebody who promotes the shop."""
    phone = world.phone(name, language_code=language_code)
    await phone.reply_to(f"/start {shop.merchant.public_id}")
    _, button = phone.button(f"join:yes:{shop.merchant.public_id}")
    await phone.tap(button.data or "")
    await settled(world, phone)  # home takes the invitation's place, as a message of its own
    return phone


def labels(message: Message) -> list[str]:
    """The words on a message's buttons."""
    return [bare(b.label) for row in (message.keyboard.rows if message.keyboard else ()) for b in row]


def copied(message: Message) -> str:
    """What the message's copy button copies."""
    rows = message.keyboard.rows if message.keyboard else ()
    values = [button.value for row in rows for button in row if button.action == "copy_text"]
    assert isinstance(values[0], dict)
    return str(values[0]["text"])


def decoded(message: Message) -> str:
    """What an independent reader reads off the poster that arrived."""
    assert isinstance(message.media, Photo)
    with Image.open(io.BytesIO(message.media.content)) as poster:
        [code] = zxingcpp.read_barcodes(poster)
    return str(code.text)
