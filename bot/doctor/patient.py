"""What the looks are given: the settings, and whatever of the installation could be reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import aiohttp
from pydantic_core import from_json
from telegram import Bot

from bot.clock import Clock
from bot.settings import Settings
from models.store.engine import Store

MOST_BYTES = 64 * 1024
AGENT = "tuike-doctor (bot)"
"""By this word our own redirects know that nobody clicked."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered by HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def says(self, key: str) -> str | None:
        """The text under a key of the JSON object that was answered; None when there is none."""
        try:
            content: object = from_json(self.body)
        except ValueError:
            return None
        found = content.get(key) if isinstance(content, dict) else None
        return found if isinstance(found, str) else None


@dataclass(frozen=True, slots=True)
class Patient:
    """One installation under examination.

    `store` is None when it can't be used, `bot` when the chat server can't be spoken to or no token is set: a
    check of its own has said so by then, and who needs them says nothing.
    """

    settings: Settings
    clock: Clock
    http: aiohttp.ClientSession
    store: Store | None
    bot: Bot | None
    listening_seconds: float
    """How long is listened for another program that reads the bot's updates."""

    async def get(self, url: str) -> Answer:
        """Ask an address, following nowhere. Raises aiohttp.ClientError or TimeoutError."""
        async with self.http.get(url, allow_redirects=False) as answer:
            return await _read(answer)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Tell an address something. Raises aiohttp.ClientError or TimeoutError."""
        async with self.http.post(url, data=body, headers=headers, allow_redirects=False) as answer:
            return await _read(answer)


async def _read(answer: aiohttp.ClientResponse) -> Answer:
    return Answer(answer.status, answer.headers, await answer.content.read(MOST_BYTES))
