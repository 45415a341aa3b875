"""Closed periods of which a decision changes the sales: the ladder's difference goes back, and comes again when undone.

Team targets of a closed period stay what they were, as they do after a refund (docs/plans.md).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import Order, OrderRow
from models.money.cases.cases import Case, CaseMarkRow
from models.money.closings import Closing, closings_since
from models.money.commissions import CommissionRow, Reversal, ReversalRow
from models.money.ladders import PaidLadder, ladder_rows, sales_in, with_ladders
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.people.distributors import payees
from models.people.levels import LevelBook
from models.people.merchants import Merchant
from models.plans.versions import PlanBook
from models.store.sql import table_of, values_of
from models.store.types import JsonValue

_COMMISSION, _MARK, _ORDER = table_of(CommissionRow), table_of(CaseMarkRow), table_of(OrderRow)
_REVERSAL = table_of(ReversalRow)


@dataclass(frozen=True, slots=True)
class _Touched:
    """A closed period with orders of the case that counted, and what the ladder paid their seller for it."""

    orders: Sequence[Order]
    ladder: PaidLadder

    @property
    def period(self) -> str:
        return self.ladder.closing.period


class ClosedSales:
    """The closed periods that a decision touches, with what must be known of them from before it.

    Ask what is withheld while the orders still count as they did; let the decision count them or not; then post.
    """

    def __init__(
        self, session: AsyncSession, merchant: Merchant, case: Case, turn: int, now: datetime
    ) -> None:
        self._session = session
        self._merchant = merchant
        self._case = case
        self._turn = turn
        self._journal = Journal(merchant.id, merchant.currency, now)
        self._now = now

    async def withheld(self) -> dict[str, JsonValue]:
        """By period, what an earlier refusal keeps back of the seller's ladder, in minor units."""
        return {
            one.period: one.ladder.withheld(await self._sales(one.ladder.closing))
            for one in await self._touched()
        }

    async def sales(self) -> dict[str, JsonValue]:
        """By period, what the seller's counted sales come to."""
        return {one.period: await self._sales(one.ladder.closing) for one in await self._touched()}

    async def take_back(self, withheld: Mapping[str, JsonValue]) -> int:
        """The orders count no more: what the ladder paid beyond what is left goes back.

        Answers what is owed now where more was taken than was available, in minor units.
        """
        for one in await self._touched():
            due = one.ladder.due(await self._sales(one.ladder.closing)) - _minor(withheld, one.period)
            beyond = one.ladder.posted_minor - max(due, 0)
            if beyond > 0:
                moves = one.ladder.take_back(beyond, case_id=self._case.id, at=self._now)
                self._post(f"ladder-reversal:{self._case.id}-{self._turn}:{one.period}", one, moves)
                await one.ladder.save(self._session)
        available = Holding(AccountKind.AVAILABLE, self._case.distributor_id)
        return max(-(await self._journal.post(self._session)).get(available, 0), 0)

    async def give_back(self, withheld: Mapping[str, JsonValue]) -> None:
        """The orders count again: what was taken comes back; a period that was closed since pays the difference."""
        for one in await self._touched():
            taken = await self._taken([row.id for row in one.ladder.rows])
            moves = one.ladder.give_back(taken)
            await self._session.execute(
                delete(_REVERSAL).where(_REVERSAL.c.id.in_([each.id for each in taken]))
            )
            sales = await self._sales(one.ladder.closing)
            missing = one.ladder.due(sales) - _minor(withheld, one.period) - one.ladder.posted_minor
            named = {row.order_id for row in one.ladder.rows}
            order = next((order for order in one.orders if order.id not in named), None)
            if missing > 0 and order is not None:
                moves += one.ladder.pay(order, sales, missing)
            self._post(f"ladder:{one.period}:{self._case.id}-{self._turn}", one, moves)
            await one.ladder.save(self._session)
        await self._journal.post(self._session)

    def _post(self, key: str, one: _Touched, moves: Sequence[Move]) -> None:
        self._journal.transfer(
            key=f"{key}:{one.ladder.payee.id}",
            kind=TransferKind.REFUSAL,
            at=self._now,
            order_id=self._case.order_id,
            moves=_together(moves),
        )

    async def _sales(self, closing: Closing) -> int:
        return await sales_in(self._session, closing, self._case.distributor_id)

    async def _touched(self) -> list[_Touched]:
        """The earliest period first."""
        orders = await self._orders()
        if not orders:
            return []
        plans = await PlanBook.open(self._session, self._merchant.id)
        first = min(order.paid_at for order in orders if order.paid_at is not None)
        closings = with_ladders(plans, await closings_since(self._session, self._merchant.id, first))
        seller = self._case.distributor_id
        payee = (await payees(self._session, [seller]))[seller]
        levels = await LevelBook.open(self._session, [seller])
        touched = []
        for closing in closings:
            within = [
                order
                for order in orders
                if order.paid_at is not None and closing.begins_at <= order.paid_at < closing.ends_at
            ]
            if within:
                assert closing.plan_version is not None  # those without are left out
                plan = plans.numbered(closing.plan_version)
                level = plan.rates.level_or_first(levels.level_before(seller, closing.ends_at))
                rows = await ladder_rows(self._session, seller, closing.period)
                ladder = PaidLadder(closing, plan, self._merchant.currency, payee, level, rows)
                touched.append(_Touched(within, ladder))
        return touched

    async def _orders(self) -> list[Order]:
        """The case's orders that counted before its decision, by key."""
        marked = (
            select(_COMMISSION.c.order_id)
            .join(_MARK, _MARK.c.commission_id == _COMMISSION.c.id)
            .where(_MARK.c.case_id == self._case.id, _MARK.c.turn == self._turn, _MARK.c.counted.is_(True))
        )
        rows = await self._session.execute(
            select(_ORDER)
            .where(_ORDER.c.merchant_id == self._merchant.id, _ORDER.c.id.in_(marked))
            .order_by(_ORDER.c.id)
        )
        return [values_of(row, Order) for row in rows]

    async def _taken(self, commission_ids: Sequence[int]) -> list[Reversal]:
        rows = await self._session.execute(
            select(_REVERSAL)
            .where(_REVERSAL.c.case_id == self._case.id, _REVERSAL.c.commission_id.in_(commission_ids))
            .order_by(_REVERSAL.c.id)
        )
        return [values_of(row, Reversal) for row in rows]


def _minor(by_period: Mapping[str, JsonValue], period: str) -> int:
    found = by_period.get(period, 0)
    return found if isinstance(found, int) else 0


def _together(moves: Sequence[Move]) -> list[Move]:
    """One move for each pair of accounts."""
    sums: dict[tuple[Holding, Holding], int] = defaultdict(int)
    for move in moves:
        sums[move.source, move.target] += move.amount_minor
    return [Move(source, target, amount) for (source, target), amount in sums.items()]
