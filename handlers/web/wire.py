"""The public JSON of a shop's events, and its reading into events of ours.

Reading checks every value, turns amounts into minor units and hashes whatever names a customer; the
raw event goes no further than this file. Fields that we do not know are left unread.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    WithJsonSchema,
    model_validator,
)

from models.errors import Invalid
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
from models.store.currency import (
    AMOUNT_PATTERN,
    MOST_MINOR,
    decimal_amount,
    floor_to_minor,
    is_currency,
    to_minor,
)
from models.store.deployment import ip_hash

MOST_LINES = 5_000
MOST_QUANTITY = 10_000_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""How far a shop's clock may be ahead of ours."""
_CLEAN = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: PostgreSQL keeps no NUL, and nobody can read the others."""
_id = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


class UnreadableEvent(Invalid):
    """The event is not of the form that this API takes."""

    code = "invalid"


def _only_text(value: object) -> object:
    if value is not None and not isinstance(value, str):
        raise ValueError("must be a string")
    return value


def _moment(moment: datetime) -> datetime:
    try:
        utc = moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("is no time that we know") from error
    if utc < EARLIEST:
        raise ValueError("lies before the year 2000")
    return utc


Text = Annotated[str, Field(min_length=1, max_length=200, pattern=_CLEAN)]
Sku = Annotated[str, Field(min_length=1, max_length=100, pattern=_CLEAN)]
Short = Annotated[str, Field(max_length=200, pattern=_CLEAN)]
Amount = Annotated[str, Field(pattern=AMOUNT_PATTERN, examples=["2.55"])]
Quantity = Annotated[int, Field(ge=1, le=MOST_QUANTITY, strict=True)]
Moment = Annotated[
    AwareDatetime,
    BeforeValidator(_only_text),
    AfterValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2011-04-01T08:26:00+00:00"]}),
]


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class WireContact(_Wire):
    """How the shop reaches the buyer; only hashes are kept, to see a distributor's own purchase."""

    email: Short | None = None
    phone: Short | None = None
    telegram_id: Annotated[int, Field(strict=True)] | None = None


class WireLine(_Wire):
    """One line of an order. `discount` is the whole line's."""

    line_id: Text
    sku: Sku
    quantity: Quantity
    unit_price: Amount
    discount: Amount = "0"


class _Traced(_Wire):
    code: Short | None = None
    visitor_id: Annotated[str, Field(max_length=32, pattern=_CLEAN)] | None = None
    customer_id: Short | None = None
    ip: Short | None = None
    contact: WireContact | None = None


class WireStepData(_Traced):
    """A product that was viewed or put into a cart."""

    sku: Sku


class WireOrderData(_Traced):
    """An order as it was placed or paid. A paid event may leave out the lines of an order placed before."""

    order_id: Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    coupon: Short | None = None
    shipping: Amount = "0"
    tax: Amount = "0"
    order_discount: Amount = "0"
    lines: Annotated[tuple[WireLine, ...], Field(max_length=MOST_LINES)] = ()

    @model_validator(mode="after")
    def _each_line_once(self) -> WireOrderData:
        keys = {line.line_id for line in self.lines}
        if len(keys) != len(self.lines):
            raise ValueError("two lines have one line_id")
        return self


class WireMoveData(_Wire):
    """The order that moved on."""

    order_id: Text


class WireRefundLine(_Wire):
    """A line's refund: units, or an amount of money."""

    line_id: Text
    quantity: Quantity | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> WireRefundLine:
        if (self.quantity is None) == (self.amount is None):
            raise ValueError("a refunded line has either quantity or amount")
        return self


class WireRefundData(_Wire):
    """A refund: by `lines`, by an `amount` over the whole order, or `full` for all that is left."""

    order_id: Text
    refund_id: Text
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    lines: Annotated[tuple[WireRefundLine, ...], Field(max_length=MOST_LINES)] | None = None
    amount: Amount | None = None
    full: Annotated[bool, Field(strict=True)] = False

    @model_validator(mode="after")
    def _one_way(self) -> WireRefundData:
        if sum((bool(self.lines), self.amount is not None, self.full)) != 1:
            raise ValueError('a refund has either lines, or amount, or "full": true')
        keys = {line.line_id for line in self.lines or ()}
        if len(keys) != len(self.lines or ()):
            raise ValueError("two lines have one line_id")
        return self


class _WireEvent(_Wire):
    id: Text
    occurred_at: Moment


class WireStep(_WireEvent):
    """A step before the order."""

    type: Literal["product.viewed", "cart.added"]
    data: WireStepData


class WireOrder(_WireEvent):
    """An order was placed or paid."""

    type: Literal["order.placed", "order.paid"]
    data: WireOrderData


class WireMove(_WireEvent):
    """An order was received or cancelled."""

    type: Literal["order.received", "order.cancelled"]
    data: WireMoveData


class WireRefund(_WireEvent):
    """Money of an order went back."""

    type: Literal["order.refunded"]
    data: WireRefundData


WireEvent = Annotated[WireStep | WireOrder | WireMove | WireRefund, Field(discriminator="type")]
wire_events: TypeAdapter[WireEvent] = TypeAdapter(WireEvent)


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
    return key if isinstance(key, str) and _id.fullmatch(key) else None


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
            visitor=wire.data.visitor_id or None,
            buyer=_buyer(wire.data, merchant, ip_salt),
        )
    if isinstance(wire, WireOrder):
        return _order(EventType(wire.type), wire.data, merchant, ip_salt)
    if isinstance(wire, WireMove):
        return OrderMoved(type=EventType(wire.type), order_ref=wire.data.order_id)
    return _refund(wire.data, merchant)


def _buyer(data: _Traced, merchant: Merchant, ip_salt: str) -> Buyer:
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
        visitor=data.visitor_id or None,
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
