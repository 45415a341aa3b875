"""People send what a Mini App prepared for them."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.acts.typing import CHAT_KINDS, chat_type, chooses
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.state import Message


def send_prepared(server: ChatServer, spot: Spot, number: str) -> Message:
    """Send a prepared message to a chat for which it was made."""
    prepared = server.inline.prepared(number)
    if prepared is None or prepared.person_id != spot.person.id:
        raise NotPossibleError("there is no such prepared message", "prepared")
    if server.clock() >= prepared.until:
        raise NotPossibleError("the prepared message is too old", "prepared")
    if CHAT_KINDS[chat_type(spot)] not in prepared.kinds:
        raise NotPossibleError("the message was not prepared for such a chat", "chat_type")
    return chooses(server, spot, prepared.result)
