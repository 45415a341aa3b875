"""People react to messages."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot, message_at
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.reactions import EMOJIS, set_reactions
from bot.sandbox.chat.rendering import chat_json
from bot.sandbox.chat.state import Message
from bot.sandbox.wire import Json


def react(server: ChatServer, spot: Spot, message_id: int, emoji: str) -> None:
    """One reaction in the place of the one before; an empty word takes it back."""
    message = message_at(server.world, spot, message_id)
    if emoji and emoji not in EMOJIS:
        raise NotPossibleError("this is no reaction", "reaction")
    before = set_reactions(server, message, spot.person.id, (emoji,) if emoji else ())
    after = (emoji,) if emoji else ()
    if before == after:
        return
    if spot.group is not None and spot.group.kind is GroupKind.CHANNEL:
        _tell_counts(server, spot.group, message)
        return
    if not _is_told(server, spot):
        return
    body: dict[str, Json] = {
        "chat": chat_json(server.world, spot.chat_id),
        "message_id": message.id,
        "user": spot.person.as_user(),
        "date": server.date,
        "old_reaction": [{"type": "emoji", "emoji": one} for one in before],
        "new_reaction": [{"type": "emoji", "emoji": one} for one in after],
    }
    server.updates.push("message_reaction", body)


def _is_told(server: ChatServer, spot: Spot) -> bool:
    """Bot API: in chats of several only a bot that leads is told."""
    if spot.group is None:
        return spot.is_with_bot
    return spot.group.leads(server.bot.id)


def _tell_counts(server: ChatServer, channel: Group, message: Message) -> None:
    """Of a channel's readers the bot learns numbers, no names."""
    if not channel.leads(server.bot.id):
        return
    counts: dict[str, int] = {}
    for emojis in server.world.reactions[(channel.id, message.id)].values():
        for emoji in emojis:
            counts[emoji] = counts.get(emoji, 0) + 1
    body: dict[str, Json] = {
        "chat": channel.as_chat(),
        "message_id": message.id,
        "date": server.date,
        "reactions": [
            {"type": {"type": "emoji", "emoji": emoji}, "total_count": count}
            for emoji, count in counts.items()
        ],
    }
    server.updates.push("message_reaction_count", body)
