"""A card's buttons as the chat server's keyboard."""

from __future__ import annotations

from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    SwitchInlineQueryChosenChat,
    WebAppInfo,
)

from bot.cards.card import Button, CopyText, GoOnInline, OpenApp, OpenUrl, Row, SendToChat, Tap


def keyboard(rows: tuple[Row, ...]) -> InlineKeyboardMarkup | None:
    """The inline keyboard of these rows; none without rows, which on an edit takes the old one away."""
    if not rows:
        return None
    return InlineKeyboardMarkup([[_button(button) for button in row] for row in rows])


def _button(button: Button) -> InlineKeyboardButton:
    match button:
        case Tap(label, data):
            return InlineKeyboardButton(label, callback_data=data)
        case OpenUrl(label, url):
            return InlineKeyboardButton(label, url=url)
        case CopyText(label, text):
            return InlineKeyboardButton(label, copy_text=CopyTextButton(text))
        case SendToChat(label, query):
            anywhere = SwitchInlineQueryChosenChat(
                query,
                allow_user_chats=True,
                allow_bot_chats=True,
                allow_group_chats=True,
                allow_channel_chats=True,
            )
            return InlineKeyboardButton(label, switch_inline_query_chosen_chat=anywhere)
        case GoOnInline(label, query):
            return InlineKeyboardButton(label, switch_inline_query=query)
        case OpenApp(label, url):
            return InlineKeyboardButton(label, web_app=WebAppInfo(url))
