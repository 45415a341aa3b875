"""Periods that were closed, once each at a merchant (docs/plans.md, "What a period pays")."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.plans.periods import Period
from models.plans.rules import PeriodLength
from models.store.ids import new_id
from models.store.sql import table_of, values_of
from models.store.types import Key, UtcTime, Word


class Closing(SQLModel):
    """One closed period of the merchant's zone, and its plan.

    From the moment at which it stands, whatever changes the period's sales posts the difference; `finished_at`
    says when everybody's bonus had been posted.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    length: PeriodLength = Field(sa_type=Word(PeriodLength))
    period: str = Field(sa_type=String(16))
    begins_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    plan_version: int | None = None
    closed_at: datetime = Field(sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def span(self) -> Period:
        """The period itself."""
        return Period(self.length, self.period, self.begins_at, self.ends_at)


class ClosingRow(Closing, table=True):
    __tablename__ = "closing"
    __table_args__ = (UniqueConstraint("merchant_id", "length", "period"),)


async def closings_since(session: AsyncSession, merchant_id: int, moment: datetime) -> list[Closing]:
    """The merchant's closed periods that end after a moment, the earliest first."""
    table = table_of(ClosingRow)
    rows = await session.execute(
        select(table)
        .where(table.c.merchant_id == merchant_id, table.c.ends_at > moment)
        .order_by(table.c.ends_at, table.c.id)
    )
    return [values_of(row, Closing) for row in rows]
