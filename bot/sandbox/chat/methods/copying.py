"""Messages of the bot made from others: copies and forwards, one or many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import pairwise

from bot.sandbox.chat.content import read_caption
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.keyboards import Markup, read_markup
from bot.sandbox.chat.methods.aiming import DICE, WORDS, Aim, aim, check_buttons, kind_of
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json, origin_json
from bot.sandbox.chat.state import Message
from bot.sandbox.wire import Json, random_name

MANY = 100
"""Bot API limit of messages that one request copies or forwards."""
Send = Callable[[Message, str | None], Message]


async def copy_message(server: ChatServer, params: Params) -> Json:
    """The same content as a message of the bot's own."""
    original = _original(server, params, "copy")
    spot = aim(server, params, _kind(original))
    body = read_caption(params) if "caption" in params.values and original.media else original.body
    markup = read_markup(params)
    check_buttons(spot.place, markup)
    return {"message_id": _repeat(server, params, spot, original, body, markup, None).id}


async def forward_message(server: ChatServer, params: Params) -> Json:
    """The same content, marked as forwarded."""
    original = _original(server, params, "forward")
    spot = aim(server, params, _kind(original))
    message = _repeat(
        server, params, spot, original, original.body, None, origin_json(server.world, original)
    )
    return message_json(server.world, message)


async def copy_messages(server: ChatServer, params: Params) -> Json:
    """Several messages' content as messages of the bot's own; albums stay albums."""
    originals = _originals(server, params, "copy")
    spot = aim(server, params, *{_kind(original) for original in originals})
    bare = params.flag("remove_caption")

    def send(original: Message, album: str | None) -> Message:
        body = Formatted() if bare and original.media else original.body
        return _repeat(server, params, spot, replace(original, album=album), body, None, None)

    return _sent(originals, send)


async def forward_messages(server: ChatServer, params: Params) -> Json:
    """Several messages, marked as forwarded."""
    originals = _originals(server, params, "forward")
    spot = aim(server, params, *{_kind(original) for original in originals})

    def send(original: Message, album: str | None) -> Message:
        said = replace(original, album=album)
        return _repeat(server, params, spot, said, original.body, None, origin_json(server.world, original))

    return _sent(originals, send)


def _sent(originals: list[Message], send: Send) -> Json:
    albums: dict[str, str] = {}
    numbers: list[Json] = []
    for original in originals:
        album = albums.setdefault(original.album, random_name(17)) if original.album else None
        numbers.append({"message_id": send(original, album).id})
    return numbers


def _repeat(
    server: ChatServer,
    params: Params,
    spot: Aim,
    original: Message,
    body: Formatted,
    markup: Markup,
    origin: Mapping[str, Json] | None,
) -> Message:
    return server.post(
        spot.place,
        body,
        original.media,
        markup,
        reply_to=spot.reply_to,
        silent=params.flag("disable_notification"),
        origin=origin,
        topic=spot.topic,
        thread=spot.thread,
        album=original.album,
        dice=original.dice,
    )


def _kind(message: Message) -> str:
    if message.dice is not None:
        return DICE
    return kind_of(message.media) if message.media else WORDS


def _original(server: ChatServer, params: Params, verb: str) -> Message:
    source = server.world.place(params, "from_chat_id")
    message = server.world.chats[source.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request(f"message to {verb} not found")
    if message.service is not None:
        done = "copied" if verb == "copy" else "forwarded"
        raise bad_request(f"message can't be {done}")
    return replace(message, album=None)


def _originals(server: ChatServer, params: Params, verb: str) -> list[Message]:
    source = server.world.place(params, "from_chat_id")
    numbers = params.numbers("message_ids", MANY)
    if any(after <= before for before, after in pairwise(numbers)):
        raise bad_request("message identifiers must be in a strictly increasing order")
    there = server.world.chats[source.id]
    found = [there[number] for number in numbers if number in there and there[number].service is None]
    if not found:
        raise bad_request(f"there are no messages to {verb}")
    return found


METHODS: dict[str, Method] = {
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "copyMessages": copy_messages,
    "forwardMessages": forward_messages,
}
