"""The bot's answers to those who type after its name."""

from __future__ import annotations

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.inline.reading import read_button, read_results
from bot.sandbox.chat.inline.result import InlineAnswer
from bot.sandbox.chat.inline.views import answer_view
from bot.sandbox.chat.methods.method import Method
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import bad_request
from bot.sandbox.wire import Json

USUAL_CACHE_SECONDS = 300
"""Bot API: how long an answer is kept when the bot doesn't say."""
LONGEST_CACHE_SECONDS = 24 * 3600
"""However long the bot wishes."""
OFFSET_BYTES = 64
"""Bot API limit of next_offset."""


async def answer_inline_query(server: ChatServer, params: Params) -> Json:
    """Offer results for what somebody typed; kept for everybody unless they are personal."""
    button = read_button(params)
    results = read_results(params, server.files)
    next_offset = params.text("next_offset")
    if len(next_offset.encode()) > OFFSET_BYTES:
        raise bad_request("NEXT_OFFSET_INVALID")
    asked = params.number("cache_time")
    answer = InlineAnswer(
        results,
        next_offset,
        USUAL_CACHE_SECONDS if asked is None else min(max(0, asked), LONGEST_CACHE_SECONDS),
        params.flag("is_personal"),
        button,
    )
    query = server.inline.answer(params.text("inline_query_id"), answer, server.clock())
    told = {"query_id": query.id, **answer_view(query.answer)}
    key = server.world.key(query.person_id, query.chat_id)
    server.feed.tell(Happening.INLINE, query.person_id, told, key)
    return True


METHODS: dict[str, Method] = {"answerInlineQuery": answer_inline_query}
