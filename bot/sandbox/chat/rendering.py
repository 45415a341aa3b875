"""Messages as the Bot API tells them."""

from __future__ import annotations

from collections.abc import Mapping

from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.world import World
from bot.sandbox.wire import Json, present

SERVER_USER: dict[str, Json] = {"id": 777000, "is_bot": False, "first_name": "Telegram"}
"""Who passes a channel's posts on to the group in which they are talked about."""


def chat_json(world: World, chat_id: int) -> dict[str, Json]:
    """The Bot API's Chat under an id."""
    group = world.groups.get(chat_id)
    return group.as_chat() if group else world.people[chat_id].as_chat()


def user_json(world: World, user_id: int) -> dict[str, Json]:
    """The Bot API's User under an id."""
    return world.bot.as_user() if user_id == world.bot.id else world.people[user_id].as_user()


def message_json(world: World, message: Message, *, shallow: bool = False) -> dict[str, Json]:
    """The Bot API's Message; `shallow` leaves out what it replies to."""
    # In a topic whoever replies to nothing replies to the topic's head (the real server falls back to it).
    head = message.topic if message.topic != message.id else None
    replied = None if shallow else world.chats[message.chat_id].get(message.reply_to or head or 0)
    body = present(
        message_id=message.id,
        **_sender(world, message),
        chat=chat_json(world, message.chat_id),
        date=message.sent_at,
        edit_date=message.edited_at,
        message_thread_id=message.topic or message.thread,
        is_topic_message=True if message.topic else None,
        is_automatic_forward=True if message.automatic else None,
        media_group_id=message.album,
        via_bot=world.bot.as_user() if message.via_bot else None,
        forward_origin=message.origin,
        dice=message.dice.as_json() if message.dice else None,
        reply_markup=message.keyboard.as_json() if message.keyboard else None,
        reply_to_message=message_json(world, replied, shallow=True) if replied else None,
    )
    return body | _content(message)


def origin_json(world: World, message: Message) -> Mapping[str, Json]:
    """Where a message comes from first (Bot API, MessageOrigin)."""
    if message.origin is not None:
        return message.origin
    speaker = world.groups.get(message.sender_id)
    if speaker is not None:
        return {
            "type": "channel",
            "date": message.sent_at,
            "chat": speaker.as_chat(),
            "message_id": message.id,
        }
    sender = user_json(world, message.sender_id)
    return {"type": "user", "date": message.sent_at, "sender_user": sender}


def _sender(world: World, message: Message) -> dict[str, Json]:
    group = world.groups.get(message.chat_id)
    speaker = world.groups.get(message.sender_id)
    if group is not None and speaker is not None:
        said: dict[str, Json] = {"sender_chat": speaker.as_chat()}
        return said if group.kind is GroupKind.CHANNEL else {"from": SERVER_USER, **said}
    return {"from": user_json(world, message.sender_id)}


def _content(message: Message) -> dict[str, Json]:
    if message.service is not None:
        return dict(message.service.fields)
    media, body = message.media, message.body
    told = present(
        photo=[size.as_json() for size in media.sizes] if isinstance(media, Photo) else None,
        document=media.as_json() if isinstance(media, Document) else None,
    )
    words, marks = ("text", "entities") if media is None else ("caption", "caption_entities")
    if body.text or (media is None and message.dice is None):
        told[words] = body.text
    entities = body.entities_json()
    if entities:
        told[marks] = entities
    return told
