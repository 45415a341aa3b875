"""A shop that opened, and has sold and refunded once."""

from __future__ import annotations

from datetime import datetime

import pytest

from models.store.engine import Store
from tests.builders import Shop, line, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A shop with one order in its ledger, refunded in part."""
    shop = await open_shop(store, now)
    await shop.plan()
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code), shop.refunded("1", amount_minor=300))
    return shop
