"""What was really paid, and what a rehearsal says, in one form: net minor units by person and kind."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from sqlalchemy import and_, or_, select

from models.money.commissions import OF_PERIODS, CommissionKind, CommissionRow, CommissionState
from models.rehearsal.report import Rehearsed
from models.rehearsal.tally import KINDS
from models.store.sql import table_of
from tests.builders import Shop

Paid = dict[tuple[int, CommissionKind], int]


async def really_paid(shop: Shop, begins: datetime, ends: datetime) -> Paid:
    """What the store holds of orders paid in the span, by person and kind."""
    table = table_of(CommissionRow)
    found: Paid = defaultdict(int)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table.c.distributor_id, table.c.kind, table.c.amount_minor - table.c.reversed_minor).where(
                table.c.merchant_id == shop.merchant.id,
                or_(
                    and_(
                        table.c.earned_at >= begins, table.c.earned_at < ends, table.c.kind.not_in(OF_PERIODS)
                    ),
                    # A period's bonus is earned when the period ends.
                    and_(table.c.earned_at > begins, table.c.earned_at <= ends, table.c.kind.in_(OF_PERIODS)),
                ),
                table.c.state != CommissionState.VOID,
            )
        )
        for distributor_id, kind, net in rows:
            if net:
                found[distributor_id, kind] += net
    return dict(found)


def rehearsed_paid(found: Rehearsed) -> tuple[Paid, Paid]:
    """What a rehearsal says that both plans pay, in the same form."""
    before: Paid = {}
    after: Paid = {}
    for person in found.people:
        for kind, was, would in zip(KINDS, person.in_force_kinds, person.proposed_kinds, strict=True):
            if was:
                before[person.distributor_id, kind] = was
            if would:
                after[person.distributor_id, kind] = would
    return before, after
