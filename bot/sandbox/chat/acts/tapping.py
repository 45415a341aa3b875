"""People tap buttons that call the bot back."""

from __future__ import annotations

import hashlib

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.rendering import chat_json, message_json
from bot.sandbox.chat.taps import Tap, answer_view
from bot.sandbox.wire import Json


def tap(server: ChatServer, spot: Spot, message_id: int, button: Button) -> Tap:
    """A tap on a button that calls back; the answer arrives in `Tap.answered`."""
    if button.data is None:
        raise NotPossibleError(f"the button {button.label!r} doesn't call back")
    return tap_data(server, spot, message_id, button.data)


def tap_data(server: ChatServer, spot: Spot, message_id: int, data: str) -> Tap:
    """A tap with callback data of any age: a client may still show what the bot has changed since."""
    message = server.world.chats[spot.chat_id].get(message_id)
    opened = server.taps.open(spot.person.id, message_id, data, server.clock(), chat=spot.key)
    if opened.answered.done():
        told = answer_view(opened.id, opened.answered.result())
        server.feed.tell(Happening.ANSWER, spot.person.id, told, spot.key)
        return opened
    body: dict[str, Json] = {
        "id": opened.id,
        "from": spot.person.as_user(),
        "chat_instance": chat_instance(server, spot),
        "data": data,
    }
    if message is not None and message.inline_message_id is not None:
        body["inline_message_id"] = message.inline_message_id
    elif message is not None:
        body["message"] = message_json(server.world, message)
    elif spot.chat_id in server.world.people or spot.group is not None:
        body["message"] = {
            "chat": chat_json(server.world, spot.chat_id),
            "message_id": message_id,
            "date": 0,
        }
    else:
        raise NotPossibleError("there is no such message", "message")
    server.updates.push("callback_query", body)
    return opened


def chat_instance(server: ChatServer, spot: Spot) -> str:
    """What names a chat to the bot without its id: the same for everybody in it."""
    if spot.is_with_bot:
        return str(spot.person.id)
    digest = hashlib.sha256(f"{server.bot.token}:{spot.chat_id}".encode()).digest()
    return str(int.from_bytes(digest[:8], "big", signed=True))


def button_at(server: ChatServer, spot: Spot, message_id: int, row: int, column: int) -> Button:
    """The button at a place of a message, from 0."""
    message = server.world.chats[spot.chat_id].get(message_id)
    rows = message.keyboard.rows if message is not None and message.keyboard is not None else ()
    if not (0 <= row < len(rows) and 0 <= column < len(rows[row])):
        raise NotPossibleError("there is no button", "button")
    return rows[row][column]
