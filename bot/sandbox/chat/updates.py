"""Updates for the bot: numbered, kept until confirmed, read by one long poll at a time."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.sandbox.chat.clock import Now
from bot.sandbox.chat.refusals import conflict
from bot.sandbox.chat.state import since_2020
from bot.sandbox.wire import Json

DEFAULT_LIMIT = 100
LONGEST_POLL = 50
KEPT_SECONDS = 24 * 3600
"""Bot API: updates that nobody takes are forgotten after a day."""
KEPT_SHORTER = {"inline_query": 30, "callback_query": 150, "chosen_inline_result": 600}
"""The real server forgets some kinds sooner: nobody waits for their answer any more."""
OFF_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}
WEBHOOK_ACTIVE = (
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
)
OTHER_READER = "terminated by other getUpdates request; make sure that only one bot instance is running"


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that happened: its kind is the field of the Bot API's Update."""

    id: int
    kind: str
    body: Json
    until: float

    def as_json(self) -> dict[str, Json]:
        """The Bot API's Update."""
        return {"update_id": self.id, self.kind: self.body}


@dataclass(slots=True)
class Updates:
    """The queue of one bot."""

    clock: Now
    allowed: tuple[str, ...] = ()
    """Kinds that the bot asked for; none means the server's usual ones."""
    _waiting: deque[Update] = field(default_factory=deque)
    _next_end: float = math.inf
    """When the next of them is forgotten."""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(since_2020()))
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _reader: asyncio.Future[None] | None = None
    _closed: bool = False

    def push(self, kind: str, body: Json) -> None:
        """Number and keep an update, unless the bot doesn't want its kind."""
        wanted = kind in self.allowed if self.allowed else kind not in OFF_BY_DEFAULT
        if not wanted:
            return
        until = self.clock() + KEPT_SHORTER.get(kind, KEPT_SECONDS)
        self._waiting.append(Update(next(self._ids), kind, body, until))
        self._next_end = min(self._next_end, until)
        self._arrived.set()

    def pending(self) -> tuple[Update, ...]:
        """Updates that nobody confirmed."""
        self._forget_old()
        return tuple(self._waiting)

    def confirm(self, offset: int) -> None:
        """Forget the updates below `offset`; a negative one keeps only so many of the last."""
        if offset < 0:
            while len(self._waiting) > -offset:
                self._waiting.popleft()
            return
        while self._waiting and self._waiting[0].id < offset:
            self._waiting.popleft()

    def clear(self) -> None:
        """Forget all updates."""
        self._waiting.clear()

    async def arrival(self) -> None:
        """Wait until there is something to read or the server closes."""
        if self._waiting or self._closed:
            return
        self._arrived.clear()
        await self._arrived.wait()

    async def read(self, offset: int, limit: int, timeout: int) -> list[Update]:
        """Long poll of `timeout` seconds; a newer reader ends this one with 409, as the real server does."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_exception(conflict(OTHER_READER))
        self.confirm(offset)
        self._forget_old()
        if not self._waiting and timeout > 0 and not self._closed:
            await self._wait(min(timeout, LONGEST_POLL))
        return list(itertools.islice(self._waiting, min(max(limit, 1), DEFAULT_LIMIT)))

    def _forget_old(self) -> None:
        now = self.clock()
        if now < self._next_end:
            return
        self._waiting = deque(update for update in self._waiting if now < update.until)
        self._next_end = min((update.until for update in self._waiting), default=math.inf)

    async def _wait(self, timeout: int) -> None:
        terminated: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._reader = terminated
        arrival = asyncio.ensure_future(self.arrival())
        try:
            await asyncio.wait({terminated, arrival}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
            if terminated.done():
                terminated.result()
        finally:
            arrival.cancel()
            if self._reader is terminated:
                self._reader = None

    def end_reading(self) -> None:
        """End the long poll in progress: a web hook was set."""
        if self._reader is not None and not self._reader.done():
            self._reader.set_exception(conflict("terminated by setWebhook request"))

    def open(self) -> None:
        """Take readers (again): the server starts."""
        self._closed = False

    def close(self) -> None:
        """Let every reader go: the server stops."""
        self._closed = True
        self._arrived.set()
