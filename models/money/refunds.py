"""How a refund spreads over an order's lines, and what it takes back of their commissions (business.md 4, 5).

Pure arithmetic on minor units; nothing here is changed, the story writes the results down.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Invalid
from models.funnel.bases import spread
from models.funnel.events import OrderRefunded, RefundedLine
from models.funnel.orders import Order, OrderLine


class RefundRefused(Invalid):
    """The refund can't be what the shop says: over what is left, or of a line that is not there."""

    code = "refund_refused"


@dataclass(frozen=True, slots=True)
class RefundShare:
    """What one refund takes of one line: base in minor units and units, and whether nothing is left of it."""

    line: OrderLine
    base_minor: int
    quantity: int
    completes: bool


@dataclass(frozen=True, slots=True)
class RefundSpread:
    """A refund spread over the lines, and what of it was shipping and tax, which earned nobody anything."""

    shares: tuple[RefundShare, ...]
    beside_minor: int

    @property
    def base_minor(self) -> int:
        """How much of the order's bases the refund takes."""
        return sum(share.base_minor for share in self.shares)


def spread_refund(refund: OrderRefunded, order: Order, lines: Sequence[OrderLine]) -> RefundSpread:
    """Spread a refund over what is left of the lines. Raises RefundRefused."""
    if refund.full:
        return _everything(order, lines)
    if refund.amount_minor is not None:
        return _amount(refund.amount_minor, order, lines)
    return RefundSpread(tuple(_by_line(refund.lines, lines)), beside_minor=0)


def _beside_left(order: Order) -> int:
    return order.shipping_minor + order.tax_minor - order.beside_refunded_minor


def _everything(order: Order, lines: Sequence[OrderLine]) -> RefundSpread:
    open_lines = [line for line in lines if not line.fully_refunded]
    if not open_lines and _beside_left(order) <= 0:
        raise RefundRefused("Nothing is left of this order to refund.")
    shares = tuple(
        RefundShare(line, line.left_minor, line.quantity - line.refunded_quantity, completes=True)
        for line in open_lines
    )
    return RefundSpread(shares, max(_beside_left(order), 0))


def _amount(amount_minor: int, order: Order, lines: Sequence[OrderLine]) -> RefundSpread:
    """Goods first, by what is left of each line; what goes beyond them must be shipping and tax."""
    left = [line.left_minor for line in lines]
    goods = min(amount_minor, sum(left))
    beside = amount_minor - goods
    if beside > max(_beside_left(order), 0):
        raise RefundRefused("The refund is over what is left of this order.")
    everything = 0 < goods == sum(left)
    shares = []
    for line, share in zip(lines, spread(goods, left), strict=True):
        # A line that cost nothing goes back with the others when all the money does.
        if share or (everything and not line.fully_refunded):
            completes = share == line.left_minor
            units = line.quantity - line.refunded_quantity if completes else 0
            shares.append(RefundShare(line, share, units, completes))
    return RefundSpread(tuple(shares), beside)


def _by_line(refunded: Sequence[RefundedLine], lines: Sequence[OrderLine]) -> list[RefundShare]:
    by_ref = {line.line_ref: line for line in lines}
    shares = []
    for item in refunded:
        line = by_ref.pop(item.line_ref, None)
        if line is None:
            raise RefundRefused(f"There is no line {item.line_ref!r} in this order, or it is named twice.")
        shares.append(
            _quantity_share(line, item.quantity) if item.quantity is not None else _amount_share(line, item)
        )
    return shares


def _quantity_share(line: OrderLine, quantity: int) -> RefundShare:
    """Units take their part of the base, floored cumulatively, so that the last unit takes the rounding rest."""
    units = line.refunded_quantity + quantity
    if units > line.quantity or line.fully_refunded:
        left = 0 if line.fully_refunded else line.quantity - line.refunded_quantity
        raise RefundRefused(f"Line {line.line_ref!r} has {left} units left to refund, not {quantity}.")
    if units == line.quantity:
        return RefundShare(line, line.left_minor, quantity, completes=True)
    part = (
        line.base_minor * units // line.quantity - line.base_minor * line.refunded_quantity // line.quantity
    )
    base = min(part, line.left_minor)
    return RefundShare(line, base, quantity, line.base_minor > 0 and base == line.left_minor)


def _amount_share(line: OrderLine, item: RefundedLine) -> RefundShare:
    amount = item.amount_minor or 0
    if amount > line.left_minor:
        raise RefundRefused(f"Line {line.line_ref!r} has less left to refund than the refund takes.")
    completes = amount == line.left_minor
    units = line.quantity - line.refunded_quantity if completes else 0
    return RefundShare(line, amount, units, completes)


def reversal_due(amount_minor: int, reversed_minor: int, line: OrderLine) -> int:
    """What must be taken back now of a commission, when `line` carries its refunds so far, this one included.

    Cumulative: floor(amount × refunded base / base), and exactly the amount when the line is fully refunded.
    """
    if line.fully_refunded or line.base_minor == 0:
        target = amount_minor if line.fully_refunded else 0
    else:
        target = amount_minor * line.refunded_minor // line.base_minor
    return max(target - reversed_minor, 0)
