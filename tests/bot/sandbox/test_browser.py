"""The chat page in a real browser, against the echo bot: two people, taps, pictures, no console errors."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from playwright.async_api import Locator, Page, ViewportSize, async_playwright, expect

from bot.sandbox.chat.pacing import NO_LIMITS
from bot.sandbox.languages import Ribbon
from bot.sandbox.server import Sandbox
from bot.sandbox.shop.setup import Product, ShopSetup
from tests.bot.sandbox.echo_bot import echo_bot

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SHOP = ShopSetup("Lantern", "GBP", (Product("22423", "CAKESTAND", "12.75"),))
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}


@dataclass(slots=True)
class Window:
    """A browser window, what its console said and where it went."""

    sandbox: Sandbox
    page: Page
    complaints: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    async def add_person(self, name: str, language: str) -> None:
        await self.page.get_by_role("button", name="Add a person").first.click()
        await self.page.get_by_label("Name").fill(name)
        await self.page.get_by_label("Language").select_option(label=language)
        await self.page.get_by_role("button", name="Add", exact=True).click()

    def chat(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=f"as {name}")


@asynccontextmanager
async def window(size: ViewportSize) -> AsyncIterator[Window]:
    sandbox = Sandbox(limits=NO_LIMITS, ribbon=Ribbon(), shop=SHOP)
    async with sandbox, echo_bot(sandbox), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport=size, locale="en-GB")
        opened = Window(sandbox, await context.new_page())
        opened.page.on("console", lambda said: opened.complaints.append(said.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("request", lambda request: opened.addresses.append(request.url))
        yield opened
        assert opened.complaints == []
        assert all(address.startswith(sandbox.url) for address in opened.addresses)
        await browser.close()


async def test_two_people_side_by_side() -> None:
    async with window(DESKTOP) as seen:
        page = seen.page
        # Given two people, added in the page
        await page.goto(seen.sandbox.chat_url)
        await expect(page.get_by_text("Demo data")).to_be_visible()
        await seen.add_person("Ann", "English")
        await page.get_by_role("button", name="Side by side").click()
        await seen.add_person("李雷", "中文")
        ann, li = seen.chat("Ann"), seen.chat("李雷")
        await expect(ann).to_be_visible()
        await expect(li).to_be_visible()
        # When Ann starts and writes with the keyboard
        await ann.get_by_role("button", name="START").click()
        await ann.get_by_label("Message").fill("one & <b>two</b>")
        await ann.get_by_label("Message").press("Enter")
        # Then the answer shows her words as she wrote them, in bold, and 李雷 sees nothing of it
        await expect(ann.locator("strong").last).to_have_text("one & <b>two</b>")
        await expect(li.get_by_role("article")).to_have_count(0)
        # When she taps, a toast says the answer; an alert must be closed; an edit replaces the card
        await ann.get_by_role("button", name="Toast").last.click()
        await expect(page.get_by_text("You tapped toast")).to_be_visible()
        await ann.get_by_role("button", name="Alert").last.click()
        alert = page.get_by_role("alertdialog")
        await expect(alert).to_contain_text("You tapped alert")
        await alert.get_by_role("button", name="OK").click()
        await ann.get_by_role("button", name="Edit this card").last.click()
        await expect(ann.get_by_role("article").last).to_contain_text("edited")
        # And the menu lists each one's commands in their language
        await li.get_by_role("button", name="START").click()
        await li.get_by_role("button", name="Menu").click()
        await expect(li.get_by_role("menuitem")).to_have_text(["/start首页"])


async def test_on_a_phone_links_pictures_and_files_open() -> None:
    async with window(PHONE) as seen:
        page = seen.page
        person = seen.sandbox.people.add("Ann")
        # Given the page opened by an address with a person and a payload
        await page.goto(f"{seen.sandbox.chat_url}?person={person.id}&start=K7Q2ABCD")
        chat = seen.chat("Ann")
        await expect(chat.get_by_role("article").last).to_contain_text("You said /start K7Q2ABCD")
        # When a link to the bot in a message is followed, it starts again in the page
        await chat.get_by_role("link", name="start=again").last.click()
        await expect(chat.get_by_role("article").last).to_contain_text("You said /start again")
        # And the shop's button leads out
        shop = chat.get_by_role("link", name="Shop").last
        await expect(shop).to_have_attribute("href", f"{seen.sandbox.url}/shop/")
        # When a picture comes, it opens large and closes with Escape; a file can be downloaded
        await chat.get_by_role("button", name="/picture").last.click()
        await chat.get_by_role("button", name="Picture", exact=True).click()
        await expect(page.get_by_role("dialog", name="Picture")).to_be_visible()
        await page.keyboard.press("Escape")
        async with page.expect_download() as download:
            await chat.get_by_role("link", name="entries.csv").click()
        assert (await download.value).suggested_filename == "entries.csv"
        # And an invite can be opened from the menu
        await chat.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Open a link").click()
        await page.get_by_placeholder("t.me link").fill("QWERTY22")
        await page.get_by_role("button", name="Open", exact=True).click()
        await expect(chat.get_by_role("article").last).to_contain_text("You said /start QWERTY22")
        # Then the newest message and the line to write are in sight, also after coming back
        await expect(chat.get_by_role("article").last).to_be_in_viewport()
        await page.reload()
        await expect(chat.get_by_role("article").last).to_be_in_viewport()
        await expect(chat.get_by_label("Message")).to_be_in_viewport(ratio=1)
        # And nothing is wider than the phone
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_blocking_and_coming_back() -> None:
    async with window(PHONE) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        await seen.page.goto(seen.sandbox.chat_url)
        chat = seen.chat("Ann")
        await chat.get_by_role("button", name="More").click()
        await seen.page.get_by_role("menuitem", name="Block the bot").click()
        await chat.get_by_role("button", name="Unblock").click()
        await expect(chat.get_by_label("Message")).to_be_visible()
        assert not phone.person.blocked
