"""The temporary tables of a settlement: they carry one chunk, and are empty again with the next transaction."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Executable, MetaData, Select, Table, delete, insert, text
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from models.money.commissions import CommissionKind
from models.store.types import Key, Minor, UtcTime, Word

_TEMPORARY = MetaData()
_TEMPORARY_ROWS: Final = "DELETE ROWS"
"""PostgreSQL empties them at the end of a transaction; SQLite is told to at its beginning."""

SETTLING = Table(
    "settling",
    _TEMPORARY,
    Column("n", Key, primary_key=True, autoincrement=False),
    Column("commission_id", Key, nullable=False),
    Column("order_id", Key),
    Column("distributor_id", Key, nullable=False),
    Column("kind", Word(CommissionKind), nullable=False),
    Column("plan_version", BigInteger, nullable=False),
    Column("net_minor", Minor, nullable=False),
    Column("reversed_minor", Minor, nullable=False),
    Column("earned_at", UtcTime, nullable=False),
    Column("release_at", UtcTime, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""The chunk's commissions, numbered from 1 by distributor, each one's in the order in which they became due."""
MOVING = Table(
    "moving",
    _TEMPORARY,
    Column("n", Key, primary_key=True, autoincrement=False),
    Column("commission_id", Key, nullable=False),
    Column("order_id", Key),
    Column("distributor_id", Key, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("reversed_minor", Minor, nullable=False),
    Column("earned_at", UtcTime, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""What one order (or one bonus of a period) brings one distributor; `n` and `commission_id` are its first's."""
GAINING = Table(
    "gaining",
    _TEMPORARY,
    Column("distributor_id", Key, primary_key=True, autoincrement=False),
    Column("n", Key, nullable=False),
    Column("commission_id", Key, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("orders", BigInteger, nullable=False),
    Column("bonuses", BigInteger, nullable=False),
    Column("reversed_minor", Minor, nullable=False),
    Column("earned_from", UtcTime, nullable=False),
    Column("earned_until", UtcTime, nullable=False),
    Column("held_id", Key),
    Column("available_id", Key),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""What each distributor gets in all, and their two accounts."""
_ALL = (SETTLING, MOVING, GAINING)


async def fill(session: AsyncSession, chosen: Select[Any]) -> int:
    """Take a chunk up; answers how many commissions it has. `chosen` gives the columns of `settling`."""
    for table in _ALL:
        await session.execute(CreateTable(table, if_not_exists=True))
    await session.execute(delete(SETTLING))
    filled = await rows_written(session, insert(SETTLING).from_select(SETTLING.c.keys(), chosen))
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(
            text("ANALYZE settling")
        )  # it has no statistics else, and is taken for a small one
    return filled


async def rows_written(session: AsyncSession, statement: Executable) -> int:
    """How many rows a statement wrote."""
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)  # what writes has a cursor
    return result.rowcount
