"""The store under the doctor's eyes: missing, behind, broken, badly tuned, locked, and well."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.doctor.database import LOOKED_AT, server, tuning
from models.store.deployment import kept
from models.store.engine import Store
from models.store.migrate import migrate, newest_revision
from tests.bot.doctor.ward import Ward, failed, passed, warned


async def test_a_store_that_is_well(ward: Ward) -> None:
    seen = await ward.examine()

    for name in ("database", "migrations", "database writes", "database tuning"):
        assert passed(seen[name])
    assert newest_revision() in seen["migrations"].sentence
    async with ward.store.read() as session:
        assert await kept(session, LOOKED_AT) is not None


async def test_a_store_that_is_not_there_yet_is_not_made(ward: Ward, tmp_path: Path) -> None:
    seen = await ward.examine(database_url=f"sqlite:///{tmp_path}/new/tuike.db")

    assert warned(seen["database"], "does not exist yet")
    assert "migrations" not in seen
    assert not (tmp_path / "new").exists()


async def test_a_file_that_is_no_database(ward: Ward, tmp_path: Path) -> None:
    broken = tmp_path / "notes.db"
    broken.write_bytes(b"this is no database, though its name says so" * 100)

    seen = await ward.examine(database_url=f"sqlite:///{broken}")

    assert failed(seen["database"], "not a database")
    assert passed(seen["poster"])


async def test_an_address_that_names_no_store(ward: Ward) -> None:
    seen = await ward.examine(database_url="mysql://shop:geheimnis@db.example/tuike")

    assert failed(seen["database"], "DATABASE_URL")
    assert passed(seen["data folder"])
    assert not any("geheimnis" in check.sentence for check in seen.checks)


async def test_a_store_behind_is_told_to_migrate_and_looked_at_no_further(ward: Ward) -> None:
    with closing(sqlite3.connect(str(ward.store.path))) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")

    seen = await ward.examine()

    assert failed(seen["migrations"], "The schema is 0000")
    assert "tuike migrate" in str(seen["migrations"].fix)
    assert "database writes" not in seen
    assert "merchant" not in seen


async def test_a_journal_that_was_changed_is_seen_and_migrating_mends_it(ward: Ward) -> None:
    settings = ward.settings()
    with closing(sqlite3.connect(str(ward.store.path))) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")

    before = await ward.examine()
    await migrate(settings.store_url)
    after = await ward.examine()

    assert failed(before["database tuning"], "journal_mode is delete, not wal")
    assert passed(after["database tuning"])


def test_commits_that_are_not_synced_and_keys_that_are_not_checked_are_named() -> None:
    seen = tuning({"journal_mode": "wal", "foreign_keys": "0", "synchronous": "1"})

    assert failed(seen, "foreign_keys is 0, not 1, synchronous is 1, not 2")


async def test_a_store_that_somebody_holds_takes_no_word(ward: Ward) -> None:
    with closing(sqlite3.connect(str(ward.store.path), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")

        seen = await ward.examine()

    assert failed(seen["database writes"], "Nothing can be written")
    assert passed(seen["database tuning"])


async def test_either_kind_of_store_is_known(store: Store, tmp_path: Path) -> None:
    seen = await Ward(tmp_path, store).examine()

    assert passed(seen["database writes"])
    assert passed(seen["database tuning" if store.is_sqlite else "database server"])
    assert store.is_sqlite or "UTF-8" in seen["database server"].sentence


def test_a_server_whose_text_or_version_will_not_do() -> None:
    assert failed(server(16, "SQL_ASCII"), "SQL_ASCII")
    assert warned(server(12, "UTF8"), "PostgreSQL 12")
    assert passed(server(16, "UTF8"))


async def test_a_server_that_is_not_there_is_named_without_its_password(ward: Ward) -> None:
    seen = await ward.examine(database_url="postgresql://shop:geheimnis@127.0.0.1:1/tuike")

    assert failed(seen["database"], "can't be opened")
    assert not any("geheimnis" in check.sentence + str(check.fix) for check in seen.checks)
