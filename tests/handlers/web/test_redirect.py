"""A buyer follows a link to the shop."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import ClientResponse

from handlers.web.click_desk import ClickDesk
from handlers.web.keys import DESKS
from handlers.web.metrics import Metrics
from handlers.web.spool import Spool
from models.catalog.products import Product, keep_products
from models.funnel.clicks import NewClick, land_clicks
from models.funnel.links import LinkState, links_by_code, links_seen, set_link_state
from models.store.engine import Store
from models.store.types import to_micros
from tests.builders import open_shop
from tests.faults.only import on_sqlite
from tests.handlers.web.conftest import WebShop

PERSON = {"User-Agent": "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126 Mobile Safari/537.36"}


async def follow(web_shop: WebShop, code: str, headers: dict[str, str] | None = None) -> ClientResponse:
    # The visitor's cookie is sent by hand where a test means the same visitor.
    web_shop.client.session.cookie_jar.clear()
    return await web_shop.client.get(f"/r/{code}", headers=headers or PERSON, allow_redirects=False)


async def test_a_click_leads_to_the_shop_with_its_trace_and_is_counted(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")

    answer = await follow(web_shop, link["code"])

    assert answer.status == 302
    assert answer.headers["Cache-Control"] == "no-store"
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}" == "https://shop.example"
    traced = parse_qs(target.query)
    assert traced["tk_code"] == [link["code"]]
    assert len(traced["tk_visitor"][0]) == 24
    again = await web_shop.link("mei")
    assert (again["code"], again["clicks"], again["unique_clicks"]) == (link["code"], 1, 1)


async def test_a_product_link_leads_to_the_product(web_shop: WebShop) -> None:
    shop = web_shop.shop
    product = Product(
        merchant_id=shop.merchant.id,
        sku="CUP",
        title="Cup",
        price_minor=250,
        url="https://shop.example/p/cup?colour=red&tk_code=OLD#top",
        updated_at=web_shop.clock.now(),
    )
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [product])
    link = await web_shop.link("mei", sku="CUP")

    location = (await follow(web_shop, link["code"])).headers["Location"]

    assert location.startswith(f"https://shop.example/p/cup?colour=red&tk_code={link['code']}&tk_visitor=")
    assert location.endswith("#top")


async def test_one_visitor_in_one_clock_hour_is_unique_once(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    first = await follow(web_shop, link["code"])
    visitor = {**PERSON, "Cookie": first.headers["Set-Cookie"].split(";")[0]}

    await follow(web_shop, link["code"], visitor)
    web_shop.clock.set(web_shop.clock.now() + timedelta(hours=1))
    await follow(web_shop, link["code"], visitor)
    await follow(web_shop, link["code"])

    seen = await web_shop.link("mei")
    assert (seen["clicks"], seen["unique_clicks"]) == (4, 3)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "TelegramBot (like TwitterBot)"},
        {"User-Agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
        {"User-Agent": "WhatsApp/2.23.20.0"},
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {**PERSON, "Sec-Purpose": "prefetch;prerender"},
        {**PERSON, "X-Purpose": "preview"},
    ],
)
async def test_previews_and_bots_are_led_on_and_not_counted(
    web_shop: WebShop, headers: dict[str, str]
) -> None:
    link = await web_shop.link("mei")

    answer = await follow(web_shop, link["code"], headers)

    assert answer.status == 302
    assert (await web_shop.link("mei"))["clicks"] == 0


async def test_a_head_request_is_led_on_and_not_counted(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")

    answer = await web_shop.client.head(f"/r/{link['code']}", headers=PERSON, allow_redirects=False)

    assert (answer.status, "tk_code" in answer.headers["Location"]) == (302, True)
    assert (await web_shop.link("mei"))["clicks"] == 0


@pytest.mark.parametrize(
    "code", ["ZZZZZZZZ", "short", "K7Q2ABC0", "K7Q2ABCD9", "%00", "K7Q2-BCD", "%E4%BD%A0%E5%A5%BD"]
)
async def test_an_unknown_or_malformed_code_leads_nowhere(web_shop: WebShop, code: str) -> None:
    answer = await follow(web_shop, code)

    assert answer.status == 404
    assert answer.content_type == "application/problem+json"


async def test_codes_are_read_without_regard_to_case(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")

    assert (await follow(web_shop, link["code"].lower())).status == 302


async def test_a_paused_link_still_leads_to_the_shop_without_trace_or_count(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    shop = web_shop.shop
    async with shop.store.write() as session:
        kept = (await links_by_code(session, shop.merchant.id, [link["code"]]))[link["code"]]
        await set_link_state(session, kept, LinkState.PAUSED)
    web_shop.client.app[DESKS].destinations.forget()

    answer = await follow(web_shop, link["code"])

    assert (answer.status, answer.headers["Location"]) == (302, "https://shop.example")
    assert (await web_shop.link("mei"))["clicks"] == 0


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example/https://shop.example",
        "//evil.example/",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://shop.example/",
        "https://user:pass@shop.example/",
        "https:\\\\evil.example",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "http://127.0.0.1/",
        "https://[::1]/",
        "https://shop.example:99999/",
        "https://ｓhop.example/",
    ],
)
async def test_an_evil_address_in_the_catalogue_leads_to_the_shops_first_address(
    web_shop: WebShop, url: str
) -> None:
    shop = web_shop.shop
    evil = Product(
        merchant_id=shop.merchant.id,
        sku="EVIL",
        title="x",
        price_minor=1,
        url=url,
        updated_at=web_shop.clock.now(),
    )
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [evil])
    link = await web_shop.link("mei", sku="EVIL")

    location = (await follow(web_shop, link["code"])).headers["Location"]

    assert location.startswith("https://shop.example?tk_code=")


async def test_a_visitors_click_carries_the_order(web_shop: WebShop) -> None:
    link = await web_shop.link("mei")
    location = (await follow(web_shop, link["code"])).headers["Location"]
    visitor = parse_qs(urlsplit(location).query)["tk_visitor"][0]

    await web_shop.tell(web_shop.paid("20", visitor_id=visitor))

    attribution = (await (await web_shop.get("/v1/orders/20")).json())["attribution"]
    assert (attribution["distributor"], attribution["rule"]) == ("mei", "last_click")


@on_sqlite
async def test_while_the_store_is_locked_buyers_do_not_wait_and_no_click_is_lost(
    tmp_path: Path, sqlite_template: Path, web_shop: WebShop
) -> None:
    """Given a store that another process holds, when buyers click, then all are led on, and every click lands later."""
    store, metrics = web_shop.shop.store, Metrics()
    link = await web_shop.link("mei")
    async with store.read() as session:
        [seen] = await links_seen(session, web_shop.shop.merchant.id)
    desk = ClickDesk(store, Spool(tmp_path / "spool"), metrics)
    assert store.path is not None
    holder = sqlite3.connect(store.path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    at = to_micros(web_shop.clock.now())

    clicks = [NewClick(number, seen.link.id, f"visitor-{number:08}", at) for number in range(1, 201)]
    await asyncio.wait_for(asyncio.gather(*(desk.land(click) for click in clicks)), timeout=3)

    assert sum(len(file.read_bytes().splitlines()) for file in (tmp_path / "spool").iterdir()) >= 200
    holder.execute("ROLLBACK")
    holder.close()
    await desk.stop()
    await Spool(tmp_path / "spool").land(lambda some: land_clicks(store, some))
    again = await web_shop.link("mei")
    assert (again["code"], again["clicks"], again["unique_clicks"]) == (link["code"], 200, 200)
    assert list((tmp_path / "spool").iterdir()) == []


async def test_a_spool_that_lands_twice_counts_once(store: Store, web_shop: WebShop, tmp_path: Path) -> None:
    await web_shop.link("mei")
    async with store.read() as session:
        [seen] = await links_seen(session, web_shop.shop.merchant.id)
    click = NewClick(1, seen.link.id, "visitor-00000001", to_micros(web_shop.clock.now()))
    await land_clicks(store, [click])
    spool = Spool(tmp_path / "spool")
    spool.keep([click, click])
    spool.close()
    with next((tmp_path / "spool").iterdir()).open("ab") as torn:
        torn.write(b'[2, "torn')

    landed = await spool.land(lambda some: land_clicks(store, some))

    assert landed == 2
    assert (await web_shop.link("mei"))["clicks"] == 1


async def test_another_merchants_code_is_no_claim_on_an_order(web_shop: WebShop) -> None:
    other = await open_shop(web_shop.shop.store, web_shop.clock.now())
    foreign = await other.link(await other.distributor("theirs"))

    await web_shop.tell(web_shop.paid("21", code=foreign.code))

    attribution = (await (await web_shop.get("/v1/orders/21")).json())["attribution"]
    assert attribution["distributor"] is None
    assert [(item["claim"], item["verdict"]) for item in attribution["candidates"]] == [
        (foreign.code, "unknown")
    ]
