"""What these stories start with: a running sandbox, and a bot's bare HTTP hands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from telegram import Bot

from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.bot_api import complaints, wrong_answers
from tests.bot.sandbox.ears import Ears
from tests.bot.sandbox.hands import Clock, Hands
from tests.bot.sandbox.rooms import ann, bob, channel, forum, group

__all__ = ["ann", "bob", "channel", "forum", "group"]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(limits=NO_LIMITS, clock=clock, webhook_wait=0.01) as running:
        yield running


@pytest.fixture
async def hands(sandbox: Sandbox) -> AsyncIterator[Hands]:
    async with aiohttp.ClientSession() as session:
        yield Hands(sandbox, session)


@pytest.fixture
async def ears(sandbox: Sandbox) -> AsyncIterator[Ears]:
    """The library's bot; what it asked and what it was answered fits the Bot API's description."""
    base = sandbox.api_url
    async with Bot(sandbox.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        yield Ears(bot)
    assert complaints(sandbox.journal) == []
    assert wrong_answers(sandbox.journal) == []
