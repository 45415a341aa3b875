"""The server's clock: the one it was given, moved by as much as it was told to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Now = Callable[[], float]
"""Seconds since 1970 UTC."""


@dataclass(slots=True)
class MovableClock:
    """Message dates, the age of taps, speed limits and caches follow it."""

    base: Now
    offset: float = 0.0
    _watchers: list[Callable[[], None]] = field(default_factory=list)

    def __call__(self) -> float:
        return self.base() + self.offset

    def now(self) -> float:
        """Seconds since 1970 UTC, as this server sees them."""
        return self()

    def forward(self, seconds: float) -> None:
        """Go ahead by so many seconds (or back, by a negative number)."""
        self._move(self.offset + seconds)

    def set(self, now: float) -> None:
        """Go to a point in time, and on from there."""
        self._move(now - self.base())

    def reset(self) -> None:
        """Go as the clock below again."""
        self._move(0.0)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Call `watcher` after every move."""
        self._watchers.append(watcher)

    def _move(self, offset: float) -> None:
        self.offset = offset
        for watcher in self._watchers:
            watcher()
