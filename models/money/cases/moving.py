"""What cases do to commissions: under review, back on their way, or not paid; in sets, under the merchant's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Update, and_, delete, exists, func, insert, literal, or_, select, update
from sqlalchemy import case as when
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow, RefundRow
from models.money.cases.cases import Case, CaseKind, CaseMarkRow, CaseRow
from models.money.commissions import BONUSES, CommissionKind, CommissionRow, CommissionState, Reason
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.sql import table_of
from models.store.types import UtcTime

_CASE, _COMMISSION, _ORDER = table_of(CaseRow), table_of(CommissionRow), table_of(OrderRow)
_MARK, _REFUND, _DISTRIBUTOR = table_of(CaseMarkRow), table_of(RefundRow), table_of(Distributor)
ON_THEIR_WAY: Final = (CommissionState.AWAITING, CommissionState.HELD)
"""Earned and not released yet: what a hold keeps back."""


def _theirs(case: Case) -> ColumnElement[bool]:
    return and_(
        _COMMISSION.c.merchant_id == case.merchant_id, _COMMISSION.c.distributor_id == case.distributor_id
    )


def under_review(case: Case) -> ColumnElement[bool]:
    """The commissions that a case keeps back: the distributor's, or all of the one order."""
    review = _COMMISSION.c.state == CommissionState.REVIEW
    if case.kind is CaseKind.OWN_PURCHASE:
        return and_(
            _COMMISSION.c.merchant_id == case.merchant_id,
            _COMMISSION.c.order_id == case.order_id,
            review,
            _COMMISSION.c.reason == Reason.SELF_PURCHASE,
        )
    return and_(_theirs(case), review, _COMMISSION.c.reason == Reason.CASE)


async def under_review_minor(session: AsyncSession, case: Case) -> int:
    """What a case keeps back, in minor units."""
    net = func.coalesce(func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor), 0)
    return int((await session.execute(select(net).where(under_review(case)))).scalar_one())


async def set_on_hold(session: AsyncSession, case: Case, *, on_hold: bool) -> None:
    """Whether what the distributor earns from now on is put under review at once."""
    await session.execute(
        update(_DISTRIBUTOR)
        .where(_DISTRIBUTOR.c.merchant_id == case.merchant_id, _DISTRIBUTOR.c.id == case.distributor_id)
        .values(on_hold=on_hold)
    )


async def put_under_review(session: AsyncSession, case: Case) -> None:
    """Everything of the distributor's that is not released yet. Its date of release stays what it is."""
    await session.execute(
        update(_COMMISSION)
        .where(_theirs(case), _COMMISSION.c.state.in_(ON_THEIR_WAY))
        .values(state=CommissionState.REVIEW, reason=Reason.CASE)
    )


async def let_go(session: AsyncSession, case: Case, not_before: datetime | None) -> None:
    """Back on its way to release: held where the order was received (or is none), else awaiting.

    What is due is not released before `not_before`, so that the decision can be undone until then. Of a
    distributor who is on hold, an own purchase that is paid still waits for their case.
    """
    received = exists().where(_ORDER.c.id == _COMMISSION.c.order_id, _ORDER.c.received_at.is_not(None))
    on_hold = (
        exists().where(_DISTRIBUTOR.c.id == _COMMISSION.c.distributor_id, _DISTRIBUTOR.c.on_hold.is_(True))
        if case.kind is CaseKind.OWN_PURCHASE
        else literal(value=False)
    )
    at = _COMMISSION.c.release_at
    await session.execute(
        update(_COMMISSION)
        .where(under_review(case))
        .values(
            state=when(
                (on_hold, CommissionState.REVIEW.value),
                (or_(_COMMISSION.c.order_id.is_(None), received), CommissionState.HELD.value),
                else_=CommissionState.AWAITING.value,
            ),
            reason=when((on_hold, Reason.CASE.value), else_=None),
            release_at=at
            if not_before is None
            else when((at < not_before, literal(not_before, UtcTime)), else_=at),
        )
    )


async def mark(session: AsyncSession, case: Case) -> None:
    """Remember how everything stands that is under review, for this turn of the case."""
    counted = exists().where(
        _ORDER.c.id == _COMMISSION.c.order_id,
        _ORDER.c.distributor_id == case.distributor_id,
        _ORDER.c.counts.is_(True),
    )
    stands = select(
        literal(case.id),
        literal(case.turn),
        _COMMISSION.c.id,
        _COMMISSION.c.state,
        _COMMISSION.c.reason,
        _COMMISSION.c.release_at,
        counted,
    ).where(under_review(case))
    columns = ["case_id", "turn", "commission_id", "state", "reason", "release_at", "counted"]
    await session.execute(insert(_MARK).from_select(columns, stands))


def _marked(case: Case, turn: int) -> ColumnElement[bool]:
    return and_(_MARK.c.case_id == case.id, _MARK.c.turn == turn)


def _stands_as_marked(case: Case, turn: int, *states: CommissionState) -> Update:
    """An update that puts marked commissions back, of those that are still in these states."""
    return (
        update(_COMMISSION)
        .where(
            _COMMISSION.c.id == _MARK.c.commission_id, _marked(case, turn), _COMMISSION.c.state.in_(states)
        )
        .values(state=_MARK.c.state, reason=_MARK.c.reason)
    )


async def take_back_letting_go(session: AsyncSession, case: Case, turn: int, not_before: datetime) -> None:
    """Under review again, with the dates that were put off put back."""
    put_off = _COMMISSION.c.release_at == literal(not_before, UtcTime)
    await session.execute(
        update(_COMMISSION)
        .where(_COMMISSION.c.id == _MARK.c.commission_id, _marked(case, turn), put_off)
        .values(release_at=_MARK.c.release_at)
    )
    await session.execute(_stands_as_marked(case, turn, *ON_THEIR_WAY, CommissionState.REVIEW))
    if case.kind is CaseKind.SIGNALS:
        await put_under_review(session, case)


class _Refused(NamedTuple):
    """A commission that is not paid, in minor units."""

    order_id: int | None
    distributor_id: int
    kind: CommissionKind
    net_minor: int


async def refuse(session: AsyncSession, merchant: Merchant, case: Case, now: datetime) -> int:
    """Don't pay what is under review: void, its money back to expense, its orders count no more.

    Answers how much it was, in minor units. Expects that it was marked.
    """
    rows = await session.execute(
        update(_COMMISSION)
        .where(under_review(case))
        .values(state=CommissionState.VOID, reason=_reason(case), release_at=None)
        .returning(
            _COMMISSION.c.order_id,
            _COMMISSION.c.distributor_id,
            _COMMISSION.c.kind,
            _COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor,
        )
    )
    refused = [_Refused(*row) for row in rows]
    await _post(session, merchant, case, refused, now, back=False)
    await _count(session, case, case.turn, counts=False)
    return sum(one.net_minor for one in refused)


def _reason(case: Case) -> Reason:
    return Reason.SELF_PURCHASE if case.kind is CaseKind.OWN_PURCHASE else Reason.CASE


async def take_back_refusal(
    session: AsyncSession, merchant: Merchant, case: Case, turn: int, now: datetime
) -> None:
    """Under review again, money and all."""
    rows = await session.execute(
        select(
            _COMMISSION.c.order_id,
            _COMMISSION.c.distributor_id,
            _COMMISSION.c.kind,
            _COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor,
        )
        .join(_MARK, _MARK.c.commission_id == _COMMISSION.c.id)
        .where(_marked(case, turn), _COMMISSION.c.state == CommissionState.VOID)
    )
    await _post(session, merchant, case, [_Refused(*row) for row in rows], now, back=True)
    await _count(session, case, turn, counts=True)
    await session.execute(
        _stands_as_marked(case, turn, CommissionState.VOID).values(release_at=_MARK.c.release_at)
    )


async def _post(
    session: AsyncSession,
    merchant: Merchant,
    case: Case,
    refused: Iterable[_Refused],
    now: datetime,
    *,
    back: bool,
) -> None:
    """A transfer an order and distributor: from held to the expense it came from, or back."""
    sums: dict[tuple[int | None, int], dict[AccountKind, int]] = defaultdict(lambda: defaultdict(int))
    for one in refused:
        expense = AccountKind.BONUS_EXPENSE if one.kind in BONUSES else AccountKind.COMMISSION_EXPENSE
        sums[one.order_id, one.distributor_id][expense] += one.net_minor
    journal = Journal(merchant.id, merchant.currency, now)
    for (order_id, distributor_id), amounts in sums.items():
        held = Holding(AccountKind.HELD, distributor_id)
        word = "taken-back" if back else "refusal"
        journal.transfer(
            key=f"{word}:{case.id}:{case.turn}:{order_id or 0}:{distributor_id}",
            kind=TransferKind.REFUSAL,
            at=now,
            order_id=order_id,
            moves=[
                Move(Holding(expense), held, amount) if back else Move(held, Holding(expense), amount)
                for expense, amount in amounts.items()
            ],
        )
    await journal.post(session)


async def _count(session: AsyncSession, case: Case, turn: int, *, counts: bool) -> None:
    """Whether the refused orders count for levels, ladders and targets: those that did before."""
    orders = (
        select(_COMMISSION.c.order_id)
        .join(_MARK, _MARK.c.commission_id == _COMMISSION.c.id)
        .where(_marked(case, turn), _MARK.c.counted.is_(True))
    )
    await session.execute(update(_ORDER).where(_ORDER.c.id.in_(orders)).values(counts=counts))


async def refunds_of_marked(session: AsyncSession, case: Case, turn: int) -> int:
    """How many refunds the marked commissions' orders have: whether one came since."""
    orders = (
        select(_COMMISSION.c.order_id)
        .join(_MARK, _MARK.c.commission_id == _COMMISSION.c.id)
        .where(_marked(case, turn))
    )
    found = await session.execute(select(func.count()).where(_REFUND.c.order_id.in_(orders)))
    return found.scalar_one()


async def forget_marks(session: AsyncSession, before: datetime) -> None:
    """Purge what no decision can be undone by any more."""
    old = select(_CASE.c.id).where(or_(_CASE.c.decided_at < before, _CASE.c.decided_at.is_(None)))
    await session.execute(delete(_MARK).where(_MARK.c.case_id.in_(old)))
