"""The control API: what people do, what goes wrong and what was said, as JSON under /control/."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.chat.control.chats import ChatVerbs
from bot.sandbox.chat.control.events import EventStream
from bot.sandbox.chat.control.groups import GroupVerbs
from bot.sandbox.chat.control.people import PeopleVerbs
from bot.sandbox.chat.control.switches import SwitchVerbs
from bot.sandbox.chat.control.verb import as_handler
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.people import People


class Control:
    """The verbs of `People`, the groups, the faults, the journal and the switches, over HTTP."""

    def __init__(self, server: ChatServer, people: People) -> None:
        self._events = EventStream(server)
        self._rooms = (
            PeopleVerbs(server, people),
            ChatVerbs(server, people),
            GroupVerbs(server, people),
            SwitchVerbs(server),
        )

    def add_to(self, app: web.Application) -> None:
        """Add the routes."""
        for room in self._rooms:
            for method, path, verb in room.routes():
                app.router.add_route(method, path, as_handler(verb))
        self._events.add_to(app)
