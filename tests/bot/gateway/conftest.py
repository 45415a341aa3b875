"""A gateway, a chat server on a real socket and a clock that jumps."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from telegram import Bot

from bot.gateway.gateway import Gateway
from tests.bot.gateway.clock import JumpingClock
from tests.bot.gateway.double import TOKEN, ChatServer, HeldRequest, running


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
async def server(clock: JumpingClock) -> AsyncIterator[ChatServer]:
    async with running(ChatServer(clock)) as server:
        yield server


@pytest.fixture
async def bot(server: ChatServer, clock: JumpingClock) -> AsyncIterator[Bot]:
    request = HeldRequest(clock)
    await request.initialize()
    yield Bot(TOKEN, base_url=f"{server.url}/bot", request=request, get_updates_request=request)
    await request.shutdown()


@pytest.fixture
def gateway(bot: Bot, clock: JumpingClock) -> Gateway:
    return Gateway(bot, clock=clock)
