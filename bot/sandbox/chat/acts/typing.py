"""People type after the bot's name, and send what it offers."""

from __future__ import annotations

from bot.sandbox.chat.acts.speaking import send_through_bot
from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.inline.desk import InlineQuery
from bot.sandbox.chat.inline.result import InlineResult
from bot.sandbox.chat.keyboards import Button
from bot.sandbox.chat.params import as_object
from bot.sandbox.chat.state import Message
from bot.sandbox.wire import Json

QUERY_CHARACTERS = 256
"""Bot API limit of an inline query."""

CHAT_KINDS = {
    "private": "user",
    "sender": "bot",
    "group": "group",
    "supergroup": "group",
    "channel": "channel",
}
"""What a chat is called where the Bot API lists kinds that are allowed."""


def types(server: ChatServer, spot: Spot, text: str, offset: str = "") -> InlineQuery:
    """`@bot text` in a chat: answered from what is kept, or asked of the bot."""
    if not server.bot.inline:
        raise NotPossibleError("the bot has no inline mode", "inline")
    if len(text) > QUERY_CHARACTERS:
        raise NotPossibleError("a query takes up to 256 characters", "length")
    kind = chat_type(spot)
    query = server.inline.open(spot.person.id, spot.chat_id, text, offset, kind, server.clock())
    if query.answer is None:
        body: dict[str, Json] = {
            "id": query.id,
            "from": spot.person.as_user(),
            "chat_type": kind,
            "query": text,
            "offset": offset,
        }
        server.updates.push("inline_query", body)
    return query


def chooses(server: ChatServer, spot: Spot, result: InlineResult) -> Message:
    """Send a result; the bot hears of it when BotFather's feedback is on."""
    sent = send_result(server, spot, result)
    if server.bot.inline_feedback:
        body: dict[str, Json] = {
            "result_id": result.id,
            "from": spot.person.as_user(),
            "query": result.query,
        }
        if sent.inline_message_id is not None:
            body["inline_message_id"] = sent.inline_message_id
        server.updates.push("chosen_inline_result", body)
    return sent


def send_result(server: ChatServer, spot: Spot, result: InlineResult) -> Message:
    """A result as a person's message, sent through the bot."""
    message = Message(
        id=server.world.next_message(spot.chat_id),
        chat_id=spot.chat_id,
        from_bot=False,
        sent_at=server.date,
        body=result.body,
        media=result.media,
        keyboard=result.keyboard,
        sender_id=spot.chat_id if _is_channel(spot) else spot.person.id,
        via_bot=True,
    )
    return send_through_bot(server, spot, message)


def typed_by(button: Button, here: Spot, there: Spot) -> str:
    """What a button types into the chat that a person picks; raises NotPossibleError where it can't."""
    if button.action == "switch_inline_query_current_chat" and here == there:
        return str(button.value)
    if button.action == "switch_inline_query":
        return str(button.value)
    if button.action == "switch_inline_query_chosen_chat":
        wanted = as_object(button.value)
        if wanted.get(f"allow_{CHAT_KINDS[chat_type(there)]}_chats"):
            return str(wanted.get("query", ""))
    raise NotPossibleError(f"the button {button.label!r} types nothing there", "button")


def chat_type(spot: Spot) -> str:
    """Where somebody types, as the bot is told: `sender` is their chat with the bot."""
    if spot.is_with_bot:
        return "sender"
    return spot.group.kind.value if spot.group is not None else "private"


def _is_channel(spot: Spot) -> bool:
    return spot.group is not None and spot.group.kind == "channel"
