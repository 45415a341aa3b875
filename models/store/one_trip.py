"""aiosqlite with one trip to its thread a statement instead of four.

SQLAlchemy asks aiosqlite for a cursor, runs it, fetches and closes, and each is a trip to the connection's
thread and back; a trip costs more than most of our statements (docs/decisions). This cursor does all four
in one. Rows are always fetched whole, as SQLAlchemy does anyway; streaming goes by pages of keys.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self, TypeVar

import aiosqlite

T = TypeVar("T")
Parameters = Sequence[object]
_ROWS_AT_ONCE = 64


class OneTripCursor:
    """What SQLAlchemy needs of a cursor; everything after `execute` is already here."""

    arraysize = 1

    def __init__(self, connection: OneTripConnection) -> None:
        self._connection = connection
        self._rows: list[object] = []
        self.description: tuple[tuple[str, None, None, None, None, None, None], ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def execute(self, statement: str, parameters: Parameters = ()) -> Self:
        """Run one statement and bring its rows along."""
        return await self._connection.trip(
            lambda connection: self._keep(connection.execute(statement, parameters))
        )

    async def executemany(self, statement: str, parameters: Iterable[Parameters]) -> Self:
        """Run one statement for each row of parameters."""
        return await self._connection.trip(
            lambda connection: self._keep(connection.executemany(statement, parameters))
        )

    async def fetchall(self) -> list[object]:
        """The rows that came along."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Nothing is open any more."""

    def _keep(self, cursor: sqlite3.Cursor) -> Self:
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount = cursor.rowcount
        self.lastrowid = cursor.lastrowid
        cursor.close()
        return self


class OneTripConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one trip. `opened` makes it, in the connection's own thread."""

    def __init__(self, opened: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(opened, _ROWS_AT_ONCE)
        self._thread.daemon = True  # so that a connection left open can't keep a program alive
        self._first: str | None = None

    @property
    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        return self._thread.is_alive()

    def cursor(self) -> OneTripCursor:  # type: ignore[override]  # the same verbs, fewer trips
        """A cursor, made here and now."""
        return OneTripCursor(self)

    async def trip(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do some work in the connection's thread."""
        done: T = await self._execute(lambda: self._work(work))  # type: ignore[no-untyped-call]
        return done

    def begin_with_the_next(self, statement: str) -> None:
        """Begin a transaction by this statement, in the same trip as the first thing that is done in it."""
        self._first = statement

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        first, self._first = self._first, None
        if first is not None:
            self._conn.execute(first)
        return work(self._conn)

    async def rollback(self) -> None:
        """End the transaction, if anything was done in it."""
        if self._first is None:
            await super().rollback()
        self._first = None

    async def end(self) -> None:
        """Close it, should nobody have, and wait until its thread is over: it answers to this event loop."""
        if self._connection is not None:
            self.stop()
        if self.is_alive:
            await asyncio.to_thread(self._thread.join)

    def __del__(self) -> None:
        """Nothing to warn of: the store ends every connection, those that SQLAlchemy forgot too."""
