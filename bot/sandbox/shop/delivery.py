"""The shop's list of events to send: in order, one at a time, again until they get through."""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field

import aiohttp

from bot.sandbox.chat.params import as_json, as_list, as_object
from bot.sandbox.shop.events import Event
from bot.sandbox.shop.signature import signed_headers
from bot.sandbox.wire import random_name

LONGEST_WAIT = 30.0
ANSWER_SECONDS = 15.0
FINAL = {400, 404, 413, 415, 422}
"""Answers after which sending the same again is pointless."""
WAITING = "waiting"


@dataclass(slots=True)
class Letter:
    """An event and what became of it: `waiting`, `refused`, or the receiver's own status."""

    event: Event
    order_id: str | None
    status: str = WAITING
    detail: str = ""
    attempts: int = 0
    settled: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def kind(self) -> str:
        return str(self.event["type"])


@dataclass(slots=True)
class Mailroom:
    """Sends the letters of one shop while it is open."""

    events_url: str | None
    secret: str | None
    first_wait: float
    letters: list[Letter] = field(default_factory=list)
    _queue: asyncio.Queue[Letter] = field(default_factory=asyncio.Queue)
    _task: asyncio.Task[None] | None = None

    @property
    def is_sending(self) -> bool:
        """Whether there is anybody to tell."""
        return self._task is not None

    def open(self) -> None:
        """Begin to send."""
        if self.events_url and self.secret:
            self._task = asyncio.create_task(self._send_all(self.events_url, self.secret))

    async def close(self) -> None:
        """Stop sending; what did not get through stays in the list."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def post(self, event: Event, order_id: str | None = None) -> Letter:
        """Put an event on the list."""
        letter = Letter(event, order_id)
        self.letters.append(letter)
        self._queue.put_nowait(letter)
        return letter

    def about(self, order_id: str) -> list[Letter]:
        """The letters of one order, oldest first."""
        return [letter for letter in self.letters if letter.order_id == order_id]

    async def _send_all(self, url: str, secret: str) -> None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            while True:
                letter = await self._queue.get()
                wait = self.first_wait
                while not await self._sent(session, url, secret, letter):
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, LONGEST_WAIT)
                letter.settled.set()

    async def _sent(self, session: aiohttp.ClientSession, url: str, secret: str, letter: Letter) -> bool:
        body = json.dumps(letter.event, ensure_ascii=False).encode()
        headers = signed_headers(secret, f"msg_{random_name(24)}", int(time.time()), body)
        headers["Content-Type"] = "application/json"
        letter.attempts += 1
        try:
            async with session.post(url, data=body, headers=headers) as answer:
                text = await answer.text()
                if 200 <= answer.status < 300:
                    letter.status, letter.detail = _result(text)
                    return True
                letter.detail = f"HTTP {answer.status}: {text[:200]}"
                if answer.status in FINAL:
                    letter.status = "refused"
                    return True
        except (aiohttp.ClientError, TimeoutError) as error:
            letter.detail = str(error) or type(error).__name__
        return False


def _result(text: str) -> tuple[str, str]:
    """Status and detail of the only result, as the product answers them."""
    try:
        body = as_object(as_json(json.loads(text)))
    except ValueError:
        return "accepted", ""
    results = as_list(body.get("results"))
    first = as_object(results[0]) if results else {}
    return str(first.get("status") or "accepted"), str(first.get("detail") or "")
