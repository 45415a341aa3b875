"""Two processes that read, add and write lose nothing (operations.md A1); without our rules they do."""

from __future__ import annotations

from datetime import datetime

from models.store.deployment import keep, kept
from models.store.engine import Store
from tests.builders import open_shop
from tests.faults.processes import run_together
from tests.faults.writers import COUNTER

TIMES = 200


async def count_with_two(store: Store, database_url: str, now: datetime, job: str) -> int:
    shop = await open_shop(store, now)
    async with store.write() as session:
        await keep(session, COUNTER, "0")

    await run_together([[job, database_url, str(TIMES), str(shop.merchant.id)]] * 2)

    async with store.read() as session:
        return int(await kept(session, COUNTER) or 0)


async def test_two_processes_lose_no_update(store: Store, database_url: str, now: datetime) -> None:
    assert await count_with_two(store, database_url, now, "count") == 2 * TIMES


async def test_guard_without_our_rules_updates_are_lost(
    store: Store, database_url: str, now: datetime
) -> None:
    assert await count_with_two(store, database_url, now, "count_unguarded") < 2 * TIMES
