"""What happens at the shop's counter: carts become orders, orders move on, and each step is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from bot.sandbox.shop import events
from bot.sandbox.shop.delivery import Letter, Mailroom
from bot.sandbox.shop.orders import Buyer, Line, Order, OrderState, Refund, ShopError, Till
from bot.sandbox.shop.setup import Product, ShopSetup
from bot.sandbox.wire import random_name


@dataclass(slots=True)
class Counter:
    """The shop's verbs without its pages; `clock` gives seconds since 1970 UTC."""

    setup: ShopSetup
    mailroom: Mailroom
    clock: Callable[[], float]
    till: Till = field(default_factory=Till)

    def product(self, sku: str) -> Product | None:
        """A product by its SKU, upper and lower case told apart."""
        return next((product for product in self.setup.products if product.sku == sku), None)

    def buyer(self, session: str) -> Buyer:
        """The buyer of a session, or a new one with a session of their own."""
        known = self.till.buyers.get(session)
        if known is not None:
            return known
        buyer = Buyer(random_name(24))
        self.till.buyers[buyer.session] = buyer
        return buyer

    def view(self, buyer: Buyer, product: Product, ip: str | None) -> Letter:
        """Somebody looks at a product."""
        return self.mailroom.post(events.step("product.viewed", self.clock(), buyer, product, ip))

    def add(self, buyer: Buyer, product: Product, quantity: int, ip: str | None) -> Letter:
        """Somebody puts pieces of a product into the cart."""
        buyer.put(product, buyer.cart.get(product.sku, 0) + max(quantity, 1))
        return self.mailroom.post(events.step("cart.added", self.clock(), buyer, product, ip))

    def basket(self, buyer: Buyer) -> Order:
        """The cart as the order that it would be, still without a number."""
        chosen = [(self.product(sku), quantity) for sku, quantity in buyer.cart.items()]
        lines = [
            Line(str(number), product, quantity)
            for number, (product, quantity) in enumerate(chosen, start=1)
            if product is not None
        ]
        return Order(
            order_id="",
            currency=self.setup.currency,
            lines=lines,
            shipping=Decimal(self.setup.shipping),
            placed_at=self.clock(),
            code=buyer.code,
            visitor=buyer.visitor,
            customer_id=buyer.customer_id,
            coupon=None,
            name=buyer.name,
            email=buyer.email or None,
            phone=buyer.phone or None,
            ip=None,
        )

    def place(self, buyer: Buyer, coupon: str | None, ip: str | None) -> tuple[Order, Letter]:
        """Make the cart an order; ShopError when it is empty."""
        order = self.basket(buyer)
        if not order.lines:
            raise ShopError("empty_cart")
        order.order_id = f"S{next(self.till.numbers)}"
        order.coupon, order.ip = coupon, ip
        self.till.orders[order.order_id] = order
        buyer.orders.append(order.order_id)
        buyer.cart.clear()
        return order, self._post(order, events.bought("order.placed", self.clock(), order))

    def pay(self, order: Order) -> Letter:
        """Take the payment; ShopError when it isn't due."""
        order.move(OrderState.PAID, OrderState.PLACED)
        return self._post(order, events.bought("order.paid", self.clock(), order))

    def receive(self, order: Order) -> Letter:
        """The buyer has the goods; ShopError when they were not paid."""
        order.move(OrderState.RECEIVED, OrderState.PAID)
        return self._post(order, events.moved("order.received", self.clock(), order))

    def cancel(self, order: Order) -> Letter:
        """Call an unpaid order off; ShopError when it was paid."""
        order.move(OrderState.CANCELLED, OrderState.PLACED)
        return self._post(order, events.moved("order.cancelled", self.clock(), order))

    def refund_whole(self, order: Order) -> Letter:
        """Give back all that is left."""
        return self._refunded(order, order.refund_whole(_refund_id()))

    def refund_line(self, order: Order, line_id: str, quantity: int) -> Letter:
        """Give back some pieces of a line."""
        return self._refunded(order, order.refund_line(_refund_id(), line_id, quantity))

    def refund_amount(self, order: Order, amount: Decimal) -> Letter:
        """Give back an amount over the whole order."""
        return self._refunded(order, order.refund_amount(_refund_id(), amount))

    def _refunded(self, order: Order, refund: Refund) -> Letter:
        return self._post(order, events.refunded(self.clock(), order, refund))

    def _post(self, order: Order, event: events.Event) -> Letter:
        return self.mailroom.post(event, order.order_id)


def _refund_id() -> str:
    return f"R{random_name(10)}"
