"""Shop events received once, by merchant and event id (operations.md A5, A6, B2, B3).

A row is written in the same transaction as the event's effect. A parked event keeps its content,
with everything that names a customer already hashed, until its turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Key, UtcTime, Word

LONGEST_WAIT = timedelta(hours=6)


class EventState(StrEnum):
    ACCEPTED = "accepted"
    PARKED = "parked"
    REJECTED = "rejected"


class ReceivedEvent(SQLModel):
    """One shop event that had its effect, or waits to have it."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    event_id: str = Field(sa_type=String(200))
    type: str = Field(sa_type=String(32))
    digest: str = Field(sa_type=String(64))
    order_ref: str | None = Field(default=None, sa_type=String(200))
    state: EventState = Field(sa_type=Word(EventState))
    detail: str | None = Field(default=None, sa_type=Text)
    content: str | None = Field(default=None, sa_type=Text)
    occurred_at: datetime = Field(sa_type=UtcTime)
    received_at: datetime = Field(sa_type=UtcTime)
    tries: int = 0
    next_try_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ReceivedEventRow(ReceivedEvent, table=True):
    __tablename__ = "received_event"
    __table_args__ = (
        UniqueConstraint("merchant_id", "event_id"),
        Index(
            None,
            "merchant_id",
            "order_ref",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
        Index(
            None,
            "next_try_at",
            sqlite_where=text("state = 'parked'"),
            postgresql_where=text("state = 'parked'"),
        ),
    )


async def known_events(
    session: AsyncSession, merchant_id: int, event_ids: Sequence[str]
) -> dict[str, ReceivedEvent]:
    """What is already known of these event ids of one merchant."""
    table = table_of(ReceivedEventRow)
    found: dict[str, ReceivedEvent] = {}
    for part in chunks(event_ids):
        rows = await session.execute(
            select(table).where(table.c.merchant_id == merchant_id, table.c.event_id.in_(part))
        )
        found.update({row.event_id: values_of(row, ReceivedEvent) for row in rows})
    return found


async def parked_for(
    session: AsyncSession, merchant_id: int, order_refs: Sequence[str]
) -> list[ReceivedEvent]:
    """Events that wait for these orders, in the order in which they happened."""
    table = table_of(ReceivedEventRow)
    found: list[ReceivedEvent] = []
    for part in chunks(order_refs):
        rows = await session.execute(
            select(table).where(
                table.c.merchant_id == merchant_id,
                table.c.order_ref.in_(part),
                table.c.state == EventState.PARKED,
            )
        )
        found.extend(values_of(row, ReceivedEvent) for row in rows)
    return sorted(found, key=lambda event: (event.occurred_at, event.id))


async def keep_received(session: AsyncSession, events: Iterable[ReceivedEvent]) -> None:
    """Write new events down."""
    await insert_all(session, ReceivedEventRow, events)


async def update_received(session: AsyncSession, events: Iterable[ReceivedEvent]) -> None:
    """Write back what became of events that waited."""
    await update_all(
        session, ReceivedEventRow, events, ("state", "detail", "content", "tries", "next_try_at")
    )


async def due_retries(session: AsyncSession, now: datetime, limit: int = 200) -> list[ReceivedEvent]:
    """Parked events whose time for another try has come, oldest first."""
    table = table_of(ReceivedEventRow)
    rows = await session.execute(
        select(table)
        .where(table.c.state == EventState.PARKED, table.c.next_try_at <= now)
        .order_by(table.c.next_try_at)
        .limit(limit)
    )
    return [values_of(row, ReceivedEvent) for row in rows]


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after so many tries: 10 s, 40 s, 160 s … at most six hours."""
    return now + min(timedelta(seconds=10 * 4 ** min(tries, 10)), LONGEST_WAIT)


async def oldest_parked(session: AsyncSession) -> datetime | None:
    """When the oldest event that still waits was received; a metric (B3)."""
    result = await session.execute(
        select(func.min(col(ReceivedEventRow.received_at))).where(
            col(ReceivedEventRow.state) == EventState.PARKED
        )
    )
    return result.scalar_one_or_none()
