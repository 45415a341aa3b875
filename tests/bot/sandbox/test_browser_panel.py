"""The panel in a real browser: the journal live, faults planned and taken back, and the clock."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, suppress

import pytest
from playwright.async_api import expect
from telegram import Bot, Update
from telegram.error import TelegramError

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import DESKTOP, PHONE, polling, window

pytestmark = pytest.mark.browser


def patient_bot(sandbox: Sandbox) -> AbstractAsyncContextManager[None]:
    """A bot that repeats what it is told, and bears refusals."""
    return polling(sandbox, _answer)


async def _answer(bot: Bot, update: Update) -> None:
    if update.message is None:
        return
    with suppress(TelegramError):
        await bot.send_message(update.message.chat.id, f"You said {update.message.text}")


async def test_a_planned_fault_shows_in_the_journal() -> None:
    async with window(DESKTOP, patient_bot) as seen:
        phone, page = seen.sandbox.phone("Ann"), seen.page
        phone.start()
        await phone.sees("/start")
        await seen.show(phone.id)
        # Given the next message of the bot planned to be refused
        await page.get_by_role("button", name="Server panel").click()
        await page.get_by_role("tab", name="Faults").click()
        await page.get_by_role("radio", name="403 Forbidden").check()
        await page.get_by_label("Method", exact=True).fill("sendMessage")
        await page.get_by_role("button", name="Plan the fault").click()
        planned = page.get_by_role("list", name="Planned")
        await expect(planned).to_contain_text("sendMessage · Once")
        # When Ann looks at the journal and writes
        await page.get_by_role("tab", name="Journal").click()
        rows = page.get_by_role("tabpanel").get_by_role("listitem")
        await expect(rows.filter(has_text="sendMessage")).to_have_count(1)
        await seen.chat("Ann").get_by_label("Message").fill("Hello")
        await seen.chat("Ann").get_by_label("Message").press("Enter")
        # Then the refusal comes in on top, and opens with request and answer
        await expect(rows.first).to_contain_text("403")
        await rows.first.locator("summary").click()
        await expect(rows.first).to_contain_text("You said Hello")
        await expect(rows.first).to_contain_text("bot was blocked by the user")
        # And filters leave only what is sought
        await page.get_by_label("Status").select_option(label="Failed")
        await expect(rows).to_have_count(1)
        await page.get_by_label("Method", exact=True).fill("sendPhoto")
        await expect(page.get_by_text("No such requests")).to_be_visible()
        # And the plan is used up; another can be taken back
        await page.get_by_role("tab", name="Faults").click()
        await expect(page.get_by_text("Nothing is planned to fail")).to_be_visible()
        await page.get_by_role("button", name="Plan the fault").click()
        await page.get_by_role("button", name="Clear all").click()
        await expect(page.get_by_text("Nothing is planned to fail")).to_be_visible()
        assert seen.sandbox.faults.listed() == {}


async def test_a_day_passes() -> None:
    async with window(PHONE) as seen:
        phone, page = seen.sandbox.phone("Ann"), seen.page
        phone.start()
        await phone.sees("/start")
        await seen.show(phone.id)
        chat = seen.chat("Ann")
        await expect(chat.get_by_text("Today", exact=True)).to_be_visible()
        await chat.get_by_role("button", name="Back to the chats").click()
        await seen.column("Ann").get_by_role("button", name="People").click()
        # When the clock is set forward by a day
        await page.get_by_role("button", name="Server panel").click()
        await page.get_by_role("tab", name="Clock").click()
        await page.get_by_role("button", name="+1 day").click()
        await expect(page.get_by_text("Set by hand")).to_be_visible()
        await page.keyboard.press("Escape")
        # Then what was said is of yesterday, and what is said now of today
        await page.get_by_role("navigation", name="People").get_by_role("button", name="Ann").click()
        await seen.column("Ann").get_by_role("button", name="Tuike").click()
        await expect(chat.get_by_text("Yesterday", exact=True)).to_be_visible()
        await chat.get_by_label("Message").fill("Good morning")
        await chat.get_by_label("Message").press("Enter")
        await expect(chat.get_by_text("Today", exact=True)).to_be_visible()
        # And it can go back
        seen.sandbox.clock.reset()
        await expect(chat.get_by_text("Yesterday", exact=True)).to_have_count(0)
