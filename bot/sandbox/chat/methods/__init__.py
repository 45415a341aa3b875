"""The methods of the Bot API that this server speaks, by name."""

from __future__ import annotations

from bot.sandbox.chat.methods import (
    albums,
    chats,
    copying,
    deleting,
    dice,
    editing,
    inline,
    intake,
    invites,
    moderating,
    pins,
    profile,
    reactions,
    sending,
    topics,
    webapps,
)
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params, as_list

METHODS: dict[str, Method] = {
    name.lower(): method
    for table in (
        intake.METHODS,
        sending.METHODS,
        albums.METHODS,
        dice.METHODS,
        copying.METHODS,
        editing.METHODS,
        deleting.METHODS,
        pins.METHODS,
        reactions.METHODS,
        topics.METHODS,
        chats.METHODS,
        invites.METHODS,
        moderating.METHODS,
        inline.METHODS,
        webapps.METHODS,
        profile.METHODS,
    )
    for name, method in table.items()
}
"""Lower-case names: the real server doesn't mind the case."""

PACED = {
    "sendmessage",
    "sendphoto",
    "senddocument",
    "copymessage",
    "forwardmessage",
    "copymessages",
    "forwardmessages",
    "sendmediagroup",
    "senddice",
    "editmessagetext",
    "editmessagecaption",
    "editmessagemedia",
    "editmessagereplymarkup",
}
"""What counts against the limits of speed: new messages and edits alike."""

BUNDLES = {"sendmediagroup": "media", "copymessages": "message_ids", "forwardmessages": "message_ids"}
"""Methods that make several messages, and the parameter that lists them."""


def messages_in(method: str, params: Params) -> int:
    """How many messages a request makes: albums and bundles are several."""
    name = BUNDLES.get(method.lower())
    return max(1, len(as_list(params.structure(name)))) if name else 1
