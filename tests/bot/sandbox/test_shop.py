"""The demo shop sells and tells: every step is a signed event that a stranger's library verifies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook, WebhookVerificationError

from bot.sandbox.languages import Ribbon
from bot.sandbox.server import Sandbox
from bot.sandbox.shop.setup import Product, ShopSetup

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
GOODS = (
    Product("85123A", "HEART <HOLDER>", "2.55", "lights", b"\xff\xd8\xff\xe0picture", "A heart."),
    Product("85123a", "heart holder", "0.335", "lights", titles={"zh": "爱心灯"}),
    Product("22423", "CAKESTAND", "12.75", "kitchen", "/page/icon.svg"),
)


@dataclass(slots=True)
class Receiver:
    """The product's end: verifies with the scheme's own library and answers like the product."""

    statuses: list[int] = field(default_factory=list)
    events: list[dict[str, object]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        try:
            Webhook(SECRET).verify(body, headers)
        except WebhookVerificationError:
            return web.Response(status=401, text="bad signature")
        if self.statuses:
            return web.Response(status=self.statuses.pop(0), text="busy")
        event = json.loads(body)
        self.events.append(event)
        result = {"id": event["id"], "status": "accepted", "detail": f"{event['type']} <noted>"}
        return web.json_response({"results": [result]}, status=202)

    def kinds(self) -> list[object]:
        return [event["type"] for event in self.events]

    def contents(self, number: int = -1) -> dict[str, object]:
        contents = self.events[number]["data"]
        assert isinstance(contents, dict)
        return contents


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def shop(receiver: Receiver) -> AsyncIterator[Sandbox]:
    app = web.Application()
    app.router.add_post("/v1/events/m1", receiver.take)
    async with TestServer(app) as product:
        url = str(product.make_url("/v1/events/m1"))
        setup = ShopSetup("Lantern", "GBP", GOODS, url, SECRET, shipping="3.95", first_wait=0.01)
        async with Sandbox(shop=setup, ribbon=Ribbon()) as sandbox:
            yield sandbox


@dataclass(slots=True)
class Browser:
    """A buyer's browser: cookies and forms, no scripts."""

    sandbox: Sandbox
    session: aiohttp.ClientSession
    at: str = ""

    async def get(self, path: str) -> str:
        async with self.session.get(self.sandbox.url + path) as answer:
            self.at = answer.url.path
            return await answer.text()

    async def post(self, path: str, **form: str) -> str:
        async with self.session.post(self.sandbox.url + path, data=form) as answer:
            self.at = answer.url.path
            return await answer.text()


@pytest.fixture
async def browser(shop: Sandbox) -> AsyncIterator[Browser]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, headers={"Accept-Language": "en"}) as session:
        yield Browser(shop, session)


async def settled(shop: Sandbox) -> None:
    """Wait until every event got through."""
    assert shop.shop.site is not None
    async with asyncio.timeout(5):
        for letter in shop.shop.site.mailroom.letters:
            await letter.settled.wait()


async def test_a_purchase_is_told_step_by_step(browser: Browser, receiver: Receiver) -> None:
    # Given a buyer who came by a link
    page = await browser.get("/shop/products/85123A?tk_code=K7Q2ABCD&tk_visitor=v-1")
    assert "HEART &lt;HOLDER&gt;" in page
    assert "£2.55" in page
    # When they buy six and pay
    await browser.post("/shop/cart", sku="85123A", quantity="6")
    order_page = await browser.post(
        "/shop/orders", name="Ann", email="Ann@example.com", phone="", coupon="LI10", pay="1"
    )
    # Then the shop has told each step, in order, with the link in each
    assert receiver.kinds() == ["product.viewed", "cart.added", "order.placed", "order.paid"]
    assert receiver.contents(0)["sku"] == "85123A"
    assert {str(receiver.contents(step)["code"]) for step in range(4)} == {"K7Q2ABCD"}
    # And the payment is exactly the public JSON
    order_id = browser.at.rpartition("/")[2]
    assert receiver.contents() == {
        "order_id": order_id,
        "customer_id": "ann@example.com",
        "currency": "GBP",
        "code": "K7Q2ABCD",
        "coupon": "LI10",
        "visitor_id": "v-1",
        "ip": "127.0.0.1",
        "contact": {"email": "Ann@example.com", "phone": None},
        "shipping": "3.95",
        "tax": "0.00",
        "order_discount": "0.00",
        "lines": [{"line_id": "1", "sku": "85123A", "quantity": 6, "unit_price": "2.55", "discount": "0.00"}],
    }
    # And the buyer sees the receipt and what the product answered
    assert "£19.25" in order_page
    assert "order.paid &lt;noted&gt;" in order_page


async def test_receipt_and_refunds(browser: Browser, receiver: Receiver) -> None:
    await browser.post("/shop/cart", sku="85123A", quantity="6")
    await browser.post("/shop/cart", sku="85123a", quantity="1")
    await browser.post("/shop/orders", pay="1")
    order = browser.at

    await browser.post(f"{order}/receive")
    assert receiver.kinds()[-1] == "order.received"
    await browser.post(f"{order}/refund", line_id="1", quantity="2")
    assert receiver.contents()["lines"] == [{"line_id": "1", "quantity": 2}]
    await browser.post(f"{order}/refund", amount="1.50")
    assert receiver.contents()["amount"] == "1.50"
    too_much = await browser.post(f"{order}/refund", amount="99")
    assert "more than what is left" in too_much
    no_amount = await browser.post(f"{order}/refund", amount="1.505")
    assert "Enter an amount" in no_amount
    whole = await browser.post(f"{order}/refund")
    # 6 x 2.55 + 0.33 (0.335 rounded down) + 3.95 = 19.58, of which 5.10 and 1.50 were given back before
    assert "£12.98" in whole
    assert receiver.contents()["full"] is True
    assert "wrong_state" not in whole
    refused = await browser.post(f"{order}/receive")
    assert "moved on" in refused
    assert len({str(event["id"]) for event in receiver.events}) == len(receiver.events)


async def test_an_unpaid_order_can_be_cancelled(browser: Browser, receiver: Receiver) -> None:
    await browser.post("/shop/cart", sku="22423", quantity="1")
    await browser.post("/shop/orders")
    await browser.post(f"{browser.at}/cancel")
    assert receiver.kinds() == ["cart.added", "order.placed", "order.cancelled"]


async def test_events_wait_in_order_until_they_get_through(
    browser: Browser, receiver: Receiver, shop: Sandbox
) -> None:
    receiver.statuses = [503, 500, 429]
    await browser.post("/shop/cart", sku="22423", quantity="1")
    await browser.post("/shop/orders", pay="1")
    await settled(shop)
    assert receiver.kinds() == ["cart.added", "order.placed", "order.paid"]
    assert shop.shop.site is not None
    assert shop.shop.site.mailroom.letters[0].attempts == 4


async def test_what_is_refused_for_good_does_not_hold_up_the_rest(
    browser: Browser, receiver: Receiver, shop: Sandbox
) -> None:
    receiver.statuses = [422]
    await browser.post("/shop/cart", sku="22423", quantity="1")
    await browser.post("/shop/orders", pay="1")
    await settled(shop)
    assert receiver.kinds() == ["order.placed", "order.paid"]


async def test_several_buyers_have_several_carts(browser: Browser, shop: Sandbox) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        other = Browser(shop, session)
        await browser.post("/shop/cart", sku="22423", quantity="1")
        await other.post("/shop/cart", sku="85123A", quantity="3")
        assert "CAKESTAND" in await browser.get("/shop/cart")
        assert "CAKESTAND" not in await other.get("/shop/cart")
        await browser.post("/shop/orders", pay="1")
        assert "no such page" in await other.get(browser.at)


async def test_two_languages_pictures_and_missing_pages(browser: Browser) -> None:
    chinese = await browser.get("/shop/?lang=zh")
    assert "爱心灯" in chinese
    assert "演示数据" in chinese
    assert "加入购物车" in await browser.get("/shop/products/85123a")
    assert "CAKESTAND" not in await browser.get("/shop/?category=lights&lang=en")
    assert "CAKESTAND" in await browser.get("/shop/?q=cake")
    assert "no such page" in await browser.get("/shop/products/85123")
    async with browser.session.get(f"{browser.sandbox.url}/shop/pictures/85123A.jpg") as answer:
        assert (answer.status, answer.content_type) == (200, "image/jpeg")
    async with browser.session.get(f"{browser.sandbox.url}/shop/pictures/22423.jpg") as answer:
        assert answer.status == 404


async def test_a_shop_can_open_after_the_start() -> None:
    async with Sandbox() as sandbox, aiohttp.ClientSession() as session:
        async with session.get(f"{sandbox.shop_url}/") as answer:
            assert answer.status == 503
        await sandbox.open_shop(ShopSetup("Late", "CNY", GOODS))
        async with session.get(f"{sandbox.shop_url}/products/22423") as answer:
            assert "¥12.75" in await answer.text()
