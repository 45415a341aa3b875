"""How fast a bot may send: sliding windows per chat and in all, and the waits that a refusal sets."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

ANY_CHAT = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages and edits that fit one window; None switches a limit off. The window is in seconds.

    `jitter` shortens the window by that much of a second: one request may be late on its way, the next not.
    """

    per_chat: int | None = 1
    overall: int | None = 30
    window: float = 1.0
    jitter: float = 0.05


NO_LIMITS = Limits(per_chat=None, overall=None)


class Violation(StrEnum):
    """What a well-paced bot never does."""

    TOO_FAST = "too fast"
    FORBIDDEN_WINDOW = "inside a forbidden window"


@dataclass(frozen=True, slots=True)
class Delay:
    """A refusal: seconds to wait, and what the bot did wrong."""

    retry_after: int
    violation: Violation


@dataclass(slots=True)
class Pacer:
    """Counts what was let through and remembers until when a chat (or all) is closed."""

    limits: Limits
    _sent: dict[str, deque[float]] = field(default_factory=dict)
    _closed_until: dict[str, float] = field(default_factory=dict)

    def admit(self, chat: str, now: float) -> Delay | None:
        """Let one message to `chat` pass at `now` (seconds), or say how long to wait."""
        closed = self.closed(chat, now) or self.closed(ANY_CHAT, now)
        if closed is not None:
            return closed
        for scope, most in ((chat, self.limits.per_chat), (ANY_CHAT, self.limits.overall)):
            if most is not None and self._count(scope, now) >= most:
                wait = math.ceil(self.limits.window)
                self.close(scope, now, wait)
                return Delay(wait, Violation.TOO_FAST)
        if self.limits.per_chat is not None:
            self._sent.setdefault(chat, deque()).append(now)
        if self.limits.overall is not None:
            self._sent.setdefault(ANY_CHAT, deque()).append(now)
        return None

    def closed(self, scope: str, now: float) -> Delay | None:
        """What a message inside a forbidden window is told; None when the window is over."""
        until = self._closed_until.get(scope, 0.0)
        if now >= until:
            return None
        return Delay(math.ceil(until - now), Violation.FORBIDDEN_WINDOW)

    def close(self, scope: str, now: float, seconds: int) -> None:
        """Forbid messages to one chat, or to `ANY_CHAT`, for so many seconds."""
        self._closed_until[scope] = now + seconds

    def _count(self, scope: str, now: float) -> int:
        times = self._sent.get(scope)
        if times is None:
            return 0
        oldest = now - self.limits.window + self.limits.jitter
        while times and times[0] <= oldest:
            times.popleft()
        return len(times)
