"""Messages that change: the edit methods, by chat and message or by the name of an inline message."""

from __future__ import annotations

from bot.sandbox.chat.content import caption, read_caption, read_text
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.keyboards import InlineKeyboard, read_inline_markup
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.methods.aiming import check_buttons
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.methods.sending import find_document, find_photo
from bot.sandbox.chat.params import Params, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.world import Access, Place
from bot.sandbox.wire import Json


def _message(server: ChatServer, params: Params, keyboard: InlineKeyboard | None) -> Message:
    """The message that a request names; raises 400 when the bot can't edit it."""
    name = params.text("inline_message_id")
    if name and not params.text("chat_id"):
        chat_id, message_id = server.inline.find(name)
        found = server.world.chats[chat_id].get(message_id)
        if found is None:
            raise bad_request("MESSAGE_ID_INVALID")
        return found
    if not params.text("chat_id") and not params.text("message_id"):
        raise bad_request("message identifier is not specified")
    place = server.world.place(params, access=Access.EDIT)
    message = server.world.chats[place.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to edit not found")
    if not _is_mine(server, place, message):
        raise bad_request("message can't be edited")
    check_buttons(place, keyboard)
    return message


def _is_mine(server: ChatServer, place: Place, message: Message) -> bool:
    if message.service is not None or message.forwarded:
        return False
    if not isinstance(place, Person) and place.kind is GroupKind.CHANNEL:
        return message.from_bot or message.via_bot or _may_edit_posts(server, place)
    return message.from_bot or message.via_bot


def _may_edit_posts(server: ChatServer, channel: Group) -> bool:
    return channel.may(server.bot.id, "can_edit_messages")


def _told(server: ChatServer, params: Params, message: Message) -> Json:
    """The edited message; of one that was sent through the bot it learns no more than that it worked."""
    by_name = params.text("inline_message_id") and not params.text("chat_id")
    return True if by_name else message_json(server.world, message)


async def edit_message_text(server: ChatServer, params: Params) -> Json:
    """New words and keyboard for a message of text."""
    body = read_text(params)
    keyboard = read_inline_markup(params)
    message = _message(server, params, keyboard)
    if message.media is not None or message.dice is not None:
        raise bad_request("there is no text in the message to edit")
    return _told(server, params, server.change(message, body=body, media=None, keyboard=keyboard))


async def edit_message_caption(server: ChatServer, params: Params) -> Json:
    """New caption and keyboard for a file."""
    body = read_caption(params)
    keyboard = read_inline_markup(params)
    message = _message(server, params, keyboard)
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    changed = server.change(message, body=body, media=message.media, keyboard=keyboard)
    return _told(server, params, changed)


async def edit_message_reply_markup(server: ChatServer, params: Params) -> Json:
    """New keyboard, or none."""
    keyboard = read_inline_markup(params)
    message = _message(server, params, keyboard)
    changed = server.change(message, body=message.body, media=message.media, keyboard=keyboard)
    return _told(server, params, changed)


async def edit_message_media(server: ChatServer, params: Params) -> Json:
    """Another picture or file; a text may become one too."""
    asked = as_object(params.structure("media"))
    kind = asked.get("type")
    inner = Params(asked, params.uploads)
    body = caption(inner.text("caption"), inner.text("parse_mode"), inner.structure("caption_entities"))
    keyboard = read_inline_markup(params)
    message = _message(server, params, keyboard)
    if kind not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: media type is not supported")
    if message.inline_message_id is not None:
        media = _file_for_inline(server, inner, str(kind))
    else:
        find = find_photo if kind == "photo" else find_document
        media = find(server, inner, "media")
    if message.album is not None and type(media) is not type(message.media):
        raise bad_request("can't use the media of the specified type in the album")
    return _told(server, params, server.change(message, body=body, media=media, keyboard=keyboard))


def _file_for_inline(server: ChatServer, inner: Params, kind: str) -> Photo | Document:
    """Bot API: a message sent through the bot takes a file by its id or address, never a new upload."""
    reference = inner.text("media")
    if not reference or reference.startswith("attach://"):
        raise bad_request("invalid message content specified")
    if reference.startswith(("http://", "https://")):
        if kind == "photo":
            return server.files.remote_photo(reference, 800, 800)
        return server.files.remote_document(reference, "application/octet-stream")
    find = find_photo if kind == "photo" else find_document
    return find(server, inner, "media")


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
}
