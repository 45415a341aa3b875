"""A group, supergroup or channel in hand, for tests and scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.sandbox.chat.acts import gathering
from bot.sandbox.chat.core import ChatServer
from bot.sandbox.chat.groups import Group
from bot.sandbox.chat.members import Status
from bot.sandbox.chat.state import Message


class Somebody(Protocol):
    """Whoever has an id: a phone, a person."""

    @property
    def id(self) -> int:
        """The person's number."""
        ...


@dataclass(slots=True)
class Gathering:
    """What those who lead a chat of several people do with it."""

    server: ChatServer
    group: Group

    @property
    def id(self) -> int:
        """The chat's number; another after `migrate`."""
        return self.group.id

    @property
    def title(self) -> str:
        """The name over the chat."""
        return self.group.title

    @property
    def messages(self) -> tuple[Message, ...]:
        """The chat, oldest first."""
        return tuple(self.server.world.chats[self.id].values())

    def add(self, *people: Somebody, by: Somebody | None = None) -> None:
        """Bring people in."""
        for person in people:
            self.set(person.id, Status.MEMBER, by=by)

    def join(self, person: Somebody) -> None:
        """Somebody comes in by themselves."""
        gathering.join(self.server, self.group, person.id)

    def leave(self, person: Somebody) -> None:
        """Somebody goes by themselves."""
        self.set(person.id, Status.LEFT, by=person)

    def remove(self, person: Somebody, by: Somebody | None = None) -> None:
        """Ban somebody."""
        self.set(person.id, Status.KICKED, by=by)

    def promote(self, person: Somebody, *rights: str) -> None:
        """Make somebody an administrator, with all rights unless some are named."""
        self.set(person.id, Status.ADMINISTRATOR, *rights)

    def add_bot(self, by: Somebody | None = None) -> None:
        """Bring the bot in as a plain member."""
        self.set(self.server.bot.id, Status.MEMBER, by=by)

    def promote_bot(self, *rights: str) -> None:
        """Make the bot an administrator, with all rights unless some are named."""
        self.set(self.server.bot.id, Status.ADMINISTRATOR, *rights)

    def demote_bot(self) -> None:
        """Take the bot's rights."""
        self.set(self.server.bot.id, Status.MEMBER)

    def restrict_bot(self, *permissions: str) -> None:
        """Leave the bot only what is named."""
        self.set(self.server.bot.id, Status.RESTRICTED, *permissions)

    def remove_bot(self) -> None:
        """Take the bot out."""
        self.set(self.server.bot.id, Status.KICKED)

    def set(self, user_id: int, status: Status, *rights: str, by: Somebody | None = None) -> None:
        """Give somebody a standing; the owner does it unless somebody else is named."""
        actor = by.id if by else None
        gathering.set_member(self.server, self.group, user_id, status, rights=rights or None, by=actor)

    def topic(self, name: str, by: Somebody | None = None) -> int:
        """A new topic; the number of its thread."""
        actor = by.id if by else gathering.owner_of(self.group)
        return gathering.name_topic(self.server, self.group, name, actor)

    def discuss_in(self, group: Gathering) -> None:
        """Pass this channel's posts on into a supergroup."""
        gathering.discuss_in(self.group, group.group)

    @property
    def invite_link(self) -> str:
        """The main link into the chat."""
        return next(i.link for i in self.group.invites if i.primary and not i.revoked)

    def migrate(self) -> None:
        """Become a supergroup, with another id."""
        self.group = gathering.migrate(self.server, self.group)
