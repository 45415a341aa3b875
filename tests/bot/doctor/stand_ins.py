"""Small servers that say what a story needs: a chat server, and whoever answers at a public address."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

TOKEN = "4242424242:AAstandinSTANDINstandinSTANDINstandi"

Json = Mapping[str, object] | list[object] | str | bool | int
PERSON: Json = {"id": 4242424242, "is_bot": True, "first_name": "Tuike", "username": "stand_in_bot"}
RIGHTS: Mapping[str, object] = {
    "can_join_groups": True,
    "can_read_all_group_messages": False,
    "supports_inline_queries": True,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in the words of the Bot API."""

    status: int
    description: str


def me(**rights: bool) -> Json:
    """What getMe answers."""
    assert isinstance(PERSON, Mapping)
    return {**PERSON, **RIGHTS, **rights}


@dataclass(slots=True)
class ChatServer:
    """Answers the questions of the doctor; `says` overrules by method."""

    url: str = ""
    says: dict[str, Json | Refusal] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    date: str | None = None

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.asked.append(method)
        said = self.says.get(method, _USUAL.get(method, True))
        if isinstance(said, Refusal):
            body: dict[str, object] = {
                "ok": False,
                "error_code": said.status,
                "description": said.description,
            }
            return web.json_response(body, status=said.status)
        return web.json_response({"ok": True, "result": said})

    async def home(self, _: web.Request) -> web.Response:
        return web.Response(text="hello", headers={} if self.date is None else {"Date": self.date})


_USUAL: dict[str, Json] = {
    "getMe": me(),
    "getWebhookInfo": {"url": "", "has_custom_certificate": False, "pending_update_count": 0},
    "getUpdates": [],
    "getMyCommands": [],
    "getMyDescription": {"description": ""},
    "getMyShortDescription": {"short_description": ""},
    "getChatMenuButton": {"type": "default"},
}


@asynccontextmanager
async def chat_server(**says: Json | Refusal) -> AsyncIterator[ChatServer]:
    """A chat server that says these things."""
    server = ChatServer(says=dict(says))
    app = web.Application()
    app.router.add_get("/", server.home)
    app.router.add_post("/bot{token}/{method}", server.handle)
    async with _listening(app) as url:
        server.url = url
        yield server


@dataclass(frozen=True, slots=True)
class Page:
    """What is answered for a path."""

    status: int = 200
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


NOTHING = Page(404, "no such page")
HEALTHY = Page(200, '{"status": "ok"}')
NO_LINK = Page(404, '{"code": "not_found"}')


@asynccontextmanager
async def website(
    pages: Mapping[str, Page], otherwise: Page = NOTHING, trust: ssl.SSLContext | None = None
) -> AsyncIterator[str]:
    """Whoever answers at a public address: pages by their paths' beginning."""

    async def handle(request: web.Request) -> web.Response:
        page = next((page for path, page in pages.items() if request.path.startswith(path)), otherwise)
        return web.Response(status=page.status, text=page.body, headers=page.headers)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    async with _listening(app, trust) as url:
        yield url


@asynccontextmanager
async def _listening(app: web.Application, trust: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=trust).start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}" if trust is None else f"https://localhost:{port}"
    finally:
        await runner.cleanup()
