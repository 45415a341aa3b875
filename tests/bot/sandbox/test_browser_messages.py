"""What messages carry, in a real browser: albums, forwards, answers, hidden words, quick replies, "typing"."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import Route, expect
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    Update,
)
from telegram.constants import ChatAction

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import DESKTOP, PHONE, picture, polling, window

pytestmark = pytest.mark.browser


async def test_albums_answers_forwards_and_hidden_words() -> None:
    async with window(DESKTOP) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        await phone.sees("/start")
        await seen.show(phone.id)
        chat = seen.chat("Ann")
        newest = chat.get_by_role("article").last
        async with Bot(seen.sandbox.token, base_url=f"{seen.sandbox.api_url}/bot") as bot:
            # An album is one message with its pictures and their words
            pictures = [InputMediaPhoto(picture(), caption="Two lamps"), InputMediaPhoto(picture())]
            first, _ = await bot.send_media_group(phone.id, pictures)
            await expect(newest.get_by_role("button", name="Picture")).to_have_count(2)
            await expect(newest).to_contain_text("Two lamps")
            # An answer leads to what it answers, a forward says that it is one
            await bot.send_message(phone.id, "Nice ones", reply_to_message_id=first.message_id)
            await newest.get_by_role("button", name="Two lamps").click()
            await expect(chat.get_by_role("article").filter(has_text="Two lamps").first).to_be_in_viewport()
            await bot.forward_message(phone.id, phone.id, first.message_id)
            await expect(newest).to_contain_text("Forwarded message")
            # Hidden words are shown when asked for
            await bot.send_message(phone.id, "It is <tg-spoiler>blue</tg-spoiler>", parse_mode="HTML")
            await newest.get_by_role("button", name="Hidden text").click()
            await expect(newest.get_by_role("button", name="blue")).to_be_visible()
            # What the bot takes back is gone
            await bot.delete_message(phone.id, first.message_id)
            await expect(chat.get_by_role("button", name="Deleted message")).to_be_visible()


async def test_quick_replies_and_typing() -> None:
    async with window(PHONE) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        await phone.sees("/start")
        await seen.show(phone.id)
        chat = seen.chat("Ann")
        async with Bot(seen.sandbox.token, base_url=f"{seen.sandbox.api_url}/bot") as bot:
            # Given the bot typing, which only those see who look already, then asking with quick replies
            await expect(chat.get_by_text("You said")).to_be_visible()
            await bot.send_chat_action(phone.id, ChatAction.UPLOAD_PHOTO)
            await expect(chat.get_by_text("sending a picture…")).to_be_visible()
            keys = ReplyKeyboardMarkup([["Goods", "Earnings"]])
            await bot.send_message(phone.id, "What next?", reply_markup=keys)
            replies = chat.get_by_role("group", name="Quick replies")
            await expect(replies.get_by_role("button")).to_have_text(["Goods", "Earnings"])
            await expect(chat.get_by_text("What next?")).to_be_in_viewport()
            # They can be folded away and come back
            await chat.get_by_role("button", name="Quick replies").click()
            await expect(replies).to_be_hidden()
            await chat.get_by_role("button", name="Quick replies").click()
            # When one is tapped, Ann has said it
            await replies.get_by_role("button", name="Goods").click()
            await expect(chat.get_by_role("article").last).to_contain_text("You said Goods")
            # And the bot can take them away
            await bot.send_message(phone.id, "Thanks", reply_markup=ReplyKeyboardRemove())
            await expect(replies).to_be_hidden()
            # A finger on a message opens its menu
            await chat.get_by_role("article").last.click(button="right")
            await seen.page.get_by_role("menuitem", name="Copy").click()
            assert await seen.page.evaluate("navigator.clipboard.readText()") == "Thanks"


async def test_the_page_listens_before_it_reads_so_that_nothing_falls_between() -> None:
    async with window(PHONE) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        await phone.sees("/start")
        asked: list[str] = []

        async def late(route: Route) -> None:
            """The stream is slow to open, and the bot says something meanwhile."""
            async with Bot(seen.sandbox.token, base_url=f"{seen.sandbox.api_url}/bot") as bot:
                await bot.send_message(phone.id, "Meanwhile")
            asked.append("listens")
            await route.continue_()

        async def read(route: Route) -> None:
            asked.append("reads")
            await route.continue_()

        await seen.page.route("**/control/people**", read)
        await seen.page.route("**/control/people/**", read)
        await seen.page.route("**/control/events", late)
        await seen.show(phone.id)
        await expect(seen.chat("Ann").get_by_text("Meanwhile")).to_be_visible()
        assert asked[0] == "listens"


async def test_a_button_is_busy_until_the_bot_answers() -> None:
    taps: asyncio.Queue[str] = asyncio.Queue()

    async def note(bot: Bot, update: Update) -> None:
        if update.callback_query is not None:
            await taps.put(update.callback_query.id)
        elif update.message is not None:
            keys = InlineKeyboardMarkup([[InlineKeyboardButton("Slowly", callback_data="slow")]])
            await bot.send_message(update.message.chat.id, "Wait", reply_markup=keys)

    def slow_bot(sandbox: Sandbox) -> AbstractAsyncContextManager[None]:
        return polling(sandbox, note)

    async with window(DESKTOP, slow_bot) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        await seen.show(phone.id)
        button = seen.chat("Ann").get_by_role("button", name="Slowly")
        # When Ann taps, the button shows that it waits
        await button.click()
        await expect(button).to_have_attribute("aria-busy", "true")
        # When the bot answers, it can be tapped again
        async with Bot(seen.sandbox.token, base_url=f"{seen.sandbox.api_url}/bot") as bot:
            await bot.answer_callback_query(await taps.get(), "At last")
        await expect(button).not_to_have_attribute("aria-busy", "true")
        await expect(seen.page.get_by_text("At last")).to_be_visible()
