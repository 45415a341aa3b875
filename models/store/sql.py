"""Small pieces of SQL that both stores understand."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from sqlalchemy import Insert, Row, String, Table, bindparam, insert, update
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import SQLModel

T = TypeVar("T")
V = TypeVar("V", bound=SQLModel)


class Sha256(FunctionElement[str]):
    """The SHA-256 of a text's UTF-8 in hexadecimal, figured by the database: PostgreSQL has it, SQLite gets ours."""

    type = String()
    inherit_cache = True
    name = "sha256_hex"


@compiles(Sha256, "sqlite")
def _sha256_on_sqlite(element: Sha256, compiler: SQLCompiler, **kw: Any) -> str:
    return f"sha256_hex({compiler.process(element.clauses, **kw)})"


@compiles(Sha256, "postgresql")
def _sha256_on_postgres(element: Sha256, compiler: SQLCompiler, **kw: Any) -> str:
    return f"encode(sha256(convert_to({compiler.process(element.clauses, **kw)}, 'UTF8')), 'hex')"


def sha256_hex(text: str) -> str:
    """What `Sha256` says of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def table_of(model: type[SQLModel]) -> Table:
    """The table behind a table model."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # set by SQLModel's metaclass
    return table


def insert_ignore(session: AsyncSession, model: type[SQLModel], conflict: Sequence[str]) -> Insert:
    """An INSERT that leaves a row alone which already stands under the unique columns `conflict`."""
    dialect = session.get_bind().dialect.name
    if dialect == "sqlite":
        return SqliteInsert(table_of(model)).on_conflict_do_nothing(index_elements=list(conflict))
    return PostgresInsert(table_of(model)).on_conflict_do_nothing(index_elements=list(conflict))


def values_of(row: Row[Any], kind: type[V]) -> V:
    """A row of a whole table as the values that it keeps."""
    return kind.model_validate(dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's public name begins so


async def insert_all(session: AsyncSession, model: type[SQLModel], values: Iterable[SQLModel]) -> None:
    """Insert values in bulk; their fields are the table's columns."""
    rows = [dict(vars(value)) for value in values]
    if rows:
        await session.execute(insert(table_of(model)), rows)


async def update_all(
    session: AsyncSession, model: type[SQLModel], values: Iterable[SQLModel], columns: Sequence[str]
) -> None:
    """Write `columns` of values back to their rows, found by id, in one statement for all."""
    table = table_of(model)
    rows = [
        {"key": vars(value)["id"], **{name: getattr(value, name) for name in columns}} for value in values
    ]
    if not rows:
        return
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values({name: bindparam(name) for name in columns})
    )
    connection = await session.connection()
    await connection.execute(statement, rows)


def chunks(items: Sequence[T], size: int = 500) -> Iterable[Sequence[T]]:
    """Slices of at most `size`, so that a list of values stays under a statement's parameter limit."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
