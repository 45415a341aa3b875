"""What a ladder paid one seller for a closed period, and how that follows the seller's sales afterwards.

Sales of a closed period change by refunds and late orders (`models/sales/closed.py`) and by decisions on cases
(`models/money/cases/periods.py`); docs/plans.md, "What a period pays".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, func, select
from sqlalchemy import cast as as_type
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import Order, OrderRow
from models.money.closings import Closing
from models.money.commissions import (
    IN_HELD,
    Commission,
    CommissionKind,
    CommissionRow,
    CommissionState,
    Reason,
    Reversal,
    ReversalRow,
)
from models.money.ledger import AccountKind, Holding, Move
from models.people.distributors import DistributorState, Payee
from models.plans.ladders import ladder_amount
from models.plans.versions import Plan, PlanBook
from models.store.sql import insert_all, table_of, update_all, values_of

_COMMISSION, _ORDER = table_of(CommissionRow), table_of(OrderRow)


def with_ladders(plans: PlanBook, closings: Sequence[Closing]) -> list[Closing]:
    """Those of these closings whose plan had a ladder of their length."""
    return [
        closing
        for closing in closings
        if closing.plan_version is not None
        and (ladder := plans.numbered(closing.plan_version).document.ladder) is not None
        and ladder.period is closing.length
    ]


async def sales_in(session: AsyncSession, closing: Closing, distributor_id: int) -> int:
    """One seller's net sales of a period as they stand: bases less everything refunded since, minor units."""
    total = select(
        as_type(func.coalesce(func.sum(_ORDER.c.base_minor - _ORDER.c.refunded_minor), 0), BigInteger)
    ).where(
        _ORDER.c.distributor_id == distributor_id,
        _ORDER.c.merchant_id == closing.merchant_id,
        _ORDER.c.paid_at >= closing.begins_at,
        _ORDER.c.paid_at < closing.ends_at,
        _ORDER.c.counts,
    )
    return int((await session.execute(total)).scalar_one())


async def ladder_rows(session: AsyncSession, distributor_id: int, period: str) -> list[Commission]:
    """What the ladder paid somebody for a period, the oldest first."""
    rows = await session.execute(
        select(_COMMISSION)
        .where(
            _COMMISSION.c.distributor_id == distributor_id,
            _COMMISSION.c.kind == CommissionKind.LADDER,
            _COMMISSION.c.period == period,
        )
        .order_by(_COMMISSION.c.id)
    )
    return [values_of(row, Commission) for row in rows]


def ladder_bonus(
    closing: Closing,
    plan: Plan,
    payee: Payee,
    level: str,
    sales_minor: int,
    amount_minor: int,
    order: Order | None,
) -> Commission:
    """A ladder's bonus of a period, held until the last of its orders could have been released."""
    settlement = plan.document.settlement
    return Commission(
        merchant_id=closing.merchant_id,
        order_id=order.id if order is not None else None,
        distributor_id=payee.id,
        period=closing.period,
        kind=CommissionKind.LADDER,
        base_minor=max(sales_minor, 0),
        quantity=1,
        rule="ladder",
        level=level,
        plan_version=plan.version,
        amount_minor=amount_minor,
        state=CommissionState.REVIEW if _waits(payee) else CommissionState.HELD,
        reason=Reason.CASE if _waits(payee) else None,
        earned_at=closing.ends_at,
        release_at=closing.ends_at + timedelta(days=settlement.delivery_days + settlement.hold_days),
    )


def _waits(payee: Payee) -> bool:
    return payee.on_hold or payee.state is DistributorState.SUSPENDED


@dataclass
class PaidLadder:
    """What the ladder paid one seller for one closed period, while it changes."""

    closing: Closing
    plan: Plan
    currency: str
    payee: Payee
    level: str
    rows: list[Commission]
    _made: list[Commission] = field(default_factory=list)
    _reversals: list[Reversal] = field(default_factory=list)

    @property
    def posted_minor(self) -> int:
        """What of it is paid or on its way; what a case refused is not."""
        return sum(row.net_minor for row in self.rows if row.state is not CommissionState.VOID)

    def due(self, sales_minor: int) -> int:
        """What the ladder makes of these net sales."""
        ladder = self.plan.document.ladder
        assert ladder is not None  # closings without one are left out
        return ladder_amount(ladder, sales_minor, self.currency)

    def withheld(self, sales_minor: int) -> int:
        """What a case refused of what these sales pay: no later change of sales may bring it back."""
        refused = any(row.state is CommissionState.VOID for row in self.rows)
        return max(self.due(sales_minor) - self.posted_minor, 0) if refused else 0

    def pay(self, order: Order, sales_minor: int, amount_minor: int) -> list[Move]:
        """Pay more, in an order's name."""
        made = ladder_bonus(self.closing, self.plan, self.payee, self.level, sales_minor, amount_minor, order)
        self.rows.append(made)
        self._made.append(made)
        held = Holding(AccountKind.HELD, self.payee.id)
        return [Move(Holding(AccountKind.BONUS_EXPENSE), held, amount_minor)]

    def take_back(
        self,
        amount_minor: int,
        *,
        refund_id: int | None = None,
        case_id: int | None = None,
        at: datetime | None = None,
    ) -> list[Move]:
        """Take back from what was posted last, for a refund or (with `at`) for a case."""
        taken: dict[AccountKind, int] = defaultdict(int)
        for row in reversed(self.rows):
            part = min(row.net_minor, amount_minor)
            if part == 0 or row.state is CommissionState.VOID:
                continue
            amount_minor -= part
            taken[_account(row)] += part
            row.reversed_minor += part
            if row.net_minor == 0:
                row.state = CommissionState.REFUNDED
            self._reversals.append(
                Reversal(commission_id=row.id, refund_id=refund_id, case_id=case_id, at=at, amount_minor=part)
            )
        return [
            Move(Holding(source, self.payee.id), Holding(AccountKind.BONUS_EXPENSE), part)
            for source, part in taken.items()
        ]

    def give_back(self, reversals: Sequence[Reversal]) -> list[Move]:
        """Undo what was taken back; the caller deletes the reversals."""
        given: dict[AccountKind, int] = defaultdict(int)
        rows = {row.id: row for row in self.rows}
        for reversal in reversals:
            row = rows[reversal.commission_id]
            if row.state is CommissionState.REFUNDED:
                row.state = self._state_before(row)
                row.reason = Reason.CASE if row.state is CommissionState.REVIEW else None
            row.reversed_minor -= reversal.amount_minor
            given[_account(row)] += reversal.amount_minor
        return [
            Move(Holding(AccountKind.BONUS_EXPENSE), Holding(target, self.payee.id), part)
            for target, part in given.items()
        ]

    def _state_before(self, row: Commission) -> CommissionState:
        if row.released_at is not None:
            return CommissionState.AVAILABLE
        return CommissionState.REVIEW if _waits(self.payee) else CommissionState.HELD

    async def save(self, session: AsyncSession) -> None:
        """Write what changed."""
        made = {row.id for row in self._made}
        await insert_all(session, CommissionRow, self._made)
        await update_all(
            session,
            CommissionRow,
            [row for row in self.rows if row.id not in made],
            ("reversed_minor", "state", "reason"),
        )
        await insert_all(session, ReversalRow, self._reversals)


def _account(row: Commission) -> AccountKind:
    return AccountKind.HELD if row.state in IN_HELD else AccountKind.AVAILABLE
