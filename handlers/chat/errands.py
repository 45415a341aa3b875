"""Work that is done behind an answer: pictures and files, made outside any transaction and then sent.

An errand is claimed before it is run, so that forty impatient taps bring one poster.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.context import ChatContext
from bot.gateway.gateway import Shape
from bot.voice.catalogue import Voice

ONE_EACH = timedelta(seconds=20)
"""Taps for one thing inside this time mean one thing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an errand's fruit goes: a chat, and the message that it takes the place of (None for a new one)."""

    chat_id: int
    message_id: int | None = None
    shape: Shape = Shape.UNSURE


class Errand(Protocol):
    """Something that takes more than a moment. `key` tells equal wishes of one chat."""

    @property
    def key(self) -> str:
        """What is wished for, down to its last detail."""
        ...

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Do it; False when it did not succeed and may be asked for again at once."""
        ...


class Claims:
    """Who was promised what when, and where. Only a courtesy, so a restart may forget it.

    What comes as a message of its own is promised once in a while. What takes a message's place is promised once
    while it is the last thing that was to stand there: whoever goes on and comes back asks anew.
    """

    def __init__(self) -> None:
        self._promised: dict[tuple[int, int | None, str], datetime] = {}

    def claim(self, place: Place, key: str, now: datetime) -> bool:
        """Promise something; False when it was promised a moment ago."""
        for old in [old for old, at in self._promised.items() if abs(now - at) >= ONE_EACH]:
            del self._promised[old]
        claim = (place.chat_id, place.message_id, key)
        if claim in self._promised:
            return False
        self.go_on(place)
        self._promised[claim] = now
        return True

    def go_on(self, place: Place) -> None:
        """Something else stands in a message's place."""
        if place.message_id is not None:
            there = (place.chat_id, place.message_id)
            for old in [old for old in self._promised if old[:2] == there]:
                del self._promised[old]

    def release(self, place: Place, key: str) -> None:
        """It may be asked for again."""
        self._promised.pop((place.chat_id, place.message_id, key), None)
