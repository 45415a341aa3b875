"""Engine, sessions and the one write lock (operations.md A1, A2, E1).

SQLite is embedded: readers share a small pool, writers take turns behind one lock and every write is
`BEGIN IMMEDIATE`; the driver's own transactions are off, since they lose updates silently. PostgreSQL
has one pool; who changes a merchant's money locks the merchant's row (`models/people/merchants.py`).
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from models.errors import Invalid, StoreBusy
from models.store.one_trip import OneTripConnection
from models.store.sql import sha256_hex

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
WRITE_WAIT_SECONDS = 4.0
"""How long a writer waits in all, in our queue and for the file; with the answer on top it stays under B2's 5 s."""
READERS = 4

PRAGMAS = {
    "foreign_keys": "ON",
    "busy_timeout": str(int(WRITE_WAIT_SECONDS * 1000)),
    "synchronous": "FULL",
    "temp_store": "MEMORY",
    "cache_size": "-32000",
}


def async_url(database_url: str) -> URL:
    """The SQLAlchemy URL of a setting such as `sqlite:///tuike.db` or `postgresql://…`."""
    try:
        url = make_url(database_url)
    except Exception as error:
        raise Invalid("DATABASE_URL must look like sqlite:///path/tuike.db or postgresql://…") from error
    drivers = {
        "sqlite": "sqlite+aiosqlite",
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
    }
    driver = drivers.get(url.get_backend_name())
    if driver is None:
        raise Invalid("DATABASE_URL must begin with sqlite:/// or postgresql://")
    return url.set(drivername=driver)


GLANCE = "glance"
"""Where a reading session carries `Store.glance` for prepared statements."""
READER_PRAGMAS = {**PRAGMAS, "query_only": "ON"}


class OnlyReading(Exception):
    """A session for reading was asked to write. Nothing was written."""


def _opened(database: str, pragmas: Mapping[str, str] = PRAGMAS) -> sqlite3.Connection:
    """A tuned connection whose own transactions are off. Whole or not at all: nobody can be broken off within."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.create_function("sha256_hex", 1, sha256_hex, deterministic=True)
    for pragma, value in pragmas.items():
        connection.execute(f"PRAGMA {pragma}={value}")
    return connection


def _in_one_state(connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
    connection.execute("BEGIN")
    try:
        return work(connection)
    finally:
        connection.execute("ROLLBACK")


def _begin_deferred(connection: Connection) -> None:
    driver = connection.connection.driver_connection
    assert isinstance(driver, OneTripConnection)  # made by Store._connect
    driver.begin_with_the_next("BEGIN")


def is_busy(error: BaseException) -> bool:
    """Whether the store refused for a passing reason: locked, full, gone away, serialisation."""
    if isinstance(error, PoolTimeout | TimeoutError | ConnectionError):
        return True
    if isinstance(error, sqlite3.OperationalError):
        text = str(error)
        return any(
            word in text for word in ("locked", "busy", "full", "disk I/O", "unable to open", "readonly")
        )
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", "") or "")
        cause = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ else error.orig
        return (
            error.connection_invalidated
            or state[:2] in {"08", "53", "57"}
            or state in {"40001", "40P01", "55P03"}
            or (cause is not None and cause is not error and is_busy(cause))
        )
    return False


def _would_write(error: BaseException) -> bool:
    """Whether a reading session's transaction refused a statement because it writes."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return "attempt to write a readonly database" in str(cause) or (
        str(getattr(cause, "sqlstate", "")) == "25006"  # read_only_sql_transaction
    )


class Store:
    """One database: `read()` and `write()` give sessions, `raw_write()` the driver's own connection."""

    def __init__(self, database_url: str) -> None:
        self.url = async_url(database_url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._turn = asyncio.Lock()
        self._patience_ms = int(PRAGMAS["busy_timeout"])
        self._connections: list[OneTripConnection] = []
        self._idle: list[OneTripConnection] = []
        self._glances = asyncio.Semaphore(READERS)
        self._raw_writer: OneTripConnection | None = None
        if self.is_sqlite:
            self._writer = self._sqlite_engine(self._begin_immediate, size=1, pragmas=PRAGMAS)
            self._reader = self._sqlite_engine(_begin_deferred, size=READERS, pragmas=READER_PRAGMAS)
        else:
            # Half of the wait for a connection, half for the merchant's row.
            self._writer = create_async_engine(
                self.url,
                pool_size=12,
                max_overflow=4,
                pool_timeout=WRITE_WAIT_SECONDS / 2,
                pool_pre_ping=True,
                connect_args={"server_settings": {"lock_timeout": str(int(WRITE_WAIT_SECONDS * 500))}},
            )
            self._reader = self._writer.execution_options(postgresql_readonly=True)

    def _sqlite_engine(
        self, begin: Callable[[Connection], None], *, size: int, pragmas: Mapping[str, str]
    ) -> AsyncEngine:
        engine = create_async_engine(
            self.url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=WRITE_WAIT_SECONDS,
            # A session ends its transaction itself; one more rollback at each return would cost a trip to the thread.
            pool_reset_on_return=None,
            connect_args={"async_creator_fn": partial(self._connect, pragmas)},
        )
        event.listen(engine.sync_engine, "begin", begin)
        return engine

    def _begin_immediate(self, connection: Connection) -> None:
        if connection.info.get("patience_ms") != self._patience_ms:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={self._patience_ms}")
            connection.info["patience_ms"] = self._patience_ms
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    async def _connect(self, pragmas: Mapping[str, str], *_: object, **__: object) -> OneTripConnection:
        connection = OneTripConnection(lambda: _opened(str(self.url.database), pragmas))
        self._connections = [*(each for each in self._connections if each.is_alive), connection]
        await connection
        return connection

    @property
    def path(self) -> Path | None:
        """The file of an SQLite store."""
        return Path(self.url.database) if self.is_sqlite and self.url.database else None

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one committed state. Raises OnlyReading when it is asked to write.

        What is asked of it by prepared statements alone sees one committed state a trip.
        """
        info = {GLANCE: self.glance} if self.is_sqlite else {}
        async with AsyncSession(self._reader, expire_on_commit=False, autoflush=False, info=info) as session:
            try:
                yield session
            except Exception as error:
                if _would_write(error):
                    raise OnlyReading from error
                if is_busy(error):
                    raise StoreBusy(type(error).__name__) from error
                raise

    async def glance(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Some short reading on the driver itself: one trip, one committed state. On SQLite only."""
        async with self._glances:
            connection = self._idle.pop() if self._idle else await self._connect(READER_PRAGMAS)
            try:
                return await connection.trip(lambda driver: _in_one_state(driver, work))
            finally:
                self._idle.append(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction: commits at the end, rolls back on any error. Raises StoreBusy when it must wait too long."""
        async with self._my_turn():
            try:
                async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
                    yield session
            except Exception as error:
                if is_busy(error):
                    raise StoreBusy(type(error).__name__) from error
                raise

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        asked = time.monotonic()
        try:
            async with asyncio.timeout(WRITE_WAIT_SECONDS):
                await self._turn.acquire()
        except TimeoutError as error:
            raise StoreBusy("write queue") from error
        try:
            # What the queue took is gone from the wait for the file; whole seconds, so that it rarely changes.
            self._patience_ms = max(round(WRITE_WAIT_SECONDS - (time.monotonic() - asked)), 0) * 1000
            yield
        finally:
            self._turn.release()

    async def raw_write(
        self,
        on_sqlite: Callable[[sqlite3.Connection], T],
        on_postgres: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[T]],
    ) -> T:
        """One transaction on the driver itself, for the paths where every microsecond counts (clicks).

        On SQLite it runs in one thread of its own and shares the write lock with the sessions.
        Raises StoreBusy when the store refuses for a passing reason.
        """
        try:
            return await self._raw(on_sqlite, on_postgres)
        except Exception as error:
            if is_busy(error):
                raise StoreBusy(type(error).__name__) from error
            raise

    async def _raw(
        self,
        on_sqlite: Callable[[sqlite3.Connection], T],
        on_postgres: Callable[[asyncpg.Connection[asyncpg.Record]], Awaitable[T]],
    ) -> T:
        if not self.is_sqlite:
            async with self._writer.connect() as connection:
                raw = await connection.get_raw_connection()
                driver = cast("asyncpg.Connection[asyncpg.Record]", raw.driver_connection)
                async with driver.transaction():
                    return await on_postgres(driver)
        async with self._my_turn():
            if self._raw_writer is None:
                self._raw_writer = await self._connect(PRAGMAS)
            return await self._raw_writer.trip(lambda connection: self._raw_sqlite(connection, on_sqlite))

    def _raw_sqlite(self, connection: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]) -> T:
        connection.execute(f"PRAGMA busy_timeout={self._patience_ms}")
        connection.execute("BEGIN IMMEDIATE")
        try:
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return result

    async def close(self) -> None:
        """Close every connection; an open one would keep the process from ending."""
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()
        for connection in self._connections:
            await connection.end()
