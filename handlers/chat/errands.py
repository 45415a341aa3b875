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
    """Who was promised what when. Only a courtesy, so a restart may forget it."""

    def __init__(self) -> None:
        self._promised: dict[tuple[int, str], datetime] = {}

    def claim(self, chat_id: int, key: str, now: datetime) -> bool:
        """Promise something; False when it was promised a moment ago."""
        for old in [old for old, at in self._promised.items() if abs(now - at) >= ONE_EACH]:
            del self._promised[old]
        if (chat_id, key) in self._promised:
            return False
        self._promised[chat_id, key] = now
        return True

    def release(self, chat_id: int, key: str) -> None:
        """It may be asked for again."""
        self._promised.pop((chat_id, key), None)
