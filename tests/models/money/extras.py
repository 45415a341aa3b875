"""Commissions of the kinds that stand on no line of the seller's, written as the engine writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from models.funnel.orders import order_by_ref, order_lines
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState, RateKind
from models.people.distributors import Distributor
from models.store.sql import insert_all
from tests.builders import Shop


async def earn_beside(
    shop: Shop,
    who: Distributor,
    order_ref: str | None,
    kind: CommissionKind,
    amount_minor: int,
    *,
    depth: int = 0,
    on_line: str | None = None,
    period: str | None = None,
    at: datetime | None = None,
    state: CommissionState = CommissionState.AWAITING,
    cuts: Sequence[tuple[str, int]] = (),
) -> Commission:
    """A commission beside what the order's lines earned its seller; the ledger is left alone."""
    moment = at or shop.now
    async with shop.store.write() as session:
        order_id = line_id = None
        if order_ref is not None:
            order = await order_by_ref(session, shop.merchant.id, order_ref)
            lines = (await order_lines(session, [order.id]))[order.id]
            order_id = order.id
            line_id = next((line.id for line in lines if line.line_ref == on_line), None)
        made = Commission(
            merchant_id=shop.merchant.id,
            order_id=order_id,
            line_id=line_id,
            distributor_id=who.id,
            depth=depth,
            period=period,
            kind=kind,
            base_minor=1000 if kind is not CommissionKind.FIRST_ORDER else 0,
            quantity=1,
            rate_kind=RateKind.PERCENT if line_id is not None else RateKind.FIXED,
            rate="3" if line_id is not None else "5.00",
            rule=f"team depth={depth}" if kind is CommissionKind.TEAM else kind.value,
            cuts=[{"cap": cap, "amount_minor": taken} for cap, taken in cuts],
            level="promoter",
            plan_version=1,
            amount_minor=amount_minor,
            state=state,
            earned_at=moment,
            release_at=moment + timedelta(days=10),
        )
        await insert_all(session, CommissionRow, [made])
    return made
