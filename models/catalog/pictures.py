"""Pictures of products that the shop's people sent in chat: ours already, re-encoded and bounded (operations F7)."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy import LargeBinary, String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import insert_ignore
from models.store.types import Key, UtcTime


class PictureKept(SQLModel, table=True):
    """One JPEG of a merchant's, kept once however often it is sent."""

    __tablename__ = "picture"
    __table_args__ = (UniqueConstraint("merchant_id", "digest"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    digest: str = Field(sa_type=String(64))
    content: bytes = Field(sa_type=LargeBinary)
    made_at: datetime = Field(sa_type=UtcTime)


async def keep_picture(session: AsyncSession, merchant_id: int, content: bytes, now: datetime) -> int:
    """The number under which a picture is kept."""
    digest = hashlib.sha256(content).hexdigest()
    await session.execute(
        insert_ignore(session, PictureKept, ("merchant_id", "digest")).values(
            id=new_id(), merchant_id=merchant_id, digest=digest, content=content, made_at=now
        )
    )
    found = await session.execute(
        select(col(PictureKept.id)).where(
            col(PictureKept.merchant_id) == merchant_id, col(PictureKept.digest) == digest
        )
    )
    return found.scalar_one()


async def picture_content(session: AsyncSession, merchant_id: int, picture_id: int) -> bytes | None:
    """The JPEG, or None for one that this merchant has not."""
    found = await session.execute(
        select(col(PictureKept.content)).where(
            col(PictureKept.merchant_id) == merchant_id, col(PictureKept.id) == picture_id
        )
    )
    return found.scalar_one_or_none()
