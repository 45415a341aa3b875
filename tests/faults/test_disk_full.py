"""The disk is full: busy, no half transaction, reads go on, and it recovers without a restart (operations.md E2)."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from models.errors import StoreBusy
from models.funnel.events import EventStatus
from tests.builders import Shop, line
from tests.faults.only import on_postgres, on_sqlite
from tests.models.books import assert_books_in_order, order_of, transfers

PLENTY = 1_000_000


async def limit_pages(shop: Shop, spare: int) -> None:
    """Let the file grow by so many pages and no more, which SQLite reports as a full disk."""
    async with shop.store.write() as session:
        pages = (await session.execute(text("PRAGMA page_count"))).scalar_one()
        await session.execute(text(f"PRAGMA max_page_count={pages + spare}"))


@on_sqlite  # PostgreSQL's disk is the server's; how it says so is read below
async def test_a_full_disk_refuses_whole_and_recovers(shop: Shop) -> None:
    code = (await shop.link(await shop.distributor("bo"))).code
    crowd = [
        shop.paid(f"o{number}", *(line(str(place)) for place in range(30)), code=code) for number in range(20)
    ]
    before = await transfers(shop)
    await limit_pages(shop, spare=4)

    with pytest.raises(StoreBusy):
        await shop.tell(*crowd)

    assert await transfers(shop) == before
    assert (await order_of(shop, "1")).order_ref == "1"
    await assert_books_in_order(shop.store)
    with pytest.raises(StoreBusy):
        await shop.tell(*crowd)

    await limit_pages(shop, spare=PLENTY)

    assert [receipt.status for receipt in await shop.tell(*crowd)] == [EventStatus.ACCEPTED] * len(crowd)
    assert await transfers(shop) == before + len(crowd)
    await assert_books_in_order(shop.store)


@on_postgres
@pytest.mark.parametrize("state", ["53100", "40001", "57P01"])
async def test_postgres_passing_errors_are_read_as_busy(shop: Shop, state: str) -> None:
    with pytest.raises(StoreBusy):
        async with shop.store.write() as session:
            await session.execute(
                text(f"DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '{state}'; END $$")
            )
