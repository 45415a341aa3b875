"""What the chat page and the tests follow live: everything that happens in the chats."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from bot.sandbox.wire import Json


class Happening(StrEnum):
    """What happened in a chat."""

    MESSAGE = "message"
    EDITED = "edited"
    DELETED = "deleted"
    ANSWER = "answer"
    ACTION = "action"
    PERSON = "person"
    BOT = "bot"
    KEYBOARD = "keyboard"
    CHAT = "chat"
    REACTION = "reaction"
    PINNED = "pinned"
    READ = "read"
    CLOCK = "clock"
    JOURNAL = "journal"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class News:
    """One happening; `person_id` is 0 when it concerns everybody, `chat` is the key from that person's view."""

    kind: Happening
    person_id: int
    body: Json
    chat: str = "bot"


@dataclass(slots=True)
class Feed:
    """Hands every piece of news to all who follow."""

    _followers: set[asyncio.Queue[News | None]] = field(default_factory=set)

    @property
    def is_followed(self) -> bool:
        """Whether anybody listens: views that nobody sees need not be drawn."""
        return bool(self._followers)

    def tell(self, kind: Happening, person_id: int, body: Json, chat: str = "bot") -> None:
        """Give the followers a piece of news."""
        for follower in self._followers:
            follower.put_nowait(News(kind, person_id, body, chat))

    @contextmanager
    def follow(self) -> Iterator[asyncio.Queue[News | None]]:
        """A queue of all news from now on; None ends it."""
        queue: asyncio.Queue[News | None] = asyncio.Queue()
        self._followers.add(queue)
        try:
            yield queue
        finally:
            self._followers.discard(queue)

    def close(self) -> None:
        """End all followers' queues: the server stops."""
        for follower in self._followers:
            follower.put_nowait(None)
