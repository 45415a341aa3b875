"""All people, all chats and their messages, and how a request names a chat."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TypeAlias

from bot.sandbox.chat.groups import Group, Talk
from bot.sandbox.chat.members import GroupKind
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import BLOCKED, DEACTIVATED, NEVER_STARTED, bad_request, forbidden, migrated
from bot.sandbox.chat.state import Bot, Message, Person, since_2020

FIRST_PERSON = 1_000_000_000
FIRST_GROUP = 4_000_000_000
FIRST_SUPERGROUP = 1_002_000_000_000
FIRST_TALK = 1 << 52
"""Above every number that the Bot API gives out."""
WITH_BOT = "bot"
"""How a person names the chat with the bot."""
Place: TypeAlias = Person | Group
"""A chat that the bot can name."""


class Access(IntEnum):
    """What a method wants in a chat; each needs what stands before it."""

    READ = 0
    EDIT = 1
    WRITE = 2


@dataclass(slots=True)
class World:
    """All people, all chats and all messages."""

    bot: Bot
    people: dict[int, Person] = field(default_factory=dict)
    groups: dict[int, Group] = field(default_factory=dict)
    talks: dict[tuple[int, int], Talk] = field(default_factory=dict)
    chats: dict[int, dict[int, Message]] = field(default_factory=dict)
    reactions: dict[tuple[int, int], dict[int, tuple[str, ...]]] = field(default_factory=dict)
    """Who reacted with what, by chat and message."""
    read: dict[tuple[int, int], int] = field(default_factory=dict)
    """The last message that a person has seen, by person and chat."""
    activity: dict[int, int] = field(default_factory=dict)
    """The order in which chats last got a message."""
    private_pins: dict[int, list[int]] = field(default_factory=dict)
    person_ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_PERSON + since_2020()))
    group_ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_GROUP + since_2020()))
    supergroup_ids: Iterator[int] = field(
        default_factory=lambda: itertools.count(FIRST_SUPERGROUP + since_2020())
    )
    talk_ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_TALK))
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(since_2020()))
    _turns: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next_message(self, chat_id: int) -> int:
        """The number of a chat's next message: supergroups and channels count by themselves."""
        group = self.groups.get(chat_id)
        return group.next_message() if group and group.counts_itself else next(self.message_ids)

    def next_group(self, kind: GroupKind) -> int:
        """The id of a new chat of several people."""
        return -next(self.group_ids) if kind is GroupKind.GROUP else -next(self.supergroup_ids)

    def keep(self, message: Message) -> Message:
        """Store a message, new or changed."""
        if message.id not in self.chats[message.chat_id]:
            self.activity[message.chat_id] = next(self._turns)
        self.chats[message.chat_id][message.id] = message
        return message

    def talk(self, one: int, other: int) -> Talk:
        """Two people's chat with each other, opened when it is first named."""
        pair = (min(one, other), max(one, other))
        if pair not in self.talks:
            talk = Talk(next(self.talk_ids), pair)
            self.talks[pair] = talk
            self.chats[talk.id] = {}
        return self.talks[pair]

    def talk_by_id(self, chat_id: int) -> Talk | None:
        """The talk under a chat id."""
        return next((talk for talk in self.talks.values() if talk.id == chat_id), None)

    def pins(self, chat_id: int) -> list[int]:
        """The pinned messages of a chat, the latest last."""
        group = self.groups.get(chat_id)
        return group.pinned if group else self.private_pins.setdefault(chat_id, [])

    def audience(self, chat_id: int) -> list[tuple[int, str]]:
        """Everybody who sees a chat, with the key by which they name it."""
        group = self.groups.get(chat_id)
        if group is not None:
            return [(number, str(chat_id)) for number in group.people(self.bot.id)]
        if chat_id in self.people:
            return [(chat_id, WITH_BOT)]
        talk = self.talk_by_id(chat_id)
        return [(number, str(talk.other(number))) for number in talk.people] if talk else []

    def key(self, person_id: int, chat_id: int) -> str:
        """The key by which a person names a chat; empty when they are not in it any more."""
        return next((key for number, key in self.audience(chat_id) if number == person_id), "")

    def find(self, params: Params, name: str = "chat_id") -> Place | None:
        """The chat that the request names by number or @username, if there is one."""
        asked = params.text(name)
        if asked.startswith("@"):
            wanted = asked[1:].lower()
            return next((g for g in self.groups.values() if (g.username or "").lower() == wanted), None)
        number = params.number(name) or 0
        return self.people.get(number) or self.groups.get(number)

    def place(self, params: Params, name: str = "chat_id", access: Access = Access.READ) -> Place:
        """The chat that the request names; raises 400 when there is none, 403 when the bot is not let in."""
        if not params.text(name):
            raise bad_request("chat_id is empty")
        found = self.find(params, name)
        if found is None:
            raise bad_request("chat not found")
        if isinstance(found, Person):
            if access >= Access.EDIT:
                _check_person(found)
        else:
            self._check_group(found, access)
        return found

    def group(self, params: Params, access: Access = Access.WRITE) -> Group:
        """The chat of several people that the request names."""
        place = self.place(params, access=access)
        if isinstance(place, Person):
            raise bad_request("method is available only for supergroups")
        return place

    def _check_group(self, group: Group, access: Access) -> None:
        if group.migrated_to is not None:
            if access >= Access.WRITE:
                raise migrated(group.migrated_to)
            return
        member = group.member(self.bot.id)
        needs_membership = access >= Access.EDIT or (group.counts_itself and group.username is None)
        if member.status == "kicked" and (group.counts_itself or needs_membership):
            raise forbidden(f"bot was kicked from the {group.kind_words}")
        if not member.is_in and needs_membership:
            raise forbidden(f"bot is not a member of the {group.kind_words}")


def _check_person(person: Person) -> None:
    if person.deactivated:
        raise forbidden(DEACTIVATED)
    if not person.started:
        raise forbidden(NEVER_STARTED)
    if person.blocked:
        raise forbidden(BLOCKED)
