"""Reading statements of hot screens, made ready once: SQL, order of parameters, types.

SQLAlchemy runs a statement in 0.15 to 0.25 ms of CPU, a driver in a tenth of it, and a screen needs seven
(docs/decisions/0016). A prepared statement is still written in SQLAlchemy's terms and runs inside the session's
transaction, on the session's own driver connection; only what is the same every time is not done every time.
It sees what was flushed. Statements that are awaited side by side (`asyncio.gather`) make one trip together.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

from sqlalchemy import Dialect, Select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import class_mapper
from sqlmodel import SQLModel

from models.store.engine import GLANCE
from models.store.one_trip import OneTripConnection
from models.store.sql import table_of

if TYPE_CHECKING:
    import asyncpg

T = TypeVar("T")
V = TypeVar("V", bound=SQLModel)
Columns = Sequence[object]
Rows = Sequence[Columns]
_Glance = Callable[[Callable[[sqlite3.Connection], list[Rows]]], Awaitable[list[Rows]]]
_WAITING: Final = "prepared statements that wait"
_TASK: Final = "the task whose session it is"
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
    waiting: list[_Question] | None = session.info.get(_WAITING)
    if waiting is None:
        await _ask_for_all(session, question)
    else:
        waiting.append(question)
    return await question.rows


async def _ask_for_all(session: AsyncSession, first: _Question) -> None:
    """Ask what waits, in one trip after the other, until nothing does: a session does one thing at a time."""
    waiting = session.info[_WAITING] = [first]
    asked: list[_Question] = []
    try:
        # While the session's own task asks, nobody asks beside it; in tasks that it gathers, others may.
        if asyncio.current_task() is not session.info.setdefault(_TASK, asyncio.current_task()):
            for _ in range(_TURNS):
                await asyncio.sleep(0)
        while waiting:
            asked = waiting.copy()
            waiting.clear()
            await _ask(session, asked)
    finally:
        del session.info[_WAITING]
        for each in (*asked, *waiting):
            each.rows.cancel()  # only where this was broken off


async def _ask(session: AsyncSession, questions: Sequence[_Question]) -> None:
    try:
        answers = await _answers(session, questions)
    except Exception as error:  # each of them must hear of it
        for each in questions:
            if not each.rows.done():
                each.rows.set_exception(error)
        return
    for each, rows in zip(questions, answers, strict=True):
        if not each.rows.done():
            each.rows.set_result(rows)


async def _answers(session: AsyncSession, questions: Sequence[_Question]) -> list[Rows]:
    try:
        return await _fetched(session, questions)
    except SQLAlchemyError:
        raise
    except Exception as error:  # as SQLAlchemy would say it: whoever asks need not know how it was asked
        raise DBAPIError("; ".join(each.sql for each in questions), None, error) from error


async def _fetched(session: AsyncSession, questions: Sequence[_Question]) -> list[Rows]:
    def fetched(connection: sqlite3.Connection) -> list[Rows]:
        return [connection.execute(each.sql, each.parameters).fetchall() for each in questions]

    glance: _Glance | None = session.info.get(GLANCE)
    if glance is not None and not session.in_transaction():
        return await glance(fetched)
    connection = (await session.connection()).sync_connection
    assert connection is not None  # it was begun just now, if not before
    driver = connection.connection.driver_connection
    if isinstance(driver, OneTripConnection):
        return await driver.trip(fetched)
    postgres = cast("asyncpg.Connection[asyncpg.Record]", driver)
    return [
        [tuple(row.values()) for row in await postgres.fetch(each.sql, *each.parameters)]
        for each in questions
    ]
