"""Inline answers, prepared messages and edits of inline messages, as requests to the chat server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from zlib import crc32

from telegram import (
    Bot,
    InlineQueryResult,
    InlineQueryResultArticle,
    InlineQueryResultCachedPhoto,
    InlineQueryResultsButton,
    InputTextMessageContent,
    LinkPreviewOptions,
)

from bot.cards.card import Card
from bot.cards.inline import InlineAnswer, InlineResult
from bot.gateway.errors import Sent
from bot.gateway.keyboard import keyboard, markup
from bot.gateway.messages import Wording, in_html

CACHE_SECONDS: Final = 5
"""How long the chat server may repeat an answer to the same person: prices and stock change."""
_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)
_BEYOND_CHATS: Final = 2**52
"""Chat ids have at most 52 bits, so that none is mistaken for an inline message's place in the queue."""


def place_of(inline_message_id: str) -> int:
    """A number under which edits of one inline message wait for each other."""
    return _BEYOND_CHATS + crc32(inline_message_id.encode())


async def answer(bot: Bot, query_id: str, said: InlineAnswer, worded: Callable[[Card], Wording]) -> bool:
    """Answer a query, for its asker alone. Raises: telegram.error.TelegramError."""
    button = said.button
    return await bot.answer_inline_query(
        query_id,
        [_result(result, worded) for result in said.results],
        cache_time=CACHE_SECONDS,
        is_personal=True,
        next_offset=said.next_offset,
        button=InlineQueryResultsButton(button.label, start_parameter=button.payload) if button else None,
    )


async def prepare(bot: Bot, user_id: int, result: InlineResult) -> str:
    """Keep a message for one person, who sends it from a page of ours; answers its id.

    Raises: telegram.error.TelegramError.
    """
    prepared = await bot.save_prepared_inline_message(
        user_id,
        _result(result, in_html),
        allow_user_chats=True,
        allow_bot_chats=True,
        allow_group_chats=True,
        allow_channel_chats=True,
    )
    return prepared.id


async def change(bot: Bot, inline_message_id: str, card: Card, wording: Wording) -> Sent:
    """Make an inline message say the card's words. Its picture stays. Raises: telegram.error.TelegramError."""
    buttons = keyboard(card.rows)
    if card.picture is None:
        await bot.edit_message_text(
            wording.text,
            inline_message_id=inline_message_id,
            parse_mode=wording.parse_mode,
            link_preview_options=_NO_PREVIEW,
            api_kwargs=buttons,
        )
    else:
        await bot.edit_message_caption(
            inline_message_id=inline_message_id,
            caption=wording.text,
            parse_mode=wording.parse_mode,
            api_kwargs=buttons,
        )
    return Sent(0)


def _result(result: InlineResult, worded: Callable[[Card], Wording]) -> InlineQueryResult:
    wording = worded(result.card)
    buttons = markup(result.card.rows)
    picture = result.card.picture
    if picture is not None and picture.file_id is not None:
        return InlineQueryResultCachedPhoto(
            result.key,
            picture.file_id,
            title=result.title,
            description=result.description,
            caption=wording.text,
            parse_mode=wording.parse_mode,
            reply_markup=buttons,
        )
    content = InputTextMessageContent(
        wording.text, parse_mode=wording.parse_mode, link_preview_options=_NO_PREVIEW
    )
    return InlineQueryResultArticle(
        result.key, result.title, content, reply_markup=buttons, description=result.description
    )
