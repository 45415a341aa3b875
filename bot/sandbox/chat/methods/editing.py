"""Messages that change or go: the edit methods and deletions."""

from __future__ import annotations

from bot.sandbox.chat.content import caption, read_caption, read_text
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.keyboards import read_inline_markup
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.methods.sending import find_document, find_photo
from bot.sandbox.chat.params import Params, as_list, as_object
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Message
from bot.sandbox.wire import Json

DELETABLE = 100
"""Bot API limit of messages that one deleteMessages takes."""


def _message(server: ChatServer, params: Params) -> Message:
    person = server.world.open_chat(params)
    message = server.world.chats[person.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to edit not found")
    return message


async def edit_message_text(server: ChatServer, params: Params) -> Json:
    """New words and keyboard for a message of text."""
    body = read_text(params)
    keyboard = read_inline_markup(params)
    message = _message(server, params)
    if message.media is not None:
        raise bad_request("there is no text in the message to edit")
    return server.world.message_json(server.change(message, body=body, media=None, keyboard=keyboard))


async def edit_message_caption(server: ChatServer, params: Params) -> Json:
    """New caption and keyboard for a file."""
    body = read_caption(params)
    keyboard = read_inline_markup(params)
    message = _message(server, params)
    if message.media is None:
        raise bad_request("there is no caption in the message to edit")
    changed = server.change(message, body=body, media=message.media, keyboard=keyboard)
    return server.world.message_json(changed)


async def edit_message_reply_markup(server: ChatServer, params: Params) -> Json:
    """New keyboard, or none."""
    keyboard = read_inline_markup(params)
    message = _message(server, params)
    changed = server.change(message, body=message.body, media=message.media, keyboard=keyboard)
    return server.world.message_json(changed)


async def edit_message_media(server: ChatServer, params: Params) -> Json:
    """Another picture or file; a text may become one too."""
    asked = as_object(params.structure("media"))
    kind = asked.get("type")
    inner = Params(asked, params.uploads)
    body = caption(inner.text("caption"), inner.text("parse_mode"), inner.structure("caption_entities"))
    keyboard = read_inline_markup(params)
    message = _message(server, params)
    if kind not in {"photo", "document"}:
        raise bad_request("can't parse InputMedia: media type is not supported")
    find = find_photo if kind == "photo" else find_document
    media = find(server, inner, "media")
    return server.world.message_json(server.change(message, body=body, media=media, keyboard=keyboard))


async def delete_message(server: ChatServer, params: Params) -> Json:
    """Delete one message for both sides."""
    person = server.world.chat(params)
    if not server.remove(person, params.number("message_id") or 0):
        raise bad_request("message to delete not found")
    return True


async def delete_messages(server: ChatServer, params: Params) -> Json:
    """Delete several messages; missing ones are skipped."""
    person = server.world.chat(params)
    numbers = as_list(params.structure("message_ids"))
    if not 1 <= len(numbers) <= DELETABLE:
        raise bad_request("message identifiers are not specified" if not numbers else "too many messages")
    for number in numbers:
        server.remove(person, int(str(number)))
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "editMessageMedia": edit_message_media,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
