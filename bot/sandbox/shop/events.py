"""The events that a shop sends, in the product's public JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TypeAlias

from bot.sandbox.shop.orders import Buyer, Order, Refund
from bot.sandbox.shop.setup import Product
from bot.sandbox.wire import Json, random_name

Event: TypeAlias = dict[str, Json]
"""One event as it travels."""


def event(kind: str, at: float, contents: dict[str, Json]) -> Event:
    """One event that happened at `at` (seconds since 1970 UTC)."""
    moment = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    return {"id": f"evt-{random_name(20)}", "type": kind, "occurred_at": moment, "data": contents}


def step(kind: str, at: float, buyer: Buyer, product: Product, ip: str | None) -> Event:
    """A product was viewed or put into a cart."""
    return event(
        kind,
        at,
        {
            "sku": product.sku,
            "customer_id": buyer.customer_id,
            "code": buyer.code,
            "visitor_id": buyer.visitor,
            "ip": ip,
        },
    )


def bought(kind: str, at: float, order: Order) -> Event:
    """An order was placed or paid."""
    lines: list[Json] = [
        {
            "line_id": line.line_id,
            "sku": line.product.sku,
            "quantity": line.quantity,
            "unit_price": line.product.price,
            "discount": "0.00",
        }
        for line in order.lines
    ]
    return event(
        kind,
        at,
        {
            "order_id": order.order_id,
            "customer_id": order.customer_id,
            "currency": order.currency,
            "code": order.code,
            "coupon": order.coupon,
            "visitor_id": order.visitor,
            "ip": order.ip,
            "contact": {"email": order.email, "phone": order.phone},
            "shipping": str(order.shipping),
            "tax": "0.00",
            "order_discount": "0.00",
            "lines": lines,
        },
    )


def moved(kind: str, at: float, order: Order) -> Event:
    """An order was received or cancelled."""
    return event(kind, at, {"order_id": order.order_id})


def refunded(at: float, order: Order, refund: Refund) -> Event:
    """Money went back."""
    contents: dict[str, Json] = {"order_id": order.order_id, "refund_id": refund.refund_id}
    if refund.whole:
        contents["full"] = True
    elif refund.line_id is not None:
        contents["lines"] = [{"line_id": refund.line_id, "quantity": refund.quantity}]
    else:
        contents["amount"] = str(refund.amount)
    return event("order.refunded", at, contents)
