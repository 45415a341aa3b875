"""`GET /start/{payload}`: from a web page, a print or an e-mail into the chat."""

from __future__ import annotations

import re

from aiohttp import web

from handlers.web.keys import CONTEXT
from models.errors import NotFound
from models.store.deployment import kept

BOT_USERNAME = "bot_username"
"""Under this word the bot keeps its own name once the chat server told it."""
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")


async def start_chat(request: web.Request) -> web.StreamResponse:
    """302 to the bot with this start payload; 404 while no bot was ever connected."""
    payload = request.match_info["payload"]
    async with request.app[CONTEXT].store.read() as session:
        username = await kept(session, BOT_USERNAME)
    if username is None or not _PAYLOAD.fullmatch(payload):
        raise NotFound("start link", payload[:64])
    return web.Response(
        status=302,
        headers={"Location": f"https://t.me/{username}?start={payload}", "Cache-Control": "no-store"},
    )
