"""Cases as they are kept: evidence, state, who decided, until when (business.md 8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import Index, String, Text, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.errors import NotFound
from models.money.cases.signals import Signal, SignalKind
from models.money.commissions import CommissionState, Reason
from models.store.ids import new_id
from models.store.sql import table_of, values_of
from models.store.types import Json, JsonValue, Key, UtcTime, Word

TEXT_CHARS: Final = 1000
"""What a note or an appeal may have."""


class CaseKind(StrEnum):
    SIGNALS = "signals"
    OWN_PURCHASE = "own_purchase"


class CaseState(StrEnum):
    """Where a case stands. An own purchase under review is a `hold` of one order."""

    WATCH = "watch"
    HOLD = "hold"
    SUSPENDED = "suspended"
    CLEARED = "cleared"
    REFUSED = "refused"
    """What was under review is not paid."""
    EXPIRED = "expired"


OPEN: Final = (CaseState.WATCH, CaseState.HOLD, CaseState.SUSPENDED)
"""States in which something may still be decided."""


class Case(SQLModel):
    """One case of one distributor; of an own purchase also its order.

    `expires_at`: when it ends by itself, None when never. `expected_at`: by when the distributor may expect a
    decision. `turn` counts decisions, so that a button of yesterday decides nothing today. `before` is the state
    that the last decision left, while that can be undone.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    kind: CaseKind = Field(sa_type=Word(CaseKind))
    order_id: int | None = Field(default=None, foreign_key="shop_order.id", sa_type=Key)
    state: CaseState = Field(sa_type=Word(CaseState))
    signals: list[dict[str, JsonValue]] = Field(default_factory=list, sa_type=Json)
    opened_at: datetime = Field(sa_type=UtcTime)
    seen_at: datetime = Field(sa_type=UtcTime)
    expected_at: datetime | None = Field(default=None, sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    turn: int = 0
    before: dict[str, JsonValue] | None = Field(default=None, sa_type=Json)
    decided_at: datetime | None = Field(default=None, sa_type=UtcTime)
    resolver: str | None = Field(default=None, sa_type=String(60))
    note: str = Field(default="", sa_type=Text)
    appeal: str | None = Field(default=None, sa_type=Text)
    appealed_at: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def evidence(self) -> tuple[Signal, ...]:
        """The signals that it stands on."""
        return tuple(read_signal(kept) for kept in self.signals)

    @property
    def subject(self) -> str:
        """Its name in the audit chain."""
        return f"case {self.id}"


_IS_OPEN = text("kind = 'signals' AND state IN ('watch', 'hold', 'suspended')")
_HAS_ORDER = text("order_id IS NOT NULL")
_WAITS = text("state IN ('watch', 'hold', 'suspended')")


class CaseRow(Case, table=True):
    __tablename__ = "review_case"
    __table_args__ = (
        Index(
            "uq_review_case_open",
            "distributor_id",
            unique=True,
            sqlite_where=_IS_OPEN,
            postgresql_where=_IS_OPEN,
        ),
        Index(
            "uq_review_case_order",
            "order_id",
            unique=True,
            sqlite_where=_HAS_ORDER,
            postgresql_where=_HAS_ORDER,
        ),
        Index(None, "distributor_id"),
        Index("ix_review_case_waiting", "merchant_id", "state", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )


class CaseMark(SQLModel):
    """How a commission stood before a decision moved it, and whether its order counted: what undoing restores."""

    case_id: int = Field(primary_key=True, foreign_key="review_case.id", sa_type=Key)
    turn: int = Field(primary_key=True)
    commission_id: int = Field(primary_key=True, foreign_key="commission.id", sa_type=Key)
    state: CommissionState = Field(sa_type=Word(CommissionState))
    reason: Reason | None = Field(default=None, sa_type=Word(Reason))
    release_at: datetime | None = Field(default=None, sa_type=UtcTime)
    counted: bool = False


class CaseMarkRow(CaseMark, table=True):
    __tablename__ = "case_mark"
    __table_args__ = (Index(None, "commission_id"),)


def kept_signal(signal: Signal) -> dict[str, JsonValue]:
    """A signal as it is stored."""
    return {"kind": signal.kind.value, "numbers": dict(signal.numbers), "orders": list(signal.orders)}


def read_signal(kept: dict[str, JsonValue]) -> Signal:
    """A stored signal."""
    numbers, orders = kept.get("numbers"), kept.get("orders")
    return Signal(
        SignalKind(str(kept["kind"])),
        {name: value for name, value in numbers.items() if isinstance(value, int)}
        if isinstance(numbers, dict)
        else {},
        tuple(str(ref) for ref in orders) if isinstance(orders, list) else (),
    )


_TABLE = table_of(CaseRow)


async def case_by_id(session: AsyncSession, merchant_id: int, case_id: int) -> Case:
    """Raises NotFound."""
    row = (
        await session.execute(
            select(_TABLE).where(_TABLE.c.merchant_id == merchant_id, _TABLE.c.id == case_id)
        )
    ).first()
    if row is None:
        raise NotFound("case", str(case_id))
    return values_of(row, Case)


async def waiting(session: AsyncSession, merchant_id: int) -> int:
    """How many cases wait for a person's decision."""
    found = await session.execute(
        select(func.count()).where(
            _TABLE.c.merchant_id == merchant_id, _WAITS, _TABLE.c.state == CaseState.HOLD
        )
    )
    return found.scalar_one()


async def cases(
    session: AsyncSession,
    merchant_id: int,
    *,
    states: Sequence[CaseState] = OPEN,
    limit: int = 50,
    offset: int = 0,
) -> list[Case]:
    """Cases in these states: those that wait for a decision first, appealed ones before others, then the oldest."""
    statement = select(_TABLE).where(_TABLE.c.merchant_id == merchant_id, _TABLE.c.state.in_(states))
    if set(states) <= set(OPEN):
        statement = statement.where(_WAITS)
    urgency = case((_TABLE.c.state == CaseState.HOLD, 0), (_TABLE.c.state == CaseState.SUSPENDED, 2), else_=1)
    rows = await session.execute(
        statement.order_by(urgency, _TABLE.c.appealed_at.is_(None), _TABLE.c.opened_at, _TABLE.c.id)
        .limit(limit)
        .offset(offset)
    )
    return [values_of(row, Case) for row in rows]


async def case_of_distributor(session: AsyncSession, merchant_id: int, distributor_id: int) -> Case | None:
    """The case that keeps what a distributor earns under review: on hold or suspended, not a mere Watch."""
    rows = await session.execute(
        select(_TABLE).where(
            _TABLE.c.merchant_id == merchant_id,
            _TABLE.c.distributor_id == distributor_id,
            _TABLE.c.kind == CaseKind.SIGNALS,
            _TABLE.c.state.in_([CaseState.HOLD, CaseState.SUSPENDED]),
        )
    )
    row = rows.first()
    return values_of(row, Case) if row is not None else None
