"""What a month's orders have used of the budget, against what they earned."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import BigInteger, and_, case, exists, literal, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.commissions import FOLLOWING_ORDERS, CommissionRow, CommissionState
from models.money.used import MonthOfOrders
from models.money.verify.finding import Finding, FindingKind, found, money, whole_sum
from models.people.merchants import Merchant
from models.plans.periods import month_of
from models.store.sql import table_of
from models.store.types import from_micros

_MONTH, _ORDER = table_of(MonthOfOrders), table_of(OrderRow)
_ONE = table_of(CommissionRow).c
_QUARTER_OF_AN_HOUR = 900_000_000
"""Microseconds: in every zone a month begins with one."""


async def months(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A month has used what its orders earned, less what was cancelled.

    Of what is void a cancellation gave back what it took, a case did not: so it is known only within bounds.
    """
    used = await session.execute(
        select(_MONTH.c.month, _MONTH.c.used_minor).where(_MONTH.c.merchant_id == merchant.id)
    )
    kept = {row.month: row.used_minor for row in used}
    earned = await _earned(session, merchant)
    findings = []
    for month in sorted(kept.keys() | earned.keys()):
        least, void = earned.get(month, (0, 0))
        says, most = kept.get(month), least + void
        if least == 0 if says is None else least <= says <= most:
            continue
        bound = least if says is None or says < least else most
        how = "" if least == most else " at least" if bound == least else " at most"
        has = (
            "is kept nowhere" if says is None else f"has used {money(says, merchant.currency)} of its budget"
        )
        sentence = f"{has}, and its orders earned {money(bound, merchant.currency)}{how}"
        findings.append(found(FindingKind.USED_DIFFERS, "month", month, sentence))
    return findings


async def _earned(session: AsyncSession, merchant: Merchant) -> dict[str, tuple[int, int]]:
    """By month: what orders earned that stands, and what of it is void now."""
    is_void = _ONE.state == CommissionState.VOID
    was_paid = exists().where(_ORDER.c.id == _ONE.order_id, _ORDER.c.paid_at.is_not(None))
    moment = type_coerce(_ONE.earned_at, BigInteger) // literal(_QUARTER_OF_AN_HOUR, BigInteger)
    rows = await session.execute(
        select(
            moment,
            whole_sum(case((~is_void, _ONE.amount_minor), else_=0)),
            whole_sum(case((and_(is_void, was_paid), _ONE.amount_minor), else_=0)),
        )
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind.in_(FOLLOWING_ORDERS),
            _ONE.state != CommissionState.ESTIMATED,
        )
        .group_by(moment)
    )
    stands: dict[str, int] = defaultdict(int)
    void: dict[str, int] = defaultdict(int)
    for at, amount, void_amount in rows:
        month = month_of(from_micros(at * _QUARTER_OF_AN_HOUR), merchant.zone)
        stands[month] += amount
        void[month] += void_amount
    return {month: (amount, void[month]) for month, amount in stands.items()}
