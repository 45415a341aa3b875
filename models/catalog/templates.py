"""Poster templates of a merchant's own: kept as their checked source, found by family and profile."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import table_of
from models.store.types import Key, UtcTime

FAMILY_CHARS = 40


class PosterTemplate(SQLModel, table=True):
    """One layout; the pictures' room checks `source` before it comes here (chat.md 6)."""

    __tablename__ = "poster_template"
    __table_args__ = (UniqueConstraint("merchant_id", "family", "profile"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    family: str = Field(sa_type=String(FAMILY_CHARS))
    profile: str = Field(sa_type=String(12))
    source: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcTime)


async def templates_of(session: AsyncSession, merchant_id: int) -> list[PosterTemplate]:
    """Every layout of a merchant, by family and profile."""
    rows = await session.execute(
        select(PosterTemplate)
        .where(col(PosterTemplate.merchant_id) == merchant_id)
        .order_by(col(PosterTemplate.family), col(PosterTemplate.profile))
    )
    return list(rows.scalars())


async def keep_template(
    session: AsyncSession, *, merchant_id: int, family: str, profile: str, source: str, now: datetime
) -> None:
    """Keep a layout in place of the one of that family and profile before."""
    await drop_template(session, merchant_id, family, profile)
    session.add(
        PosterTemplate(merchant_id=merchant_id, family=family, profile=profile, source=source, made_at=now)
    )
    await session.flush()


async def drop_template_by_id(session: AsyncSession, merchant_id: int, template_id: int) -> None:
    """Take a layout away, if it is there."""
    table = table_of(PosterTemplate)
    await session.execute(delete(table).where(table.c.merchant_id == merchant_id, table.c.id == template_id))


async def drop_template(session: AsyncSession, merchant_id: int, family: str, profile: str) -> bool:
    """Take a layout away; False when there is none."""
    table = table_of(PosterTemplate)
    gone = await session.execute(
        delete(table)
        .where(table.c.merchant_id == merchant_id, table.c.family == family, table.c.profile == profile)
        .returning(table.c.id)
    )
    return gone.first() is not None
