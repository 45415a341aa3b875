"""Reading statements of hot screens, made ready once: SQL, order of parameters, types.

SQLAlchemy runs a statement in 0.15 to 0.25 ms of CPU, a driver in a tenth of it, and a screen needs seven
(docs/decisions/0020). A prepared statement is still written in SQLAlchemy's terms and runs inside the session's
transaction, on the session's own driver connection; only what is the same every time is not done every time.
It sees what was flushed. Statements that are awaited side by side (`asyncio.gather`) make one trip together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import SessionTransaction, class_mapper
from sqlmodel import SQLModel

from models.store.one_trip import OneTripConnection
from models.store.sql import table_of

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
V = TypeVar("V", bound=SQLModel)
Columns = Sequence[object]
Rows = Sequence[Columns]
_GATHERED: Final = "prepared statements that go together"
_READING: Final = "how prepared statements read"
_TURNS: Final = 2
"""Turns of the event loop in which others may join: tasks that were just begun, and those that these begin."""


class Prepared(Generic[T]):
    """A SELECT whose parameters are `bindparam`s without lists; `made` makes a value of a row's columns."""

    def __init__(self, statement: Select[Any], made: Callable[[Columns], T]) -> None:
        self._statement = statement
        self._made = made
        self._ready: dict[str, _Ready] = {}

    async def all(self, session: AsyncSession, **values: object) -> list[T]:
        """Every row, with the parameters filled in by name."""
        ready = self._for(session.get_bind().dialect)
        rows = await _together(session, _Question(ready, ready.bind(values)))
        return [self._made(ready.read(row)) for row in rows]

    async def first(self, session: AsyncSession, **values: object) -> T | None:
        """The first row; None when there is none."""
        rows = await self.all(session, **values)
        return rows[0] if rows else None

    def _for(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            ready = self._ready[dialect.name] = _Ready(self._statement, dialect)
        return ready


def row_of(kind: type[V]) -> Callable[[Columns], V]:
    """Makes a row of a whole table as a session would load it, but of no session: changes to it are not written."""
    manager = class_mapper(kind, configure=False).class_manager
    names = [column.key for column in table_of(kind).columns]

    def made(row: Columns) -> V:
        value: V = manager.new_instance()
        vars(value).update(zip(names, row, strict=True))
        return value

    return made


class _Ready:
    """A statement as one dialect's driver takes it."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        types = [compiled.binds[name].type.dialect_impl(dialect) for name in self._names]
        self._own = {name: value for name, value in compiled.params.items() if value is not None}
        self._binds = [kind.bind_processor(dialect) for kind in types]
        columns = [column.type.dialect_impl(dialect) for column in statement.selected_columns]
        processes = [column.result_processor(dialect, None) for column in columns]
        self._reads = [(index, process) for index, process in enumerate(processes) if process is not None]

    def bind(self, values: dict[str, object]) -> list[object]:
        """The parameters in their order, as the driver takes them."""
        given = {**self._own, **values}
        return [
            given[name] if process is None else process(given[name])
            for name, process in zip(self._names, self._binds, strict=True)
        ]

    def read(self, row: Columns) -> Columns:
        """The row's values in the types of their columns."""
        if not self._reads:
            return row
        values = list(row)
        for index, process in self._reads:
            values[index] = process(values[index])
        return values


class _Question:
    """A statement with its parameters, and its rows once they are there."""

    def __init__(self, ready: _Ready, parameters: list[object]) -> None:
        self.sql = ready.sql
        self.parameters = parameters
        self.rows: asyncio.Future[Rows] = asyncio.get_running_loop().create_future()


async def _together(session: AsyncSession, question: _Question) -> Rows:
    """Ask along with what is asked of the same session at the same time; who comes first asks for all."""
    waiting: list[_Question] | None = session.info.get(_GATHERED)
    if waiting is not None:
        waiting.append(question)
        return await question.rows
    gathered = session.info[_GATHERED] = [question]
    try:
        reading = await _reading_of(session)
        if asyncio.current_task() is not reading.task:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
        del session.info[_GATHERED]
        answers = await _answers(reading.driver, gathered)
    except BaseException as error:
        session.info.pop(_GATHERED, None)
        for other in gathered[1:]:
            if not other.rows.done():
                other.rows.set_exception(error if isinstance(error, Exception) else InterruptedError())
        raise
    for other, rows in zip(gathered, answers, strict=True):
        if not other.rows.done():
            other.rows.set_result(rows)
    return answers[0]


async def _answers(driver: object, questions: Sequence[_Question]) -> list[Rows]:
    try:
        if isinstance(driver, OneTripConnection):
            return await driver.trip(lambda connection: [_fetched(connection, each) for each in questions])
        postgres = cast("asyncpg.Connection[asyncpg.Record]", driver)
        return [
            [tuple(row.values()) for row in await postgres.fetch(each.sql, *each.parameters)]
            for each in questions
        ]
    except (
        Exception
    ) as error:  # as SQLAlchemy would say it, so that whoever asks need not know how it was asked
        raise DBAPIError("; ".join(each.sql for each in questions), None, error) from error


def _fetched(connection: sqlite3.Connection, question: _Question) -> Rows:
    rows: Rows = connection.execute(question.sql, question.parameters).fetchall()
    return rows


@dataclass(frozen=True, slots=True)
class _Reading:
    """A session's transaction with the driver's connection that it runs on, and the task that asked first.

    While that task runs, nothing runs beside it in the session; in the tasks that it gathers, others may.
    """

    transaction: SessionTransaction | None
    driver: object
    task: asyncio.Task[object] | None


async def _reading_of(session: AsyncSession) -> _Reading:
    """How the session reads; its transaction is begun where there is none yet."""
    known: _Reading | None = session.info.get(_READING)
    if known is not None and known.transaction is session.sync_session.get_transaction():
        return known
    connection = (await session.connection()).sync_connection
    assert connection is not None  # it was begun just now
    transaction = session.sync_session.get_transaction()
    reading = _Reading(transaction, connection.connection.driver_connection, asyncio.current_task())
    session.info[_READING] = reading
    return reading
