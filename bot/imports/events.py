"""The public JSON of the shop events that a history can hold, made from what was read."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, TypedDict

from bot.imports.cancellations import Refund
from bot.imports.invoices import Invoice
from bot.imports.order_map import OrderMap


class Contact(TypedDict):
    """Contact data of a buyer; this history has none."""

    email: str | None
    phone: str | None


class PaidLine(TypedDict):
    """A sold line; money as decimal strings in major units, the discount of the whole line."""

    line_id: str
    sku: str
    quantity: int
    unit_price: str
    discount: str


class PaidOrder(TypedDict):
    """What `order.paid` carries."""

    order_id: str
    customer_id: str | None
    currency: str
    code: str | None
    coupon: str | None
    visitor_id: str | None
    ip: str | None
    contact: Contact
    shipping: str
    tax: str
    order_discount: str
    lines: list[PaidLine]


class RefundLine(TypedDict):
    """Units taken back from a line of the order."""

    line_id: str
    quantity: int


class RefundedOrder(TypedDict):
    """What `order.refunded` carries."""

    order_id: str
    refund_id: str
    currency: str
    lines: list[RefundLine]


class PaidEvent(TypedDict):
    """An order, made and paid in one step."""

    id: str
    type: Literal["order.paid"]
    occurred_at: str
    data: PaidOrder


class RefundedEvent(TypedDict):
    """A cancellation of some units of an order."""

    id: str
    type: Literal["order.refunded"]
    occurred_at: str
    data: RefundedOrder


ShopEventJson = PaidEvent | RefundedEvent


def paid_event(order: Invoice, code: str | None, order_map: OrderMap) -> PaidEvent:
    """The sale as the shop would have sent it, with `code` as the shop's own statement."""
    digits = order_map.minor_digits
    zero = _money(Decimal(0), digits)
    return {
        "id": f"{order.number}:paid",
        "type": "order.paid",
        "occurred_at": order.time.isoformat(),
        "data": {
            "order_id": order.number,
            "customer_id": order.customer,
            "currency": order_map.currency,
            "code": code,
            "coupon": order.coupon,
            "visitor_id": None,
            "ip": None,
            "contact": {"email": None, "phone": None},
            "shipping": _money(Decimal(order.shipping).scaleb(-digits), digits),
            "tax": zero,
            "order_discount": zero,
            "lines": [
                {
                    "line_id": str(line.number),
                    "sku": line.sku,
                    "quantity": line.quantity,
                    "unit_price": _money(line.unit_price, digits),
                    "discount": zero,
                }
                for line in order.lines
            ],
        },
    }


def refunded_event(refund: Refund, order_map: OrderMap) -> RefundedEvent:
    """The cancellation as the shop would have sent it, by quantity."""
    return {
        "id": f"{refund.refund_id}:refunded",
        "type": "order.refunded",
        "occurred_at": refund.cancel.time.isoformat(),
        "data": {
            "order_id": refund.order_id,
            "refund_id": refund.refund_id,
            "currency": order_map.currency,
            "lines": [{"line_id": str(line.line_number), "quantity": line.quantity} for line in refund.lines],
        },
    }


def _money(amount: Decimal, digits: int) -> str:
    """At least the currency's own decimals, more only where the amount has them."""
    exact = amount.normalize()
    exponent = exact.as_tuple().exponent
    decimals = max(digits, -exponent) if isinstance(exponent, int) else digits
    return f"{exact:.{decimals}f}"
