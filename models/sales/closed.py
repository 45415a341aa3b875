"""Orders and refunds of periods that are closed: what the ladder paid for them changes by the difference.

A refund after the close takes back `f(old) - f(new)`; an order that is told after it posts the difference with
that order named (docs/plans.md, "What a period pays").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
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
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.people.distributors import DistributorState, Payee
from models.people.merchants import Merchant
from models.plans.ladders import ladder_amount
from models.plans.versions import Plan, PlanBook
from models.sales.cast import Cast
from models.store.sql import insert_all, table_of, update_all, values_of

_COMMISSION, _ORDER = table_of(CommissionRow), table_of(OrderRow)


@dataclass(frozen=True, slots=True)
class SalesChanged:
    """An order's sales changed by so much (minor units), by a refund or, without one, by being paid."""

    order: Order
    delta_minor: int
    at: datetime
    refund_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClawedBack:
    """Money that had been available was taken back."""

    distributor_id: int
    refund_id: int


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
    waits = payee.on_hold or payee.state is DistributorState.SUSPENDED
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
        state=CommissionState.REVIEW if waits else CommissionState.HELD,
        reason=Reason.CASE if waits else None,
        earned_at=closing.ends_at,
        release_at=closing.ends_at + timedelta(days=settlement.delivery_days + settlement.hold_days),
    )


class ClosedPeriods:
    """The closed periods that a story touches, and what it changes in them."""

    def __init__(self, merchant: Merchant, plans: PlanBook, closings: Sequence[Closing]) -> None:
        self._merchant = merchant
        self._plans = plans
        self._closings = [
            closing
            for closing in closings
            if closing.plan_version is not None
            and (ladder := plans.numbered(closing.plan_version).document.ladder) is not None
            and ladder.period is closing.length
        ]
        self._changes: dict[tuple[int, int], list[SalesChanged]] = defaultdict(list)

    def note(self, change: SalesChanged) -> None:
        """Remember a change of sales, where its period is closed."""
        order = change.order
        if (
            order.distributor_id is None
            or order.paid_at is None
            or not order.counts
            or not change.delta_minor
        ):
            return
        for place, closing in enumerate(self._closings):
            if closing.begins_at <= order.paid_at < closing.ends_at:
                self._changes[order.distributor_id, place].append(change)

    async def save(self, session: AsyncSession, journal: Journal, cast: Cast) -> list[ClawedBack]:
        """Post the differences; the orders stand as they are now. Answers what went back from `available`."""
        clawed: list[ClawedBack] = []
        for (distributor_id, place), changes in self._changes.items():
            closing = self._closings[place]
            rows = await ladder_rows(session, distributor_id, closing.period)
            known = {row.id for row in rows}
            sales = await sales_in(session, closing, distributor_id) - sum(one.delta_minor for one in changes)
            level = self.plan_of(closing).rates.level_or_first(cast.levels.latest(distributor_id))
            ladder = _Ladder(self, closing, cast.payees[distributor_id], level, rows)
            for change in changes:
                sales += change.delta_minor
                clawed.extend(ladder.move(change, sales, journal))
            await insert_all(session, CommissionRow, [row for row in ladder.rows if row.id not in known])
            await update_all(
                session,
                CommissionRow,
                [row for row in ladder.rows if row.id in known],
                ("reversed_minor", "state"),
            )
            await insert_all(session, ReversalRow, ladder.reversals)
        return clawed

    def plan_of(self, closing: Closing) -> Plan:
        """The plan that held at a period's end."""
        assert closing.plan_version is not None  # those without are left out
        return self._plans.numbered(closing.plan_version)

    @property
    def currency(self) -> str:
        """The merchant's."""
        return self._merchant.currency


class _Ladder:
    """What the ladder paid one person for one period, while it changes."""

    def __init__(
        self, periods: ClosedPeriods, closing: Closing, payee: Payee, level: str, rows: list[Commission]
    ) -> None:
        self._closing = closing
        self._plan = periods.plan_of(closing)
        self._currency = periods.currency
        self._payee = payee
        self._level = level
        self.rows = rows
        self.reversals: list[Reversal] = []

    def move(self, change: SalesChanged, sales_minor: int, journal: Journal) -> list[ClawedBack]:
        """Bring what was paid to what these sales pay."""
        ladder = self._plan.document.ladder
        assert ladder is not None  # closed periods without one are left out
        due = ladder_amount(ladder, sales_minor, self._currency)
        difference = due - sum(row.net_minor for row in self.rows)
        if difference > 0:
            self._pay(change, sales_minor, difference, journal)
            return []
        return self._take_back(change, -difference, journal) if difference else []

    def _pay(self, change: SalesChanged, sales_minor: int, amount_minor: int, journal: Journal) -> None:
        made = ladder_bonus(
            self._closing, self._plan, self._payee, self._level, sales_minor, amount_minor, change.order
        )
        self.rows.append(made)
        journal.transfer(
            key=f"ladder:{self._closing.period}:{self._payee.id}:{change.order.id}",
            kind=TransferKind.BONUS,
            at=change.at,
            order_id=change.order.id,
            moves=[
                Move(
                    Holding(AccountKind.BONUS_EXPENSE),
                    Holding(AccountKind.HELD, self._payee.id),
                    amount_minor,
                )
            ],
        )

    def _take_back(self, change: SalesChanged, amount_minor: int, journal: Journal) -> list[ClawedBack]:
        refund_id = change.refund_id
        assert refund_id is not None  # sales only fall by refunds
        taken: dict[AccountKind, int] = defaultdict(int)
        for row in reversed(self.rows):
            part = min(row.net_minor, amount_minor)
            if part == 0:
                continue
            amount_minor -= part
            taken[AccountKind.HELD if row.state in IN_HELD else AccountKind.AVAILABLE] += part
            row.reversed_minor += part
            if row.net_minor == 0:
                row.state = CommissionState.REFUNDED
            self.reversals.append(Reversal(commission_id=row.id, refund_id=refund_id, amount_minor=part))
        journal.transfer(
            key=f"ladder-reversal:{refund_id}:{self._closing.period}:{self._payee.id}",
            kind=TransferKind.REVERSAL,
            at=change.at,
            order_id=change.order.id,
            refund_id=refund_id,
            moves=[
                Move(Holding(source, self._payee.id), Holding(AccountKind.BONUS_EXPENSE), part)
                for source, part in taken.items()
            ],
        )
        return [ClawedBack(self._payee.id, refund_id)] if AccountKind.AVAILABLE in taken else []
