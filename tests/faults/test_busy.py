"""The store is locked by somebody else: a sentence within five seconds, nothing half done (operations.md B2, E2)."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from models.errors import StoreBusy
from models.funnel.events import EventStatus
from models.funnel.links import Link
from models.people.merchants import lock_merchant
from models.store.engine import Store
from tests.builders import Shop, line
from tests.faults.only import on_sqlite
from tests.models.books import assert_books_in_order, click, order_of, transfers

PATIENCE_SECONDS = 5


@asynccontextmanager
async def held_by_somebody(shop: Shop) -> AsyncIterator[None]:
    """Another process has the file, or the merchant's row, and keeps it."""
    if shop.store.is_sqlite:
        other = sqlite3.connect(str(shop.store.path), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()
        return
    other_store = Store(shop.store.url.render_as_string(hide_password=False))
    try:
        async with other_store.write() as session:
            await lock_merchant(session, shop.merchant.id)
            yield
    finally:
        await other_store.close()


async def test_all_who_wait_hear_of_it_in_time_and_nothing_is_kept(shop: Shop) -> None:
    events = [shop.paid(f"late{number}", line()) for number in range(3)]
    before = await transfers(shop)

    async with held_by_somebody(shop):
        started = time.monotonic()
        answers = await asyncio.gather(*(shop.tell(event) for event in events), return_exceptions=True)
        waited = time.monotonic() - started
        # Readers go on meanwhile.
        assert (await order_of(shop, "1")).order_ref == "1"

    assert [type(answer) for answer in answers] == [StoreBusy] * 3
    assert waited < PATIENCE_SECONDS
    assert await transfers(shop) == before
    [receipt] = await shop.tell(events[0])
    assert receipt.status is EventStatus.ACCEPTED
    await assert_books_in_order(shop.store)


@on_sqlite  # on PostgreSQL clicks wait for nobody's row
async def test_a_click_hears_of_it_too(shop: Shop) -> None:
    link: Link = await shop.link(await shop.distributor("bo"))

    async with held_by_somebody(shop):
        with pytest.raises(StoreBusy):
            await click(shop, link, shop.now)

    await click(shop, link, shop.now)
