"""The schema from nothing, twice, by two at once, back and forth, and equal to the models (operations.md E4)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

import models.store.migrate as migrating
from models.store.engine import Store, async_url
from models.store.ids import new_code
from models.store.migrate import StoreUnusable, current_revision, migrate, newest_revision
from models.tables import schema
from tests.faults.processes import run_together


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A database in which nobody has been."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'tuike.db'}"
        return
    url: str = request.getfixturevalue("postgres_url")
    name = f"e_{new_code(12).lower()}"
    connection = await asyncpg.connect(url + "postgres")
    try:
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield url + name
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


async def test_from_nothing_and_again(empty_url: str) -> None:
    first = await migrate(empty_url)
    second = await migrate(empty_url)

    assert (first.before, first.after, first.backup) == (None, newest_revision(), None)
    assert (second.before, second.after, second.backup) == (newest_revision(), newest_revision(), None)
    assert await current_revision(empty_url) == newest_revision()


async def test_two_migrators_at_once_take_turns(empty_url: str) -> None:
    said = await run_together([["bring_up", empty_url]] * 2)

    assert sorted(said) == sorted([f"None {newest_revision()}", f"{newest_revision()} {newest_revision()}"])


async def test_the_migrated_schema_is_what_the_models_say(database_url: str) -> None:
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            differences = await connection.run_sync(_differences)
    finally:
        await engine.dispose()

    assert differences == []


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, schema()))


async def test_both_stores_have_the_same_tables_and_columns(store: Store) -> None:
    async with store.read() as session:
        found = await session.run_sync(
            lambda sync: {
                table: sorted(column["name"] for column in inspect(sync.connection()).get_columns(table))
                for table in inspect(sync.connection()).get_table_names()
            }
        )

    del found["alembic_version"]
    assert found == {
        table.name: sorted(column.name for column in table.columns) for table in schema().sorted_tables
    }


async def test_down_to_nothing_and_up_again(database_url: str) -> None:
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            left = await connection.run_sync(_go_down)
    finally:
        await engine.dispose()

    assert left == ["alembic_version"]
    assert (await migrate(database_url)).after == newest_revision()
    await test_the_migrated_schema_is_what_the_models_say(database_url)


def _go_down(connection: Connection) -> list[str]:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.downgrade(config, "base")
    return inspect(connection).get_table_names()


async def test_a_migration_that_fails_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tuike.db"
    # Somebody else's table stands where one of ours should go.
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE posting (id INTEGER)")
    connection.close()

    with pytest.raises(StoreUnusable):
        await migrate(f"sqlite:///{path}")

    with sqlite3.connect(path) as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    connection.close()
    assert tables == {"posting"}


async def test_what_is_no_database_is_named_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "tuike.db"
    path.write_bytes(b"these are holiday pictures" * 100)

    with pytest.raises(StoreUnusable, match=r"tuike\.db"):
        await migrate(f"sqlite:///{path}")
