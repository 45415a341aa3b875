"""What lies on a distributor's account `held`, by the word that their Earnings has for it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import IN_HELD, CommissionRow, CommissionState
from models.store.sql import table_of

_COMMISSION = table_of(CommissionRow)


@dataclass(frozen=True, slots=True)
class Unreleased:
    """Sums in minor units, net of refunds. `held_minor` has its date, `awaiting_minor` waits for the buyer's receipt,
    and `review_minor` for the shop's decision; together they are the balance of the account `held`."""

    held_minor: int
    awaiting_minor: int
    review_minor: int


async def unreleased(session: AsyncSession, merchant_id: int, distributor_id: int) -> Unreleased:
    """How a distributor's money stands that can't be withdrawn yet."""
    rows = await session.execute(
        select(_COMMISSION.c.state, func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor))
        .where(
            _COMMISSION.c.merchant_id == merchant_id,
            _COMMISSION.c.distributor_id == distributor_id,
            _COMMISSION.c.state.in_(sorted(IN_HELD)),
        )
        .group_by(_COMMISSION.c.state)
    )
    # PostgreSQL sums integers as numerics.
    sums = {state: int(net) for state, net in rows}
    return Unreleased(
        held_minor=sums.get(CommissionState.HELD, 0),
        awaiting_minor=sums.get(CommissionState.AWAITING, 0),
        review_minor=sums.get(CommissionState.REVIEW, 0),
    )
