"""Orders placed, paid and received; views and carts. The payee is decided here, once, at placing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from models.errors import Conflict, Invalid
from models.funnel.attribution import Candidate, Claims, decide
from models.funnel.bases import line_bases
from models.funnel.events import Buyer, OrderBought, OrderMoved, ShopEvent, StepTaken
from models.funnel.links import LinkState, read_code
from models.funnel.orders import Order, OrderLine, OrderState, Sale
from models.funnel.steps import Step
from models.money.commissions import (
    IN_HELD,
    Commission,
    CommissionState,
    RateKind,
    Reason,
    commission_amount,
)
from models.money.ledger import AccountKind, Holding, Move, TransferKind
from models.people.distributors import Payee
from models.plans.document import SelfPurchase
from models.plans.versions import Plan
from models.sales.scene import NO_PLAN, Scene, Told, Waits
from models.store.outbox import NoticeKind
from models.store.types import JsonValue


class PaidOtherwise(Conflict):
    """The order was paid before, with other lines."""

    code = "paid_otherwise"

    def __init__(self, order_ref: str) -> None:
        super().__init__(f"Order {order_ref} was paid before with other lines; nothing was changed.")


def take_step(scene: Scene, event: ShopEvent, what: StepTaken) -> Told:
    """A product was viewed or put into a cart. A paused link counts nothing."""
    code = read_code(what.code) if what.code else None
    link = scene.known.links.get(code) if code else None
    if link is not None and link.state is LinkState.PAUSED:
        link = None
    scene.steps.append(
        Step(
            merchant_id=scene.merchant.id,
            type=what.type,
            sku=what.sku,
            link_id=link.id if link is not None else None,
            visitor=what.visitor,
            at=event.occurred_at,
        )
    )
    return Told(scene.unknown_skus([what.sku]))


def place(scene: Scene, event: ShopEvent, what: OrderBought) -> Told:
    """An order was placed: decide whose it is and estimate what it would earn. No ledger entry yet."""
    _check(scene, what)
    sale = scene.sales.get(what.order_ref)
    if sale is not None:
        if sale.order.content_digest == _digest(what):
            return Told(duplicate=True)
        raise Conflict(f"Order {what.order_ref} was placed before with other lines; nothing was changed.")
    if not what.lines:
        raise Invalid("A placed order has lines.")
    sale = _begin(scene, event, what)
    _rate(scene, sale, event.occurred_at, CommissionState.ESTIMATED)
    return Told(scene.unknown_skus([line.sku for line in sale.lines]))


def pay(scene: Scene, event: ShopEvent, what: OrderBought) -> Told:
    """An order was paid: commission is figured by the rules as they stood just before, and accrued."""
    _check(scene, what)
    sale = scene.sales.get(what.order_ref)
    if sale is None:
        if not what.lines:
            raise Invalid("A paid order that was never placed has lines.")
        sale = _begin(scene, event, what)
    else:
        told = _pay_placed(scene, sale, what)
        if told is not None:
            return told
    order = sale.order
    order.state = OrderState.PAID
    order.paid_at = event.occurred_at
    commissions = _rate(scene, sale, event.occurred_at, CommissionState.AWAITING)
    _accrue(scene, sale, commissions)
    return Told(scene.unknown_skus([line.sku for line in sale.lines]))


def arrive(scene: Scene, event: ShopEvent, what: OrderMoved) -> Told:
    """The buyer has the goods: the hold of what is still coming starts now."""
    sale = scene.sales.get(what.order_ref)
    if sale is None or not sale.order.is_paid:
        if sale is not None and sale.order.state is OrderState.CANCELLED:
            raise Conflict(f"Order {what.order_ref} was cancelled before it was paid.")
        raise Waits(f"Order {what.order_ref} is not paid yet; the receipt waits for it.")
    order = sale.order
    if order.received_at is not None:
        return Told(duplicate=True)
    order.received_at = event.occurred_at
    if order.state is OrderState.PAID:
        order.state = OrderState.RECEIVED
    for commission in scene.commissions.of(order.id):
        if commission.state in IN_HELD:
            hold = scene.plans.numbered(commission.plan_version).document.settlement.hold_days
            commission.release_at = event.occurred_at + timedelta(days=hold)
        if commission.state is CommissionState.AWAITING:
            commission.state = CommissionState.HELD
    return Told()


def _check(scene: Scene, what: OrderBought) -> None:
    if what.currency != scene.merchant.currency:
        raise Invalid(f"This merchant sells in {scene.merchant.currency}, not in {what.currency}.")


def _pay_placed(scene: Scene, sale: Sale, what: OrderBought) -> Told | None:
    """Make a known order ready to be paid, or say why it isn't: paid before (Told), or refused."""
    order = sale.order
    same = not what.lines or order.content_digest == _digest(what)
    if order.is_paid:
        if same:
            return Told(duplicate=True)
        raise PaidOtherwise(what.order_ref)
    if order.state is OrderState.CANCELLED:
        raise Conflict(f"Order {what.order_ref} was cancelled; it can't be paid any more.")
    if not same:
        sale.lines = _lines(scene, order.id, what)
        order.content_digest = _digest(what)
    if what.lines:
        order.shipping_minor, order.tax_minor = what.shipping_minor, what.tax_minor
        order.order_discount_minor = what.order_discount_minor
    order.customer_hash = order.customer_hash or what.buyer.customer
    order.ip_hash = order.ip_hash or what.buyer.ip
    if order.distributor_id is not None:
        order.self_purchase = order.self_purchase or _own(scene.payees[order.distributor_id], what.buyer)
    return None


def _begin(scene: Scene, event: ShopEvent, what: OrderBought) -> Sale:
    plan = scene.plans.in_force(event.occurred_at)
    terms = plan.document.attribution if plan is not None else NO_PLAN
    decision = decide(Claims(what.coupon, what.code, what.visitor, event.occurred_at), scene.known, terms)
    winner = decision.winner
    payee = winner.distributor_id if winner is not None else None
    order = Order(
        merchant_id=scene.merchant.id,
        order_ref=what.order_ref,
        state=OrderState.PLACED,
        currency=what.currency,
        customer_hash=what.buyer.customer,
        ip_hash=what.buyer.ip,
        shipping_minor=what.shipping_minor,
        tax_minor=what.tax_minor,
        order_discount_minor=what.order_discount_minor,
        content_digest=_digest(what),
        distributor_id=payee,
        link_id=winner.link_id if winner is not None else None,
        rule=winner.rule if winner is not None else None,
        candidates=[_kept(candidate) for candidate in decision.candidates],
        self_purchase=_own(scene.payees[payee], what.buyer) if payee is not None else None,
        placed_at=event.occurred_at,
    )
    sale = Sale(order, _lines(scene, order.id, what), [])
    scene.sales.add(sale)
    return sale


def _kept(candidate: Candidate) -> dict[str, JsonValue]:
    return {
        "rule": candidate.rule.value,
        "word": candidate.word,
        "distributor_id": candidate.distributor_id,
        "verdict": candidate.verdict.value,
    }


def _own(payee: Payee, buyer: Buyer) -> str | None:
    """By which fact the buyer is the payee: `email`, `phone` or `chat`; None when by none."""
    pairs = [
        ("email", payee.email_hash, buyer.email),
        ("phone", payee.phone_hash, buyer.phone),
        ("chat", payee.chat_hash, buyer.chat),
    ]
    return next((fact for fact, mine, theirs in pairs if mine is not None and mine == theirs), None)


def _digest(what: OrderBought) -> str:
    """What makes two tellings of an order the same: its lines and its discount."""
    lines = "".join(
        f"{line.line_ref!r}{line.sku!r}{line.quantity}*{line.unit_price.normalize():f}-{line.discount_minor};"
        for line in what.lines
    )
    return hashlib.sha256(f"{lines}-{what.order_discount_minor}".encode()).hexdigest()


def _lines(scene: Scene, order_id: int, what: OrderBought) -> list[OrderLine]:
    bases = line_bases(what.lines, what.order_discount_minor, what.currency)
    return [
        OrderLine(
            merchant_id=scene.merchant.id,
            order_id=order_id,
            position=position,
            line_ref=line.line_ref,
            sku=line.sku,
            quantity=line.quantity,
            unit_price=str(line.unit_price),
            gross_minor=base.gross_minor,
            discount_minor=base.discount_minor,
            order_discount_minor=base.order_discount_minor,
            base_minor=base.base_minor,
        )
        for position, (line, base) in enumerate(zip(what.lines, bases, strict=True))
    ]


def _rate(scene: Scene, sale: Sale, moment: datetime, state: CommissionState) -> Sequence[Commission]:
    """The order's commissions by plan, level and categories just before a moment; none without payee or plan."""
    order = sale.order
    plan = scene.plans.in_force_before(moment)
    order.plan_version = plan.version if plan is not None else None
    if plan is None or order.distributor_id is None:
        scene.commissions.replace(order.id, [])
        return []
    level = plan.rates.level_or_first(scene.levels.level_before(order.distributor_id, moment))
    made = [_commission(scene, plan, order, line, level, moment) for line in sale.lines]
    settlement = plan.document.settlement
    for commission in made:
        commission.state = state
        _judge_own(commission, order, plan.document.attribution.self_purchase)
        if commission.state in IN_HELD:
            commission.release_at = moment + timedelta(days=settlement.delivery_days + settlement.hold_days)
    scene.commissions.replace(order.id, made)
    return made


def _judge_own(commission: Commission, order: Order, policy: SelfPurchase) -> None:
    """A distributor's own purchase: paid, not paid, or held for review, as the plan says."""
    if order.self_purchase is None or policy is SelfPurchase.PAY:
        return
    commission.reason = Reason.SELF_PURCHASE
    if policy is SelfPurchase.SKIP:
        commission.state = CommissionState.VOID
        commission.amount_minor = 0
    elif commission.state is not CommissionState.ESTIMATED:
        commission.state = CommissionState.REVIEW


def _commission(
    scene: Scene, plan: Plan, order: Order, line: OrderLine, level: str, moment: datetime
) -> Commission:
    rate = plan.rates.find(line.sku, scene.categories.get(line.sku), level)
    kind = None if rate is None else RateKind.PERCENT if rate.percent is not None else RateKind.FIXED
    assert order.distributor_id is not None  # asked only for orders with a payee
    return Commission(
        merchant_id=order.merchant_id,
        order_id=order.id,
        line_id=line.id,
        distributor_id=order.distributor_id,
        base_minor=line.base_minor,
        quantity=line.quantity,
        rate_kind=kind,
        rate=(rate.percent or rate.fixed or "") if rate is not None else "",
        rule=rate.rule if rate is not None else "none",
        level=level,
        plan_version=plan.version,
        amount_minor=commission_amount(rate, line.base_minor, line.quantity, order.currency)
        if rate is not None
        else 0,
        state=CommissionState.ESTIMATED,
        earned_at=moment,
    )


def _accrue(scene: Scene, sale: Sale, commissions: Sequence[Commission]) -> None:
    order = sale.order
    total = sum(commission.amount_minor for commission in commissions)
    if order.distributor_id is None or order.paid_at is None or total == 0:
        return
    scene.journal.transfer(
        key=f"accrual:{order.id}:{order.distributor_id}",
        kind=TransferKind.ACCRUAL,
        at=order.paid_at,
        order_id=order.id,
        moves=[
            Move(
                Holding(AccountKind.COMMISSION_EXPENSE),
                Holding(AccountKind.HELD, order.distributor_id),
                total,
            )
        ],
    )
    scene.notify(NoticeKind.ORDER_PAID, order.distributor_id, str(order.id), {"order_id": order.id})
