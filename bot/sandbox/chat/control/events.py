"""Everything that happens, as server-sent events; and files as the chat page shows them."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from aiohttp import web

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import News
from bot.sandbox.chat.refusals import RefusedError

HEARTBEAT = 15.0
"""Seconds of silence after which the event stream says that it is alive."""


class EventStream:
    """What a chat page follows and shows."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_get("/control/events", self.events)
        app.router.add_get("/control/files/{file_id}", self.file)

    async def file(self, request: web.Request) -> web.StreamResponse:
        """A picture or document as the chat page shows it."""
        try:
            found = self._server.files.by_id(request.match_info["file_id"])
        except RefusedError:
            return web.json_response({"error": "no such file"}, status=404)
        # What a bot sent is shown, never run: a document with markup can't act on this address.
        safe = found.content_type if found.content_type.startswith("image/") else "application/octet-stream"
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        return web.Response(body=found.content, content_type=safe, headers=headers)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Everything that happens, as server-sent events."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        # A page that was closed is no error.
        with self._server.feed.follow() as news, suppress(ConnectionResetError):
            await response.prepare(request)
            await response.write(b": hello\n\n")
            while True:
                try:
                    told = await asyncio.wait_for(news.get(), HEARTBEAT)
                except TimeoutError:
                    await response.write(b": alive\n\n")
                    continue
                if told is None:
                    break
                await response.write(_event(told))
        return response


def _event(news: News) -> bytes:
    body = {"kind": news.kind, "person_id": news.person_id, "chat": news.chat, "body": news.body}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()
