"""What reaches the bot: which messages of a chat become updates, and of which kind."""

from __future__ import annotations

from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.world import World
from bot.sandbox.wire import utf16_slice


def update_kind(world: World, message: Message) -> str | None:
    """The kind of update that tells the bot of a new message; None when it never hears of it."""
    if message.from_bot and message.service is None:
        return None
    if message.chat_id in world.people:
        return "message"
    group = world.groups.get(message.chat_id)
    if group is None or not group.member(world.bot.id).is_in:
        return None
    if group.kind is GroupKind.CHANNEL:
        return "channel_post"
    return "message" if _is_heard(world, group, message) else None


def _is_heard(world: World, group: Group, message: Message) -> bool:
    """Privacy mode: a bot without rights hears what is meant for it, and what the server says."""
    if not world.bot.privacy or group.leads(world.bot.id):
        return True
    if message.service is not None or message.via_bot:
        return True
    replied = world.chats[group.id].get(message.reply_to or 0)
    if replied is not None and (replied.from_bot or replied.via_bot):
        return True
    return _names_bot(world.bot.username.lower(), message)


def _names_bot(username: str, message: Message) -> bool:
    for entity in message.body.entities:
        said = utf16_slice(message.body.text, entity.offset, entity.end).lower()
        if entity.kind == "mention" and said == f"@{username}":
            return True
        # A bare command is for every bot of the group, one with a name for that bot only.
        if entity.kind == "bot_command" and entity.offset == 0:
            addressed = said.partition("@")[2]
            return addressed in {"", username}
    return False
