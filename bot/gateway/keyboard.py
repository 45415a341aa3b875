"""A card's buttons as the chat server's keyboard."""

from __future__ import annotations

from bot.cards.card import Button, CopyText, OpenUrl, Row, Tap

Keyboard = dict[str, list[list[dict[str, object]]]]
"""The Bot API's InlineKeyboardMarkup as JSON. The library's objects for it cost four times as much to make and read."""


def keyboard(rows: tuple[Row, ...]) -> dict[str, Keyboard]:
    """The parameter with the inline keyboard of these rows; none without rows, which on an edit takes the old
    one away. For the library's `api_kwargs`."""
    if not rows:
        return {}
    return {"reply_markup": {"inline_keyboard": [[_button(button) for button in row] for row in rows]}}


def _button(button: Button) -> dict[str, object]:
    match button:
        case Tap(label, data):
            return {"text": label, "callback_data": data}
        case OpenUrl(label, url):
            return {"text": label, "url": url}
        case CopyText(label, text):
            return {"text": label, "copy_text": {"text": text}}
