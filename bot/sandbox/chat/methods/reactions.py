"""The bot reacts to messages."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params, as_list, as_object, is_list
from bot.sandbox.chat.reactions import EMOJIS, set_reactions
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.chat.world import Access
from bot.sandbox.wire import Json

MOST = 1
"""Bot API: how many reactions a bot may give to one message."""


async def set_message_reaction(server: ChatServer, params: Params) -> Json:
    """Give one reaction, or take it back with none."""
    emojis = _read(params.structure("reaction"))
    place = server.world.place(params, access=Access.EDIT)
    message = server.world.chats[place.id].get(params.number("message_id") or 0)
    if message is None:
        raise bad_request("message to react not found")
    if len(emojis) > MOST:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(emoji not in EMOJIS for emoji in emojis):
        raise bad_request("REACTION_INVALID")
    set_reactions(server, message, server.bot.id, emojis)
    return True


def _read(raw: Json) -> tuple[str, ...]:
    if raw is not None and not is_list(raw):
        raise bad_request("expected an Array of ReactionType")
    found = []
    for item in as_list(raw):
        fields = as_object(item)
        kind = fields.get("type")
        if kind != "emoji":
            # A bot has no premium account: it gives neither custom emoji nor stars.
            known = kind in {"custom_emoji", "paid"}
            raise bad_request("REACTION_INVALID" if known else "can't parse reaction type: invalid type")
        found.append(str(fields.get("emoji", "")).removesuffix("\ufe0f"))
    return tuple(found)


METHODS: dict[str, Method] = {"setMessageReaction": set_message_reaction}
