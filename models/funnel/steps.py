"""Steps of the funnel that are no orders: products viewed and put into carts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.catalog.products import SKU_CHARS
from models.funnel.clicks import VISITOR_CHARS
from models.funnel.events import EventType
from models.store.ids import new_id
from models.store.sql import insert_all
from models.store.types import Key, UtcTime, Word


class Step(SQLModel):
    """One view or cart, with the link that led to it where the shop said so."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    type: EventType = Field(sa_type=Word(EventType))
    sku: str = Field(sa_type=String(SKU_CHARS))
    link_id: int | None = Field(default=None, foreign_key="link.id", sa_type=Key)
    visitor: str | None = Field(default=None, sa_type=String(VISITOR_CHARS))
    at: datetime = Field(sa_type=UtcTime)


class StepRow(Step, table=True):
    __tablename__ = "step"
    __table_args__ = (Index(None, "merchant_id", "at"), Index(None, "link_id"))


async def keep_steps(session: AsyncSession, steps: Iterable[Step]) -> None:
    """Write steps down."""
    await insert_all(session, StepRow, steps)
