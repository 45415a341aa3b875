"""The public JSON of a shop's events. Fields that we do not know are left unread.

`handlers/web/reading.py` makes events of ours of it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    WithJsonSchema,
    model_validator,
)

from models.store.currency import AMOUNT_PATTERN

MOST_LINES = 5_000
MOST_QUANTITY = 10_000_000
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_CLEAN = r"^[^\x00-\x1f\x7f]*$"
"""No control characters: PostgreSQL keeps no NUL, and nobody can read the others."""


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


class Traced(_Wire):
    code: Short | None = None
    visitor_id: Short | None = None
    customer_id: Short | None = None
    ip: Short | None = None
    contact: WireContact | None = None


class WireStepData(Traced):
    """A product that was viewed or put into a cart."""

    sku: Sku


class WireOrderData(Traced):
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
