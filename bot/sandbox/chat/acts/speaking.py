"""People write, and send pictures and files, in any of their chats."""

from __future__ import annotations

from dataclasses import replace

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot, message_at
from bot.sandbox.chat.content import CAPTION_UNITS, TEXT_UNITS
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.entities import Formatted, finished
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.hearing import update_kind
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.params import Upload
from bot.sandbox.chat.refusals import RefusedError
from bot.sandbox.chat.rendering import message_json
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.views import can_write


def say(
    server: ChatServer,
    spot: Spot,
    body: Formatted,
    media: Photo | Document | None = None,
    *,
    reply_to: int | None = None,
    topic: int | None = None,
) -> Message:
    """A person's message; in a channel it is the channel's."""
    world, group = server.world, spot.group
    if group is not None:
        _check_voice(server, group, spot.person.id, topic)
    replied = message_at(world, spot, reply_to) if reply_to else None
    if topic is None and replied is not None:
        topic = replied.topic
    thread = None
    if replied is not None and group is not None and group.kind is GroupKind.SUPERGROUP and topic is None:
        thread = replied.thread or replied.id
    is_post = group is not None and group.kind is GroupKind.CHANNEL
    message = Message(
        id=world.next_message(spot.chat_id),
        chat_id=spot.chat_id,
        from_bot=False,
        sent_at=server.date,
        body=body,
        media=media,
        sender_id=spot.chat_id if is_post else spot.person.id,
        reply_to=reply_to,
        topic=topic,
        thread=thread,
    )
    world.read[(spot.person.id, spot.chat_id)] = message.id
    return server.say(message)


def write(
    server: ChatServer, spot: Spot, text: str, *, reply_to: int | None = None, topic: int | None = None
) -> Message:
    """A text of 1 to 4096 characters."""
    body = finished(text, ())
    if not 1 <= body.length <= TEXT_UNITS:
        raise NotPossibleError("a message takes 1 to 4096 characters", "length")
    return say(server, spot, body, reply_to=reply_to, topic=topic)


def send_file(
    server: ChatServer,
    spot: Spot,
    upload: Upload,
    caption: str = "",
    *,
    as_photo: bool,
    reply_to: int | None = None,
    topic: int | None = None,
) -> Message:
    """A picture or any other file, with up to 1024 characters."""
    body = finished(caption, ())
    if body.length > CAPTION_UNITS:
        raise NotPossibleError("a caption takes up to 1024 characters", "length")
    try:
        media = server.files.add_photo(upload) if as_photo else server.files.add_document(upload)
    except RefusedError as refusal:
        raise NotPossibleError(refusal.description, "file") from refusal
    return say(server, spot, body, media, reply_to=reply_to, topic=topic)


def edit(server: ChatServer, spot: Spot, message_id: int, text: str) -> Message:
    """Other words in one's own message; a bot that may hear it is told."""
    message = _own(server, spot, message_id)
    body = finished(text, ())
    most = CAPTION_UNITS if message.media else TEXT_UNITS
    if body.length > most or not (body.text or message.media):
        raise NotPossibleError(f"a message takes 1 to {most} characters", "length")
    changed = replace(message, body=body, edited_at=server.date)
    server.show_changed(changed)
    kind = update_kind(server.world, changed)
    if kind is not None:
        server.updates.push(f"edited_{kind}", message_json(server.world, changed))
    return changed


def delete(server: ChatServer, spot: Spot, message_id: int) -> None:
    """Take one's own message back; no bot is told."""
    server.remove_from(spot.chat_id, _own(server, spot, message_id).id)


def _own(server: ChatServer, spot: Spot, message_id: int) -> Message:
    message = message_at(server.world, spot, message_id)
    leads_channel = spot.group is not None and message.sender_id == spot.group.id
    if message.service is not None or not (message.sender_id == spot.person.id or leads_channel):
        raise NotPossibleError("this is somebody else's message", "rights")
    if leads_channel and spot.group is not None:
        _check_voice(server, spot.group, spot.person.id, None)
    return message


def send_through_bot(server: ChatServer, spot: Spot, message: Message) -> Message:
    """A message that a person sends through the bot: named for the bot if it carries buttons."""
    if spot.group is not None:
        _check_voice(server, spot.group, spot.person.id, None)
    if message.keyboard is not None:
        name = server.inline.new_name()
        message = replace(message, inline_message_id=name)
        server.inline.remember(name, message.chat_id, message.id)
    server.world.read[(spot.person.id, spot.chat_id)] = message.id
    return server.say(message)


def _check_voice(server: ChatServer, group: Group, person_id: int, topic: int | None) -> None:
    if not can_write(server.world, group, person_id):
        raise NotPossibleError(f"only some may write in {group.title}", "rights")
    if topic is None:
        return
    found = group.topics.get(topic)
    if found is None:
        raise NotPossibleError("there is no such topic", "topic")
    if found.closed and not group.may(person_id, "can_manage_topics"):
        raise NotPossibleError("the topic is closed", "topic")
