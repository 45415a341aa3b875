"""Reactions under messages: which there are, and who gave them."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.views import message_view

_LISTED = (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 "
    "💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 "
    "😘 💊 🙊 😎 👾 🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
EMOJIS = frozenset(_LISTED.split())
"""Bot API, ReactionTypeEmoji."""


def set_reactions(
    server: ChatServer, message: Message, user_id: int, emojis: tuple[str, ...]
) -> tuple[str, ...]:
    """Replace somebody's reactions to a message; those they had before come back."""
    world = server.world
    given = world.reactions.setdefault((message.chat_id, message.id), {})
    before = given.pop(user_id, ())
    if emojis:
        given[user_id] = emojis
    server.tell(
        Happening.REACTION,
        message.chat_id,
        lambda viewer: {
            "message_id": message.id,
            "reactions": message_view(world, message, viewer)["reactions"],
        },
    )
    return before
