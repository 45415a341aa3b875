"""Where people put a link before others: each showing is an exposure, the first step of the funnel."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.funnel.links import SHOP, Channel, Link
from models.store.ids import new_id
from models.store.sql import insert_ignore
from models.store.types import Key, UtcTime


class Exposure(SQLModel, table=True):
    """A link was shown once. Its channel is the link's; `key` makes one showing count once, however often told."""

    __tablename__ = "exposure"
    __table_args__ = (UniqueConstraint("key"), Index(None, "link_id"), Index(None, "merchant_id", "at"))

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    link_id: int = Field(foreign_key="link.id", sa_type=Key)
    key: str = Field(sa_type=String(120))
    at: datetime = Field(sa_type=UtcTime)


async def keep_exposure(session: AsyncSession, link: Link, key: str, now: datetime) -> None:
    """Note that a link was shown."""
    await session.execute(
        insert_ignore(session, Exposure, ("key",)).values(
            id=new_id(), merchant_id=link.merchant_id, link_id=link.id, key=key, at=now
        )
    )


async def recent_skus(session: AsyncSession, distributor_id: int, limit: int) -> list[str]:
    """The products that a distributor shared or looked at last, the latest first.

    Links of the inline channel alone say nothing: they are made for whatever is listed, chosen or not.
    """
    shown = (
        select(col(Link.sku), func.max(col(Exposure.at)).label("at"))
        .join(Link, col(Link.id) == col(Exposure.link_id))
        .where(col(Link.distributor_id) == distributor_id, col(Link.sku) != SHOP)
        .group_by(col(Link.sku))
    )
    made = (
        select(col(Link.sku), func.max(col(Link.created_at)).label("at"))
        .where(
            col(Link.distributor_id) == distributor_id,
            col(Link.sku) != SHOP,
            col(Link.channel) != Channel.INLINE,
        )
        .group_by(col(Link.sku))
    )
    latest: dict[str, datetime] = {}
    for statement in (shown, made):
        for row in await session.execute(statement):
            latest[row.sku] = max(latest.get(row.sku, row.at), row.at)
    return sorted(latest, key=lambda sku: latest[sku], reverse=True)[:limit]


async def count_exposures(session: AsyncSession, link_id: int) -> int:
    """How often a link was shown."""
    counted = select(func.count()).select_from(Exposure).where(col(Exposure.link_id) == link_id)
    return int((await session.execute(counted)).scalar_one())
