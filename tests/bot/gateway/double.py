"""A small chat server on a real socket: notes each request with its time and answers as it is told."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from telegram.request import RequestData

from bot.gateway.clock import Clock
from bot.gateway.transport import AiohttpRequest
from tests.bot.gateway.clock import JumpingClock

TOKEN = "4242:seeeecret"


@dataclass(frozen=True, slots=True)
class Upload:
    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    fields: dict[str, str]
    uploads: dict[str, Upload]
    at: float

    @property
    def chat_id(self) -> int:
        return int(self.fields["chat_id"])


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error in the words of the Bot API."""

    status: int
    description: str
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None

    def response(self) -> web.Response:
        named = {"retry_after": self.retry_after, "migrate_to_chat_id": self.migrate_to_chat_id}
        parameters = {name: value for name, value in named.items() if value is not None}
        body: dict[str, object] = {"ok": False, "error_code": self.status, "description": self.description}
        if parameters:
            body["parameters"] = parameters
        return web.json_response(body, status=self.status)


@dataclass(frozen=True, slots=True)
class Dropped:
    """The request is taken, and the connection breaks before the answer."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The server points to another address."""

    url: str


@dataclass(frozen=True, slots=True)
class Silence:
    """The request is taken, and no answer comes while the client waits."""


Verdict = Refusal | Elsewhere | Dropped | Silence | None


@dataclass(slots=True)
class ChatServer:
    """Takes everything unless `verdict` says otherwise."""

    clock: Clock
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    taken: list[Request] = field(default_factory=list)
    verdict: Callable[[Request], Verdict] = lambda _: None
    closing: asyncio.Event = field(default_factory=asyncio.Event)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def of(self, *methods: str) -> list[Request]:
        return [request for request in self.requests if request.method in methods]

    async def handle(self, wire: web.Request) -> web.StreamResponse:
        request = await self._read(wire)
        self.requests.append(request)
        match self.verdict(request):
            case Refusal() as refusal:
                return refusal.response()
            case Elsewhere(url):
                return web.Response(status=307, headers={"Location": url})
            case Dropped():
                assert wire.transport is not None
                wire.transport.abort()
                return web.Response()
            case Silence():
                await self.closing.wait()
                return web.Response()
            case None:
                self.taken.append(request)
                return web.json_response({"ok": True, "result": self._result(request)})

    async def _read(self, wire: web.Request) -> Request:
        fields: dict[str, str] = {}
        uploads: dict[str, Upload] = {}
        for name, value in (await wire.post()).items():
            if isinstance(value, web.FileField):
                uploads[name] = Upload(value.filename, value.file.read())
                value.file.close()
            else:
                assert isinstance(value, str)
                fields[name] = value
        token, method = wire.match_info["token"], wire.match_info["method"]
        assert token == TOKEN
        return Request(method, fields, uploads, self.clock.monotonic())

    def _result(self, request: Request) -> object:
        if "chat_id" not in request.fields or request.method in {"deleteMessage", "sendChatAction"}:
            return True
        message: dict[str, object] = {
            "message_id": int(request.fields.get("message_id") or next(self._numbers)),
            "date": 1700000000,
            "chat": {"id": request.chat_id, "type": "private", "first_name": "Ann"},
        }
        media = json.loads(request.fields.get("media", "{}"))
        kind = media.get("type") or request.method.removeprefix("send").lower()
        if kind == "photo":
            return message | {"photo": [_file("small"), _file("large")]}
        if kind == "document":
            return message | {"document": {"file_id": "doc", "file_unique_id": "u"}}
        return message | {"text": request.fields.get("text", "")}


def _file(name: str) -> dict[str, object]:
    return {"file_id": name, "file_unique_id": f"u{name}", "width": 3, "height": 4}


@asynccontextmanager
async def running(server: ChatServer) -> AsyncIterator[ChatServer]:
    """The server on a free port of the loopback."""
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", server.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        server.closing.set()
        await runner.cleanup()


class HeldRequest(AiohttpRequest):
    """The product's transport, during whose calls the jumping clock stands still."""

    def __init__(self, clock: JumpingClock) -> None:
        super().__init__(read_timeout=5)
        self._clock = clock

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: object, **kwargs: object
    ) -> tuple[int, bytes]:
        with self._clock.held():
            return await super().do_request(url, method, request_data, *args, **kwargs)
