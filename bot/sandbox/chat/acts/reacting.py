"""People react to messages."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot, message_at
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.reactions import EMOJIS, set_reactions
from bot.sandbox.chat.rendering import chat_json
from bot.sandbox.wire import Json


def react(server: ChatServer, spot: Spot, message_id: int, emoji: str) -> None:
    """One reaction in the place of the one before; an empty word takes it back."""
    message = message_at(server.world, spot, message_id)
    if emoji and emoji not in EMOJIS:
        raise NotPossibleError("this is no reaction", "reaction")
    before = set_reactions(server, message, spot.person.id, (emoji,) if emoji else ())
    after = (emoji,) if emoji else ()
    if before == after or not _is_told(server, spot):
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
    """Bot API: in chats of several only a bot that leads is told; channels tell no names."""
    if spot.group is None:
        return spot.is_with_bot
    return spot.group.kind != "channel" and spot.group.leads(server.bot.id)
