"""Messages that go: one or many, where the bot may and while they are young."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.state import Message, Person, ServiceKind
from bot.sandbox.chat.world import Access, Place
from bot.sandbox.wire import Json

DELETABLE = 100
"""Bot API limit of messages that one deleteMessages takes."""
DELETABLE_SECONDS = 48 * 3600
"""Bot API: older messages stay."""
DICE_SECONDS = 24 * 3600
"""Bot API: a throw of dice in a private chat stays that long."""
LASTING = {ServiceKind.CREATED, ServiceKind.MIGRATED}


async def delete_message(server: ChatServer, params: Params) -> Json:
    """Delete one message for everybody."""
    if not params.number("message_id"):
        raise bad_request("message identifier is not specified")
    place = _place(server, params)
    message = server.world.chats[place.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to delete not found")
    _check(server, place, message)
    server.remove(place, message.id)
    return True


async def delete_messages(server: ChatServer, params: Params) -> Json:
    """Delete several messages; missing ones are skipped."""
    numbers = params.numbers("message_ids", DELETABLE)
    place = _place(server, params)
    there = server.world.chats[place.id]
    found = [there[number] for number in numbers if number in there]
    for message in found:
        _check(server, place, message)
    for message in found:
        server.remove(place, message.id)
    return True


def _place(server: ChatServer, params: Params) -> Place:
    """The chat, in which the bot must be; that a person has blocked it is no hindrance."""
    place = server.world.place(params)
    return place if isinstance(place, Person) else server.world.place(params, access=Access.WRITE)


def _check(server: ChatServer, place: Place, message: Message) -> None:
    age = server.date - message.sent_at
    if isinstance(place, Person):
        fresh_dice = message.dice is not None and message.from_bot and age < DICE_SECONDS
        if age >= DELETABLE_SECONDS or fresh_dice:
            raise bad_request("message can't be deleted for everyone")
        return
    if age >= DELETABLE_SECONDS or not _may_delete(server, place, message):
        raise bad_request("message can't be deleted")


def _may_delete(server: ChatServer, group: Group, message: Message) -> bool:
    bot_id = server.bot.id
    if message.service is not None and (message.service.kind in LASTING or message.id in group.topics):
        return False
    if group.may(bot_id, "can_delete_messages"):
        return True
    if group.kind is GroupKind.CHANNEL:
        return message.from_bot and group.may(bot_id, "can_post_messages")
    return message.from_bot and message.service is None


METHODS: dict[str, Method] = {
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
}
