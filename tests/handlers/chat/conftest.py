"""What the stories of money begin with: a shop with the base plan and two products."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.store.engine import Store
from tests.builders import Shop, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    shop = await open_shop(store, now)
    await shop.plan()
    await shop.product("LAMP", category="lights")
    await shop.product("MUG")
    return shop
