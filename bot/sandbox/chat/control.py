"""The control API: what people do, what goes wrong and what was said, as JSON under /control/."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, fields
from typing import TypeAlias

from aiohttp import web

from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.faults import Fault, FaultKind, Scope
from bot.sandbox.chat.feed import News
from bot.sandbox.chat.params import Params, read_params
from bot.sandbox.chat.people import NotPossibleError, People
from bot.sandbox.chat.refusals import RefusedError
from bot.sandbox.chat.state import Person
from bot.sandbox.chat.views import message_view, person_view
from bot.sandbox.wire import Json

HEARTBEAT = 15.0
"""Seconds of silence after which the event stream says that it is alive."""
Verb: TypeAlias = Callable[[web.Request, Params], Awaitable[Json]]


class Control:
    """The verbs of `People`, the faults and the journal, over HTTP."""

    def __init__(self, server: ChatServer, people: People) -> None:
        self._server = server
        self._people = people

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        verbs: tuple[tuple[str, str, Verb], ...] = (
            ("GET", "/control/people", self.list_people),
            ("POST", "/control/people", self.add_person),
            ("GET", "/control/people/{person}/chat", self.read_chat),
            ("POST", "/control/people/{person}/messages", self.write),
            ("POST", "/control/people/{person}/open", self.open_link),
            ("POST", "/control/people/{person}/taps", self.tap),
            ("POST", "/control/people/{person}/block", self.block),
            ("POST", "/control/people/{person}/unblock", self.unblock),
            ("GET", "/control/faults", self.list_faults),
            ("POST", "/control/faults", self.plan_fault),
            ("DELETE", "/control/faults", self.clear_faults),
            ("DELETE", "/control/faults/{number}", self.cancel_fault),
            ("GET", "/control/journal", self.read_journal),
        )
        for method, path, verb in verbs:
            app.router.add_route(method, path, _as_handler(verb))
        app.router.add_get("/control/events", self.events)
        app.router.add_get("/control/files/{file_id}", self.file)

    def _person(self, request: web.Request) -> Person:
        number = request.match_info["person"]
        return self._people.get(int(number) if number.isdecimal() else 0)

    async def list_people(self, request: web.Request, params: Params) -> Json:
        """Everybody."""
        del request, params
        return [person_view(person) for person in self._people.all()]

    async def add_person(self, request: web.Request, params: Params) -> Json:
        """A new person: `name`, and `username`, `language_code`."""
        del request
        added = self._people.add(
            params.text("name"),
            username=params.text("username") or None,
            language_code=params.text("language_code") or "en",
        )
        return person_view(added)

    async def read_chat(self, request: web.Request, params: Params) -> Json:
        """A person's chat with the bot, and how the bot presents itself to them."""
        del params
        person = self._person(request)
        return {
            "person": person_view(person),
            "bot": self._server.profile_view(person),
            "messages": [message_view(message) for message in self._people.messages(person.id)],
            "keyboard": [list(row) for row in person.reply_rows],
        }

    async def write(self, request: web.Request, params: Params) -> Json:
        """Send a text: `text`."""
        return message_view(self._people.write(self._person(request).id, params.text("text")))

    async def open_link(self, request: web.Request, params: Params) -> Json:
        """Follow a deep link or take a bare payload: `link`."""
        return message_view(self._people.open_link(self._person(request).id, params.text("link")))

    async def tap(self, request: web.Request, params: Params) -> Json:
        """Tap: `message_id` with `row` and `column`, or with `data`; `wait` seconds for the answer."""
        person, message_id = self._person(request), params.number("message_id") or 0
        if "data" in params.values:
            tap = self._people.tap_data(person.id, message_id, params.text("data"))
        else:
            row, column = params.number("row") or 0, params.number("column") or 0
            button = self._people.button(person.id, message_id, row, column)
            tap = self._people.tap(person.id, message_id, button)
        answer = None
        wait = params.number("wait")
        if wait:
            with suppress(TimeoutError):
                answer = asdict(await asyncio.wait_for(tap.answered, wait))
        return {"query_id": tap.id, "answer": answer}

    async def block(self, request: web.Request, params: Params) -> Json:
        """Block the bot."""
        del params
        self._people.block(self._person(request).id)
        return person_view(self._person(request))

    async def unblock(self, request: web.Request, params: Params) -> Json:
        """Unblock the bot."""
        del params
        self._people.unblock(self._person(request).id)
        return person_view(self._person(request))

    async def list_faults(self, request: web.Request, params: Params) -> Json:
        """The faults in force."""
        del request, params
        return [{"number": number, **asdict(fault)} for number, fault in self._server.faults.listed().items()]

    async def plan_fault(self, request: web.Request, params: Params) -> Json:
        """Make calls fail: the fields of `Fault`."""
        del request
        return {"number": self._server.faults.plan(_fault(params))}

    async def cancel_fault(self, request: web.Request, params: Params) -> Json:
        """Take one fault back."""
        del params
        number = request.match_info["number"]
        self._server.faults.cancel(int(number) if number.isdecimal() else 0)
        return True

    async def clear_faults(self, request: web.Request, params: Params) -> Json:
        """Take all faults back."""
        del request, params
        self._server.faults.clear()
        return True

    async def read_journal(self, request: web.Request, params: Params) -> Json:
        """Requests of the bot: of one `method`, `after` a number."""
        del request
        entries = self._server.journal.entries(
            params.text("method") or None, after=params.number("after") or 0
        )
        return [entry.as_json() for entry in entries]

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
    body = {"kind": news.kind, "person_id": news.person_id, "body": news.body}
    return f"data: {json.dumps(body, ensure_ascii=False)}\n\n".encode()


def _fault(params: Params) -> Fault:
    unknown = set(params.values) - {field.name for field in fields(Fault)}
    if unknown:
        raise NotPossibleError(f"a fault has no {', '.join(sorted(unknown))}")
    plain = Fault(FaultKind.FORBIDDEN)
    try:
        kind = FaultKind(params.text("kind"))
        scope = Scope(params.text("scope") or plain.scope)
        share = float(params.text("share") or plain.share)
    except ValueError as error:
        raise NotPossibleError(str(error)) from error
    return Fault(
        kind=kind,
        method=params.text("method") or plain.method,
        times=params.number("times"),
        share=share,
        seed=params.number("seed") or plain.seed,
        retry_after=params.number("retry_after") or plain.retry_after,
        scope=scope,
        code=params.number("code") or plain.code,
        description=params.text("description") or plain.description,
        chat_id=params.number("chat_id"),
    )


def _as_handler(verb: Verb) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
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
