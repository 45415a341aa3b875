"""Periods that were closed, once each at a merchant, and what caps have used up."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.plans.rules import PeriodLength
from models.store.ids import new_id
from models.store.types import Key, Minor, UtcTime, Word


class Closing(SQLModel, table=True):
    """One closed period (`2026-11`, `2026-W48`, `2026-Q4`) of the merchant's zone, and its plan."""

    __tablename__ = "closing"
    __table_args__ = (UniqueConstraint("merchant_id", "length", "period"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    length: PeriodLength = Field(sa_type=Word(PeriodLength))
    period: str = Field(sa_type=String(16))
    begins_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    plan_version: int | None = None
    closed_at: datetime = Field(sa_type=UtcTime)


class BudgetUsed(SQLModel, table=True):
    """What a merchant's orders have earned in one month, as made: what the budget cap counts."""

    __tablename__ = "budget_used"

    merchant_id: int = Field(foreign_key="merchant.id", primary_key=True, sa_type=Key)
    month: str = Field(primary_key=True, sa_type=String(16))
    used_minor: int = Field(default=0, sa_type=Minor)
