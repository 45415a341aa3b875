"""The schema from nothing, twice, by two at once, back and forth, and equal to the models (operations.md E4)."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
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
    _move(command.downgrade, "base", connection)
    return inspect(connection).get_table_names()


OF_THE_FIRST_SCHEMA = (
    (
        "INSERT INTO merchant (id, public_id, name, currency, timezone, shop_urls, customer_key, webhook_secret, "
        "open_to_join, is_demo, created_at) VALUES (1, 'm_1', 'Shop', 'GBP', 'Europe/London', '[]', 'k', 'w', "
        "true, false, 5)"
    ),
    (
        "INSERT INTO product (id, merchant_id, sku, title, price_minor, category, updated_at) "
        "VALUES (2, 1, 'Ｌ-1', 'Café  Lämp', 100, '灯具', 7)"
    ),
    "INSERT INTO person (id, chat_id, name, created_at) VALUES (3, 42, 'Mei', 5)",
    (
        "INSERT INTO distributor (id, merchant_id, external_id, person_id, name, invite_code, state, joined_at) "
        "VALUES (4, 1, 'mei', 3, 'Mei', 'K7Q2ABCD', 'active', 5)"
    ),
    (
        "INSERT INTO link (id, merchant_id, distributor_id, sku, channel, code, state, created_at) "
        "VALUES (6, 1, 4, 'Ｌ-1', 'poster', 'QWERTY22', 'active', 5)"
    ),
)


async def test_a_store_of_the_first_schema_keeps_everything_and_its_goods_are_found(empty_url: str) -> None:
    # Given a store as the first schema left it, with a shop, a product, a distributor and a link
    store_url = async_url(empty_url)
    if store_url.database and store_url.get_backend_name() == "sqlite":
        Path(store_url.database).parent.mkdir(parents=True)
    engine = create_async_engine(store_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(partial(_move, command.upgrade, "0001"))
            for statement in OF_THE_FIRST_SCHEMA:
                await connection.execute(text(statement))
        # When it is brought up
        assert (await migrate(empty_url)).before == "0001"
        # Then all is there, and what is new has its sense
        async with engine.begin() as connection:
            [product] = await connection.execute(
                text("SELECT title, search, state, heat, created_at FROM product")
            )
            [link] = await connection.execute(text("SELECT code, slot, name FROM link"))
            [recruits] = (await connection.execute(text("SELECT recruits_on_cards FROM merchant"))).scalars()
            # And a second link of the same kind fits beside the first
            await connection.execute(
                text(
                    "INSERT INTO link (id, merchant_id, distributor_id, sku, channel, slot, name, code, state, "
                    "created_at) VALUES (8, 1, 4, 'Ｌ-1', 'poster', 1, 'Friends', 'ZXCVBN33', 'active', 5)"
                )
            )
        assert tuple(product) == ("Café  Lämp", "cafe lamp l-1 灯具", "on_sale", 0, 7)
        assert tuple(link) == ("QWERTY22", 0, "")
        assert bool(recruits)
        # But then there is no way back, and that is said, with nothing changed
        with pytest.raises(RuntimeError, match="1 links stand beside"):
            async with engine.begin() as connection:
                await connection.run_sync(partial(_move, command.downgrade, "0001"))
    finally:
        await engine.dispose()
    assert await current_revision(empty_url) == newest_revision()


def _move(move: Callable[[Config, str], None], to: str, connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    move(config, to)


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
