"""One verb of the control API: JSON in, JSON out, and refusals as sentences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.chat.acts.spot import NotPossibleError
from bot.sandbox.chat.params import Params, read_params
from bot.sandbox.chat.refusals import RefusedError
from bot.sandbox.wire import Json

Verb: TypeAlias = Callable[[web.Request, Params], Awaitable[Json]]
Route: TypeAlias = tuple[str, str, Verb]
"""Method, path and what it does."""


def number_in(request: web.Request, name: str) -> int:
    """A number of the path; 0 for what is none."""
    text = request.match_info[name]
    return int(text) if text.removeprefix("-").isdecimal() else 0


def as_handler(verb: Verb) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler of the web server for a verb."""

    async def answer(request: web.Request) -> web.StreamResponse:
        # A page elsewhere can't send JSON here without asking first, and it is never allowed to.
        if request.can_read_body and request.content_type != "application/json":
            return web.json_response({"error": "send JSON"}, status=415)
        if request.method == "POST" and not request.can_read_body:
            return web.json_response({"error": "send JSON"}, status=415)
        try:
            params = await read_params(request)
            return web.json_response(await verb(request, params))
        except NotPossibleError as refusal:
            return web.json_response({"error": str(refusal), "code": refusal.code}, status=400)
        except RefusedError as refusal:
            return web.json_response({"error": refusal.description}, status=refusal.code)

    return answer
