"""A raw event of the public JSON read into an event of ours.

Every value is checked, amounts become minor units, and whatever names a customer is hashed; the raw
event goes no further than this file.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import datetime, timedelta

from pydantic import ValidationError

from handlers.web.wire import (
    Traced,
    WireContact,
    WireEvent,
    WireMove,
    WireOrder,
    WireOrderData,
    WireRefundData,
    WireStep,
    wire_events,
)
from models.errors import Invalid
from models.funnel.clicks import VISITOR_CHARS
from models.funnel.events import (
    BoughtLine,
    Buyer,
    EventType,
    Happening,
    OrderBought,
    OrderMoved,
    OrderRefunded,
    RefundedLine,
    ShopEvent,
    StepTaken,
)
from models.people.merchants import Merchant
from models.people.privacy import chat_hash, customer_hash, email_hash, phone_hash
from models.store.currency import MOST_MINOR, decimal_amount, floor_to_minor, is_currency, to_minor
from models.store.deployment import ip_hash

AHEAD = timedelta(days=1)
"""How far a shop's clock may be ahead of ours."""
_ID = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class UnreadableEvent(Invalid):
    """The event is not of the form that this API takes."""

    code = "invalid"


def read_event(raw: object, merchant: Merchant, now: datetime, ip_salt: str) -> ShopEvent:
    """One event of the public JSON as an event of ours. Raises UnreadableEvent, or Invalid, with a sentence."""
    try:
        wire = wire_events.validate_python(raw)
    except ValidationError as error:
        raise UnreadableEvent(_sentence(error)) from error
    if wire.occurred_at > now + AHEAD:
        raise UnreadableEvent("occurred_at lies in the future.")
    return ShopEvent(
        id=wire.id,
        digest=_digest(raw, merchant.customer_key),
        occurred_at=wire.occurred_at,
        what=_happening(wire, merchant, ip_salt),
    )


def event_id(raw: object) -> str | None:
    """The id under which a raw event is answered, however broken the rest of it is."""
    key = raw.get("id") if isinstance(raw, dict) else None
    return key if isinstance(key, str) and _ID.fullmatch(key) else None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(
        str(part) for part in first["loc"] if not str(part).startswith(("product.", "cart.", "order."))
    )
    more = error.error_count() - 1
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "union_tag_invalid":
        where, message = "type", f"is none of {', '.join(EventType)}"
    elif first["type"] == "union_tag_not_found":
        where, message = "type", "is missing"
    return f"{where or 'the event'}: {message}" + (f" (and {more} more)" if more else "")


def _digest(raw: object, key: str) -> str:
    content = json.dumps(raw, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(bytes.fromhex(key), content, hashlib.sha256).hexdigest()


def _happening(wire: WireEvent, merchant: Merchant, ip_salt: str) -> Happening:
    if isinstance(wire, WireStep):
        return StepTaken(
            type=EventType(wire.type),
            sku=wire.data.sku,
            code=wire.data.code or None,
            visitor=_visitor(wire.data.visitor_id),
            buyer=_buyer(wire.data, merchant, ip_salt),
        )
    if isinstance(wire, WireOrder):
        return _order(EventType(wire.type), wire.data, merchant, ip_salt)
    if isinstance(wire, WireMove):
        return OrderMoved(type=EventType(wire.type), order_ref=wire.data.order_id)
    return _refund(wire.data, merchant)


def _visitor(word: str | None) -> str | None:
    """The visitor's name as we gave it; a longer one is none of ours and leads to no click."""
    return word if word and len(word) <= VISITOR_CHARS else None


def _buyer(data: Traced, merchant: Merchant, ip_salt: str) -> Buyer:
    contact = data.contact or WireContact()
    return Buyer(
        customer=customer_hash(merchant.customer_key, data.customer_id) if data.customer_id else None,
        email=email_hash(merchant.customer_key, contact.email),
        phone=phone_hash(merchant.customer_key, contact.phone),
        chat=chat_hash(merchant.customer_key, contact.telegram_id),
        ip=ip_hash(ip_salt, data.ip) if data.ip else None,
    )


def _order(kind: EventType, data: WireOrderData, merchant: Merchant, ip_salt: str) -> OrderBought:
    if not is_currency(data.currency):
        raise Invalid(f"{data.currency} is no currency that we know.")
    if data.currency != merchant.currency:
        raise Invalid(f"This merchant sells in {merchant.currency}, not in {data.currency}.")
    lines = tuple(
        BoughtLine(
            line_ref=line.line_id,
            sku=line.sku,
            quantity=line.quantity,
            unit_price=decimal_amount(line.unit_price),
            discount_minor=to_minor(line.discount, data.currency),
        )
        for line in data.lines
    )
    total = sum(floor_to_minor(line.quantity * line.unit_price, data.currency) for line in lines)
    if total > MOST_MINOR:
        raise Invalid("The order is worth more than any order can be.")
    assert kind in {EventType.ORDER_PLACED, EventType.ORDER_PAID}
    return OrderBought(
        type=kind,
        order_ref=data.order_id,
        currency=data.currency,
        code=data.code or None,
        coupon=(data.coupon or "").strip() or None,
        visitor=_visitor(data.visitor_id),
        buyer=_buyer(data, merchant, ip_salt),
        shipping_minor=to_minor(data.shipping, data.currency),
        tax_minor=to_minor(data.tax, data.currency),
        order_discount_minor=to_minor(data.order_discount, data.currency),
        lines=lines,
    )


def _refund(data: WireRefundData, merchant: Merchant) -> OrderRefunded:
    if data.currency is not None and data.currency != merchant.currency:
        raise Invalid(f"This merchant sells in {merchant.currency}, not in {data.currency}.")
    lines = tuple(
        RefundedLine(
            line_ref=line.line_id,
            quantity=line.quantity,
            amount_minor=_some(line.amount, merchant) if line.amount is not None else None,
        )
        for line in data.lines or ()
    )
    amount = _some(data.amount, merchant) if data.amount is not None else None
    return OrderRefunded(
        order_ref=data.order_id, refund_ref=data.refund_id, lines=lines, amount_minor=amount, full=data.full
    )


def _some(amount: str, merchant: Merchant) -> int:
    minor = to_minor(amount, merchant.currency)
    if minor == 0:
        raise Invalid("A refund of nothing is none.")
    return minor
