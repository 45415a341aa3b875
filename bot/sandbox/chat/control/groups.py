"""Groups, supergroups and channels: founded, filled, led and grown."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from aiohttp import web

from bot.sandbox.chat.acts import gathering
from bot.sandbox.chat.acts.spot import NotPossibleError, find_spot
from bot.sandbox.chat.control.verb import Route, number_in
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.listing import chat_entry
from bot.sandbox.chat.members import GroupKind, Status
from bot.sandbox.chat.params import Params, as_list, as_object
from bot.sandbox.chat.people import People
from bot.sandbox.chat.views import members_view
from bot.sandbox.chat.world import WITH_BOT
from bot.sandbox.wire import Json


class GroupVerbs:
    """What those who lead a chat of several people do."""

    def __init__(self, server: ChatServer, people: People) -> None:
        self._server = server
        self._people = people

    def routes(self) -> tuple[Route, ...]:
        """Method, path and verb of each."""
        return (
            ("POST", "/control/chats", self.found),
            ("POST", "/control/chats/{chat}/members", self.set_member),
            ("POST", "/control/chats/{chat}/topics", self.open_topic),
            ("POST", "/control/chats/{chat}/migrate", self.migrate),
            ("POST", "/control/chats/{chat}/discussion", self.discuss),
        )

    def _group(self, request: web.Request) -> Group:
        return gathering.group_of(self._server, number_in(request, "chat"))

    def _view(self, group: Group) -> Json:
        world, owner = self._server.world, gathering.owner_of(group)
        spot = find_spot(world, world.people[owner], str(group.id))
        return {
            **chat_entry(world, spot),
            "id": group.id,
            "username": group.username,
            "members": members_view(world, group),
            "topics": [{"id": topic.id, "name": topic.name} for topic in group.topics.values()],
            "invite_link": next((i.link for i in group.invites if i.primary and not i.revoked), None),
        }

    async def found(self, request: web.Request, params: Params) -> Json:
        """A new chat: `type`, `title`, `owner`, `members`, and `is_forum`, `username`."""
        del request
        kind = _word(GroupKind, params.text("type"))
        owner = self._people.get(params.number("owner") or 0)
        members = [self._people.get(int(str(n))).id for n in as_list(params.structure("members"))]
        group = gathering.found(
            self._server,
            kind,
            params.text("title"),
            owner.id,
            members,
            is_forum=params.flag("is_forum"),
            username=params.text("username") or None,
        )
        return self._view(group)

    async def set_member(self, request: web.Request, params: Params) -> Json:
        """A standing: `member` (a person or "bot"), `status`, and `rights`, `by`."""
        group = self._group(request)
        who = params.text("member")
        user_id = (
            self._server.bot.id if who == WITH_BOT else self._people.get(params.number("member") or 0).id
        )
        raw = params.structure("rights")
        rights = None if raw is None else [name for name, given in as_object(raw).items() if given]
        status, by = _word(Status, params.text("status")), params.number("by")
        gathering.set_member(self._server, group, user_id, status, rights=rights, by=by)
        return self._view(group)

    async def open_topic(self, request: web.Request, params: Params) -> Json:
        """A new topic: `name`, `by`."""
        group = self._group(request)
        by = params.number("by") or gathering.owner_of(group)
        return {"id": gathering.name_topic(self._server, group, params.text("name"), by)}

    async def migrate(self, request: web.Request, params: Params) -> Json:
        """A group becomes a supergroup."""
        del params
        return self._view(gathering.migrate(self._server, self._group(request)))

    async def discuss(self, request: web.Request, params: Params) -> Json:
        """A channel's posts are passed on into a supergroup: `group`."""
        channel = self._group(request)
        group = gathering.group_of(self._server, params.number("group") or 0)
        gathering.discuss_in(channel, group)
        return self._view(channel)


Word = TypeVar("Word", bound=StrEnum)


def _word(kind: type[Word], text: str) -> Word:
    try:
        return kind(text)
    except ValueError as error:
        raise NotPossibleError(str(error)) from error
