"""Commissions: what one distributor earns on one order line, and the facts that explain it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.store.ids import new_id
from models.store.sql import chunks, insert_all, table_of, update_all, values_of
from models.store.types import Json, JsonValue, Key, Minor, UtcTime, Word


class CommissionKind(StrEnum):
    """What a commission is for (docs/plans.md)."""

    LINE = "line"
    TEAM = "team"
    FIRST_ORDER = "first_order"
    INVITE_CASHBACK = "invite_cashback"
    LADDER = "ladder"
    TEAM_TARGET = "team_target"


OF_LINES = frozenset({CommissionKind.LINE, CommissionKind.TEAM})
"""Kinds that stand on an order's line and go back with it in proportion."""
FOLLOWING_ORDERS = OF_LINES | {CommissionKind.FIRST_ORDER}
"""Kinds that are made when their order is paid, and held and released with it."""
BONUSES = frozenset(CommissionKind) - OF_LINES
"""Kinds that are booked as bonus expense."""
OF_PERIODS = frozenset({CommissionKind.LADDER, CommissionKind.TEAM_TARGET})


class CommissionState(StrEnum):
    """One word each, the same everywhere (business.md 2)."""

    ESTIMATED = "estimated"
    AWAITING = "awaiting"
    HELD = "held"
    AVAILABLE = "available"
    REFUNDED = "refunded"
    VOID = "void"
    REVIEW = "review"


IN_HELD = frozenset({CommissionState.AWAITING, CommissionState.HELD, CommissionState.REVIEW})
"""States whose money lies on the account `held`."""


_BEFORE_LEDGER = frozenset({CommissionState.ESTIMATED, CommissionState.VOID})


class RateKind(StrEnum):
    PERCENT = "percent"
    FIXED = "fixed"


class Reason(StrEnum):
    """Why a commission is void or under review."""

    SELF_PURCHASE = "self_purchase"
    ORDER_CANCELLED = "order_cancelled"
    CASE = "case"


class Commission(SQLModel):
    """One commission. `amount_minor` never changes; what refunds take back adds up in `reversed_minor`.

    `rate` is the plan's own text: a percentage of the base, or an amount for each of `quantity` units;
    empty when no rule of the plan matched. Rounding is always down to the minor unit. `boost` is what a promotion
    added (`rule`, `kind`, `rate`, `mode`); `cuts` what caps took before it was made (`cap`, `amount_minor`), so that
    `amount_minor` is what is left. A commission on a line names its order and line, a bonus its order, one of a
    period its period (`2026-11`), with an order when that order changed a closed period. `depth` counts sponsors:
    0 is the seller. `invitee_id` is whose first order brought a cashback.
    """

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    order_id: int | None = Field(default=None, foreign_key="shop_order.id", sa_type=Key)
    line_id: int | None = Field(default=None, foreign_key="order_line.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    depth: int = 0
    invitee_id: int | None = Field(default=None, foreign_key="distributor.id", sa_type=Key)
    period: str | None = Field(default=None, sa_type=String(16))
    kind: CommissionKind = Field(default=CommissionKind.LINE, sa_type=Word(CommissionKind))
    base_minor: int = Field(sa_type=Minor)
    quantity: int = Field(sa_type=Minor)
    rate_kind: RateKind | None = Field(default=None, sa_type=Word(RateKind))
    rate: str = Field(default="", sa_type=String(24))
    rule: str = Field(default="none", sa_type=String(300))
    boost: dict[str, JsonValue] | None = Field(default=None, sa_type=Json)
    cuts: list[dict[str, JsonValue]] = Field(default_factory=list, sa_type=Json)
    level: str = Field(sa_type=String(60))
    profile: str | None = Field(default=None, sa_type=String(60))
    plan_version: int
    amount_minor: int = Field(sa_type=Minor)
    reversed_minor: int = Field(default=0, sa_type=Minor)
    state: CommissionState = Field(sa_type=Word(CommissionState))
    reason: Reason | None = Field(default=None, sa_type=Word(Reason))
    earned_at: datetime = Field(sa_type=UtcTime)
    release_at: datetime | None = Field(default=None, sa_type=UtcTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def net_minor(self) -> int:
        """What is left of it after refunds."""
        return self.amount_minor - self.reversed_minor

    @property
    def cut_minor(self) -> int:
        """What caps took before it was made."""
        return sum(taken for cut in self.cuts if isinstance(taken := cut["amount_minor"], int))


_ONCE = (
    ("uq_commission_first_order", ("order_id", "distributor_id"), text("kind = 'first_order'")),
    ("uq_commission_invite_cashback", ("invitee_id",), text("kind = 'invite_cashback'")),
    (
        "uq_commission_period",
        ("distributor_id", "kind", "period"),
        text("kind IN ('ladder', 'team_target') AND order_id IS NULL"),
    ),
    (
        "uq_commission_period_order",
        ("distributor_id", "kind", "period", "order_id"),
        text("kind = 'ladder' AND order_id IS NOT NULL"),
    ),
)
"""What is paid once, held by the store."""
_DUE = text("state IN ('awaiting', 'held')")
_REVIEWED = text("state = 'review'")


class CommissionRow(Commission, table=True):
    __tablename__ = "commission"
    __table_args__ = (
        UniqueConstraint("line_id", "distributor_id", "kind"),
        CheckConstraint("reversed_minor BETWEEN 0 AND amount_minor", name="reversed_within_amount"),
        CheckConstraint("base_minor >= 0", name="base_not_negative"),
        Index(None, "order_id"),
        Index(None, "distributor_id", "earned_at"),
        *(
            Index(name, *columns, unique=True, sqlite_where=where, postgresql_where=where)
            for name, columns, where in _ONCE
        ),
        Index(None, "merchant_id", "release_at", sqlite_where=_DUE, postgresql_where=_DUE),
        Index(
            "ix_commission_review", "merchant_id", "id", sqlite_where=_REVIEWED, postgresql_where=_REVIEWED
        ),
    )


class Reversal(SQLModel):
    """What one refund took back of one commission, or one case (`at` its decision) of a closed period's ladder."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    commission_id: int = Field(foreign_key="commission.id", sa_type=Key)
    refund_id: int | None = Field(default=None, foreign_key="refund.id", sa_type=Key)
    case_id: int | None = Field(default=None, foreign_key="review_case.id", sa_type=Key)
    at: datetime | None = Field(default=None, sa_type=UtcTime)
    amount_minor: int = Field(sa_type=Minor)


class ReversalRow(Reversal, table=True):
    __tablename__ = "reversal"
    __table_args__ = (
        UniqueConstraint("commission_id", "refund_id"),
        UniqueConstraint("commission_id", "case_id"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(refund_id IS NULL) <> (case_id IS NULL)", name="of_refund_or_case"),
        CheckConstraint("(case_id IS NULL) = (at IS NULL)", name="case_has_time"),
        Index(None, "refund_id"),
    )


class CommissionBook:
    """Commissions of some orders: read before a story, written back after it."""

    def __init__(self, commissions: Iterable[Commission]) -> None:
        self._by_order: dict[int, list[Commission]] = defaultdict(list)
        self._before: dict[int, dict[str, object]] = {}
        for commission in commissions:
            assert commission.order_id is not None  # read by their orders
            self._by_order[commission.order_id].append(commission)
            self._before[commission.id] = dict(vars(commission))
        self._reversals: list[Reversal] = []

    @classmethod
    async def open(cls, session: AsyncSession, order_ids: Sequence[int]) -> CommissionBook:
        """Read every commission of these orders."""
        return cls(await commissions_of(session, order_ids))

    def earners(self) -> set[int]:
        """Everybody who earned on any of these orders."""
        return {one.distributor_id for some in self._by_order.values() for one in some}

    def of(self, order_id: int) -> Sequence[Commission]:
        """The order's commissions."""
        return tuple(self._by_order[order_id])

    def replace(self, order_id: int, commissions: Sequence[Commission]) -> None:
        """The order's commissions from now on; only estimates, which never touched the ledger, may be dropped."""
        booked = [old for old in self._by_order[order_id] if old.state not in _BEFORE_LEDGER]
        assert not booked, "a commission in the ledger is never dropped"
        self._by_order[order_id] = list(commissions)

    def reverse(self, commission: Commission, refund_id: int, amount_minor: int) -> None:
        """A refund takes back an amount of one commission."""
        commission.reversed_minor += amount_minor
        self._reversals.append(
            Reversal(commission_id=commission.id, refund_id=refund_id, amount_minor=amount_minor)
        )

    async def drop_estimates(self, session: AsyncSession) -> None:
        """Delete the rows of replaced estimates; to be called before their lines may go."""
        kept = {commission.id for commissions in self._by_order.values() for commission in commissions}
        gone = [key for key in self._before if key not in kept]
        table = table_of(CommissionRow)
        for part in chunks(gone):
            await session.execute(table.delete().where(table.c.id.in_(part)))
        for key in gone:
            del self._before[key]

    async def save(self, session: AsyncSession) -> None:
        """Write what is new and what changed, in bulk."""
        everything = [commission for commissions in self._by_order.values() for commission in commissions]
        await insert_all(session, CommissionRow, [item for item in everything if item.id not in self._before])
        changed = [
            item
            for item in everything
            if item.id in self._before and dict(vars(item)) != self._before[item.id]
        ]
        await update_all(
            session,
            CommissionRow,
            changed,
            ("reversed_minor", "state", "reason", "release_at", "released_at"),
        )
        await insert_all(session, ReversalRow, self._reversals)


async def commissions_of(session: AsyncSession, order_ids: Sequence[int]) -> list[Commission]:
    """Every commission of these orders, in the order in which they were made."""
    table = table_of(CommissionRow)
    found: list[Commission] = []
    for part in chunks(order_ids):
        rows = await session.execute(select(table).where(table.c.order_id.in_(part)).order_by(table.c.id))
        found.extend(values_of(row, Commission) for row in rows)
    return found
