"""Orders cancelled and refunded: commissions are taken back per line, in proportion, at their own rate.

The same before release, after release and after payout: what lies on `held` goes back from there, what
is available goes back from there, below zero if need be (business.md 5). The buyer is never concerned.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict

from models.errors import Conflict, Invalid
from models.funnel.events import OrderMoved, OrderRefunded, ShopEvent
from models.funnel.orders import Order, OrderLine, OrderState, Refund, Sale
from models.money.commissions import FOLLOWING_ORDERS, IN_HELD, Commission, CommissionState, Reason
from models.money.ledger import AccountKind, Holding, Move, TransferKind
from models.money.refunds import RefundSpread, reversal_due, spread_refund
from models.sales.closed import SalesChanged
from models.sales.rating import expense_of
from models.sales.scene import Scene, Told, Waits
from models.store.outbox import NoticeKind

CANCELLATION = "#cancelled"
"""Our own refund number for what a cancellation takes back; a shop's number never begins with `#`."""


class RefundChanged(Conflict):
    """A refund with this number is known, with other content."""

    code = "refund_conflict"

    def __init__(self, refund_ref: str) -> None:
        super().__init__(f"Refund {refund_ref} is known with other content; nothing was changed.")


def refund(scene: Scene, event: ShopEvent, what: OrderRefunded) -> Told:
    """Money went back to the buyer: lower what the order's lines earned."""
    if what.refund_ref.startswith("#"):
        raise Invalid("A refund_id doesn't begin with #.")
    sale = scene.sales.get(what.order_ref)
    if sale is None or not sale.order.is_paid:
        if sale is not None and sale.order.state is OrderState.CANCELLED:
            raise Conflict(
                f"Order {what.order_ref} was cancelled before it was paid; there is nothing to refund."
            )
        raise Waits(f"Order {what.order_ref} is not paid yet; the refund waits for it.")
    digest = _digest(what)
    known = sale.refunds.get(what.refund_ref)
    if known is not None:
        if known.content_digest == digest:
            return Told(duplicate=True)
        raise RefundChanged(what.refund_ref)
    _take_back(scene, event, sale, what, digest)
    if sale.order.state is not OrderState.CANCELLED and all(line.fully_refunded for line in sale.lines):
        sale.order.state = OrderState.REFUNDED
    scene.cast.tallies.note(sale.order)
    return Told()


def cancel(scene: Scene, event: ShopEvent, what: OrderMoved) -> Told:
    """The order was cancelled: an estimate becomes void, what was earned is taken back whole."""
    sale = scene.sales.get(what.order_ref)
    if sale is None:
        raise Waits(f"Order {what.order_ref} is not known yet; the cancellation waits for it.")
    order = sale.order
    if order.state is OrderState.CANCELLED:
        return Told(duplicate=True)
    if order.is_paid and not all(line.fully_refunded for line in sale.lines):
        whole = OrderRefunded(order_ref=what.order_ref, refund_ref=CANCELLATION, full=True)
        _take_back(scene, event, sale, whole, _digest(whole))
    order.state = OrderState.CANCELLED
    order.cancelled_at = event.occurred_at
    for commission in scene.commissions.of(order.id):
        if commission.kind in FOLLOWING_ORDERS:
            _void(scene, order, commission)
    scene.cast.tallies.note(order)
    if order.paid_at is not None:
        scene.used.tell(order.paid_at)
    return Told()


def _void(scene: Scene, order: Order, commission: Commission) -> None:
    if order.paid_at is not None and commission.state is not CommissionState.VOID:
        scene.used.use(order.paid_at, commission.distributor_id, -commission.amount_minor)
    commission.state = CommissionState.VOID
    commission.reason = commission.reason or Reason.ORDER_CANCELLED
    commission.release_at = None


def _digest(what: OrderRefunded) -> str:
    return hashlib.sha256(what.model_dump_json(exclude={"order_ref", "refund_ref"}).encode()).hexdigest()


def _take_back(scene: Scene, event: ShopEvent, sale: Sale, what: OrderRefunded, digest: str) -> None:
    spread = spread_refund(what, sale.order, sale.lines)
    kept = Refund(
        merchant_id=scene.merchant.id,
        order_id=sale.order.id,
        refund_ref=what.refund_ref,
        content_digest=digest,
        refunded_minor=spread.base_minor,
        at=event.occurred_at,
    )
    sale.refunds[what.refund_ref] = kept
    _lower_lines(sale, spread)
    _reverse(scene, sale, kept, spread)
    scene.closed.note(SalesChanged(sale.order, -spread.base_minor, event.occurred_at, kept.id))
    if sale.order.paid_at is not None:
        scene.used.tell(sale.order.paid_at)


def _lower_lines(sale: Sale, spread: RefundSpread) -> None:
    sale.order.beside_refunded_minor += spread.beside_minor
    sale.order.refunded_minor += spread.base_minor
    for share in spread.shares:
        share.line.refunded_minor += share.base_minor
        share.line.refunded_quantity += share.quantity
        share.line.fully_refunded = share.completes


def _reverse(scene: Scene, sale: Sale, kept: Refund, spread: RefundSpread) -> None:
    touched = {share.line.id: share.line for share in spread.shares}
    whole = all(line.fully_refunded for line in sale.lines)
    taken: dict[int, dict[tuple[AccountKind, Holding], int]] = defaultdict(lambda: defaultdict(int))
    for commission in scene.commissions.of(sale.order.id):
        if commission.state is CommissionState.VOID or commission.kind not in FOLLOWING_ORDERS:
            continue
        due, ends = _due(commission, touched, whole=whole)
        if due > 0:
            source = AccountKind.HELD if commission.state in IN_HELD else AccountKind.AVAILABLE
            taken[commission.distributor_id][source, expense_of(commission.kind)] += due
            scene.commissions.reverse(commission, kept.id, due)
        if ends:
            commission.state = CommissionState.REFUNDED
            commission.release_at = None
    for distributor_id, amounts in taken.items():
        scene.journal.transfer(
            key=f"reversal:{kept.id}:{distributor_id}",
            kind=TransferKind.REVERSAL,
            at=kept.at,
            order_id=sale.order.id,
            refund_id=kept.id,
            moves=[
                Move(Holding(source, distributor_id), expense, amount)
                for (source, expense), amount in amounts.items()
            ],
        )
        if any(source is AccountKind.AVAILABLE for source, _ in amounts):
            scene.clawed_back(distributor_id, kept.id)
        scene.notify(
            NoticeKind.REFUND,
            distributor_id,
            f"{kept.id}:{distributor_id}",
            {"order_id": sale.order.id, "refund_id": kept.id, "reversed_minor": sum(amounts.values())},
        )


def _due(commission: Commission, touched: dict[int, OrderLine], *, whole: bool) -> tuple[int, bool]:
    """What a refund takes back of one commission (minor units), and whether nothing of it is left to take.

    What a line made goes back with the line; the first-order bonus, when the whole order does.
    """
    if commission.line_id is None:
        return (commission.net_minor, True) if whole else (0, False)
    line = touched.get(commission.line_id)
    if line is None:
        return 0, False
    return reversal_due(commission.amount_minor, commission.reversed_minor, line), line.fully_refunded
