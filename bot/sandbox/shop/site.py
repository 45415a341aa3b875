"""The shop's pages and what their buttons do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.languages import Ribbon
from bot.sandbox.shop import events
from bot.sandbox.shop.delivery import WAITING, Letter, Mailroom
from bot.sandbox.shop.orders import Buyer, Line, Order, OrderState, ShopError, Till
from bot.sandbox.shop.page import Painter
from bot.sandbox.shop.setup import Product, ShopSetup
from bot.sandbox.wire import random_name

SESSION = "shop_session"
LINK = ("tk_code", "tk_visitor")
COOKIE_DAYS = 30
PATIENCE = 2.0
"""Seconds that a buyer waits for the product's answer before the page says that it is on its way."""
Screen: TypeAlias = Callable[[web.Request, Buyer], Awaitable[web.Response]]
Deed: TypeAlias = Callable[[Order, web.Request], Awaitable[Letter]]


class ShopSite:
    """One open shop under /shop/."""

    def __init__(self, setup: ShopSetup, ribbon: Ribbon | None, clock: Callable[[], float]) -> None:
        self.setup = setup
        self.till = Till()
        self.mailroom = Mailroom(setup.events_url, setup.secret, setup.first_wait)
        self._painter = Painter(setup, ribbon)
        self._clock = clock
        self._products = {product.sku: product for product in setup.products}
        self._deeds: dict[str, Deed] = {
            "pay": self._pay,
            "receive": self._receive,
            "cancel": self._cancel,
            "refund": self._refund,
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The page for a request anywhere under /shop/."""
        path = request.match_info["path"].strip("/")
        head, _, rest = path.partition("/")
        if head == "pictures":
            return self._picture(rest)
        buyer = self._buyer(request)
        screen = self._screen(request.method, head, rest)
        try:
            response = await screen(request, buyer) if screen else self._missing(request, buyer)
        except ShopError as error:
            response = self._painter.draw(request, buyer, "message.html", status=409, word=str(error))
        self._keep_cookies(request, response, buyer)
        return response

    def _screen(self, method: str, head: str, rest: str) -> Screen | None:
        if method in {"GET", "HEAD"}:
            shown: dict[str, Screen] = {
                "": self._list,
                "products": self._product,
                "cart": self._cart,
                "orders": self._order if rest else self._orders,
            }
            return shown.get(head)
        done: dict[str, Screen] = {"cart": self._put, "orders": self._act if rest else self._place}
        return done.get(head) if method == "POST" else None

    def _buyer(self, request: web.Request) -> Buyer:
        session = request.cookies.get(SESSION, "")
        buyer = self.till.buyers.get(session) or Buyer(random_name(24))
        self.till.buyers[buyer.session] = buyer
        # A shop remembers the last link that brought the visitor, also across its own restarts.
        code, visitor = (request.query.get(name) or request.cookies.get(name) for name in LINK)
        buyer.code, buyer.visitor = code or buyer.code, visitor or buyer.visitor
        return buyer

    def _keep_cookies(self, request: web.Request, response: web.Response, buyer: Buyer) -> None:
        kept = {SESSION: buyer.session, LINK[0]: buyer.code, LINK[1]: buyer.visitor}
        for name, value in kept.items():
            if value and request.cookies.get(name) != value:
                age = COOKIE_DAYS * 86_400
                response.set_cookie(name, value, max_age=age, httponly=True, samesite="Lax", path="/shop")

    def _product_at(self, sku: str) -> Product | None:
        return self._products.get(sku)

    def _missing(self, request: web.Request, buyer: Buyer) -> web.Response:
        return self._painter.draw(request, buyer, "message.html", status=404, word="missing")

    def _picture(self, name: str) -> web.Response:
        product = self._product_at(name.removesuffix(".jpg"))
        content = product.picture if product else None
        if not isinstance(content, bytes):
            raise web.HTTPNotFound
        kinds = ((b"\x89PNG", "image/png"), (b"RIFF", "image/webp"))
        kind = next((kind for mark, kind in kinds if content.startswith(mark)), "image/jpeg")
        return web.Response(body=content, content_type=kind, headers={"Cache-Control": "max-age=3600"})

    async def _list(self, request: web.Request, buyer: Buyer) -> web.Response:
        wanted, category = request.query.get("q", "").strip(), request.query.get("category", "")
        reader = self._painter.reader(request)
        shown = [
            product
            for product in self.setup.products
            if category in {"", product.category}
            and wanted.casefold() in f"{reader.title(product)} {product.sku}".casefold()
        ]
        categories = sorted({product.category for product in self.setup.products if product.category})
        return self._painter.draw(
            request,
            buyer,
            "list.html",
            products=shown,
            categories=categories,
            category=category,
            wanted=wanted,
        )

    async def _product(self, request: web.Request, buyer: Buyer) -> web.Response:
        product = self._product_at(request.match_info["path"].strip("/").partition("/")[2])
        if product is None:
            return self._missing(request, buyer)
        if request.method == "GET":
            self.mailroom.post(events.step("product.viewed", self._clock(), buyer, product, request.remote))
        return self._painter.draw(request, buyer, "product.html", product=product)

    async def _cart(self, request: web.Request, buyer: Buyer) -> web.Response:
        basket = self._basket(buyer)
        return self._painter.draw(request, buyer, "cart.html", basket=basket)

    def _basket(self, buyer: Buyer) -> Order:
        """The cart as the order that it would be."""
        chosen = [(self._product_at(sku), quantity) for sku, quantity in buyer.cart.items()]
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
            placed_at=self._clock(),
            code=buyer.code,
            visitor=buyer.visitor,
            customer_id=buyer.customer_id,
            coupon=None,
            name=buyer.name,
            email=buyer.email or None,
            phone=buyer.phone or None,
            ip=None,
        )

    async def _put(self, request: web.Request, buyer: Buyer) -> web.Response:
        form = await request.post()
        product = self._product_at(str(form.get("sku", "")))
        if product is None:
            return self._missing(request, buyer)
        quantity = _whole(form.get("quantity"), 1)
        if "set" in form:
            buyer.put(product, quantity)
        else:
            buyer.put(product, buyer.cart.get(product.sku, 0) + max(quantity, 1))
            self.mailroom.post(events.step("cart.added", self._clock(), buyer, product, request.remote))
        return _see("/shop/cart")

    async def _place(self, request: web.Request, buyer: Buyer) -> web.Response:
        form = await request.post()
        buyer.name, buyer.email, buyer.phone = (
            str(form.get(name, "")).strip() for name in ("name", "email", "phone")
        )
        order = self._basket(buyer)
        if not order.lines:
            raise ShopError("empty_cart")
        order.order_id = f"S{next(self.till.numbers)}"
        order.coupon = str(form.get("coupon", "")).strip() or None
        order.ip = request.remote
        self.till.orders[order.order_id] = order
        buyer.orders.append(order.order_id)
        buyer.cart.clear()
        letter = self.mailroom.post(events.bought("order.placed", self._clock(), order), order.order_id)
        if "pay" in form:
            letter = await self._pay(order, request)
        await self._told(letter)
        return _see(f"/shop/orders/{order.order_id}")

    def _order_of(self, request: web.Request, buyer: Buyer) -> Order | None:
        order_id = request.match_info["path"].strip("/").split("/")[1]
        return self.till.orders.get(order_id) if order_id in buyer.orders else None

    async def _orders(self, request: web.Request, buyer: Buyer) -> web.Response:
        orders = [self.till.orders[order_id] for order_id in reversed(buyer.orders)]
        return self._painter.draw(request, buyer, "orders.html", orders=orders)

    async def _order(self, request: web.Request, buyer: Buyer) -> web.Response:
        order = self._order_of(request, buyer)
        if order is None:
            return self._missing(request, buyer)
        letters = self.mailroom.about(order.order_id)
        waiting = any(letter.status == WAITING for letter in letters)
        return self._painter.draw(
            request, buyer, "order.html", order=order, letters=letters, waiting=waiting, states=OrderState
        )

    async def _act(self, request: web.Request, buyer: Buyer) -> web.Response:
        order = self._order_of(request, buyer)
        deed = self._deeds.get(request.match_info["path"].strip("/").rpartition("/")[2])
        if order is None or deed is None:
            return self._missing(request, buyer)
        await self._told(await deed(order, request))
        return _see(f"/shop/orders/{order.order_id}")

    async def _pay(self, order: Order, request: web.Request) -> Letter:
        del request
        order.move(OrderState.PAID, OrderState.PLACED)
        return self.mailroom.post(events.bought("order.paid", self._clock(), order), order.order_id)

    async def _receive(self, order: Order, request: web.Request) -> Letter:
        del request
        order.move(OrderState.RECEIVED, OrderState.PAID)
        return self.mailroom.post(events.moved("order.received", self._clock(), order), order.order_id)

    async def _cancel(self, order: Order, request: web.Request) -> Letter:
        del request
        order.move(OrderState.CANCELLED, OrderState.PLACED)
        return self.mailroom.post(events.moved("order.cancelled", self._clock(), order), order.order_id)

    async def _refund(self, order: Order, request: web.Request) -> Letter:
        form = await request.post()
        refund_id = f"R{random_name(10)}"
        if "line_id" in form:
            refund = order.refund_line(refund_id, str(form["line_id"]), _whole(form.get("quantity"), 0))
        elif "amount" in form:
            refund = order.refund_amount(refund_id, _amount(str(form["amount"])))
        else:
            refund = order.refund_whole(refund_id)
        return self.mailroom.post(events.refunded(self._clock(), order, refund), order.order_id)

    async def _told(self, letter: Letter) -> None:
        if self.setup.events_url is None:
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(letter.settled.wait(), PATIENCE)


def _see(path: str) -> web.Response:
    return web.Response(status=303, headers={"Location": path})


def _whole(value: object, otherwise: int) -> int:
    try:
        return int(str(value))
    except ValueError:
        return otherwise


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise ShopError("no_amount") from error
    if not amount.is_finite():
        raise ShopError("no_amount")
    return amount
