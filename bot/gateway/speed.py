"""How fast one bot token sends: even spacing, less after a 429 and slowly more again (operations C5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Lane(StrEnum):
    """Who goes first when there is room for one: earlier members always do."""

    REPLY = "reply"
    NOTICE = "notice"
    BROADCAST = "broadcast"


@dataclass(frozen=True, slots=True)
class Rates:
    """What the chat server bears (chat 1); None means no limit, for measuring.

    The server counts at most 30 in any second; ours are a little fewer and evenly spaced, for a bucket that
    allows bursts lets twice its rate into one second.
    """

    per_second: float | None = 28.0
    broadcasts_per_second: float | None = 25.0
    chat_gap: float = 1.05
    """Seconds from the end of one call to the start of the next to the same chat."""
    per_group_minute: int | None = 20
    slow_down: float = 0.7
    """The share of the rate that is left after a 429."""
    slowest: float = 0.05
    """The share of the full rate that is always left."""
    recovery: float = 0.02
    """The share of the full rate that comes back each second."""


UNLIMITED: Final = Rates(per_second=None, broadcasts_per_second=None, chat_gap=0.0, per_group_minute=None)


class Speed:
    """The spacing of all sends and of broadcasts. Times are seconds of one monotonic clock."""

    def __init__(self, rates: Rates) -> None:
        self._rates = rates
        self._next_any = 0.0
        self._next_broadcast = 0.0
        self._share = 1.0
        self._recovers_from = 0.0

    def opens(self, lane: Lane) -> float:
        """The earliest time at which this lane may send."""
        return max(self._next_any, self._next_broadcast) if lane is Lane.BROADCAST else self._next_any

    def sent(self, lane: Lane, now: float) -> None:
        """Keep the distance to the send that starts now."""
        share = self.share(now)
        if self._rates.per_second is not None:
            self._next_any = now + 1 / (self._rates.per_second * share)
        if lane is Lane.BROADCAST and self._rates.broadcasts_per_second is not None:
            self._next_broadcast = now + 1 / (self._rates.broadcasts_per_second * share)

    def slow_down(self, now: float, until: float) -> None:
        """Take one step back for a 429 that forbids sending until then; once for all 429s of one window."""
        if now >= self._recovers_from:
            self._share = max(self._rates.slowest, self.share(now) * self._rates.slow_down)
        self._recovers_from = max(self._recovers_from, until)

    def share(self, now: float) -> float:
        """The part of the full rate that is in use, above 0 and at most 1."""
        recovered = self._rates.recovery * max(0.0, now - self._recovers_from)
        return min(1.0, self._share + recovered)
