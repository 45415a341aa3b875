"""What a person does in one of their chats."""

from __future__ import annotations

import asyncio
import base64
import binascii
from contextlib import suppress
from dataclasses import asdict

from aiohttp import web

from bot.sandbox.chat.acts import reacting, speaking, typing
from bot.sandbox.chat.acts.preparing import send_prepared
from bot.sandbox.chat.acts.spot import NotPossibleError, Spot
from bot.sandbox.chat.control.verb import Route, number_in
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.feed import Happening
from bot.sandbox.chat.inline.views import answer_view
from bot.sandbox.chat.listing import kind_of, title_of
from bot.sandbox.chat.params import Params, Upload
from bot.sandbox.chat.people import People
from bot.sandbox.chat.state import Message
from bot.sandbox.chat.views import can_write, members_view, message_view, person_view
from bot.sandbox.chat.world import WITH_BOT
from bot.sandbox.wire import Json

CHAT = "/control/people/{person}/chats/{key}"


class ChatVerbs:
    """Reading, writing, tapping, typing after the bot's name; routes without a chat mean that with the bot."""

    def __init__(self, server: ChatServer, people: People) -> None:
        self._server = server
        self._people = people

    def routes(self) -> tuple[Route, ...]:
        """Method, path and verb of each."""
        return (
            ("GET", CHAT, self.read_chat),
            ("POST", f"{CHAT}/read", self.mark_read),
            ("POST", f"{CHAT}/messages", self.write),
            ("POST", f"{CHAT}/files", self.send_file),
            ("POST", f"{CHAT}/taps", self.tap),
            ("POST", f"{CHAT}/inline", self.type),
            ("POST", f"{CHAT}/chosen", self.choose),
            ("POST", f"{CHAT}/prepared", self.send_prepared),
            ("POST", f"{CHAT}/reactions", self.react),
            ("POST", f"{CHAT}/edits", self.edit),
            ("POST", f"{CHAT}/deletions", self.delete),
            ("POST", "/control/people/{person}/messages", self.write),
            ("POST", "/control/people/{person}/taps", self.tap),
        )

    def _spot(self, request: web.Request) -> Spot:
        return self._people.spot(number_in(request, "person"), request.match_info.get("key", WITH_BOT))

    def _view(self, spot: Spot, message: Message) -> Json:
        return message_view(self._server.world, message, spot.person.id)

    async def read_chat(self, request: web.Request, params: Params) -> Json:
        """The chat as it stands, who is in it, and how the bot presents itself."""
        del params
        spot, world = self._spot(request), self._server.world
        person, group, messages = spot.person, spot.group, world.chats[spot.chat_id]
        me = group.member(person.id) if group else None
        return {
            "key": spot.key,
            "type": kind_of(spot),
            "title": title_of(world, spot),
            "person": person_view(person),
            "bot": self._server.profile_view(person, group),
            "me": {
                "status": me.status.value if me else "member",
                "rights": sorted(me.rights) if me else [],
            },
            "members": members_view(world, group) if group else [],
            "topics": [
                {"id": topic.id, "name": topic.name, "closed": topic.closed}
                for topic in (group.topics.values() if group else ())
            ],
            "pinned": [
                self._view(spot, messages[number])
                for number in world.pins(spot.chat_id)
                if number in messages
            ],
            "messages": [self._view(spot, message) for message in messages.values()],
            "keyboard": [list(row) for row in person.reply_rows] if spot.is_with_bot else [],
            "can_write": can_write(world, group, person.id) if group else True,
        }

    async def mark_read(self, request: web.Request, params: Params) -> Json:
        """Everything in the chat has been seen."""
        del params
        spot, world = self._spot(request), self._server.world
        last = max(world.chats[spot.chat_id], default=0)
        world.read[(spot.person.id, spot.chat_id)] = last
        self._server.feed.tell(Happening.READ, spot.person.id, {"unread": 0}, spot.key)
        return {"unread": 0}

    async def write(self, request: web.Request, params: Params) -> Json:
        """Send a text: `text`, and `reply_to`, `topic`."""
        spot = self._spot(request)
        message = self._people.write(
            spot.person.id,
            params.text("text"),
            spot.key,
            reply_to=params.number("reply_to"),
            topic=params.number("topic"),
        )
        return self._view(spot, message)

    async def send_file(self, request: web.Request, params: Params) -> Json:
        """Send a file: `name`, `content` as base64, `as` photo or document, and `caption`."""
        spot = self._spot(request)
        try:
            content = base64.b64decode(params.text("content"), validate=True)
        except binascii.Error as error:
            raise NotPossibleError("the content is no base64", "file") from error
        message = self._people.send_file(
            spot.person.id,
            Upload(params.text("name") or "file", "application/octet-stream", content),
            params.text("caption"),
            spot.key,
            as_photo=params.text("as") == "photo",
            reply_to=params.number("reply_to"),
            topic=params.number("topic"),
        )
        return self._view(spot, message)

    async def tap(self, request: web.Request, params: Params) -> Json:
        """Tap: `message_id` with `row` and `column`, or with `data`; `wait` seconds for the answer."""
        spot, message_id = self._spot(request), params.number("message_id") or 0
        person_id = spot.person.id
        if "data" in params.values:
            tap = self._people.tap_data(person_id, message_id, params.text("data"), spot.key)
        else:
            row, column = params.number("row") or 0, params.number("column") or 0
            button = self._people.button(person_id, message_id, row, column, spot.key)
            tap = self._people.tap(person_id, message_id, button, spot.key)
        answer = None
        wait = params.number("wait")
        if wait:
            with suppress(TimeoutError):
                answer = asdict(await asyncio.wait_for(asyncio.shield(tap.answered), wait))
        return {"query_id": tap.id, "answer": answer}

    async def type(self, request: web.Request, params: Params) -> Json:
        """Type after the bot's name: `query`, `offset`, and `wait` seconds for the offers."""
        spot = self._spot(request)
        query = typing.types(self._server, spot, params.text("query"), params.text("offset"))
        wait = params.number("wait")
        if wait:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(query.answered), wait)
        return {"query_id": query.id, **answer_view(query.answer)}

    async def choose(self, request: web.Request, params: Params) -> Json:
        """Send an offer: `query_id`, `result_id`."""
        spot, desk = self._spot(request), self._server.inline
        query = desk.query(params.text("query_id"))
        result = desk.result(query, params.text("result_id")) if query else None
        if result is None:
            raise NotPossibleError("there is no such offer", "result")
        return self._view(spot, typing.chooses(self._server, spot, result))

    async def send_prepared(self, request: web.Request, params: Params) -> Json:
        """Send what a Mini App prepared: `prepared_message_id`."""
        spot = self._spot(request)
        return self._view(spot, send_prepared(self._server, spot, params.text("prepared_message_id")))

    async def react(self, request: web.Request, params: Params) -> Json:
        """React: `message_id`, `emoji`; an empty word takes the reaction back."""
        spot, number = self._spot(request), params.number("message_id") or 0
        reacting.react(self._server, spot, number, params.text("emoji"))
        return self._view(spot, self._server.world.chats[spot.chat_id][number])

    async def edit(self, request: web.Request, params: Params) -> Json:
        """Change one's own words: `message_id`, `text`."""
        spot, number = self._spot(request), params.number("message_id") or 0
        return self._view(spot, speaking.edit(self._server, spot, number, params.text("text")))

    async def delete(self, request: web.Request, params: Params) -> Json:
        """Take one's own message back: `message_id`."""
        speaking.delete(self._server, self._spot(request), params.number("message_id") or 0)
        return True
