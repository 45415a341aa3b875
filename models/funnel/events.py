"""What a shop tells us: the steps of the funnel, with everything that names a customer already hashed.

These are the events inside the house. The public JSON is read in `handlers/web/reading.py`; a parked
event is kept as the JSON of these models, so that no customer's name is ever stored.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class EventType(StrEnum):
    PRODUCT_VIEWED = "product.viewed"
    CART_ADDED = "cart.added"
    ORDER_PLACED = "order.placed"
    ORDER_PAID = "order.paid"
    ORDER_RECEIVED = "order.received"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_REFUNDED = "order.refunded"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True)


class Buyer(_Part):
    """Keyed hashes of who bought, each None when the shop did not say."""

    customer: str | None = None
    email: str | None = None
    phone: str | None = None
    chat: str | None = None
    ip: str | None = None


class BoughtLine(_Part):
    """One line of an order: `unit_price` exact with up to four decimals, `discount_minor` the whole line's."""

    line_ref: str
    sku: str
    quantity: int
    unit_price: Decimal
    discount_minor: int


class StepTaken(_Part):
    """A product was viewed or put into a cart."""

    type: Literal[EventType.PRODUCT_VIEWED, EventType.CART_ADDED]
    sku: str
    code: str | None = None
    visitor: str | None = None
    buyer: Buyer = Buyer()


class OrderBought(_Part):
    """An order was placed, or paid. A paid event may leave the lines out when the order was placed before."""

    type: Literal[EventType.ORDER_PLACED, EventType.ORDER_PAID]
    order_ref: str
    currency: str
    code: str | None = None
    coupon: str | None = None
    visitor: str | None = None
    buyer: Buyer = Buyer()
    shipping_minor: int = 0
    tax_minor: int = 0
    order_discount_minor: int = 0
    lines: tuple[BoughtLine, ...] = ()


class OrderMoved(_Part):
    """An order was received by its buyer, or cancelled."""

    type: Literal[EventType.ORDER_RECEIVED, EventType.ORDER_CANCELLED]
    order_ref: str


class RefundedLine(_Part):
    """What of one line was refunded: a quantity of units or an amount in minor units."""

    line_ref: str
    quantity: int | None = None
    amount_minor: int | None = None


class OrderRefunded(_Part):
    """Money went back to the buyer: by lines, as an amount over the whole order, or all that is left."""

    type: Literal[EventType.ORDER_REFUNDED] = EventType.ORDER_REFUNDED
    order_ref: str
    refund_ref: str
    lines: tuple[RefundedLine, ...] = ()
    amount_minor: int | None = None
    full: bool = False


Happening = Annotated[StepTaken | OrderBought | OrderMoved | OrderRefunded, Field(discriminator="type")]
happenings: TypeAdapter[Happening] = TypeAdapter(Happening)


class ShopEvent(_Part):
    """One event of one merchant: its id, a digest of its content as sent, when it happened, and what."""

    id: str
    digest: str
    occurred_at: datetime
    what: Happening

    @property
    def order_ref(self) -> str | None:
        """The shop's number of the order that this is about."""
        return None if isinstance(self.what, StepTaken) else self.what.order_ref


class EventStatus(StrEnum):
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    PARKED = "parked"


class Receipt(_Part):
    """What became of an event; `detail` is a sentence, or begins with a stable word and a colon."""

    id: str | None
    status: EventStatus
    detail: str | None = None
