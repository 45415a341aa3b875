"""Keyboards under messages: read, checked against the server's limits, and written back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from bot.sandbox.chat.params import Params, as_list, as_object, is_list
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.wire import Json, utf16_length

CALLBACK_BYTES = 64
"""Bot API limit of callback_data."""
COPY_UNITS = 256
"""Bot API limit of the text that a copy button copies."""
BUTTONS = 100
"""The server refuses keyboards with more buttons."""
ACTIONS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
)
SCHEMES = {"http", "https", "tg", "ton"}
HOST = re.compile(r"^(?:[^\s./?#]+(?:\.[^\s./?#]+)+|\[[0-9a-f:.]+\])$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Button:
    """One button of an inline keyboard: its label and the one thing that it does."""

    label: str
    action: str
    value: Json
    style: str | None = None

    @property
    def data(self) -> str | None:
        """The callback data, when the button calls back."""
        return str(self.value) if self.action == "callback_data" else None

    def as_json(self) -> dict[str, Json]:
        """The Bot API's InlineKeyboardButton."""
        body: dict[str, Json] = {"text": self.label, self.action: self.value}
        if self.style:
            body["style"] = self.style
        return body


@dataclass(frozen=True, slots=True)
class InlineKeyboard:
    """Rows of buttons under a message."""

    rows: tuple[tuple[Button, ...], ...]

    @property
    def opens_apps(self) -> bool:
        """Whether a button opens a Mini App, which it can in private chats only."""
        return any(button.action == "web_app" for row in self.rows for button in row)

    def as_json(self) -> dict[str, Json]:
        """The Bot API's InlineKeyboardMarkup."""
        return {"inline_keyboard": [[button.as_json() for button in row] for row in self.rows]}


@dataclass(frozen=True, slots=True)
class ReplyKeyboard:
    """Rows of labels beside the input field; none removes it."""

    rows: tuple[tuple[str, ...], ...]


Markup: TypeAlias = InlineKeyboard | ReplyKeyboard | None


def read_markup(params: Params) -> Markup:
    """The request's reply_markup; raises 400 for what the real server refuses."""
    return markup_from(params.structure("reply_markup"))


def markup_from(raw: Json) -> Markup:
    """A reply_markup that was found inside another structure."""
    if raw is None or raw == {}:
        return None
    if not isinstance(raw, Mapping):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in raw:
        return _inline(raw["inline_keyboard"])
    if "keyboard" in raw:
        rows = (tuple(_label(button) for button in as_list(row)) for row in as_list(raw["keyboard"]))
        return ReplyKeyboard(tuple(rows))
    if "remove_keyboard" in raw or "force_reply" in raw:
        return ReplyKeyboard(())
    return None


def read_inline_markup(params: Params) -> InlineKeyboard | None:
    """The reply_markup of an edit, which may only be an inline keyboard."""
    return only_inline(read_markup(params))


def only_inline(markup: Markup) -> InlineKeyboard | None:
    """The markup where only an inline keyboard may be."""
    if isinstance(markup, ReplyKeyboard):
        raise bad_request("inline keyboard expected")
    return markup


def _inline(rows: Json) -> InlineKeyboard | None:
    if not is_list(rows):
        raise bad_request('can\'t parse inline keyboard: Field "inline_keyboard" must be of type Array')
    read = []
    for row in as_list(rows):
        if not is_list(row):
            raise bad_request("can't parse inline keyboard: array of buttons expected")
        read.append(tuple(_button(button) for button in as_list(row)))
    kept = tuple(row for row in read if row)
    if sum(len(row) for row in kept) > BUTTONS:
        raise bad_request("reply markup is too long")
    return InlineKeyboard(kept) if kept else None


def _button(raw: Json) -> Button:
    if not isinstance(raw, Mapping):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    label = _label(raw)
    if not label.strip():
        raise bad_request("inline keyboard button text can't be empty")
    action = next((name for name in ACTIONS if name in raw), None)
    if action is None:
        reason = "Text buttons are unallowed in the inline keyboard"
        raise bad_request(f"can't parse inline keyboard button: {reason}")
    value = raw[action]
    _check(action, value)
    style = raw.get("style")
    return Button(label, action, value, str(style) if style else None)


def _check(action: str, value: Json) -> None:
    if action == "callback_data" and not 1 <= len(str(value).encode()) <= CALLBACK_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if action == "copy_text" and not 1 <= utf16_length(str(as_object(value).get("text", ""))) <= COPY_UNITS:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if action == "url":
        _check_url(str(value))
    if action in {"web_app", "login_url"}:
        _check_url(str(as_object(value).get("url", "")))


def _check_url(url: str) -> None:
    reason = f"inline keyboard button URL '{url}' is invalid:"
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if parts.scheme not in SCHEMES:
        raise bad_request(f"{reason} Unsupported URL protocol")
    if parts.scheme in {"tg", "ton"}:
        return
    # The real server refuses "localhost" too: a host needs a dot.
    if any(char.isspace() for char in url) or not HOST.match(parts.netloc.rpartition("@")[2].split(":")[0]):
        raise bad_request(f"{reason} Wrong HTTP URL")


def _label(raw: Json) -> str:
    if isinstance(raw, str):
        return raw
    text = as_object(raw).get("text")
    if not isinstance(text, str):
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return text
