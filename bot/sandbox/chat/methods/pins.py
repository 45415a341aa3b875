"""Pinned messages: where the bot may pin, what the chat says of it, and what comes off again."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.membership import write_service
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.state import Message, Person, Service, ServiceKind
from bot.sandbox.chat.world import Access, Place
from bot.sandbox.wire import Json

NO_RIGHTS = "not enough rights to manage pinned messages in the chat"


async def pin_chat_message(server: ChatServer, params: Params) -> Json:
    """Pin a message; the chat says so in a message of its own."""
    place, world = _place(server, params), server.world
    message = world.chats[place.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to pin not found")
    _check(server, place)
    if message.service is not None:
        raise bad_request("message can't be pinned")
    pins = world.pins(place.id)
    if message.id in pins:
        return True
    pins.append(message.id)
    pins.sort()
    _tell(server, message, pinned=True)
    fields: dict[str, Json] = {"pinned_message": message_json(world, message, shallow=True)}
    facts: dict[str, Json] = {"message_id": message.id, "text": message.body.text}
    write_service(
        server,
        place.id,
        server.bot.id,
        Service(ServiceKind.PINNED, fields, facts),
        topic=message.topic,
        silent=params.flag("disable_notification"),
    )
    return True


async def unpin_chat_message(server: ChatServer, params: Params) -> Json:
    """Unpin one message, the latest unless one is named."""
    place, world = _place(server, params), server.world
    _check(server, place)
    pins = world.pins(place.id)
    number = params.number("message_id") or (pins[-1] if pins else 0)
    message = world.chats[place.id].get(number)
    if message is None:
        raise bad_request("message to unpin not found")
    if number in pins:
        pins.remove(number)
        _tell(server, message, pinned=False)
    return True


async def unpin_all_chat_messages(server: ChatServer, params: Params) -> Json:
    """Unpin everything."""
    place = _place(server, params)
    _check(server, place)
    _unpin(server, place, list(server.world.pins(place.id)))
    return True


async def unpin_all_forum_topic_messages(server: ChatServer, params: Params) -> Json:
    """Unpin everything in one topic."""
    place, thread = _place(server, params), params.number("message_thread_id")
    if isinstance(place, Person) or thread not in place.topics:
        raise bad_request("message thread not found")
    _check(server, place)
    there = server.world.chats[place.id]
    _unpin(server, place, [number for number in server.world.pins(place.id) if there[number].topic == thread])
    return True


def _place(server: ChatServer, params: Params) -> Place:
    return server.world.place(params, access=Access.WRITE)


def _unpin(server: ChatServer, place: Place, numbers: list[int]) -> None:
    pins, there = server.world.pins(place.id), server.world.chats[place.id]
    for number in numbers:
        pins.remove(number)
        _tell(server, there[number], pinned=False)


def _check(server: ChatServer, place: Place) -> None:
    if isinstance(place, Person):
        return
    bot_id = server.bot.id
    right = "can_edit_messages" if place.kind is GroupKind.CHANNEL else "can_pin_messages"
    # In a small group a bot needs to be made an administrator, whatever its members may do.
    appointed = place.kind is not GroupKind.GROUP or place.leads(bot_id)
    if not (appointed and place.may(bot_id, right)):
        raise bad_request(NO_RIGHTS)


def _tell(server: ChatServer, message: Message, *, pinned: bool) -> None:
    told: dict[str, Json] = {"message_id": message.id, "pinned": pinned}
    server.tell(Happening.PINNED, message.chat_id, lambda _viewer: told)


METHODS: dict[str, Method] = {
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "unpinAllForumTopicMessages": unpin_all_forum_topic_messages,
}
