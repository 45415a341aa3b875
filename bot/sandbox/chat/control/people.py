"""The verbs of one person, and the routes of old that mean the chat with the bot."""

from __future__ import annotations

from aiohttp import web

from bot.sandbox.chat.acts.linking import follow
from bot.sandbox.chat.control.verb import Route, number_in
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.listing import chat_list
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.people import People
from bot.sandbox.chat.state import Message, Person
from bot.sandbox.chat.views import message_view, person_view
from bot.sandbox.chat.webapp import webapp_address
from bot.sandbox.wire import Json


class PeopleVerbs:
    """Who is here, and what each does outside any one chat."""

    def __init__(self, server: ChatServer, people: People) -> None:
        self._server = server
        self._people = people

    def routes(self) -> tuple[Route, ...]:
        """Method, path and verb of each."""
        return (
            ("GET", "/control/people", self.list_people),
            ("POST", "/control/people", self.add_person),
            ("GET", "/control/people/{person}/chat", self.read_chat),
            ("GET", "/control/people/{person}/chats", self.list_chats),
            ("POST", "/control/people/{person}/open", self.open_link),
            ("POST", "/control/people/{person}/webapp", self.open_webapp),
            ("POST", "/control/people/{person}/block", self.block),
            ("POST", "/control/people/{person}/unblock", self.unblock),
        )

    def _person(self, request: web.Request) -> Person:
        return self._people.get(number_in(request, "person"))

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
        person, world = self._person(request), self._server.world
        return {
            "person": person_view(person),
            "bot": self._server.profile_view(person),
            "messages": [
                message_view(world, message, person.id) for message in self._people.messages(person.id)
            ],
            "keyboard": [list(row) for row in person.reply_rows],
        }

    async def list_chats(self, request: web.Request, params: Params) -> Json:
        """All chats of a person, the newest first."""
        del params
        return chat_list(self._server.world, self._person(request))

    async def open_link(self, request: web.Request, params: Params) -> Json:
        """Follow a link or take a bare payload: `link`, and `chat` where a group must be chosen."""
        person = self._person(request)
        done = follow(self._people, person.id, params.text("link"), params.text("chat"))
        if isinstance(done, Message):
            return message_view(self._server.world, done, person.id)
        return {"chat": done}

    async def open_webapp(self, request: web.Request, params: Params) -> Json:
        """The signed address of a Mini App: `url`, and the `chat` from which it is opened."""
        spot = self._people.spot(self._person(request).id, params.text("chat") or "bot")
        return {"url": webapp_address(self._server, spot, params.text("url"))}

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
