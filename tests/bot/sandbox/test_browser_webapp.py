"""A Mini App in a real browser: a sheet with a page from elsewhere, which shares through the bot."""

from __future__ import annotations

import html
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import expect
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputTextMessageContent,
    Update,
    WebAppInfo,
)

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import PHONE, polling, window

pytestmark = pytest.mark.browser
APP = """<!doctype html><title>App</title><meta charset="utf-8">
<h1>Shop app</h1><p id="said">nothing yet</p>
<button onclick="tell('web_app_send_prepared_message', {id: '%s'})">Share</button>
<button onclick="tell('web_app_request_theme')">Theme</button>
<button onclick="tell('web_app_close')">Done</button>
<script>
  const tell = (eventType, eventData = {}) => parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
  addEventListener("message", (event) => {
    const { eventType, eventData } = JSON.parse(event.data);
    document.getElementById("said").textContent = `${eventType} ${JSON.stringify(eventData)}`;
  });
  if (new URLSearchParams(location.hash.slice(1)).has("tgWebAppData")) document.querySelector("h1").append(" of mine");
  tell("web_app_ready");
</script>"""


@asynccontextmanager
async def shop_app(prepared: Callable[[], str]) -> AsyncIterator[str]:
    """A tiny Mini App at an address of its own."""

    async def page(request: web.Request) -> web.Response:
        del request
        return web.Response(text=APP % html.escape(prepared()), content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_a_mini_app_shares_what_the_bot_prepared() -> None:
    numbers: list[str] = []
    async with shop_app(lambda: numbers[-1]) as address:

        async def answer(bot: Bot, update: Update) -> None:
            if update.message is None:
                return
            text = InputTextMessageContent("A lamp, prepared")
            result = InlineQueryResultArticle("1", "Lamp", text)
            person = update.message.chat.id
            prepared = await bot.save_prepared_inline_message(person, result, allow_user_chats=True)
            numbers.append(prepared.id)
            button = InlineKeyboardButton("Open shop", web_app=WebAppInfo(address))
            await bot.send_message(person, "Welcome", reply_markup=InlineKeyboardMarkup([[button]]))

        def sharing(sandbox: Sandbox) -> AbstractAsyncContextManager[None]:
            sandbox.inline_mode()
            return polling(sandbox, answer)

        async with window(PHONE, sharing, elsewhere=(address,)) as seen:
            page = seen.page
            ann, bob = seen.sandbox.phone("Ann"), seen.sandbox.phone("Bob")
            ann.start()
            await seen.show(ann.id)
            # Given the app open in its sheet, knowing who opened it
            await seen.chat("Ann").get_by_role("button", name="Open shop").click()
            sheet = page.get_by_role("dialog", name="Open shop")
            app = sheet.frame_locator("iframe")
            await expect(app.get_by_role("heading", name="Shop app of mine")).to_be_visible()
            # When it asks for the colours, it is told ours
            await app.get_by_role("button", name="Theme").click()
            await expect(app.get_by_text("theme_changed")).to_contain_text('"bg_color":"#ffffff"')
            # When it shares and Ann thinks better of it, it learns that
            await app.get_by_role("button", name="Share").click()
            await (
                page.get_by_role("dialog", name="Send to which chat?")
                .get_by_role("button", name="Cancel")
                .click()
            )
            await expect(app.get_by_text("prepared_message_failed")).to_be_visible()
            # When she picks Bob, he has it
            await app.get_by_role("button", name="Share").click()
            await (
                page.get_by_role("dialog", name="Send to which chat?")
                .get_by_role("button", name="Bob")
                .click()
            )
            await expect(app.get_by_text("prepared_message_sent")).to_be_visible()
            assert bob.chat_with(ann).last.body.text == "A lamp, prepared"
            # And the app can close itself
            await app.get_by_role("button", name="Done").click()
            await expect(sheet).to_have_count(0)
            assert await seen.overflow() <= 0
