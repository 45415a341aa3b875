"""Orders placed, paid and received; views and carts. The payee is decided here, once, at placing."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from models.errors import Conflict, Invalid
from models.funnel.attribution import Candidate, Claims, Rule, decide
from models.funnel.bases import line_bases
from models.funnel.events import Buyer, OrderBought, OrderMoved, ShopEvent, StepTaken
from models.funnel.links import LinkState, read_code
from models.funnel.orders import Order, OrderLine, OrderState, Sale
from models.funnel.steps import Step
from models.money.commissions import FOLLOWING_ORDERS, IN_HELD, CommissionState
from models.people.distributors import Payee
from models.plans.rules import MOST_DEPTH, Binding
from models.sales.closed import SalesChanged
from models.sales.rating import accrue, estimate
from models.sales.scene import NO_PLAN, Scene, Told, Waits
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
    estimate(scene, sale, event.occurred_at)
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
    accrue(scene, sale, event.occurred_at)
    scene.closed.note(SalesChanged(order, order.base_minor - order.refunded_minor, event.occurred_at))
    plan = scene.plans.in_force_before(event.occurred_at)
    if plan is not None:
        scene.promoted(scene.cast.rise(order, plan, scene.now))
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
        if commission.kind in FOLLOWING_ORDERS and commission.state in IN_HELD:
            hold = scene.plans.numbered(commission.plan_version).document.settlement.hold_days
            commission.release_at = event.occurred_at + timedelta(days=hold)
        if commission.kind in FOLLOWING_ORDERS and commission.state is CommissionState.AWAITING:
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
        order.base_minor = sum(line.base_minor for line in sale.lines)
        order.content_digest = _digest(what)
    if what.lines:
        order.shipping_minor, order.tax_minor = what.shipping_minor, what.tax_minor
        order.order_discount_minor = what.order_discount_minor
    order.customer_hash = order.customer_hash or what.buyer.customer
    order.ip_hash = order.ip_hash or what.buyer.ip
    _recognise(scene, order, what.buyer)
    return None


def _begin(scene: Scene, event: ShopEvent, what: OrderBought) -> Sale:
    plan = scene.plans.in_force(event.occurred_at)
    terms = plan.document.attribution if plan is not None else NO_PLAN
    binding = plan.document.binding if plan is not None else None
    customer = what.buyer.customer
    claims = Claims(what.coupon, what.code, what.visitor, event.occurred_at, scene.customers.bound(customer))
    decision = decide(claims, scene.known, terms, binding)
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
        placed_at=event.occurred_at,
    )
    sale = Sale(order, _lines(scene, order.id, what), [])
    order.base_minor = sum(line.base_minor for line in sale.lines)
    _recognise(scene, order, what.buyer)
    _bind(scene, order, binding)
    scene.sales.add(sale)
    return sale


def _bind(scene: Scene, order: Order, terms: Binding | None) -> None:
    """Whoever came by a claim of their own is bound; an order that the binding itself gave changes nothing."""
    customer, payee = order.customer_hash, order.distributor_id
    if terms is None or customer is None or payee is None or order.rule is Rule.BINDING:
        return
    scene.customers.come(customer, payee, order.id, order.placed_at, terms)


def _kept(candidate: Candidate) -> dict[str, JsonValue]:
    return {
        "rule": candidate.rule.value,
        "word": candidate.word,
        "distributor_id": candidate.distributor_id,
        "verdict": candidate.verdict.value,
    }


def _recognise(scene: Scene, order: Order, buyer: Buyer) -> None:
    """Whether the buyer is the payee, or one of those who sponsor them."""
    if order.distributor_id is None:
        return
    payee = scene.cast.payees[order.distributor_id]
    order.self_purchase = order.self_purchase or _own(payee, buyer)
    found = set(order.own_buyers)
    for _ in range(MOST_DEPTH):
        above = scene.cast.payees.get(payee.sponsor_id) if payee.sponsor_id is not None else None
        if above is None:
            break
        payee = above
        if _own(payee, buyer) is not None:
            found.add(payee.id)
    order.own_buyers = sorted(found)


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
