"""Notices on their way to people (operations.md C1 to C7).

A notice is queued in the transaction of what it tells about and rendered when it is sent. A sender
claims a few with a short lease; its result counts only while its claim is the latest (`fence`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Index, String, Text, UniqueConstraint, and_, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import insert_ignore, table_of, values_of
from models.store.types import Json, JsonValue, Key, UtcTime, Word

LEASE = timedelta(seconds=60)


class NoticeState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNKNOWN = "unknown"
    FAILED = "failed"
    DROPPED = "dropped"


class Topic(StrEnum):
    """What a notice is about; people mute topics, money and security cannot be muted (chat.md 2.14)."""

    MONEY = "money"


class NoticeKind(StrEnum):
    ORDER_PAID = "order_paid"
    RELEASED = "released"
    REFUND = "refund"
    DEBT = "debt"


class Notice(SQLModel):
    """One message to one person: its kind and the facts that its card is made of."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    key: str = Field(sa_type=String(120))
    topic: Topic = Field(default=Topic.MONEY, sa_type=Word(Topic))
    kind: NoticeKind = Field(sa_type=Word(NoticeKind))
    facts: dict[str, JsonValue] = Field(default_factory=dict, sa_type=Json)
    state: NoticeState = Field(default=NoticeState.QUEUED, sa_type=Word(NoticeState))
    tries: int = 0
    fence: int = 0
    leased_by: str | None = Field(default=None, sa_type=String(40))
    leased_until: datetime | None = Field(default=None, sa_type=UtcTime)
    not_before: datetime = Field(sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    message_id: int | None = Field(default=None, sa_type=Key)
    error: str | None = Field(default=None, sa_type=Text)


class NoticeRow(Notice, table=True):
    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key"),
        Index(
            None,
            "not_before",
            sqlite_where=text("state IN ('queued', 'sending')"),
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
    )


async def queue_notices(session: AsyncSession, notices: Iterable[Notice]) -> None:
    """Queue notices; one whose key already stands is the same notice and left alone."""
    rows = [dict(notice) for notice in notices]
    if rows:
        await session.execute(insert_ignore(session, NoticeRow, ("merchant_id", "key")), rows)


async def claim_notices(session: AsyncSession, sender: str, now: datetime, limit: int = 50) -> list[Notice]:
    """Take due notices, oldest first, or those whose sender went silent; each claim raises the fence."""
    table = table_of(NoticeRow)
    due = or_(
        and_(table.c.state == NoticeState.QUEUED, table.c.not_before <= now),
        and_(table.c.state == NoticeState.SENDING, table.c.leased_until < now),
    )
    chosen = select(table.c.id).where(due).order_by(table.c.not_before, table.c.id).limit(limit)
    if session.get_bind().dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    ids = (await session.execute(chosen)).scalars().all()
    if not ids:
        return []
    await session.execute(
        update(table)
        .where(table.c.id.in_(ids))
        .values(
            state=NoticeState.SENDING, leased_by=sender, leased_until=now + LEASE, fence=table.c.fence + 1
        )
    )
    rows = await session.execute(
        select(table).where(table.c.id.in_(ids)).order_by(table.c.not_before, table.c.id)
    )
    return [values_of(row, Notice) for row in rows]


async def extend_leases(session: AsyncSession, notices: Sequence[Notice], now: datetime) -> None:
    """The heartbeat: notices that still wait for their turn to be sent stay ours."""
    table = table_of(NoticeRow)
    for notice in notices:
        await session.execute(
            update(table)
            .where(
                table.c.id == notice.id, table.c.fence == notice.fence, table.c.state == NoticeState.SENDING
            )
            .values(leased_until=now + LEASE)
        )


async def finish_notice(
    session: AsyncSession,
    notice: Notice,
    state: NoticeState,
    now: datetime,
    *,
    message_id: int | None = None,
    error: str | None = None,
) -> bool:
    """Record how sending ended; False when someone else has claimed the notice since."""
    return await _settle(
        session, notice, state=state, finished_at=now, message_id=message_id, error=error, leased_until=None
    )


async def retry_notice(session: AsyncSession, notice: Notice, not_before: datetime, error: str) -> bool:
    """Put a notice back for later; False when someone else has claimed it since."""
    return await _settle(
        session,
        notice,
        state=NoticeState.QUEUED,
        tries=notice.tries + 1,
        not_before=not_before,
        error=error,
        leased_until=None,
    )


async def _settle(session: AsyncSession, notice: Notice, **values: object) -> bool:
    table = table_of(NoticeRow)
    result = await session.execute(
        update(table)
        .where(table.c.id == notice.id, table.c.fence == notice.fence, table.c.state == NoticeState.SENDING)
        .values(**values)
        .returning(table.c.id)
    )
    return result.first() is not None


async def waiting_notices(session: AsyncSession) -> int:
    """How many notices are not finished; a metric."""
    result = await session.execute(
        select(func.count())
        .select_from(NoticeRow)
        .where(col(NoticeRow.state).in_([NoticeState.QUEUED, NoticeState.SENDING]))
    )
    return int(result.scalar_one())
