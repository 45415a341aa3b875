"""The chat page in a real browser, against the echo bot: two people, taps, pictures, no console errors."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import pytest
from PIL import Image
from playwright.async_api import FilePayload, Locator, Page, ViewportSize, async_playwright, expect
from telegram import Bot, Update

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
Starts: TypeAlias = Callable[[Sandbox], AbstractAsyncContextManager[None]]
"""What runs a bot of a sandbox while a block lasts."""


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

    async def show(self, *people: int, chat: str = "bot") -> None:
        """Open the page on the same chat of some people, side by side."""
        named = ",".join(str(person) for person in people)
        chats = ",".join(chat for _ in people)
        await self.page.goto(f"{self.sandbox.chat_url}?person={named}&chat={chats}")

    def chat(self, name: str) -> Locator:
        """The open chat of a person."""
        return self.page.get_by_role("region", name=f"as {name}")

    def column(self, name: str) -> Locator:
        """All chats of a person."""
        return self.page.get_by_role("region", name=f"Chats of {name}")

    async def overflow(self) -> int:
        """By how many pixels the page is too wide."""
        return int(await self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@asynccontextmanager
async def window(
    size: ViewportSize,
    bot: Starts = echo_bot,
    *,
    scheme: Literal["light", "dark"] = "light",
    elsewhere: tuple[str, ...] = (),
) -> AsyncIterator[Window]:
    """A sandbox with a bot, and a browser before it; nothing may be fetched but from it and `elsewhere`."""
    sandbox = Sandbox(limits=NO_LIMITS, ribbon=Ribbon(), shop=SHOP)
    async with sandbox, bot(sandbox), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = await browser.new_context(viewport=size, locale="en-GB", color_scheme=scheme)
        await context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened = Window(sandbox, await context.new_page())
        opened.page.on("console", lambda said: opened.complaints.append(said.text))
        opened.page.on("pageerror", lambda error: opened.complaints.append(str(error)))
        opened.page.on("request", lambda request: opened.addresses.append(request.url))
        yield opened
        assert opened.complaints == []
        ours = (sandbox.url, "blob:", *elsewhere)
        assert [address for address in opened.addresses if not address.startswith(ours)] == []
        await browser.close()


def picture() -> bytes:
    """A small picture, as PNG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 40), "#1f6f5c").save(out, "PNG")
    return out.getvalue()


@asynccontextmanager
async def polling(sandbox: Sandbox, answer: Callable[[Bot, Update], Awaitable[None]]) -> AsyncIterator[None]:
    """A bot that answers each update by a function, while the block lasts."""
    base = sandbox.api_url
    async with Bot(sandbox.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        task = asyncio.create_task(_poll(bot, answer))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _poll(bot: Bot, answer: Callable[[Bot, Update], Awaitable[None]]) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset, timeout=30, allowed_updates=Update.ALL_TYPES):
            offset = update.update_id + 1
            await answer(bot, update)


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
        await ann.get_by_role("button", name="Copy", exact=True).last.click()
        await expect(page.get_by_text("Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == "K7Q2ABCD"
        await ann.get_by_role("button", name="Edit this card").last.click()
        await expect(ann.get_by_role("article").last).to_contain_text("edited")
        # And the menu lists each one's commands in their language
        await li.get_by_role("button", name="START").click()
        await li.get_by_role("button", name="Menu").click()
        await expect(li.get_by_role("menuitem")).to_have_text(["/start首页"])
        await page.keyboard.press("Escape")
        # And the address shows both again; one of them can be closed
        await page.reload()
        await expect(ann.get_by_role("article").last).to_contain_text("edited")
        await expect(li.get_by_role("article").last).to_be_visible()
        await seen.column("李雷").get_by_role("button", name="Close 李雷’s column").click()
        await expect(li).to_have_count(0)
        await expect(ann).to_be_visible()


async def test_people_write_to_each_other_and_see_what_is_unread() -> None:
    async with window(DESKTOP) as seen:
        # Given Ann beside Bob, Ann's chat with Bob open, Bob's with the bot
        ann, bob = seen.sandbox.people.add("Ann"), seen.sandbox.people.add("Bob")
        page = seen.page
        await page.goto(f"{seen.sandbox.chat_url}?person={ann.id},{bob.id}&chat={bob.id},bot")
        # When Ann writes twice
        for words in ("Hello Bob", "How are you?"):
            await seen.chat("Ann").get_by_label("Message").fill(words)
            await seen.chat("Ann").get_by_role("button", name="Send").click()
        # Then Bob's list and his face say that two are new
        row = seen.column("Bob").get_by_role("button", name="Ann, 2 new")
        await expect(row.get_by_label("2 new")).to_be_visible()
        faces = page.get_by_role("navigation", name="People")
        await expect(faces.get_by_role("button", name="Bob").get_by_label("2 new")).to_be_visible()
        # And when he opens the chat nothing is, and the chat is first in his list
        await row.click()
        await expect(seen.chat("Bob").get_by_role("article")).to_have_count(2)
        await expect(page.get_by_label(re.compile(r"\d new"))).to_have_count(0)
        await expect(
            seen.column("Bob").get_by_role("listitem").first.get_by_role("button")
        ).to_have_attribute("title", "Ann")
        # When he answers from the message's menu, by keyboard
        await seen.chat("Bob").get_by_label("Message").press("ArrowUp")
        await page.keyboard.press("Enter")
        await page.keyboard.press("Enter")
        await page.keyboard.type("Fine!")
        await page.keyboard.press("Enter")
        # Then Ann sees what he answers to
        newest = seen.chat("Ann").get_by_role("article").last
        await expect(newest).to_contain_text("Fine!")
        await expect(newest.get_by_role("button", name="How are you?")).to_be_visible()
        # And she can put right what she wrote, and take it back
        first = seen.chat("Ann").get_by_role("article").first
        await first.click(button="right")
        await page.get_by_role("menuitem", name="Edit").click()
        await expect(seen.chat("Ann").get_by_label("Message")).to_have_value("Hello Bob")
        await seen.chat("Ann").get_by_label("Message").fill("Hello, Bob!")
        await seen.chat("Ann").get_by_label("Message").press("Enter")
        theirs = seen.chat("Bob").get_by_role("article")
        await expect(theirs.first).to_contain_text("Hello, Bob!edited")
        await first.click(button="right")
        await page.get_by_role("menuitem", name="Delete").click()
        await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
        await expect(theirs).to_have_count(2)


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
        assert await seen.overflow() <= 0


async def test_on_a_phone_one_thing_at_a_time() -> None:
    async with window(PHONE) as seen:
        page = seen.page
        phone = seen.sandbox.phone("Ann")
        seen.sandbox.people.add("Bob")
        phone.start()
        # Given the people, then Ann's chats, then the one with the bot
        await page.goto(seen.sandbox.chat_url)
        faces = page.get_by_role("navigation", name="People")
        await faces.get_by_role("button", name="Ann").click()
        await expect(faces).to_be_hidden()
        await seen.column("Ann").get_by_role("button", name="Tuike").click()
        chat = seen.chat("Ann")
        await expect(chat.get_by_role("article").last).to_be_in_viewport()
        # When she blocks the bot, she can take it back
        await chat.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Block the bot").click()
        await chat.get_by_role("button", name="Unblock").click()
        await expect(chat.get_by_label("Message")).to_be_visible()
        assert not phone.person.blocked
        # And back leads to her chats, and to the people
        await chat.get_by_role("button", name="Back to the chats").click()
        await expect(chat).to_have_count(0)
        await seen.column("Ann").get_by_role("button", name="People").click()
        await expect(faces.get_by_role("button", name="Bob")).to_be_visible()
        # As the browser's own back does
        await faces.get_by_role("button", name="Ann").click()
        await seen.column("Ann").get_by_role("button", name="Tuike").click()
        await expect(chat).to_be_visible()
        await page.go_back()
        await expect(chat).to_have_count(0)
        await expect(seen.column("Ann")).to_be_visible()


async def test_a_picture_is_sent_with_its_words() -> None:
    async with window(DESKTOP) as seen:
        phone, page = seen.sandbox.phone("Ann"), seen.page
        phone.start()
        await seen.show(phone.id)
        chat = seen.chat("Ann")
        # When Ann attaches a picture
        file = FilePayload(name="dot.png", mimeType="image/png", buffer=picture())
        await chat.locator("input[type=file]").set_input_files([file])
        look = page.get_by_role("dialog", name="Attach a file")
        await look.get_by_label("Caption").fill("My dot")
        await look.get_by_role("button", name="Send as picture").click()
        # Then it stands in the chat with its words
        await expect(look).to_have_count(0)
        newest = chat.get_by_role("article").filter(has_text="My dot")
        await expect(newest.get_by_role("img", name="Picture")).to_be_visible()
        assert phone.messages[-1].media is not None
