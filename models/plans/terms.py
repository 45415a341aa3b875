"""Telling every distributor what a new plan changes, and the record of who has read it (business.md 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.people.distributors import Distributor, DistributorState
from models.store.ids import new_id
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.sql import insert_ignore, table_of
from models.store.types import Key, UtcTime

_PAGE = 2_000


class TermsRead(SQLModel, table=True):
    """A distributor has opened the terms of a version; written once, never changed."""

    __tablename__ = "terms_read"
    __table_args__ = (Index(None, "distributor_id"),)

    plan_version_id: int = Field(foreign_key="plan_version.id", primary_key=True, sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    read_at: datetime = Field(sa_type=UtcTime)


async def queue_terms(
    session: AsyncSession, merchant_id: int, version: int, before: int | None, now: datetime
) -> int:
    """Queue the terms card for every active distributor with a chat, page by page; answers to how many.

    `before`: the number of the version that it takes the place of.
    """
    table = table_of(Distributor)
    last, told = 0, 0
    while True:
        rows = (
            await session.execute(
                select(table.c.id, table.c.person_id)
                .where(
                    table.c.merchant_id == merchant_id,
                    table.c.state == DistributorState.ACTIVE,
                    table.c.person_id.is_not(None),
                    table.c.id > last,
                )
                .order_by(table.c.id)
                .limit(_PAGE)
            )
        ).all()
        if not rows:
            return told
        await queue_notices(
            session,
            [
                Notice(
                    id=new_id(),
                    merchant_id=merchant_id,
                    person_id=row.person_id,
                    key=f"terms:{version}:{row.id}",
                    kind=NoticeKind.TERMS,
                    facts={"version": version, "before": before, "distributor_id": row.id},
                    not_before=now,
                    created_at=now,
                )
                for row in rows
            ],
        )
        last, told = rows[-1].id, told + len(rows)


async def note_read(
    session: AsyncSession, *, merchant_id: int, plan_version_id: int, distributor_id: int, now: datetime
) -> None:
    """Record that somebody has opened the terms; the first time counts."""
    await session.execute(
        insert_ignore(session, TermsRead, ("plan_version_id", "distributor_id")).values(
            plan_version_id=plan_version_id,
            distributor_id=distributor_id,
            merchant_id=merchant_id,
            read_at=now,
        )
    )


async def read_at(session: AsyncSession, plan_version_id: int, distributor_id: int) -> datetime | None:
    """When somebody opened these terms first."""
    table = table_of(TermsRead)
    row = (
        await session.execute(
            select(table.c.read_at).where(
                table.c.plan_version_id == plan_version_id, table.c.distributor_id == distributor_id
            )
        )
    ).first()
    return row.read_at if row is not None else None


async def read_counts(
    session: AsyncSession, merchant_id: int, plan_version_ids: Sequence[int]
) -> dict[int, int]:
    """How many have opened the terms of each of these versions, by the version's key."""
    table = table_of(TermsRead)
    rows = await session.execute(
        select(table.c.plan_version_id, func.count().label("readers"))
        .where(table.c.merchant_id == merchant_id, table.c.plan_version_id.in_(plan_version_ids))
        .group_by(table.c.plan_version_id)
    )
    return {row.plan_version_id: row.readers for row in rows}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who has opened the terms, and when."""

    name: str
    read_at: datetime


async def latest_readers(
    session: AsyncSession, merchant_id: int, plan_version_id: int, limit: int
) -> Sequence[Reader]:
    """Who opened the terms of a version last."""
    table, people = table_of(TermsRead), table_of(Distributor)
    rows = await session.execute(
        select(people.c.name, table.c.read_at)
        .join(people, people.c.id == table.c.distributor_id)
        .where(table.c.merchant_id == merchant_id, table.c.plan_version_id == plan_version_id)
        .order_by(table.c.read_at.desc(), people.c.id)
        .limit(limit)
    )
    return [Reader(row.name, row.read_at) for row in rows]
