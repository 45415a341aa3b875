"""A card as requests to the chat server: the text or caption, the picture, the buttons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from telegram import Bot, InputFile, InputMediaDocument, InputMediaPhoto, LinkPreviewOptions, Message
from telegram.constants import ParseMode

from bot.cards.card import Card, Picture
from bot.gateway.errors import Sent
from bot.gateway.fit import CAPTION_UNITS, TEXT_UNITS, fit, fit_plain, plain
from bot.gateway.keyboard import keyboard

_NO_PREVIEW: Final = LinkPreviewOptions(is_disabled=True)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a message and how the server is to read them; no parse mode means as they stand."""

    text: str
    parse_mode: ParseMode | None


def in_html(card: Card) -> Wording:
    """The card's words with their markup, cut to what the message takes."""
    return Wording(fit(card.text, _limit(card)), ParseMode.HTML)


def in_plain(card: Card) -> Wording:
    """The card's words without markup, for a server that cannot read it."""
    return Wording(fit_plain(plain(card.text), _limit(card)), None)


async def send(bot: Bot, chat_id: int, card: Card, wording: Wording) -> Sent:
    """Send the card as a new message. Raises: telegram.error.TelegramError."""
    silent = card.silent or None
    buttons = keyboard(card.rows)
    if card.picture is None:
        message = await bot.send_message(
            chat_id,
            wording.text,
            parse_mode=wording.parse_mode,
            api_kwargs=buttons,
            disable_notification=silent,
            link_preview_options=_NO_PREVIEW,
        )
    elif card.picture.as_file:
        message = await bot.send_document(
            chat_id,
            _file(card.picture),
            caption=wording.text,
            parse_mode=wording.parse_mode,
            api_kwargs=buttons,
            disable_notification=silent,
        )
    else:
        message = await bot.send_photo(
            chat_id,
            _file(card.picture),
            caption=wording.text,
            parse_mode=wording.parse_mode,
            api_kwargs=buttons,
            disable_notification=silent,
        )
    return _sent(message)


async def change(bot: Bot, chat_id: int, message_id: int, card: Card, wording: Wording) -> Sent:
    """Make the message show the card. Raises: telegram.error.TelegramError."""
    buttons = keyboard(card.rows)
    if card.picture is None:
        answer = await bot.edit_message_text(
            wording.text,
            chat_id=chat_id,
            message_id=message_id,
            parse_mode=wording.parse_mode,
            api_kwargs=buttons,
            link_preview_options=_NO_PREVIEW,
        )
    else:
        answer = await bot.edit_message_media(
            _media(card.picture, wording), chat_id=chat_id, message_id=message_id, api_kwargs=buttons
        )
    return _sent(answer) if isinstance(answer, Message) else Sent(message_id)


def _limit(card: Card) -> int:
    return TEXT_UNITS if card.picture is None else CAPTION_UNITS


def _file(picture: Picture) -> InputFile | str:
    if picture.content is not None:
        return InputFile(picture.content, filename=picture.filename)
    return picture.file_id or ""


def _media(picture: Picture, wording: Wording) -> InputMediaPhoto | InputMediaDocument:
    kind = InputMediaDocument if picture.as_file else InputMediaPhoto
    source = picture.content if picture.content is not None else picture.file_id or ""
    return kind(source, caption=wording.text, parse_mode=wording.parse_mode, filename=picture.filename)


def _sent(message: Message) -> Sent:
    if message.photo:
        return Sent(message.message_id, message.photo[-1].file_id)
    return Sent(message.message_id, message.document.file_id if message.document else None)
