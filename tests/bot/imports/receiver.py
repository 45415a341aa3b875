"""A tiny event receiver on a free loopback port; the scheme's own library checks its signatures.

It keeps what it got like the real one (committed before the answer) and fails on demand.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import BaseModel
from standardwebhooks import Webhook, WebhookVerificationError

from bot.imports.replay import ReplayTarget

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PATH = "/v1/events/m1"

Fault = Callable[[web.Request], web.Response]


class Posted(BaseModel):
    id: str
    occurred_at: str


class Batch(BaseModel):
    events: list[Posted]


@dataclass
class Receiver:
    """`faults` answer in turn, one per request, instead of the receiver; `drop_after` loses answers."""

    faults: list[Fault] = field(default_factory=list)
    drop_after: set[int] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    requests: int = 0
    open_now: int = 0
    open_at_most: int = 0
    sizes: list[int] = field(default_factory=list)
    kept: list[Posted] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests += 1
        self.open_now += 1
        self.open_at_most = max(self.open_at_most, self.open_now)
        try:
            return await self._answer(request, self.requests)
        finally:
            self.open_now -= 1

    async def _answer(self, request: web.Request, number: int) -> web.Response:
        body = await request.read()
        try:
            Webhook(SECRET).verify(body, dict(request.headers))
        except WebhookVerificationError as error:
            return web.Response(status=HTTPStatus.UNAUTHORIZED, text=str(error))
        if self.faults:
            return self.faults.pop(0)(request)
        results = [self._take(event) for event in Batch.model_validate_json(body).events]
        self.sizes.append(len(results))
        if number in self.drop_after:
            drop(request)
        return web.json_response({"results": results}, status=HTTPStatus.ACCEPTED)

    def _take(self, event: Posted) -> dict[str, str | None]:
        if event.id in self.refused:
            return {"id": event.id, "status": "rejected", "detail": "currency: unknown"}
        if event.id in {known.id for known in self.kept}:
            return {"id": event.id, "status": "duplicate", "detail": None}
        self.kept.append(event)
        return {"id": event.id, "status": "accepted", "detail": None}


def drop(request: web.Request) -> web.Response:
    """Cut the connection without a word, as a killed process does."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def answering(status: int, retry_after: str | None = None) -> Fault:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return lambda _: web.Response(status=status, headers=headers, text=json.dumps({"title": "not now"}))


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[ReplayTarget]:
    app = web.Application(client_max_size=4 * 1024 * 1024)
    app.router.add_post(PATH, receiver.handle)
    server = TestServer(app)
    await server.start_server()
    try:
        yield ReplayTarget(str(server.make_url("/")), PATH, SECRET)
    finally:
        await server.close()
