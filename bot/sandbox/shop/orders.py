"""Carts and orders of the demo shop, with what is left to refund."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from babel.numbers import get_currency_precision

from bot.sandbox.shop.setup import Product

EPOCH = 1_577_836_800
"""Order numbers start at the seconds since 2020, so that a restarted shop never repeats one."""
MOST = 999
"""Pieces of one product in a cart."""


class OrderState(StrEnum):
    """Where an order stands."""

    PLACED = "placed"
    PAID = "paid"
    RECEIVED = "received"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


class ShopError(Exception):
    """What the shop won't do; the message is a key of the shop's words."""


@dataclass(slots=True)
class Buyer:
    """Whoever browses with one cookie: cart, contact, and the link that brought them."""

    session: str
    cart: dict[str, int] = field(default_factory=dict)
    code: str | None = None
    visitor: str | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    orders: list[str] = field(default_factory=list)

    @property
    def customer_id(self) -> str:
        """The shop's number of the customer: the same person keeps it through their e-mail address."""
        return self.email.strip().lower() or f"guest-{self.session[:12]}"

    def put(self, product: Product, quantity: int) -> None:
        """Set how many pieces of a product are in the cart; none takes it out."""
        if quantity <= 0:
            self.cart.pop(product.sku, None)
            return
        self.cart[product.sku] = min(quantity, MOST)


@dataclass(slots=True)
class Line:
    """One product of an order."""

    line_id: str
    product: Product
    quantity: int
    refunded: int = 0

    @property
    def left(self) -> int:
        return self.quantity - self.refunded


@dataclass(frozen=True, slots=True)
class Refund:
    """Money that went back; `line_id` and `quantity` when it was for a line."""

    refund_id: str
    amount: Decimal
    line_id: str | None = None
    quantity: int | None = None
    whole: bool = False


@dataclass(slots=True)
class Order:
    """An order with the buyer's words as they were when it was placed."""

    order_id: str
    currency: str
    lines: list[Line]
    shipping: Decimal
    placed_at: float
    code: str | None
    visitor: str | None
    customer_id: str
    coupon: str | None
    name: str
    email: str | None
    phone: str | None
    ip: str | None
    state: OrderState = OrderState.PLACED
    refunds: list[Refund] = field(default_factory=list)

    @property
    def goods(self) -> Decimal:
        """What the lines cost, each rounded down to the currency's minor unit."""
        return sum((self.line_amount(line, line.quantity) for line in self.lines), Decimal(0))

    @property
    def total(self) -> Decimal:
        """What the buyer pays."""
        return self.goods + self.shipping

    @property
    def left(self) -> Decimal:
        """What could still be refunded."""
        return self.total - sum((refund.amount for refund in self.refunds), Decimal(0))

    @property
    def quantum(self) -> Decimal:
        """The currency's smallest amount."""
        return Decimal(1).scaleb(-get_currency_precision(self.currency))

    def line_amount(self, line: Line, quantity: int) -> Decimal:
        """The price of so many pieces of a line."""
        return (line.product.amount * quantity).quantize(self.quantum, ROUND_DOWN)

    def move(self, state: OrderState, *allowed: OrderState) -> None:
        """Go to a state from one of the allowed ones; ShopError otherwise."""
        if self.state not in allowed:
            raise ShopError("wrong_state")
        self.state = state

    def refund_whole(self, refund_id: str) -> Refund:
        """Give back all that is left."""
        refund = self._give(Refund(refund_id, self.left, whole=True))
        for line in self.lines:
            line.refunded = line.quantity
        return refund

    def refund_line(self, refund_id: str, line_id: str, quantity: int) -> Refund:
        """Give back some pieces of a line."""
        line = next((line for line in self.lines if line.line_id == line_id), None)
        if line is None or not 1 <= quantity <= line.left:
            raise ShopError("too_much")
        refund = self._give(Refund(refund_id, self.line_amount(line, quantity), line_id, quantity))
        line.refunded += quantity
        return refund

    def refund_amount(self, refund_id: str, amount: Decimal) -> Refund:
        """Give back an amount over the whole order."""
        if amount != amount.quantize(self.quantum):
            raise ShopError("no_amount")
        return self._give(Refund(refund_id, amount))

    def _give(self, refund: Refund) -> Refund:
        if self.state not in {OrderState.PAID, OrderState.RECEIVED}:
            raise ShopError("wrong_state")
        if not 0 < refund.amount <= self.left:
            raise ShopError("too_much")
        self.refunds.append(refund)
        if self.left == 0:
            self.state = OrderState.REFUNDED
        return refund


@dataclass(slots=True)
class Till:
    """All buyers and orders of one shop, in memory."""

    buyers: dict[str, Buyer] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(int(time.time()) - EPOCH))
