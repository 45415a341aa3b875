"""What journeys begin with: a shop with a plan and goods, and the bot in the sandbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from models.store.engine import Store
from tests.builders import Shop, open_shop
from tests.journeys.world import World, chat_world


@pytest.fixture
async def world(store: Store, now: datetime, tmp_path: Path) -> AsyncIterator[World]:
    async with chat_world(store, now, tmp_path) as running:
        yield running


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    shop = await open_shop(store, now)
    await shop.plan()
    await shop.product("LAMP", category="lights", price_minor=1999)
    await shop.product("MUG", price_minor=255)
    return shop
