"""Taps on buttons: open until the bot answers them or they grow old."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.chat.refusals import OLD_QUERY, bad_request
from bot.sandbox.wire import Json, random_name

TOAST_CHARACTERS = 200
"""Bot API limit of the words that answer a tap."""
LIFETIME = 60.0
"""Seconds in which a tap can be answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said to a tap: a toast, or an alert that must be closed, or an address to open."""

    text: str = ""
    alert: bool = False
    url: str = ""


def answer_view(number: str, answer: Answer) -> dict[str, Json]:
    """An answer as a chat client shows it."""
    return {"query_id": number, "text": answer.text, "alert": answer.alert, "url": answer.url}


@dataclass(frozen=True, slots=True)
class Tap:
    """One tap of one person on one button."""

    id: str
    person_id: int
    message_id: int
    data: str
    at: float
    answered: asyncio.Future[Answer]
    chat: str

    @property
    def words(self) -> tuple[int, str, int, str]:
        """What makes a tap the same as another."""
        return (self.person_id, self.chat, self.message_id, self.data)


@dataclass(slots=True)
class Taps:
    """Taps that wait for an answer."""

    _open: dict[str, Tap] = field(default_factory=dict)
    _kept: dict[tuple[int, str, int, str], tuple[Answer, float]] = field(default_factory=dict)
    """Answers that clients keep, and until when."""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def open(self, person_id: int, message_id: int, data: str, now: float, chat: str = "bot") -> Tap:
        """Note a tap in one of a person's chats; it is answered at once if the client kept an answer."""
        number = f"{person_id}{next(self._numbers):06d}{random_name(4)}"
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tap = Tap(number, person_id, message_id, data, now, answered, chat)
        kept, until = self._kept.get(tap.words, (Answer(), 0.0))
        if now < until:
            answered.set_result(kept)
        else:
            self._open[number] = tap
        return tap

    def answer(self, number: str, answer: Answer, now: float, keep: int = 0) -> Tap:
        """Close a tap, and let the client `keep` the answer for seconds.

        Raises 400 when the tap is unknown, answered or too old, or the words are too long.
        """
        tap = self._open.get(number)
        if tap is None or now - tap.at > LIFETIME:
            raise bad_request(OLD_QUERY)
        if len(answer.text) > TOAST_CHARACTERS:
            raise bad_request("MESSAGE_TOO_LONG")
        del self._open[number]
        if keep > 0:
            self._kept[tap.words] = (answer, now + keep)
        if not tap.answered.done():
            tap.answered.set_result(answer)
        return tap
