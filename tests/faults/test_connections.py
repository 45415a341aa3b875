"""Each connection of a store keeps our rules, the raw one of the clicks too (operations.md A1, E1)."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from models.store.engine import READERS, OnlyReading, Store
from tests.builders import Shop
from tests.faults.only import on_postgres, on_sqlite

EXPECTED = {"foreign_keys": 1, "synchronous": 2, "journal_mode": "wal", "busy_timeout": 4000, "temp_store": 2}


@on_sqlite
async def test_every_reader_and_the_writer_have_the_pragmas(store: Store) -> None:
    everyone_here = asyncio.Barrier(READERS)

    async def reader() -> dict[str, object]:
        async with store.read() as session:
            found = {name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in EXPECTED}
            await everyone_here.wait()
            return found

    assert await asyncio.gather(*(reader() for _ in range(READERS))) == [EXPECTED] * READERS
    async with store.write() as session:
        found = {name: (await session.execute(text(f"PRAGMA {name}"))).scalar_one() for name in EXPECTED}
    assert found == EXPECTED


@on_sqlite
async def test_the_clicks_connection_has_the_pragmas(store: Store) -> None:
    def ask(connection: sqlite3.Connection) -> dict[str, object]:
        return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name in EXPECTED}

    async def never(_: object) -> dict[str, object]:
        raise AssertionError

    assert await store.raw_write(ask, never) == EXPECTED


@on_sqlite
async def test_a_write_holds_the_file_from_its_first_statement(store: Store) -> None:
    async with store.write() as session:
        await session.execute(text("SELECT 1"))
        other = sqlite3.connect(str(store.path), isolation_level=None, timeout=0)
        try:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        finally:
            other.close()


async def test_a_reader_that_would_change_something_is_refused(shop: Shop) -> None:
    with pytest.raises(OnlyReading):
        async with shop.store.read() as session:
            await session.execute(text("UPDATE merchant SET name = 'other'"))

    async with shop.store.read() as session:
        assert (await session.execute(text("SELECT name FROM merchant"))).scalar_one() == shop.merchant.name


async def test_a_row_that_refers_to_nothing_is_refused(store: Store) -> None:
    with pytest.raises(IntegrityError):
        async with store.write() as session:
            await session.execute(
                text(
                    "INSERT INTO account (id, merchant_id, kind, holder_id, currency, balance_minor) "
                    "VALUES (1, 1, 'held', 0, 'GBP', 0)"
                )
            )


@on_postgres
async def test_a_postgres_lock_is_not_waited_for_without_end(store: Store) -> None:
    async with store.read() as session:
        assert (await session.execute(text("SHOW lock_timeout"))).scalar_one() == "2s"
