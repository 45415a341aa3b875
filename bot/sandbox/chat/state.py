"""What the chat server knows: the bot, the people, their chats and messages."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.keyboards import InlineKeyboard
from bot.sandbox.chat.params import Params
from bot.sandbox.chat.refusals import BLOCKED, DEACTIVATED, NEVER_STARTED, bad_request, forbidden
from bot.sandbox.wire import Json, present

EPOCH = 1_577_836_800
"""Numbers start at the seconds since 2020, so that a new sandbox never repeats those of an older one."""
FIRST_PERSON = 1_000_000_000


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


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a private chat; times in seconds since 1970 UTC."""

    id: int
    chat_id: int
    from_bot: bool
    sent_at: int
    body: Formatted
    media: Photo | Document | None = None
    keyboard: InlineKeyboard | None = None
    edited_at: int | None = None
    reply_to: int | None = None
    forwarded: bool = False
    silent: bool = False


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

    def as_user(self) -> dict[str, Json]:
        """The Bot API's User of the bot itself."""
        return {"id": self.id, "is_bot": True, "first_name": self.name, "username": self.username}


@dataclass(slots=True)
class World:
    """All people and all messages."""

    bot: Bot
    people: dict[int, Person] = field(default_factory=dict)
    chats: dict[int, dict[int, Message]] = field(default_factory=dict)
    person_ids: Iterator[int] = field(default_factory=lambda: itertools.count(FIRST_PERSON + _since_2020()))
    message_ids: Iterator[int] = field(default_factory=lambda: itertools.count(_since_2020()))

    def keep(self, message: Message) -> Message:
        """Store a message, new or changed."""
        self.chats[message.chat_id][message.id] = message
        return message

    def chat(self, params: Params, name: str = "chat_id") -> Person:
        """The person whose chat the request names; raises 400 when there is none."""
        if not params.text(name):
            raise bad_request("chat_id is empty")
        person = self.people.get(params.number(name) or 0)
        if person is None:
            raise bad_request("chat not found")
        return person

    def open_chat(self, params: Params) -> Person:
        """The person to whom the bot may write; raises 403 when it may not."""
        person = self.chat(params)
        if person.deactivated:
            raise forbidden(DEACTIVATED)
        if not person.started:
            raise forbidden(NEVER_STARTED)
        if person.blocked:
            raise forbidden(BLOCKED)
        return person

    def message_json(self, message: Message) -> dict[str, Json]:
        """The Bot API's Message."""
        person = self.people[message.chat_id]
        media = message.media
        entities = message.body.entities_json()
        replied = self.chats[message.chat_id].get(message.reply_to or 0)
        body = present(
            message_id=message.id,
            **{"from": self.bot.as_user() if message.from_bot else person.as_user()},
            chat=person.as_chat(),
            date=message.sent_at,
            edit_date=message.edited_at,
            photo=[size.as_json() for size in media.sizes] if isinstance(media, Photo) else None,
            document=media.as_json() if isinstance(media, Document) else None,
            reply_markup=message.keyboard.as_json() if message.keyboard else None,
            reply_to_message=self.message_json(replied) if replied else None,
        )
        if message.forwarded:
            origin = self.bot.as_user() if message.from_bot else person.as_user()
            body["forward_origin"] = {"type": "user", "date": message.sent_at, "sender_user": origin}
        words, marks = ("text", "entities") if media is None else ("caption", "caption_entities")
        if message.body.text or media is None:
            body[words] = message.body.text
        if entities:
            body[marks] = entities
        return body


def _since_2020() -> int:
    return int(time.time()) - EPOCH
