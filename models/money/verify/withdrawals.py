"""Withdrawals against the steps that were kept of them."""

from __future__ import annotations

from sqlalchemy import and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.verify.finding import Finding, FindingKind, found_rows
from models.money.withdrawal_states import Step, WithdrawalMoveRow, WithdrawalRow
from models.people.merchants import Merchant
from models.store.sql import table_of

_WITHDRAWAL, _MOVE = table_of(WithdrawalRow), table_of(WithdrawalMoveRow)


async def moves(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A withdrawal began with somebody's request, and stands where its last step left it."""
    ours = _WITHDRAWAL.c.merchant_id == merchant.id
    of_it = _MOVE.c.withdrawal_id == _WITHDRAWAL.c.id
    first = select(func.min(_MOVE.c.id)).where(of_it).correlate(_WITHDRAWAL).scalar_subquery()
    last = select(func.max(_MOVE.c.id)).where(of_it).correlate(_WITHDRAWAL).scalar_subquery()
    began = exists().where(and_(_MOVE.c.id == first, _MOVE.c.step == Step.REQUEST))
    key, state = _WITHDRAWAL.c.reference, _WITHDRAWAL.c.state
    return [
        *await found_rows(
            session,
            FindingKind.STATE_DIFFERS,
            "withdrawal",
            select(key).where(ours, ~began),
            "does not begin with a request",
        ),
        *await found_rows(
            session,
            FindingKind.STATE_DIFFERS,
            "withdrawal",
            select(key, state, _MOVE.c.state)
            .join(_MOVE, _MOVE.c.id == last)
            .where(ours, _MOVE.c.state != state),
            "is {1}, and its last step made it {2}",
        ),
    ]
