"""The Bot API's HTTP side: token, faults, speed limits, the method, the journal, the envelope."""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass

from aiohttp import web

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.faults import Fault, FaultKind, Scope
from bot.sandbox.chat.journal import Entry
from bot.sandbox.chat.methods import METHODS, PACED, messages_in
from bot.sandbox.chat.methods.method import Outcome
from bot.sandbox.chat.pacing import ANY_CHAT, Violation
from bot.sandbox.chat.params import Params, read_params
from bot.sandbox.chat.refusals import UNAUTHORIZED, UNKNOWN_METHOD, RefusedError, forbidden, too_many
from bot.sandbox.wire import Json


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: int
    body: dict[str, Json]
    violation: Violation | None = None
    fault: FaultKind | None = None


class _ViolatingError(RefusedError):
    """A refusal because the bot is too fast."""

    def __init__(self, retry_after: int, violation: Violation) -> None:
        plain = too_many(retry_after)
        super().__init__(plain.code, plain.description, retry_after=retry_after)
        self.violation = violation


class Endpoint:
    """Answers `/bot{token}/{method}` and `/file/bot{token}/{path}`."""

    def __init__(self, server: ChatServer) -> None:
        self._server = server

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        app.router.add_route("*", "/bot{token:[^/]+}/{method}", self.call)
        app.router.add_get("/file/bot{token:[^/]+}/{path:.+}", self.download)

    async def call(self, request: web.Request) -> web.StreamResponse:
        """One request of the bot."""
        server, method = self._server, request.match_info["method"]
        started = server.clock()
        params = Params()
        try:
            self._check_token(request)
            params = await read_params(request)
            verdict = await self._judged(method, params)
        except RefusedError as refusal:
            verdict = _Verdict(refusal.code, refusal.as_json())
        dropped = verdict.fault is FaultKind.DROPPED
        server.journal.write(
            Entry(
                number=server.journal.next_number,
                at=started,
                method=method,
                params=params.values,
                files={name: len(upload.content) for name, upload in params.uploads.items()},
                status=verdict.status,
                answer=verdict.body,
                answered=not dropped,
                violation=verdict.violation,
                fault=verdict.fault,
            )
        )
        if dropped and request.transport is not None:
            request.transport.abort()
        text = json.dumps(verdict.body, ensure_ascii=False)
        return web.Response(status=verdict.status, text=text, content_type="application/json")

    async def download(self, request: web.Request) -> web.StreamResponse:
        """The bytes of a file."""
        try:
            self._check_token(request)
        except RefusedError as refusal:
            return web.json_response(refusal.as_json(), status=refusal.code)
        found = self._server.files.by_path(request.match_info["path"])
        if found is None:
            return web.json_response(RefusedError(404, "Not Found").as_json(), status=404)
        return web.Response(body=found.content, content_type="application/octet-stream")

    def _check_token(self, request: web.Request) -> None:
        if not hmac.compare_digest(request.match_info["token"], self._server.bot.token):
            raise UNAUTHORIZED

    async def _judged(self, method: str, params: Params) -> _Verdict:
        named = self._server.world.find(params)
        fault = self._server.faults.strike(method, named.id if named else params.number("chat_id"))
        try:
            if fault is not None and fault.kind is not FaultKind.DROPPED:
                await self._fail(fault, params)
            self._admit(method, params)
            result = await self._result(method, params)
        except _ViolatingError as refusal:
            return _Verdict(refusal.code, refusal.as_json(), violation=refusal.violation)
        except RefusedError as refusal:
            return _Verdict(refusal.code, refusal.as_json(), fault=fault.kind if fault else None)
        return _Verdict(200, _envelope(result), fault=fault.kind if fault else None)

    async def _result(self, method: str, params: Params) -> Json | Outcome:
        run = METHODS.get(method.lower())
        if run is None:
            raise UNKNOWN_METHOD
        return await run(self._server, params)

    def _admit(self, method: str, params: Params) -> None:
        if method.lower() not in PACED:
            return
        server = self._server
        count = messages_in(method, params)
        delay = server.pacer.admit(self._scope(params), server.clock(), messages=count)
        if delay is not None:
            raise _ViolatingError(delay.retry_after, delay.violation)

    def _scope(self, params: Params) -> str:
        """What the limits of one chat count: the chat, or the message that was sent through the bot."""
        found = self._server.world.find(params)
        if found is not None:
            return str(found.id)
        return params.text("chat_id") or params.text("inline_message_id")

    async def _fail(self, fault: Fault, params: Params) -> None:
        """Fail as planned; a 429 also closes the chat (or the bot) for the time that it names."""
        match fault.kind:
            case FaultKind.FORBIDDEN:
                raise forbidden(fault.description.removeprefix("Forbidden: "))
            case FaultKind.TOO_MANY:
                server = self._server
                scope = self._scope(params) if fault.scope is Scope.CHAT else ANY_CHAT
                delay = server.pacer.closed(scope, server.clock())
                if delay is not None:
                    raise _ViolatingError(delay.retry_after, delay.violation)
                server.pacer.close(scope, server.clock(), fault.retry_after)
                raise too_many(fault.retry_after)
            case FaultKind.HANG:
                await self._server.faults.released.wait()
                raise RefusedError(fault.code, "Bad Gateway")
            case _:
                await asyncio.sleep(0)
                raise RefusedError(
                    fault.code, "Internal Server Error" if fault.code == 500 else "Bad Gateway"
                )


def _envelope(result: Json | Outcome) -> dict[str, Json]:
    if isinstance(result, Outcome):
        return {"ok": True, "result": result.result, "description": result.description}
    return {"ok": True, "result": result}
