"""Reminders that sponsors send to their members: one a member in seven days (chat.md 3, "Team")."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.people.distributors import Distributor
from models.store.outbox import Notice, NoticeKind, Topic, queue_notices
from models.store.sql import table_of
from models.store.types import Key, UtcTime

COOL_DOWN = timedelta(days=7)


class Reminder(SQLModel, table=True):
    """When a member was last reminded, whoever their sponsor was then."""

    __tablename__ = "reminder"

    distributor_id: int = Field(foreign_key="distributor.id", primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    sponsor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    reminded_at: datetime = Field(sa_type=UtcTime)


_TABLE = table_of(Reminder)


async def reminded_at(
    session: AsyncSession, merchant_id: int, distributor_ids: Sequence[int]
) -> dict[int, datetime]:
    """When each of these members was last reminded."""
    rows = await session.execute(
        select(_TABLE.c.distributor_id, _TABLE.c.reminded_at).where(
            _TABLE.c.merchant_id == merchant_id, _TABLE.c.distributor_id.in_(distributor_ids)
        )
    )
    return {row.distributor_id: row.reminded_at for row in rows}


async def remind(session: AsyncSession, member: Distributor, sponsor: Distributor, now: datetime) -> bool:
    """Queue a reminder to a member with a chat; False while the last one is younger than seven days.

    Only the one whose update moved the row queues the notice, so that doubled taps remind once.
    """
    if member.person_id is None:
        return False
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    statement = insert(_TABLE).values(
        distributor_id=member.id, merchant_id=member.merchant_id, sponsor_id=sponsor.id, reminded_at=now
    )
    won = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["distributor_id"],
            set_={"reminded_at": now, "sponsor_id": sponsor.id},
            where=_TABLE.c.reminded_at <= now - COOL_DOWN,
        ).returning(_TABLE.c.distributor_id)
    )
    if won.first() is None:
        return False
    await queue_notices(
        session,
        [
            Notice(
                merchant_id=member.merchant_id,
                person_id=member.person_id,
                key=f"{NoticeKind.REMINDER}:{member.id}:{now:%Y%m%dT%H%M%S%f}",
                topic=Topic.TASKS,
                kind=NoticeKind.REMINDER,
                facts={"distributor_id": member.id, "sponsor_id": sponsor.id},
                not_before=now,
                created_at=now,
            )
        ],
    )
    return True
