"""Ticks of the clock, claimed in the database, so that each is done once by whoever comes first (D1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.sql import insert_ignore, table_of
from models.store.types import UtcTime


class Tick(SQLModel, table=True):
    """One run of one job: who took it, and how it ended."""

    __tablename__ = "tick"

    job: str = Field(primary_key=True, sa_type=String(60))
    due_at: datetime = Field(primary_key=True, sa_type=UtcTime)
    taken_by: str = Field(sa_type=String(40))
    taken_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str | None = Field(default=None, sa_type=Text)


async def claim_tick(session: AsyncSession, job: str, due_at: datetime, taker: str, now: datetime) -> bool:
    """Take one tick; False when it was taken before."""
    statement = insert_ignore(session, Tick, ("job", "due_at")).values(
        job=job, due_at=due_at, taken_by=taker, taken_at=now
    )
    return (await session.execute(statement.returning(table_of(Tick).c.job))).first() is not None


async def finish_tick(
    session: AsyncSession, job: str, due_at: datetime, now: datetime, error: str | None
) -> None:
    """Record how a tick ended."""
    await session.execute(
        update(Tick)
        .where(col(Tick.job) == job, col(Tick.due_at) == due_at)
        .values(finished_at=now, error=error)
        .execution_options(synchronize_session=False)
    )


async def last_tick(session: AsyncSession, job: str) -> datetime | None:
    """When the job's latest tick was due."""
    result = await session.execute(
        select(col(Tick.due_at)).where(col(Tick.job) == job).order_by(col(Tick.due_at).desc()).limit(1)
    )
    return result.scalar_one_or_none()


async def forget_ticks(session: AsyncSession, before: datetime) -> None:
    """Purge ticks taken before a time."""
    await session.execute(
        delete(Tick).where(col(Tick.taken_at) < before).execution_options(synchronize_session=False)
    )
