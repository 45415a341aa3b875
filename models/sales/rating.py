"""An order's commissions: figured by the plan, judged, and booked (docs/plans.md, "What one order pays")."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from models.funnel.orders import Order, Sale
from models.money.awards import Award, SoldLine, SoldOrder, awards, cut
from models.money.commissions import (
    BONUSES,
    IN_HELD,
    Commission,
    CommissionKind,
    CommissionState,
    Reason,
)
from models.money.ledger import AccountKind, Holding, Move, TransferKind
from models.people.distributors import DistributorState
from models.plans.document import SelfPurchase
from models.plans.versions import Plan
from models.sales.scene import Scene
from models.store.outbox import NoticeKind


def estimate(scene: Scene, sale: Sale, moment: datetime) -> None:
    """What the order would earn if it were paid now; nothing is booked and no cap is used up."""
    customer = sale.order.customer_hash
    is_first = customer is not None and not scene.customers.bought_before(customer)
    _rate(scene, sale, moment, CommissionState.ESTIMATED, is_first=is_first)


def accrue(scene: Scene, sale: Sale, moment: datetime) -> None:
    """The order is paid: figure what it earns by the rules as they stood just before, and book it."""
    order = sale.order
    is_first = order.customer_hash is not None and scene.customers.buys(order.customer_hash, order.id)
    commissions = _rate(scene, sale, moment, CommissionState.AWAITING, is_first=is_first)
    for commission in commissions:
        if commission.state is not CommissionState.VOID:
            scene.used.use(moment, commission.distributor_id, commission.amount_minor)
    scene.used.tell(moment)
    _book(scene, order, commissions)


def _rate(
    scene: Scene, sale: Sale, moment: datetime, state: CommissionState, *, is_first: bool
) -> Sequence[Commission]:
    """The order's commissions by plan, levels and categories just before a moment; none without payee or plan."""
    order = sale.order
    plan = scene.plans.in_force_before(moment)
    order.plan_version = plan.version if plan is not None else None
    if plan is None or order.distributor_id is None:
        scene.commissions.replace(order.id, [])
        return []
    skipped = order.self_purchase is not None and plan.document.attribution.self_purchase is SelfPurchase.SKIP
    order.counts = not skipped
    sold = _sold(scene, sale, plan, moment, is_first=is_first and not skipped, alone=skipped)
    made = awards(plan, sold, order.currency)
    earners = {award.earner.distributor_id for award in made}
    cut(plan, sold, made, scene.used.room(plan, moment, earners), order.currency)
    commissions = [_commission(order, plan, award, moment) for award in made]
    for commission in commissions:
        _judge(scene, commission, order, plan, state)
        if commission.state in IN_HELD:
            settlement = plan.document.settlement
            commission.release_at = moment + timedelta(days=settlement.delivery_days + settlement.hold_days)
    scene.commissions.replace(order.id, commissions)
    return commissions


def _sold(
    scene: Scene, sale: Sale, plan: Plan, moment: datetime, *, is_first: bool, alone: bool
) -> SoldOrder:
    order, cast = sale.order, scene.cast
    assert order.distributor_id is not None  # asked only for orders with a payee
    lines = []
    for line in sale.lines:
        kind = scene.kinds.get(line.sku)
        category, cost = (kind.category, kind.cost_minor) if kind is not None else (None, None)
        lines.append(SoldLine(line.id, line.sku, category, line.quantity, line.base_minor, cost))
    return SoldOrder(
        lines=lines,
        seller=cast.earner(order.distributor_id, 0, plan, moment, order.order_ref),
        sponsors=[]
        if alone
        else [
            cast.earner(payee.id, depth, plan, moment, order.order_ref)
            for depth, payee in cast.sponsors(order, plan)
        ],
        moment=moment,
        is_first=is_first,
    )


def _commission(order: Order, plan: Plan, award: Award, moment: datetime) -> Commission:
    return Commission(
        merchant_id=order.merchant_id,
        order_id=order.id,
        line_id=award.line.line_id if award.line is not None else None,
        distributor_id=award.earner.distributor_id,
        depth=award.earner.depth,
        kind=award.kind,
        base_minor=award.base_minor,
        quantity=award.quantity,
        rate_kind=award.rate_kind,
        rate=award.rate,
        rule=award.rule,
        boost=award.boost,
        cuts=[{"cap": cap, "amount_minor": amount} for cap, amount in award.cuts.items()],
        level=award.earner.level,
        profile=award.earner.profile,
        plan_version=plan.version,
        amount_minor=award.amount_minor,
        state=CommissionState.ESTIMATED,
        earned_at=moment,
    )


def _judge(scene: Scene, commission: Commission, order: Order, plan: Plan, state: CommissionState) -> None:
    """Own purchases are paid, not paid or reviewed, as the plan says; what is on hold waits for its case."""
    commission.state = state
    policy = plan.document.attribution.self_purchase
    if order.self_purchase is not None and policy is not SelfPurchase.PAY:
        commission.reason = Reason.SELF_PURCHASE
        if policy is SelfPurchase.SKIP:
            commission.state = CommissionState.VOID
            commission.amount_minor = 0
            commission.cuts = []
        elif state is not CommissionState.ESTIMATED:
            commission.state = CommissionState.REVIEW
        return
    earner = scene.cast.payees[commission.distributor_id]
    if state is not CommissionState.ESTIMATED and (
        earner.on_hold or earner.state is DistributorState.SUSPENDED
    ):
        commission.state = CommissionState.REVIEW
        commission.reason = Reason.CASE


def expense_of(kind: CommissionKind) -> Holding:
    """Which of the merchant's expenses a commission is."""
    return Holding(AccountKind.BONUS_EXPENSE if kind in BONUSES else AccountKind.COMMISSION_EXPENSE)


def _book(scene: Scene, order: Order, commissions: Sequence[Commission]) -> None:
    assert order.paid_at is not None  # booked when paid
    totals: dict[int, dict[Holding, int]] = defaultdict(lambda: defaultdict(int))
    for commission in commissions:
        if commission.amount_minor > 0:
            totals[commission.distributor_id][expense_of(commission.kind)] += commission.amount_minor
    for distributor_id, amounts in totals.items():
        scene.journal.transfer(
            key=f"accrual:{order.id}:{distributor_id}",
            kind=TransferKind.ACCRUAL,
            at=order.paid_at,
            order_id=order.id,
            moves=[
                Move(expense, Holding(AccountKind.HELD, distributor_id), amount)
                for expense, amount in amounts.items()
            ],
        )
        own = distributor_id == order.distributor_id
        key = str(order.id) if own else f"{order.id}:{distributor_id}"
        scene.notify(NoticeKind.ORDER_PAID, distributor_id, key, {"order_id": order.id})
