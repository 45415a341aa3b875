"""Whose message goes next and when: lanes, one call a chat at a time, obeyed 429s (operations C4, C5)."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from bot.gateway.clock import Clock
from bot.gateway.floods import FloodError, Floods
from bot.gateway.speed import Lane, Rates, Speed

_MINUTE: Final = 60.0
_PATIENCE: Final = 300.0
_QUEUE = list[tuple[int, asyncio.Future[None]]]


@dataclass(frozen=True, slots=True)
class Place:
    """A message's place in the queue; its number stays the same however often it has to try."""

    chat_id: int
    lane: Lane
    number: int


@dataclass(slots=True)
class _Chat:
    """A chat that has to wait or that somebody waits for; forgotten when neither is so."""

    ended: deque[float]
    """Ends of the last calls to a group, as many as a minute may hold; empty for private chats."""
    waiting: dict[Lane, _QUEUE] = field(default_factory=dict)
    busy: bool = False
    not_before: float = 0.0

    def is_free(self, now: float) -> bool:
        return not self.busy and self.not_before <= now

    def send_home(self, seconds: float) -> None:
        for queue in self.waiting.values():
            for _, granted in queue:
                if not granted.done():
                    granted.set_exception(FloodError(seconds))


class Pacing:
    """Grants turns to send for one bot token, on one event loop.

    Strict priority between lanes and first come, first served within a lane; a chat that must wait never
    holds up another. A 429 is obeyed to the second; who would have to wait for more than `patience` seconds
    is sent home with a FloodError instead.
    """

    def __init__(self, clock: Clock, rates: Rates | None = None, patience: float = _PATIENCE) -> None:
        self._clock = clock
        self._rates = rates or Rates()
        self._patience = patience
        self._speed = Speed(self._rates)
        self._floods = Floods()
        self._numbers = itertools.count()
        self._chats: dict[int, _Chat] = {}
        self._waiting = 0
        # Heads of the queues of free chats, by number. Entries may be stale: they are checked when met.
        self._ready: dict[Lane, list[tuple[int, int]]] = {lane: [] for lane in Lane}
        self._resting: list[tuple[float, int]] = []
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = math.inf

    @property
    def chats(self) -> int:
        """How many chats are kept in memory."""
        return len(self._chats)

    @property
    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return self._waiting

    def place(self, chat_id: int, lane: Lane) -> Place:
        """Take a place behind all that came before."""
        return Place(chat_id, lane, next(self._numbers))

    @asynccontextmanager
    async def turn(self, place: Place) -> AsyncIterator[None]:
        """Wait for this place's turn and hold the chat while one call is made.

        Raises:
            FloodError: the server has forbidden it for longer than the patience lasts.
        """
        await self._wait(place)
        try:
            yield
        finally:
            self._end(place)

    def forbid(self, chat_id: int, retry_after: float) -> None:
        """Obey a 429 for `retry_after` seconds; called while the turn is held."""
        now = self._clock.monotonic()
        until = now + retry_after
        self._floods.forbid(chat_id, now, until)
        self._speed.slow_down(now, until)
        for chat, forbidden in self._chats.items():
            seconds = self._floods.until(chat) - now
            if seconds > self._patience:
                forbidden.send_home(seconds)

    async def _wait(self, place: Place) -> None:
        seconds = self._floods.until(place.chat_id) - self._clock.monotonic()
        if seconds > self._patience:
            raise FloodError(seconds)
        granted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        chat = self._chats.get(place.chat_id)
        if chat is None:
            kept = self._rates.per_group_minute if place.chat_id < 0 else None
            chat = self._chats[place.chat_id] = _Chat(deque(maxlen=kept or 0))
        heapq.heappush(chat.waiting.setdefault(place.lane, []), (place.number, granted))
        self._waiting += 1
        self._offer(place.chat_id, chat)
        self._dispatch()
        try:
            await granted
        except (asyncio.CancelledError, FloodError):
            if granted.cancelled() or granted.exception() is not None:
                self._leave(place, granted)
            else:
                self._end(place)
            raise

    def _leave(self, place: Place, granted: asyncio.Future[None]) -> None:
        chat = self._chats.get(place.chat_id)
        queue = chat.waiting.get(place.lane, []) if chat else []
        if chat is None or (place.number, granted) not in queue:
            return
        queue.remove((place.number, granted))
        heapq.heapify(queue)
        self._left(place.chat_id, chat, place.lane)
        self._dispatch()

    def _left(self, chat_id: int, chat: _Chat, lane: Lane) -> None:
        """Tidy up after one has left the queue: the next in it becomes its head."""
        self._waiting -= 1
        if not chat.waiting[lane]:
            del chat.waiting[lane]
        now = self._clock.monotonic()
        if chat.waiting:
            self._offer(chat_id, chat)
        elif chat.is_free(now):
            self._rest(chat_id, chat, now)

    def _end(self, place: Place) -> None:
        now = self._clock.monotonic()
        chat = self._chats[place.chat_id]
        chat.busy = False
        chat.not_before = max(now + self._rates.chat_gap, self._floods.until(place.chat_id))
        if chat.ended.maxlen:
            chat.ended.append(now)
            if len(chat.ended) == chat.ended.maxlen:
                chat.not_before = max(chat.not_before, chat.ended[0] + _MINUTE)
        self._rest(place.chat_id, chat, now)
        self._dispatch()

    def _rest(self, chat_id: int, chat: _Chat, now: float) -> None:
        """Keep the chat until it may be sent to, offer it, or forget it."""
        kept_until = chat.ended[-1] + _MINUTE if chat.ended else chat.not_before
        if chat.not_before > now:
            heapq.heappush(self._resting, (chat.not_before, chat_id))
        elif chat.waiting:
            self._offer(chat_id, chat)
        elif kept_until > now:
            heapq.heappush(self._resting, (kept_until, chat_id))
        else:
            del self._chats[chat_id]

    def _offer(self, chat_id: int, chat: _Chat) -> None:
        if not chat.is_free(self._clock.monotonic()):
            return
        for lane, queue in chat.waiting.items():
            heapq.heappush(self._ready[lane], (queue[0][0], chat_id))

    def _dispatch(self) -> None:
        """Grant all that may go now, and set the alarm for the next."""
        now = self._clock.monotonic()
        while self._resting and self._resting[0][0] <= now:
            _, chat_id = heapq.heappop(self._resting)
            chat = self._chats.get(chat_id)
            if chat is not None and chat.is_free(now):
                self._rest(chat_id, chat, now)
        while self._waiting:
            when = self._grant_one(now)
            if when > now:
                self._arm(when)
                return
        self._disarm()

    def _grant_one(self, now: float) -> float:
        """Grant the first turn that is free and answer `now`, or answer when to look again."""
        look_again = self._resting[0][0] if self._resting else math.inf
        for lane in Lane:
            chat_id = self._head(lane, now)
            if chat_id is None:
                continue
            opens = max(self._speed.opens(lane), self._floods.all_until)
            if opens <= now:
                self._grant(chat_id, lane, now)
                return now
            look_again = min(look_again, opens)
        return look_again

    def _head(self, lane: Lane, now: float) -> int | None:
        """The chat whose message has waited longest in this lane, among the free ones."""
        heap = self._ready[lane]
        while heap:
            number, chat_id = heap[0]
            chat = self._chats.get(chat_id)
            queue = chat.waiting.get(lane) if chat and chat.is_free(now) else None
            if queue and queue[0][0] == number:
                return chat_id
            heapq.heappop(heap)
        return None

    def _grant(self, chat_id: int, lane: Lane, now: float) -> None:
        chat = self._chats[chat_id]
        _, granted = heapq.heappop(chat.waiting[lane])
        if not granted.done():
            chat.busy = True
            self._speed.sent(lane, now)
            granted.set_result(None)
        self._left(chat_id, chat, lane)

    def _arm(self, when: float) -> None:
        if when >= self._alarm_at:
            return
        self._disarm()
        if when < math.inf:
            self._alarm_at = when
            self._alarm = asyncio.create_task(self._ring(when), name="pacing")

    def _disarm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm, self._alarm_at = None, math.inf

    async def _ring(self, when: float) -> None:
        await self._clock.sleep_until(when)
        self._alarm, self._alarm_at = None, math.inf
        self._dispatch()
