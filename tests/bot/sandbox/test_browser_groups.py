"""A group in a real browser: founded, filled, with a pinned board, reactions, topics, and grown."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager

import pytest
from playwright.async_api import expect
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import DESKTOP, PHONE, polling, window

pytestmark = pytest.mark.browser
BOARD = InlineKeyboardMarkup([[InlineKeyboardButton("My results", callback_data="mine")]])


def board_bot(sandbox: Sandbox) -> AbstractAsyncContextManager[None]:
    """A bot that pins a silent board when asked, throws dice, and answers its button."""
    return polling(sandbox, _answer)


async def _answer(bot: Bot, update: Update) -> None:
    if update.callback_query is not None:
        await update.callback_query.answer(f"3 orders, {update.callback_query.from_user.first_name}")
        return
    if update.message is None or update.message.text is None:
        return
    chat_id, text = update.message.chat.id, update.message.text
    if text.startswith("/board"):
        sent = await bot.send_message(chat_id, "Team goal 5/8", reply_markup=BOARD, disable_notification=True)
        await bot.pin_chat_message(chat_id, sent.message_id, disable_notification=True)
    if text.startswith("/dice"):
        await bot.send_dice(chat_id)


async def test_a_group_with_a_board() -> None:
    async with window(DESKTOP, board_bot) as seen:
        page = seen.page
        ann, bob = seen.sandbox.people.add("Ann"), seen.sandbox.people.add("Bob")
        # Given a group that Ann founds with Bob and the bot
        await seen.show(ann.id, bob.id)
        await seen.column("Ann").get_by_role("button", name="New chat").click()
        dialog = page.get_by_role("dialog", name="New chat")
        await dialog.get_by_role("radio", name="supergroup").check()
        await dialog.get_by_label("Title").fill("Lamp lovers")
        await dialog.get_by_label("Bob").check()
        await dialog.get_by_role("button", name="Create", exact=True).click()
        chat = page.get_by_role("region", name="Lamp lovers as Ann")
        await expect(chat.get_by_text("Ann added Tuike")).to_be_visible()
        await expect(chat.get_by_text("supergroup · 3 members")).to_be_visible()
        # When she gives the bot rights and asks for the board
        await chat.get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Members and rights").click()
        await page.get_by_role("button", name="Membership of Tuike").click()
        await page.get_by_role("menuitem", name="Make admin").click()
        await expect(page.get_by_role("button", name="Membership of Tuike")).to_have_text("admin")
        await page.get_by_role("button", name="Close the panel").click()
        await chat.get_by_label("Message").fill("/board")
        await chat.get_by_label("Message").press("Enter")
        # Then it is pinned, came without sound, and Bob sees it too
        await expect(chat.get_by_role("button", name="Pinned message")).to_contain_text("Team goal 5/8")
        await expect(chat.get_by_role("img", name="Sent without sound")).to_be_visible()
        await seen.column("Bob").get_by_role("button", name="Lamp lovers").click()
        theirs = page.get_by_role("region", name="Lamp lovers as Bob")
        await expect(theirs.get_by_role("button", name="Pinned message")).to_be_visible()
        # When Bob taps it, only he is told
        await theirs.get_by_role("button", name="My results").click()
        await expect(seen.column("Bob").get_by_text("3 orders, Bob")).to_be_visible()
        await expect(seen.column("Ann").get_by_text("3 orders, Bob")).to_have_count(0)
        # When he reacts, Ann sees it and joins in
        await theirs.get_by_role("article").last.hover()
        await theirs.get_by_role("article").last.get_by_role("button", name="Actions").click()
        await page.get_by_role("menuitem", name="React").click()
        await page.get_by_role("menuitemradio", name="🔥").click()
        await chat.get_by_role("button", name="🔥 1").click()
        await expect(theirs.get_by_role("button", name="🔥 2")).to_be_visible()
        # And the pinned bar leads back to the board
        await chat.get_by_role("button", name="Pinned message").click()
        await expect(chat.get_by_role("article").filter(has_text="Team goal")).to_be_in_viewport()


async def test_topics_and_dice_in_a_forum_on_a_phone() -> None:
    async with window(PHONE, board_bot) as seen:
        ann = seen.sandbox.phone("Ann")
        forum = seen.sandbox.group("Forum", ann, kind="supergroup", is_forum=True)
        forum.promote_bot()
        page = seen.page
        await seen.show(ann.id, chat=str(forum.id))
        chat = seen.chat("Ann")
        # Given a new topic
        await chat.get_by_role("button", name="New topic").click()
        await page.get_by_label("Title").fill("Deals")
        await page.get_by_role("button", name="Create", exact=True).click()
        await chat.get_by_role("button", name="Deals", exact=True).click()
        # When Ann writes in it
        await chat.get_by_label("Message").fill("A deal")
        await chat.get_by_label("Message").press("Enter")
        await expect(chat.get_by_role("article")).to_have_count(1)
        await expect(chat.get_by_role("article")).to_contain_text("A deal")
        # Then the general topic has nothing of it
        await chat.get_by_role("button", name="General", exact=True).click()
        await expect(chat.get_by_role("article")).to_have_count(0)
        # And a throw of the dice shows its value
        await chat.get_by_label("Message").fill("/dice")
        await chat.get_by_label("Message").press("Enter")
        thrown = chat.get_by_role("img", name="🎲 shows")
        await expect(thrown).to_be_visible()
        assert await seen.overflow() <= 0


async def test_a_group_grows_while_it_is_open() -> None:
    async with window(DESKTOP, board_bot) as seen:
        ann, bob = seen.sandbox.phone("Ann"), seen.sandbox.phone("Bob")
        group = seen.sandbox.group("Lamp lovers", bob, [ann])
        page = seen.page
        await seen.show(ann.id, chat=str(group.id))
        await expect(seen.chat("Ann").get_by_text("· group · 3 members")).to_be_visible()
        await page.get_by_role("button", name="Server panel").click()
        await page.get_by_role("tab", name="Group").click()
        await page.get_by_role("button", name="Upgrade to a supergroup").click()
        # Then Ann is in the supergroup, which is the only one in her list
        await expect(seen.chat("Ann").get_by_text("supergroup · 3 members")).to_be_visible()
        await expect(seen.chat("Ann").get_by_text("The group became a supergroup")).to_be_visible()
        await expect(seen.column("Ann").get_by_role("button", name="Lamp lovers")).to_have_count(1)
        # When she leaves, the chat closes
        await page.get_by_role("button", name="Close the panel").click()
        await seen.chat("Ann").get_by_role("button", name="More").click()
        await page.get_by_role("menuitem", name="Leave").click()
        await expect(seen.column("Ann").get_by_role("button", name="Lamp lovers")).to_have_count(0)
        await expect(page.get_by_text("Choose a chat")).to_be_visible()
