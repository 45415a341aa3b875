"""How the chat page looks in a real browser: colours, contrast, widths, and that nothing jumps."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, ViewportSize, expect
from telegram import Bot

from bot.sandbox.server import Sandbox
from tests.bot.sandbox.test_browser import DESKTOP, PHONE, window

pytestmark = pytest.mark.browser
WIDTHS = (360, 390, 768, 1280, 1600)
UNBROKEN = "W" * 128
LONG = "M" * 500
HEBREW = "עוזי (Uzi)"
READ = ".title, .soft, .stamp, .words, .key, .day span, .unread, .menu-key, textarea, .sender bdi, .tag, .tab, .tool"
CONTRAST = """(selector) => {
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const paint = (colours) => {
    pixel.clearRect(0, 0, 1, 1);
    for (const colour of colours) { pixel.fillStyle = colour; pixel.fillRect(0, 0, 1, 1); }
    return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => rgb.map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const faint = [];
  for (const element of document.querySelectorAll(selector)) {
    if (!element.checkVisibility() || !element.textContent.trim() && element.tagName !== "TEXTAREA") continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const ground = paint(grounds);
    const ink = paint([`rgb(${ground})`, getComputedStyle(element).color]);
    const [high, low] = [light(ground), light(ink)].sort((one, other) => other - one);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) faint.push(`${element.className} ${element.textContent.slice(0, 20)}: ${ratio.toFixed(2)}`);
  }
  return faint;
}"""


def crowded(sandbox: Sandbox) -> tuple[int, str]:
    """A sandbox with names of every kind; one person in it, and a group of theirs."""
    ann, uzi = sandbox.phone("Ann"), sandbox.phone(HEBREW)
    long = sandbox.phone(UNBROKEN)
    group = sandbox.group(LONG[:128], ann, [uzi, long])
    uzi.in_group(group).write(f"{LONG} {HEBREW}")
    long.in_group(group).write("short")
    ann.start()
    ann.chat_with(uzi).write(LONG)
    return ann.id, str(group.id)


async def test_no_name_and_no_title_breaks_the_page() -> None:
    async with window(DESKTOP) as seen:
        person, group = crowded(seen.sandbox)
        for width in WIDTHS:
            await seen.page.set_viewport_size({"width": width, "height": 800})
            for chat in (group, "bot", ""):
                await seen.show(person, chat=chat)
                await expect(seen.column("Ann")).to_be_visible()
                if chat:
                    await expect(seen.chat("Ann").get_by_role("article").last).to_be_visible()
                    await expect(seen.chat("Ann").get_by_role("button", name="Send")).to_be_in_viewport(
                        ratio=1
                    )
                assert await seen.overflow() <= 0, (width, chat)


async def test_targets_are_large_enough() -> None:
    async with window(DESKTOP) as seen:
        person, group = crowded(seen.sandbox)
        await seen.show(person, chat=group)
        await expect(seen.chat("Ann").get_by_role("article").last).to_be_visible()
        await seen.page.get_by_role("button", name="Server panel").click()
        small = await seen.page.evaluate(
            """() => [...document.querySelectorAll("button, summary, select, textarea, input:not([type=checkbox])")]
              .filter((one) => one.checkVisibility())
              .filter((one) => {
                const box = one.getBoundingClientRect();
                const wider = parseFloat(getComputedStyle(one, "::after").inset || "0") || 0;
                return box.height - 2 * Math.min(0, wider) < 44;
              }).map((one) => one.className || one.tagName)"""
        )
        assert small == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_words_stand_out(scheme: str) -> None:
    async with window(DESKTOP, scheme="dark" if scheme == "dark" else "light") as seen:
        person, group = crowded(seen.sandbox)
        for chat in ("bot", group):
            await seen.show(person, chat=chat)
            await expect(seen.chat("Ann").get_by_role("article").last).to_be_visible()
            if chat == group:
                await seen.page.get_by_role("button", name="Server panel").click()
                await expect(seen.page.get_by_role("tabpanel")).to_be_visible()
            assert await seen.page.evaluate(CONTRAST, READ) == []


async def test_dark_follows_the_system_until_somebody_chooses() -> None:
    async with window(DESKTOP, scheme="dark") as seen:
        page = seen.page
        seen.sandbox.people.add("Ann")
        await page.goto(seen.sandbox.chat_url)
        body = page.locator("body")
        dark = await body.evaluate("(body) => getComputedStyle(body).backgroundColor")
        # When light is chosen, it stays after coming back
        await page.get_by_role("button", name="Light colours").click()
        await expect(body).not_to_have_css("background-color", dark)
        await page.reload()
        await expect(page.get_by_role("button", name="Dark colours")).to_be_visible()
        await expect(body).not_to_have_css("background-color", dark)
        # When dark is chosen again, the page follows the system as before
        await page.get_by_role("button", name="Dark colours").click()
        await expect(body).to_have_css("background-color", dark)
        await page.emulate_media(color_scheme="light")
        await expect(body).not_to_have_css("background-color", dark)


async def test_nothing_jumps_when_a_message_grows() -> None:
    async with window(DESKTOP) as seen:
        phone = seen.sandbox.phone("Ann")
        phone.start()
        base = seen.sandbox.api_url
        async with Bot(seen.sandbox.token, base_url=f"{base}/bot") as bot:
            sent = [await bot.send_message(phone.id, f"Line {number}.") for number in range(40)]
            await seen.show(phone.id)
            chat = seen.chat("Ann")

            def line(words: str) -> Locator:
                return chat.get_by_role("article").filter(has_text=words)

            await expect(line("Line 39.")).to_be_in_viewport()
            # Given Ann reading in the middle
            await line("Line 20.").evaluate("(line) => line.scrollIntoView()")
            await expect(chat.get_by_role("button", name="To the end")).to_be_visible()
            before = await _top(line("Line 22."))
            # When one above grows and a new one comes below
            await bot.edit_message_text("Much\nlonger\nthan\nbefore", phone.id, sent[2].message_id)
            await bot.send_message(phone.id, "The newest")
            # Then what she reads stands where it was, and the way down says that one is new
            await expect(chat.get_by_role("button", name="To the end")).to_have_text("1")
            assert await _top(line("Line 22.")) == pytest.approx(before, abs=1)
            await chat.get_by_role("button", name="To the end").click()
            await expect(line("The newest")).to_be_in_viewport()
            # And at the end a message that grows pushes the others up
            await bot.edit_message_text("Grown\n" * 9, phone.id, sent[39].message_id)
            await expect(line("The newest")).to_be_in_viewport()


async def _top(line: Locator) -> float:
    box = await line.bounding_box()
    assert box is not None
    return box["y"]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
async def test_a_newcomer_is_asked_in(size: ViewportSize) -> None:
    async with window(size) as seen:
        # Given nobody there
        await seen.page.goto(seen.sandbox.chat_url)
        welcome = seen.page.get_by_text("Nobody is here yet")
        await expect(welcome).to_be_in_viewport(ratio=1)
        assert await seen.overflow() <= 0
        # When the first person is added
        await seen.add_person("Ann", "English")
        # Then the welcome is over
        await expect(welcome).to_be_hidden()
        await expect(seen.column("Ann").get_by_text("Ann").first).to_be_visible()
