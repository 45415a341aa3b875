"""Notices on their way to people (operations.md C1 to C7).

A notice is queued in the transaction of what it tells about and rendered when it is sent. A sender
claims a few with a short lease; its result counts only while its claim is the latest (`fence`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import chunks, insert_ignore, table_of, values_of
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
    """What a notice is about. Topics are muted and have quiet hours; money and security are exempt (chat.md 2.14)."""

    MONEY = "money"
    SECURITY = "security"
    SETTLEMENT = "settlement"
    FLASH_SALES = "flash_sales"
    TASKS = "tasks"
    NEWS = "news"


MUTABLE = frozenset(Topic) - {Topic.MONEY, Topic.SECURITY}
"""Topics that can be muted and that wait for the end of quiet hours."""


class NoticeKind(StrEnum):
    ORDER_PAID = "order_paid"
    RELEASED = "released"
    REFUND = "refund"
    DEBT = "debt"
    WITHDRAWAL_ASKED = "withdrawal_asked"
    WITHDRAWAL_MOVED = "withdrawal_moved"
    WITHDRAWAL_SHOWN = "withdrawal_shown"
    """No message of its own: the one that follows the withdrawal shows what stands now."""
    PAYOUT_ACCOUNT = "payout_account"
    CASE_HELD = "case_held"
    CASE_DECIDED = "case_decided"
    CASE_WAITING = "case_waiting"
    CASE_APPEAL = "case_appeal"
    BONUS = "bonus"
    """A bonus that no order brought, or that came after it: of a period, or for an invitation."""
    CLAIM_FILED = "claim_filed"
    CLAIM_DECIDED = "claim_decided"
    TERMS = "terms"
    LEVEL_UP = "level_up"
    LEVEL_WARNING = "level_warning"
    LEVEL_DOWN = "level_down"
    LEVEL_SET = "level_set"
    """By the shop's people, as the next three are: level, profile, sponsor; and to a sponsor, the member."""
    PROFILE_SET = "profile_set"
    SPONSOR_SET = "sponsor_set"
    MEMBER_SET = "member_set"
    REMINDER = "reminder"
    STAFF = "staff"


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


_OPEN = text("state IN ('queued', 'sending')")
# Spelled out, since a partial index answers only a query that repeats its condition word for word.


class NoticeRow(Notice, table=True):
    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("merchant_id", "key"),
        Index(
            None,
            "not_before",
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )


async def queue_notices(session: AsyncSession, notices: Iterable[Notice]) -> None:
    """Queue notices; one whose key already stands is the same notice and left alone."""
    rows = [dict(vars(notice)) for notice in notices]
    if rows:
        await session.execute(insert_ignore(session, NoticeRow, ("merchant_id", "key")), rows)


async def any_due(session: AsyncSession, now: datetime) -> bool:
    """Whether there is anything to claim; a look that takes no write lock."""
    table = table_of(NoticeRow)
    return (await session.execute(select(table.c.id).where(_due(now)).limit(1))).first() is not None


async def claim_notices(
    session: AsyncSession, sender: str, now: datetime, limit: int = 50, *, busy: Collection[int] = ()
) -> list[Notice]:
    """Take due notices, oldest first, or those whose sender went silent; each claim raises the fence.

    At most one a person, and none of `busy` people: theirs stay in order, and nobody's many notices
    hold up those of others.
    """
    table = table_of(NoticeRow)
    chosen = select(table.c.id, table.c.person_id).where(_due(now), table.c.person_id.not_in(busy))
    chosen = chosen.order_by(table.c.not_before, table.c.id).limit(limit * 4)
    if session.get_bind().dialect.name == "postgresql":
        chosen = chosen.with_for_update(skip_locked=True)
    first: dict[int, int] = {}
    for row in await session.execute(chosen):
        first.setdefault(row.person_id, row.id)
    ids = list(first.values())[:limit]
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


def _due(now: datetime) -> ColumnElement[bool]:
    table = table_of(NoticeRow)
    queued = and_(table.c.state == NoticeState.QUEUED, table.c.not_before <= now)
    silent = and_(table.c.state == NoticeState.SENDING, table.c.leased_until < now)
    return and_(_OPEN, or_(queued, silent))


async def extend_leases(session: AsyncSession, notices: Sequence[Notice], now: datetime) -> None:
    """The heartbeat: notices that still wait for their turn to be sent stay ours."""
    if not notices:
        return
    table = table_of(NoticeRow)
    statement = (
        update(table)
        .where(
            table.c.id == bindparam("ours"),
            table.c.fence == bindparam("claim"),
            table.c.state == NoticeState.SENDING,
        )
        .values(leased_until=now + LEASE)
    )
    connection = await session.connection()
    rows = sorted((notice.id, notice.fence) for notice in notices)
    await connection.execute(statement, [{"ours": key, "claim": fence} for key, fence in rows])


@dataclass(frozen=True, slots=True)
class Ending:
    """How an attempt to send ended: for good (`finished_at`), or `queued` again for `not_before`."""

    notice: Notice
    state: NoticeState
    tries: int
    not_before: datetime
    finished_at: datetime | None = None
    message_id: int | None = None
    error: str | None = None


async def settle_notices(session: AsyncSession, endings: Sequence[Ending]) -> set[int]:
    """Record how sending ended, for many notices at once; answers whose ending counted.

    Where someone else has claimed the notice since, ours is refused and changes nothing.
    """
    ours = await _still_ours(session, endings)
    rows = [
        {
            "ours": ending.notice.id,
            "ended": ending.state,
            "tried": ending.tries,
            "again_at": ending.not_before,
            "done_at": ending.finished_at,
            "message": ending.message_id,
            "reason": ending.error,
        }
        for ending in endings
        if ending.notice.id in ours
    ]
    if not rows:
        return ours
    table = table_of(NoticeRow)
    statement = (
        update(table)
        .where(table.c.id == bindparam("ours"))
        .values(
            state=bindparam("ended"),
            tries=bindparam("tried"),
            not_before=bindparam("again_at"),
            finished_at=bindparam("done_at"),
            message_id=bindparam("message"),
            error=bindparam("reason"),
            leased_until=None,
        )
    )
    connection = await session.connection()
    await connection.execute(statement, rows)
    return ours


async def _still_ours(session: AsyncSession, endings: Sequence[Ending]) -> set[int]:
    fences = {ending.notice.id: ending.notice.fence for ending in endings}
    table = table_of(NoticeRow)
    ours: set[int] = set()
    for part in chunks(sorted(fences)):
        rows = await session.execute(
            select(table.c.id, table.c.fence)
            .where(table.c.id.in_(part), table.c.state == NoticeState.SENDING)
            .order_by(table.c.id)
            .with_for_update()
        )
        ours.update(row.id for row in rows if row.fence == fences[row.id])
    return ours


async def waiting_notices(session: AsyncSession) -> int:
    """How many notices are not finished; a metric."""
    result = await session.execute(
        select(func.count())
        .select_from(NoticeRow)
        .where(col(NoticeRow.state).in_([NoticeState.QUEUED, NoticeState.SENDING]))
    )
    return int(result.scalar_one())
