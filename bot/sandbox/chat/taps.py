"""Taps on buttons: open until the bot answers them or they grow old."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.chat.refusals import OLD_QUERY, bad_request
from bot.sandbox.wire import random_name

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


@dataclass(slots=True)
class Taps:
    """Taps that wait for an answer."""

    _open: dict[str, Tap] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def open(self, person_id: int, message_id: int, data: str, now: float, chat: str = "bot") -> Tap:
        """Note a tap in one of a person's chats; its id is what answerCallbackQuery takes."""
        number = f"{person_id}{next(self._numbers):06d}{random_name(4)}"
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        tap = Tap(number, person_id, message_id, data, now, answered, chat)
        self._open[number] = tap
        return tap

    def answer(self, number: str, answer: Answer, now: float) -> Tap:
        """Close a tap; raises 400 when it is unknown, answered or too old, or the words are too long."""
        tap = self._open.get(number)
        if tap is None or now - tap.at > LIFETIME:
            raise bad_request(OLD_QUERY)
        if len(answer.text) > TOAST_CHARACTERS:
            raise bad_request("MESSAGE_TOO_LONG")
        del self._open[number]
        if not tap.answered.done():
            tap.answered.set_result(answer)
        return tap
