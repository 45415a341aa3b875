"""A card's buttons as the chat server's keyboard."""

from __future__ import annotations

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from bot.cards.card import Button, CopyText, OpenUrl, Row, Tap


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
