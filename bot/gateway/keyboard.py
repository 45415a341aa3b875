"""A card's buttons as the chat server's keyboard."""

from __future__ import annotations

from typing import Final

from telegram import InlineKeyboardMarkup

from bot.cards.card import Button, CopyText, GoOnInline, OpenApp, OpenUrl, Row, SendToChat, Tap

Keyboard = dict[str, list[list[dict[str, object]]]]
"""The Bot API's InlineKeyboardMarkup as JSON. The library's objects for it cost four times as much to make and read."""

_ANYWHERE: Final = {
    "allow_user_chats": True,
    "allow_bot_chats": True,
    "allow_group_chats": True,
    "allow_channel_chats": True,
}


def keyboard(rows: tuple[Row, ...]) -> dict[str, Keyboard]:
    """The parameter with the inline keyboard of these rows; none without rows, which on an edit takes the old
    one away. For the library's `api_kwargs`."""
    if not rows:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(button) for button in row] for row in rows]}}


def markup(rows: tuple[Row, ...]) -> InlineKeyboardMarkup | None:
    """The same as the library's own object, which its inline results want."""
    return InlineKeyboardMarkup.de_json(keyboard(rows)["reply_markup"], None) if rows else None


def _button(button: Button) -> dict[str, object]:
    match button:
        case Tap(label, data):
            return {"text": label, "callback_data": data}
        case OpenUrl(label, url):
            return {"text": label, "url": url}
        case CopyText(label, text):
            return {"text": label, "copy_text": {"text": text}}
        case SendToChat(label, query):
            return {"text": label, "switch_inline_query_chosen_chat": {"query": query, **_ANYWHERE}}
        case GoOnInline(label, query):
            return {"text": label, "switch_inline_query": query}
        case OpenApp(label, url):
            return {"text": label, "web_app": {"url": url}}
