"""A shop that opened under the base plan, for stories."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.store.engine import Store
from tests.builders import Shop, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A merchant in pounds with the base plan and one lamp."""
    shop = await open_shop(store, now)
    await shop.plan()
    await shop.product("LAMP", category="lights")
    return shop
