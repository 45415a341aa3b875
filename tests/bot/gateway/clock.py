"""A clock that jumps: when nothing is left to do but wait, it is at once the time waited for."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Iterator
from contextlib import contextmanager

_QUIET_TURNS = 20
"""Turns of the event loop in which nobody went to sleep or made a call: now everybody waits."""


class JumpingClock:
    """Satisfies `bot.gateway.clock.Clock`; never jumps while a call is held on the wire."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()
        self._held = 0
        self._moved = 0
        self._driver: asyncio.Task[None] | None = None

    def monotonic(self) -> float:
        return self.now

    async def sleep_until(self, when: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (when, next(self._numbers), woken))
        self._stir()
        await woken

    async def pass_seconds(self, seconds: float) -> None:
        await self.sleep_until(self.now + seconds)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no time pass meanwhile: bytes travel in no time."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
            self._stir()

    def _stir(self) -> None:
        self._moved += 1
        if self._driver is None or self._driver.done():
            self._driver = asyncio.create_task(self._drive())

    async def _drive(self) -> None:
        while self._sleepers and not self._held:
            seen = self._moved
            for _ in range(_QUIET_TURNS):
                await asyncio.sleep(0)
            if seen != self._moved:
                continue
            when, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self.now = max(self.now, when)
                woken.set_result(None)
