"""The shop's pages and what their buttons do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.languages import Ribbon
from bot.sandbox.shop.counter import Counter
from bot.sandbox.shop.delivery import WAITING, Letter, Mailroom
from bot.sandbox.shop.orders import Buyer, Order, OrderState, ShopError
from bot.sandbox.shop.page import Painter
from bot.sandbox.shop.setup import ShopSetup

SESSION = "shop_session"
LINK = ("tk_code", "tk_visitor")
COOKIE_SECONDS = 30 * 86_400
PATIENCE = 2.0
"""Seconds that a buyer waits for the product's answer before the page says that it is on its way."""
Screen: TypeAlias = Callable[[web.Request, Buyer], Awaitable[web.Response]]


class ShopSite:
    """One open shop under /shop/."""

    def __init__(self, setup: ShopSetup, ribbon: Ribbon | None, clock: Callable[[], float]) -> None:
        self.setup = setup
        self.mailroom = Mailroom(setup.events_url, setup.secret, setup.first_wait)
        self.counter = Counter(setup, self.mailroom, clock)
        self._painter = Painter(setup, ribbon)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The page for a request anywhere under /shop/."""
        head, _, rest = _path(request).partition("/")
        if head == "pictures":
            return self._picture(rest)
        buyer = self._buyer(request)
        screen = self._screen(request.method, head, rest)
        try:
            response = await screen(request, buyer) if screen else self._missing(request, buyer)
        except ShopError as error:
            response = self._painter.draw(request, buyer, "message.html", status=409, word=str(error))
        _keep_cookies(request, response, buyer)
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
        buyer = self.counter.buyer(request.cookies.get(SESSION, ""))
        # A shop remembers the last link that brought the visitor, also across its own restarts.
        code, visitor = (request.query.get(name) or request.cookies.get(name) for name in LINK)
        buyer.code, buyer.visitor = code or buyer.code, visitor or buyer.visitor
        return buyer

    def _missing(self, request: web.Request, buyer: Buyer) -> web.Response:
        return self._painter.draw(request, buyer, "message.html", status=404, word="missing")

    def _picture(self, name: str) -> web.Response:
        product = self.counter.product(name.removesuffix(".jpg"))
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
        return self._painter.draw(
            request,
            buyer,
            "list.html",
            products=shown,
            categories=sorted({product.category for product in self.setup.products if product.category}),
            category=category,
            wanted=wanted,
        )

    async def _product(self, request: web.Request, buyer: Buyer) -> web.Response:
        product = self.counter.product(_path(request).partition("/")[2])
        if product is None:
            return self._missing(request, buyer)
        if request.method == "GET":
            self.counter.view(buyer, product, request.remote)
        return self._painter.draw(request, buyer, "product.html", product=product)

    async def _cart(self, request: web.Request, buyer: Buyer) -> web.Response:
        return self._painter.draw(request, buyer, "cart.html", basket=self.counter.basket(buyer))

    async def _put(self, request: web.Request, buyer: Buyer) -> web.Response:
        form = await request.post()
        product = self.counter.product(str(form.get("sku", "")))
        if product is None:
            return self._missing(request, buyer)
        quantity = _whole(form.get("quantity"), 1)
        if "set" in form:
            buyer.put(product, quantity)
        else:
            self.counter.add(buyer, product, quantity, request.remote)
        return _see("/shop/cart")

    async def _place(self, request: web.Request, buyer: Buyer) -> web.Response:
        form = await request.post()
        buyer.name, buyer.email, buyer.phone = (
            str(form.get(name, "")).strip() for name in ("name", "email", "phone")
        )
        coupon = str(form.get("coupon", "")).strip() or None
        order, letter = self.counter.place(buyer, coupon, request.remote)
        if "pay" in form:
            letter = self.counter.pay(order)
        await self._told(letter)
        return _see(f"/shop/orders/{order.order_id}")

    def _order_of(self, request: web.Request, buyer: Buyer) -> Order | None:
        order_id = _path(request).split("/")[1]
        return self.counter.till.orders.get(order_id) if order_id in buyer.orders else None

    async def _orders(self, request: web.Request, buyer: Buyer) -> web.Response:
        orders = [self.counter.till.orders[order_id] for order_id in reversed(buyer.orders)]
        return self._painter.draw(request, buyer, "orders.html", orders=orders)

    async def _order(self, request: web.Request, buyer: Buyer) -> web.Response:
        order = self._order_of(request, buyer)
        if order is None:
            return self._missing(request, buyer)
        letters = self.mailroom.about(order.order_id)
        waiting = self.mailroom.is_sending and any(letter.status == WAITING for letter in letters)
        return self._painter.draw(
            request, buyer, "order.html", order=order, letters=letters, waiting=waiting, states=OrderState
        )

    async def _act(self, request: web.Request, buyer: Buyer) -> web.Response:
        order = self._order_of(request, buyer)
        if order is None:
            return self._missing(request, buyer)
        match _path(request).rpartition("/")[2]:
            case "pay":
                letter = self.counter.pay(order)
            case "receive":
                letter = self.counter.receive(order)
            case "cancel":
                letter = self.counter.cancel(order)
            case "refund":
                letter = await self._refund(order, request)
            case _:
                return self._missing(request, buyer)
        await self._told(letter)
        return _see(f"/shop/orders/{order.order_id}")

    async def _refund(self, order: Order, request: web.Request) -> Letter:
        form = await request.post()
        if "line_id" in form:
            quantity = _whole(form.get("quantity"), 0)
            return self.counter.refund_line(order, str(form["line_id"]), quantity)
        if "amount" in form:
            return self.counter.refund_amount(order, _amount(str(form["amount"])))
        return self.counter.refund_whole(order)

    async def _told(self, letter: Letter) -> None:
        if self.mailroom.is_sending:
            with suppress(TimeoutError):
                await asyncio.wait_for(letter.settled.wait(), PATIENCE)


def _path(request: web.Request) -> str:
    return request.match_info["path"].strip("/")


def _keep_cookies(request: web.Request, response: web.Response, buyer: Buyer) -> None:
    kept = {SESSION: buyer.session, LINK[0]: buyer.code, LINK[1]: buyer.visitor}
    for name, value in kept.items():
        if value and request.cookies.get(name) != value:
            response.set_cookie(
                name, value, max_age=COOKIE_SECONDS, httponly=True, samesite="Lax", path="/shop"
            )


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
