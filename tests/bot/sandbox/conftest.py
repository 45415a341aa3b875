"""What these stories start with: a running sandbox, and a bot's bare HTTP hands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.server import Sandbox
from tests.bot.sandbox.hands import Clock, Hands


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
