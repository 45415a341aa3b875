"""A bot of a few lines, for the pages: it echoes, shows buttons, answers taps and sends a picture."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from html import escape

from PIL import Image, ImageDraw
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.constants import ChatAction, ParseMode

from bot.sandbox.server import Sandbox


@asynccontextmanager
async def echo_bot(sandbox: Sandbox) -> AsyncIterator[None]:
    """The bot, polling while the block lasts."""
    base = sandbox.api_url
    async with Bot(sandbox.token, base_url=f"{base}/bot", base_file_url=f"{base}/file/bot") as bot:
        await bot.set_my_commands([BotCommand("start", "Home"), BotCommand("picture", "A picture")])
        await bot.set_my_commands([BotCommand("start", "首页")], language_code="zh")
        await bot.set_my_description("I repeat what you say.")
        task = asyncio.create_task(_poll(bot))
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def _poll(bot: Bot) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset, timeout=30):
            offset = update.update_id + 1
            await _answer(bot, update)


async def _answer(bot: Bot, update: Update) -> None:
    if update.callback_query is not None:
        query = update.callback_query
        await query.answer(f"You tapped {query.data}", show_alert=query.data == "alert")
        if query.data == "edit" and query.message is not None:
            await bot.edit_message_text("Edited", query.message.chat.id, query.message.message_id)
        return
    if update.message is None or update.message.text is None:
        return
    chat_id, text = update.message.chat.id, update.message.text
    await bot.send_chat_action(chat_id, ChatAction.TYPING)
    if text == "/picture":
        await bot.send_photo(chat_id, _picture(), caption="A drawn picture")
        await bot.send_document(chat_id, b"order,amount\n1,8.98\n", filename="entries.csv")
        return
    rows = [
        [
            InlineKeyboardButton("Toast", callback_data="toast"),
            InlineKeyboardButton("Alert", callback_data="alert"),
        ],
        [InlineKeyboardButton("Edit this card", callback_data="edit")],
        [
            InlineKeyboardButton("Shop", url=f"{sandbox_shop(bot)}"),
            InlineKeyboardButton("Copy", api_kwargs={"copy_text": {"text": "K7Q2ABCD"}}),
        ],
    ]
    said = f"You said <b>{escape(text)}</b>\n<i>italic</i> <code>K7Q2ABCD</code> <tg-spoiler>secret</tg-spoiler> /picture\nhttps://t.me/{bot.username}?start=again"
    await bot.send_message(chat_id, said, parse_mode=ParseMode.HTML, reply_markup=InlineKeyboardMarkup(rows))


def sandbox_shop(bot: Bot) -> str:
    """The demo shop on the bot's server."""
    return f"{bot.base_url.partition('/bot')[0]}/shop/"


def _picture() -> bytes:
    drawn = Image.new("RGB", (900, 1200), "#1f6f5c")
    pen = ImageDraw.Draw(drawn)
    pen.ellipse((150, 250, 750, 850), fill="#f6c945")
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    return out.getvalue()
