"""A newcomer's first minutes in the demo, in a real browser: share as Mei, buy as somebody else, be told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, async_playwright, expect

from bot.demo import Demo, open_demo
from bot.sandbox.market.cast import ALEX, MEI
from bot.settings import Settings

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PATIENCE = 20_000
"""Milliseconds."""


@dataclass(slots=True)
class Visitor:
    """A browser of its own, and what its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    @property
    def newest(self) -> Locator:
        """The chat's newest message."""
        return self.page.get_by_role("article").last

    @property
    def home(self) -> Locator:
        """The newest message that is a home card; others may come behind it."""
        return self.page.get_by_role("article").filter(has_text="今日预估（").last

    async def taps(self, label: str) -> None:
        """Tap the newest button of that name."""
        await self.page.get_by_role("button", name=label).last.click()

    async def fits(self) -> bool:
        """Whether nothing sticks out to the side."""
        width = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return isinstance(width, int) and width <= 0


async def _visitor(browser: Browser, size: ViewportSize, locale: str) -> Visitor:
    context = await browser.new_context(viewport=size, locale=locale)
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    visitor = Visitor(await context.new_page())
    visitor.page.set_default_timeout(PATIENCE)
    visitor.page.on("console", lambda said: visitor.complaints.append(said.text))
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(str(error)))
    return visitor


@asynccontextmanager
async def demo_in_browser(settings: Settings) -> AsyncIterator[tuple[Demo, Browser]]:
    async with open_demo(settings) as demo, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield demo, browser
        finally:
            await browser.close()


def _pounds(text: str) -> int:
    """Today's estimate on a home or earnings card, in pence."""
    found = re.search(r"≈\s*£([\d,]+)\.(\d\d)", text)
    assert found is not None
    return int(found[1].replace(",", "")) * 100 + int(found[2])


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_the_first_sale(settings: Settings, size: ViewportSize) -> None:
    async with demo_in_browser(settings) as (demo, browser):
        # Given the chat page in Chinese, which opens on Mei's home under the ribbon
        mei = await _visitor(browser, size, "zh-CN")
        await mei.page.goto(f"{demo.ready.chat_url}?person={MEI.chat_id}")
        await expect(mei.page.locator(".ribbon")).to_have_text("演示数据")
        await expect(mei.home).to_be_visible()
        before = _pounds(await mei.home.inner_text())

        # When she opens the goods, one of them, and copies her link
        await mei.taps("商品")
        await expect(mei.newest).to_contain_text("Chilli Lights")
        await mei.taps("Chilli Lights")
        await expect(mei.newest).to_contain_text("£0.74")
        await mei.taps("复制链接")
        link = str(await mei.page.evaluate("navigator.clipboard.readText()"))
        assert link.startswith(f"{demo.ready.url}/r/")
        assert await mei.fits()

        # And somebody else opens it and buys two, in English
        alex = await _visitor(browser, size, "en-GB")
        await alex.page.goto(link)
        await expect(alex.page.get_by_role("heading", name="Chilli Lights")).to_be_visible()
        await expect(alex.page.locator(".ribbon")).to_have_text("Demo data")
        assert await alex.fits()
        await alex.page.get_by_label("Quantity").fill("2")
        await alex.page.get_by_role("button", name="Add to cart").click()
        await alex.page.get_by_role("button", name=re.compile("^Pay £12.85")).click()
        await expect(alex.page.get_by_text("accepted").last).to_be_visible()
        order = await alex.page.get_by_role("heading", level=1).inner_text()
        assert await alex.fits()

        # Then Mei is told of the order and of her 15 %
        await expect(mei.newest).to_contain_text("新订单", timeout=PATIENCE)
        await expect(mei.newest).to_contain_text("£1.48")
        await expect(mei.newest).to_contain_text(order.removeprefix("Order ").strip())

        # And her day has grown by it
        await mei.taps("收益")
        await expect(mei.newest).to_contain_text("当前可提现")
        await mei.page.get_by_label("输入消息").fill("/start")
        await mei.page.get_by_label("输入消息").press("Enter")
        await expect(mei.home).to_be_visible()
        assert _pounds(await mei.home.inner_text()) == before + 148
        assert await mei.fits()
        assert mei.complaints == []
        assert alex.complaints == []


async def test_a_newcomers_story(settings: Settings) -> None:
    async with demo_in_browser(settings) as (demo, browser):
        # Given a newcomer who joins as a distributor
        lily = await _visitor(browser, DESKTOP, "en-GB")
        page = lily.page
        await page.goto(f"{demo.ready.chat_url}?person={ALEX.chat_id}")
        await page.get_by_role("button", name="Add a person").first.click()
        await page.get_by_label("Name").fill("Lily")
        await page.get_by_role("button", name="Add", exact=True).click()
        await page.get_by_role("button", name="START").click()
        await lily.taps("Lantern & Lace")
        await lily.taps("✅ Join")
        await expect(lily.newest).to_contain_text("Available now: £0.00")
        lily_at = page.url

        # When she sends a card to a friend, found by a word, with the keyboard alone
        await lily.taps("Send to chat")
        await page.get_by_role("dialog").get_by_role("button", name="Alex").click()
        await expect(page.get_by_role("option").first).to_be_visible()
        await page.keyboard.type("chilli")
        await expect(page.get_by_role("option")).to_have_count(1)
        await expect(page.get_by_role("option")).to_contain_text("you earn ≈")
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(lily.newest).to_contain_text("Chilli Lights")

        # Then the friend reads what buyers read, and buys in the shop
        alex = await _visitor(browser, PHONE, "en-GB")
        [who] = parse_qs(urlsplit(lily_at).query)["person"]
        await alex.page.goto(f"{demo.ready.chat_url}?person={ALEX.chat_id}&chat={who}")
        card = alex.newest
        await expect(card).to_contain_text("£4.95")
        await expect(card).to_contain_text("Ad")
        await expect(card).not_to_contain_text("earn")
        buy = await alex.page.get_by_role("link", name="Buy now").last.get_attribute("href")
        await alex.page.goto(str(buy))
        await alex.page.get_by_role("button", name="Add to cart").click()
        await alex.page.get_by_role("button", name=re.compile("^Pay £")).click()
        await expect(alex.page.get_by_text("accepted").last).to_be_visible()

        # And she is told at once, her earnings change, and her poster opens
        await page.goto(lily_at)
        await expect(lily.newest).to_contain_text("New order: £0.74", timeout=PATIENCE)
        await expect(lily.newest).to_contain_text("Shared card")
        await lily.taps("Earnings")
        await expect(lily.newest).to_contain_text("Earned today ≈")
        await expect(lily.newest).to_contain_text("£0.74")
        await page.get_by_label("Message", exact=True).fill("/goods chilli")
        await page.get_by_label("Message", exact=True).press("Enter")
        await page.get_by_role("button", name=re.compile(r"^1\.")).last.click()
        await expect(lily.newest).to_contain_text("You earn")
        await lily.taps("Poster")
        await expect(lily.newest).to_contain_text("or tap to copy")
        await lily.newest.get_by_role("button", name="Picture", exact=True).click()
        await expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
        await page.keyboard.press("Escape")
        assert lily.complaints == []
        assert alex.complaints == []
