"""What Mini Apps send through the bot: prepared messages, and one answer for each opening."""

from __future__ import annotations

from bot.sandbox.chat.acts.spot import NotPossibleError, find_spot
from bot.sandbox.chat.acts.typing import send_result
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.inline.desk import Prepared
from bot.sandbox.chat.inline.reading import read_result
from bot.sandbox.chat.inline.result import InlineResult
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.wire import Json, present

KINDS = ("user", "bot", "group", "channel")
PREPARED_SECONDS = 24 * 3600
"""How long a prepared message can be sent."""


async def save_prepared_inline_message(server: ChatServer, params: Params) -> Json:
    """Prepare a message that one person may send to chats of the named kinds."""
    result = _result(server, params)
    person = server.world.people.get(params.number("user_id") or 0)
    if person is None:
        raise bad_request("user not found")
    kinds = frozenset(kind for kind in KINDS if params.flag(f"allow_{kind}_chats"))
    if not kinds:
        raise bad_request("PEER_TYPES_INVALID")
    until = server.date + PREPARED_SECONDS
    number = server.inline.prepare(Prepared(person.id, result, kinds, until))
    return {"id": number, "expiration_date": until}


async def answer_web_app_query(server: ChatServer, params: Params) -> Json:
    """Send a message for somebody who has a Mini App open, into the chat from which they opened it."""
    result = _result(server, params)
    world = server.world
    person_id, chat_id = server.inline.close_app(params.text("web_app_query_id"))
    try:
        spot = find_spot(world, world.people[person_id], world.key(person_id, chat_id))
        return present(inline_message_id=send_result(server, spot, result).inline_message_id)
    except NotPossibleError as error:
        # The person may not write there any more.
        raise bad_request("CHAT_WRITE_FORBIDDEN") from error


def _result(server: ChatServer, params: Params) -> InlineResult:
    raw = params.structure("result")
    if raw is None:
        raise bad_request("result isn't specified")
    return read_result(raw, server.files)


METHODS: dict[str, Method] = {
    "savePreparedInlineMessage": save_prepared_inline_message,
    "answerWebAppQuery": answer_web_app_query,
}
