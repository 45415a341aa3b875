"""Bring a store to the newest schema: one migrator at a time, a backup before (operations.md E4)."""

from __future__ import annotations

import fcntl
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.errors import DomainError
from models.store.engine import PRAGMAS, async_url

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

_MIGRATOR_LOCK = 7_483_001
"""PostgreSQL's advisory lock that one migrator holds."""
_MIGRATOR_WAIT_MS = 60_000
"""How long a second migrator waits for the first on SQLite."""


class StoreUnusable(DomainError):
    """The store can't be opened or migrated; the sentence says what to look at."""

    code = "store_unusable"


@dataclass(frozen=True, slots=True)
class Migrated:
    """From which revision to which; the same when nothing was to do."""

    before: str | None
    after: str
    backup: Path | None


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # the tree holds at least the first migration
    return head


async def migrate(database_url: str) -> Migrated:
    """Migrate to the newest revision. Raises StoreUnusable with a sentence."""
    url = async_url(database_url)
    backup = None
    if url.get_backend_name() == "sqlite" and url.database:
        backup = _prepare_file(Path(url.database))
    engine = create_async_engine(url, poolclass=NullPool)
    if url.get_backend_name() == "sqlite":
        event.listen(engine.sync_engine, "connect", _wait_long)
        event.listen(engine.sync_engine, "begin", _take_the_file)
    try:
        async with engine.begin() as connection:
            before, after = await connection.run_sync(_upgrade)
    except (DBAPIError, OSError) as error:
        cause = getattr(error, "orig", error)
        raise StoreUnusable(
            f"The store {url.render_as_string(hide_password=True)} can't be used: {cause}"
        ) from error
    finally:
        await engine.dispose()
    return Migrated(before, after, backup)


async def current_revision(database_url: str) -> str | None:
    """The revision of a store; None for an empty one."""
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(
                lambda sync: MigrationContext.configure(sync).get_current_revision()
            )
    except (DBAPIError, OSError) as error:
        raise StoreUnusable(f"The store can't be opened: {getattr(error, 'orig', error)}") from error
    finally:
        await engine.dispose()


def _wait_long(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver's own transactions don't hold schema changes, so a migration could end half done.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_MIGRATOR_WAIT_MS}")
    cursor.close()


def _take_the_file(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _upgrade(connection: Connection) -> tuple[str | None, str]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATOR_LOCK})
    before = MigrationContext.configure(connection).get_current_revision()
    after = newest_revision()
    if before != after:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, after


def _prepare_file(path: Path) -> Path | None:
    """Make the file ready (WAL, set once) and copy it aside when an older schema is about to change.

    One process at a time: SQLite waits for nobody when it changes the journal's mode.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_name(f"{path.name}.migrate.lock").open("ab") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            return _prepare(path)
    except OSError as error:
        raise StoreUnusable(f"The store {path} can't be opened: {error}") from error


def _prepare(path: Path) -> Path | None:
    try:
        connection = sqlite3.connect(path, timeout=5)
    except sqlite3.Error as error:
        raise StoreUnusable(f"The store {path} can't be opened: {error}") from error
    try:
        connection.execute(f"PRAGMA busy_timeout={PRAGMAS['busy_timeout']}")
        connection.execute("PRAGMA journal_mode=WAL")
        known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
        before = connection.execute("SELECT version_num FROM alembic_version").fetchone() if known else None
        if before is None or before[0] == newest_revision():
            return None
        backup = path.with_suffix(f".before-{newest_revision()}{path.suffix}")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
    except sqlite3.Error as error:
        raise StoreUnusable(f"The store {path} can't be used: {error}") from error
    else:
        return backup
    finally:
        connection.close()
