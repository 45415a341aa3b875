"""Which order a cancelled line belongs to, where the shop's export does not say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from bot.imports.invoices import Invoice, InvoiceLine


@dataclass(frozen=True, slots=True)
class RefundedLine:
    """Units taken back from one line of an order."""

    line_number: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Refund:
    """What one cancel invoice takes back from one order; `order_id` is its own number if none fits."""

    cancel: Invoice
    order_id: str
    refund_id: str
    lines: tuple[RefundedLine, ...]

    @property
    def found(self) -> bool:
        return self.order_id != self.cancel.number


@dataclass(slots=True)
class _Left:
    """An order line and how many of its units are not yet refunded."""

    order: Invoice
    line: InvoiceLine
    quantity: int


_Key = tuple[str, str, Decimal]


def match_cancellations(sales: Sequence[Invoice], cancels: Sequence[Invoice]) -> list[Refund]:
    """Match each cancelled line, in order of time, to the latest order line that can take it whole.

    It can when customer, SKU and unit price are the same, its order is not later than the cancellation, and
    at least that many units are left on the one line. Both sequences come in order of (time, number).
    """
    left = _index(sales, cancels)
    refunds: list[Refund] = []
    for cancel in cancels:
        taken: dict[str, dict[int, int]] = defaultdict(lambda: defaultdict(int))
        for line in cancel.lines:
            found = _latest(left, cancel, line)
            if found is None:
                taken[cancel.number][line.number] += line.quantity
                continue
            found.quantity -= line.quantity
            taken[found.order.number][found.line.number] += line.quantity
        refunds.extend(_refunds(cancel, taken))
    return refunds


def _index(sales: Sequence[Invoice], cancels: Sequence[Invoice]) -> dict[_Key, list[_Left]]:
    """Only lines that some cancellation could ask for, earliest first."""
    asked = {
        (cancel.customer, line.sku, line.unit_price)
        for cancel in cancels
        if cancel.customer is not None
        for line in cancel.lines
    }
    left: dict[_Key, list[_Left]] = {key: [] for key in asked}
    for order in sales:
        if order.customer is None:
            continue
        for line in order.lines:
            key = (order.customer, line.sku, line.unit_price)
            if key in left:
                left[key].append(_Left(order, line, line.quantity))
    return left


def _latest(left: dict[_Key, list[_Left]], cancel: Invoice, line: InvoiceLine) -> _Left | None:
    if cancel.customer is None:
        return None
    candidates = left[cancel.customer, line.sku, line.unit_price]
    fitting = (
        candidate
        for candidate in reversed(candidates)
        if candidate.order.time <= cancel.time and candidate.quantity >= line.quantity
    )
    return next(fitting, None)


def _refunds(cancel: Invoice, taken: dict[str, dict[int, int]]) -> list[Refund]:
    return [
        Refund(
            cancel=cancel,
            order_id=order_id,
            refund_id=cancel.number if len(taken) == 1 else f"{cancel.number}:{order_id}",
            lines=tuple(RefundedLine(number, lines[number]) for number in sorted(lines)),
        )
        for order_id, lines in sorted(taken.items())
    ]
