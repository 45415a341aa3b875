"""The page inside the chat client: only who the chat server vouches for gets a card, once, and it is their own."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from bot.settings import Settings
from handlers.web.app import build_web
from models.catalog.products import Product
from models.funnel.links import Channel, links_by_code
from tests.builders import Shop
from tests.handlers.web.openers import word
from tests.journeys.world import World, go


@dataclass
class Page:
    """A shop's chat side with the web page that opens inside the client."""

    world: World
    client: TestClient[web.Request, web.Application]
    shop: Shop
    lamp: Product

    async def asks(self, raw: str, product: str | None = None) -> tuple[int, dict[str, str]]:
        body = {"init_data": raw, "product": product or str(self.lamp.id)}
        answer = await self.client.post("/app/share", json=body)
        return answer.status, await answer.json()


@pytest.fixture
async def page(world: World, shop: Shop, tmp_path: Path) -> AsyncIterator[Page]:
    settings = Settings(
        _env_file=None,
        bot_token=SecretStr(world.sandbox.token),
        telegram_api_url=world.sandbox.url,
        public_url="https://go.shop.example",
        data_dir=tmp_path,
    )
    context = world.with_settings(settings)
    app = build_web(context, chat=lambda: context)
    async with TestClient(TestServer(app)) as client:
        yield Page(world, client, shop, await shop.product("TREE", price_minor=1200))


async def test_a_card_is_prepared_for_whoever_opened_the_page_and_sent_in_two_taps(page: Page) -> None:
    # Given a distributor and a friend
    mei, tom = page.world.phone("Mei"), page.world.phone("Tom")
    await mei.reply_to(f"/start {page.shop.merchant.public_id}")
    await go(mei, "Join", "Available now")

    # When she opens the page and chooses her friend
    status, ready = await page.asks(word(mei.id, page.world.now))
    assert status == 200
    sent = mei.chat_with(tom).send_prepared(ready["id"])

    # Then the friend reads the buyer's card, over her own link of this channel
    assert "Product TREE" in sent.body.text
    assert "you earn" not in sent.body.text.lower()
    assert "Ad" in sent.body.text
    [buy, _] = [button for row in (sent.keyboard.rows if sent.keyboard else ()) for button in row]
    code = str(buy.value).rpartition("/")[2]
    async with page.shop.store.read() as session:
        link = (await links_by_code(session, page.shop.merchant.id, [code]))[code]
    assert link.channel is Channel.MINIAPP


async def test_one_opening_prepares_one_card(page: Page) -> None:
    mei = page.world.phone("Mei")
    await mei.reply_to(f"/start {page.shop.merchant.public_id}")
    await go(mei, "Join", "Available now")
    raw = word(mei.id, page.world.now)

    first, again = await page.asks(raw), await page.asks(raw)

    assert first[0] == 200
    assert again[0] == 401
    assert "open it anew" in again[1]["detail"]


async def test_who_is_no_distributor_or_asks_for_another_shops_product_gets_nothing(page: Page) -> None:
    stranger, mei = page.world.phone("Nobody"), page.world.phone("Mei")
    await mei.reply_to(f"/start {page.shop.merchant.public_id}")
    await go(mei, "Join", "Available now")

    assert (await page.asks(word(stranger.id, page.world.now)))[0] == 404
    assert (await page.asks(word(mei.id, page.world.now), "7"))[0] == 404


@pytest.mark.parametrize("language", ["en", "zh-CN"])
async def test_the_page_knows_nothing_and_may_be_framed_by_the_client_alone(
    page: Page, language: str
) -> None:
    answer = await page.client.get("/app/share?product=1", headers={"Accept-Language": language})

    html = await answer.text()
    assert answer.status == 200
    assert f'lang="{language}"' in html
    assert "TREE" not in html
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    ancestors = policy.rpartition("frame-ancestors ")[2].split()
    assert ancestors == ["https://web.telegram.org", "https://*.telegram.org", page.world.sandbox.url]
    for name in ("share.js", "share.css"):
        assert (await page.client.get(f"/app/{name}")).status == 200
    assert (await page.client.get("/app/share.html")).status == 404
