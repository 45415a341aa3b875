"""What stands in a chat: the bot, the people, and one message."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.keyboards import InlineKeyboard
from bot.sandbox.wire import Json, present

EPOCH = 1_577_836_800
"""Numbers start at the seconds since 2020, so that a new sandbox never repeats those of an older one."""


def since_2020() -> int:
    """Where the numbers of a new sandbox start."""
    return int(time.time()) - EPOCH


@dataclass(slots=True)
class Person:
    """Somebody with a chat account."""

    id: int
    name: str
    username: str | None
    language_code: str
    started: bool = False
    blocked: bool = False
    deactivated: bool = False
    reply_rows: tuple[tuple[str, ...], ...] = ()
    portraits: tuple[Photo, ...] = ()
    """Profile pictures, the latest first."""

    def as_user(self) -> dict[str, Json]:
        """The Bot API's User."""
        return present(
            id=self.id,
            is_bot=False,
            first_name=self.name,
            username=self.username,
            language_code=self.language_code,
        )

    def as_chat(self) -> dict[str, Json]:
        """The Bot API's Chat: a private one."""
        return present(id=self.id, first_name=self.name, username=self.username, type="private")


class ServiceKind(StrEnum):
    """What a message without words of anybody tells."""

    CREATED = "created"
    JOINED = "joined"
    LEFT = "left"
    PINNED = "pinned"
    MIGRATED = "migrated"
    TITLE = "title"
    TOPIC = "topic"
    TOPIC_RENAMED = "topic_renamed"
    TOPIC_CLOSED = "topic_closed"
    TOPIC_REOPENED = "topic_reopened"


@dataclass(frozen=True, slots=True)
class Service:
    """A message that the server wrote: the fields that the Bot API gives it, and the facts for a client."""

    kind: ServiceKind
    fields: Mapping[str, Json]
    facts: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dice:
    """A throw: the emoji and the value that the server drew."""

    emoji: str
    value: int

    def as_json(self) -> dict[str, Json]:
        """The Bot API's Dice."""
        return {"emoji": self.emoji, "value": self.value}


@dataclass(frozen=True, slots=True)
class Message:
    """One message; times in seconds since 1970 UTC.

    `sender_id` is a person, the bot, or a channel for what a channel says. `inline_message_id` is the name
    under which the bot may edit what a person sent through it.
    """

    id: int
    chat_id: int
    from_bot: bool
    sent_at: int
    body: Formatted
    media: Photo | Document | None = None
    keyboard: InlineKeyboard | None = None
    edited_at: int | None = None
    reply_to: int | None = None
    silent: bool = False
    sender_id: int = 0
    via_bot: bool = False
    inline_message_id: str | None = None
    topic: int | None = None
    thread: int | None = None
    album: str | None = None
    dice: Dice | None = None
    service: Service | None = None
    origin: Mapping[str, Json] | None = None
    automatic: bool = False

    @property
    def forwarded(self) -> bool:
        """Whether the message came from elsewhere."""
        return self.origin is not None


@dataclass(slots=True)
class Bot:
    """The one bot of this server, and what it says about itself per language."""

    id: int
    token: str
    username: str
    name: str
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """Commands and what they do, by scope and language."""
    menu_buttons: dict[int, Json] = field(default_factory=dict)
    default_rights: dict[bool, frozenset[str]] = field(default_factory=dict)
    """Rights that the bot asks for when it is made an administrator, of channels (true) and groups."""
    privacy: bool = True
    """BotFather's privacy mode: in groups the bot sees only what is meant for it."""
    inline: bool = False
    """BotFather's inline mode."""
    inline_feedback: bool = False
    """BotFather's inline feedback: chosen results are told."""

    def as_user(self) -> dict[str, Json]:
        """The Bot API's User of the bot itself."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}
