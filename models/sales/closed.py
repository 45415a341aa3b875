"""Orders and refunds of periods that are closed: what the ladder paid for them changes by the difference.

A refund after the close takes back `f(old) - f(new)`; an order that is told after it posts the difference with
that order named (docs/plans.md, "What a period pays").
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import Order
from models.money.closings import Closing
from models.money.ladders import PaidLadder, ladder_rows, sales_in, with_ladders
from models.money.ledger import AccountKind, Journal, TransferKind
from models.people.merchants import Merchant
from models.plans.versions import PlanBook
from models.sales.cast import Cast


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


class ClosedPeriods:
    """The closed periods that a story touches, and what it changes in them."""

    def __init__(self, merchant: Merchant, plans: PlanBook, closings: Sequence[Closing]) -> None:
        self._merchant = merchant
        self._plans = plans
        self._closings = with_ladders(plans, closings)
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
            assert closing.plan_version is not None  # those without are left out
            plan = self._plans.numbered(closing.plan_version)
            ladder = PaidLadder(
                closing,
                plan,
                self._merchant.currency,
                cast.payees[distributor_id],
                plan.rates.level_or_first(cast.levels.latest(distributor_id)),
                await ladder_rows(session, distributor_id, closing.period),
            )
            sales = await sales_in(session, closing, distributor_id) - sum(one.delta_minor for one in changes)
            withheld = ladder.withheld(sales)
            for change in changes:
                sales += change.delta_minor
                clawed.extend(_move(ladder, change, sales, withheld, journal))
            await ladder.save(session)
        return clawed


def _move(
    ladder: PaidLadder, change: SalesChanged, sales_minor: int, withheld_minor: int, journal: Journal
) -> list[ClawedBack]:
    """Bring what was paid to what these sales pay, less what a case refused."""
    difference = ladder.due(sales_minor) - withheld_minor - ladder.posted_minor
    period, payee = ladder.closing.period, ladder.payee
    if difference > 0:
        journal.transfer(
            key=f"ladder:{period}:{payee.id}:{change.order.id}",
            kind=TransferKind.BONUS,
            at=change.at,
            order_id=change.order.id,
            moves=ladder.pay(change.order, sales_minor, difference),
        )
        return []
    if difference == 0:
        return []
    refund_id = change.refund_id
    assert refund_id is not None  # told sales only fall by refunds
    taken = ladder.take_back(-difference, refund_id=refund_id)
    journal.transfer(
        key=f"ladder-reversal:{refund_id}:{period}:{payee.id}",
        kind=TransferKind.REVERSAL,
        at=change.at,
        order_id=change.order.id,
        refund_id=refund_id,
        moves=taken,
    )
    back = any(move.source.kind is AccountKind.AVAILABLE for move in taken)
    return [ClawedBack(payee.id, refund_id)] if back else []
