"""Inline results in a real browser: typed, read and chosen by keyboard, and buttons that lead to another chat."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import expect
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InputTextMessageContent,
    SwitchInlineQueryChosenChat,
    Update,
)

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import DESKTOP, PHONE, Window, polling, window

pytestmark = pytest.mark.browser
PAGE = 10
GOODS = 24
CARD = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton("Share", switch_inline_query="lamp")],
        [InlineKeyboardButton("Here", switch_inline_query_current_chat="here")],
        [
            InlineKeyboardButton(
                "To a group",
                switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat("lamp", allow_group_chats=True),
            )
        ],
    ]
)


def lamp_shop(sandbox: Sandbox) -> AbstractAsyncContextManager[None]:
    """A bot that offers lamps, ten at a time."""
    sandbox.inline_mode()
    return polling(sandbox, _answer)


async def _answer(bot: Bot, update: Update) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer("Sold out")
        return
    if update.inline_query is None:
        if update.message is not None and update.message.via_bot is None:
            await bot.send_message(update.message.chat.id, f"Said: {update.message.text}", reply_markup=CARD)
        return
    query = update.inline_query
    start = int(query.offset or 0)
    found = range(start, min(start + PAGE, GOODS)) if query.query != "nothing" else range(0)
    results = [
        InlineQueryResultArticle(
            str(number),
            f"Lamp {number}",
            InputTextMessageContent(f"Lamp {number} for you"),
            reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Buy", callback_data="buy")]]),
            description=f"£{number}.00, {query.query}",
        )
        for number in found
    ]
    following = str(start + PAGE) if start + PAGE < GOODS else ""
    await query.answer(
        results,
        cache_time=0,
        next_offset=following,
        button=InlineQueryResultsButton("My shop", start_parameter="home"),
    )


async def test_results_are_read_and_chosen_by_keyboard() -> None:
    async with window(DESKTOP, lamp_shop) as seen:
        # Given Ann and Bob in their own chat, side by side
        ann, bob = seen.sandbox.people.add("Ann"), seen.sandbox.people.add("Bob")
        page = seen.page
        await page.goto(f"{seen.sandbox.chat_url}?person={ann.id},{bob.id}&chat={bob.id},{ann.id}")
        field = seen.chat("Ann").get_by_label("Message")
        results = seen.chat("Ann").get_by_role("listbox", name="Inline results")
        # When Ann types after the bot's name
        await field.press_sequentially(f"@{seen.sandbox.bot.username} lamp")
        # Then the first page is there, and the next comes as she goes down
        await expect(results.get_by_role("option")).to_have_count(PAGE)
        await expect(results.get_by_role("option").first).to_contain_text("£0.00, lamp")
        for _ in range(PAGE):
            await field.press("ArrowDown")
        await expect(results.get_by_role("option")).to_have_count(2 * PAGE)
        await expect(results.get_by_role("option", selected=True)).to_contain_text("Lamp 9")
        # When she closes them her words stay; typing on opens them again
        await field.press("Escape")
        await expect(results).to_be_hidden()
        await field.press_sequentially("s")
        await expect(results.get_by_role("option")).to_have_count(PAGE)
        # When she chooses the second
        await field.press("ArrowDown")
        await field.press("ArrowDown")
        await field.press("Enter")
        # Then Bob has it, through the bot, with a button that works for him
        came = seen.chat("Bob").get_by_role("article").last
        await expect(came).to_contain_text(f"via @{seen.sandbox.bot.username}")
        await expect(came).to_contain_text("Lamp 1 for you")
        await came.get_by_role("button", name="Buy").click()
        await expect(page.get_by_text("Sold out")).to_be_visible()
        await expect(field).to_have_value("")
        # And without results the page says so
        await field.press_sequentially(f"@{seen.sandbox.bot.username} nothing")
        await expect(seen.chat("Ann").get_by_text("No results")).to_be_visible()
        # And the button above leads to the bot
        await seen.chat("Ann").get_by_role("button", name="My shop").click()
        await expect(seen.chat("Ann").get_by_role("article").last).to_contain_text("Said: /start home")


async def test_buttons_lead_to_a_chat_of_ones_choice() -> None:
    async with window(PHONE, lamp_shop) as seen:
        # Given Ann with the bot on a phone, and a group beside Bob's chat
        ann, bob = seen.sandbox.phone("Ann"), seen.sandbox.phone("Bob")
        seen.sandbox.group("Lamp lovers", ann, [bob])
        ann.start()
        await seen.show(ann.id)
        card, picker = seen.chat("Ann").get_by_role("article").last, seen.page.get_by_role("dialog")
        # When the button asks for a group, only groups are offered
        await card.get_by_role("button", name="To a group").click()
        await expect(picker.get_by_role("button")).to_have_count(2)
        await picker.get_by_role("button", name="Cancel").click()
        # When the button asks for any chat, she finds Bob
        await card.get_by_role("button", name="Share").click()
        await picker.get_by_label("Search").fill("bo")
        await picker.get_by_role("button", name="Bob").click()
        # Then there the results wait, and one tap sends
        await expect(seen.page.get_by_role("region", name="Bob as Ann")).to_be_visible()
        await _sends(seen, "Lamp 3", "lamp")
        # And a button for this chat asks here
        await seen.page.go_back()
        await card.get_by_role("button", name="Here").click()
        await _sends(seen, "Lamp 4", "here")


async def _sends(seen: Window, title: str, query: str) -> None:
    chat = seen.chat("Ann")
    await expect(chat.get_by_label("Message")).to_have_value(f"@{seen.sandbox.bot.username} {query}")
    await chat.get_by_role("option").filter(has_text=title).click()
    await expect(chat.get_by_role("article").filter(has_text=f"{title} for you")).to_be_visible()
    assert await seen.overflow() <= 0


async def test_without_inline_mode_the_page_says_so_and_the_panel_turns_it_on() -> None:
    async with window(DESKTOP, lamp_shop) as seen:
        seen.sandbox.inline_mode(enabled=False, feedback=False)
        ann = seen.sandbox.phone("Ann")
        ann.start()
        page, asked = seen.page, f"@{seen.sandbox.bot.username} lamp"
        await seen.show(ann.id)
        # Given a bot without inline mode
        await seen.chat("Ann").get_by_label("Message").fill(asked)
        await expect(seen.chat("Ann").get_by_text("the bot has no inline mode")).to_be_visible()
        # When it is turned on in the panel
        await page.get_by_role("button", name="Server panel").click()
        await page.get_by_role("tab", name="Inline").click()
        await page.get_by_role("switch", name="Inline mode").click()
        await expect(page.get_by_role("switch", name="Inline mode")).to_be_checked()
        # Then there are results
        await seen.chat("Ann").get_by_label("Message").fill(f"{asked}s")
        await expect(seen.chat("Ann").get_by_role("option")).to_have_count(PAGE)
        # The browser itself notes the refusal
        assert all("400" in complaint for complaint in seen.complaints)
        seen.complaints.clear()
