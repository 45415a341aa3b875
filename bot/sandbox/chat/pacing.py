"""How fast a bot may send: sliding windows per chat and in all, and the waits that a refusal sets."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

ANY_CHAT = ""
GROUP = "group:"
"""Before the scope of a group's longer window."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Messages and edits that fit one window; None switches a limit off. The window is in seconds.

    `jitter` shortens the window by that much of a second: one request may be late on its way, the next not.
    Groups and channels have a longer window besides.
    """

    per_chat: int | None = 1
    overall: int | None = 30
    window: float = 1.0
    jitter: float = 0.05
    per_group: int | None = 20
    group_window: float = 60.0


NO_LIMITS = Limits(per_chat=None, overall=None, per_group=None)


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

    def admit(self, chat: str, now: float, *, messages: int = 1) -> Delay | None:
        """Let so many messages to `chat` pass at `now` (seconds), or say how long to wait.

        An album or a bundle counts as many in the longer windows, and as one in the shortest.
        """
        closed = self.closed(chat, now) or self.closed(ANY_CHAT, now)
        if closed is not None:
            return closed
        windows = self._windows(chat, messages)
        for scope, most, count, window in windows:
            if self._count(scope, now, window) + count > most:
                return self._refused(scope, now, window)
        for scope, _most, count, _window in windows:
            self._sent.setdefault(scope, deque()).extend([now] * count)
        return None

    def _windows(self, chat: str, messages: int) -> list[tuple[str, int, int, float]]:
        """What counts: scope, how many fit, how many these are, and the window in seconds."""
        limits = self.limits
        found = []
        if limits.per_chat is not None:
            found.append((chat, limits.per_chat, 1, limits.window))
        if limits.overall is not None:
            found.append((ANY_CHAT, limits.overall, min(messages, limits.overall), limits.window))
        if limits.per_group is not None and chat.startswith("-"):
            found.append((f"{GROUP}{chat}", limits.per_group, messages, limits.group_window))
        return found

    def _refused(self, scope: str, now: float, window: float) -> Delay:
        chat = scope.removeprefix(GROUP)
        wait = math.ceil(window)
        if scope.startswith(GROUP):
            # A long window says when its oldest message falls out of it.
            wait = max(1, math.ceil(self._sent[scope][0] + window - now))
        self.close(chat, now, wait)
        return Delay(wait, Violation.TOO_FAST)

    def closed(self, scope: str, now: float) -> Delay | None:
        """What a message inside a forbidden window is told; None when the window is over."""
        until = self._closed_until.get(scope, 0.0)
        if now >= until:
            return None
        return Delay(math.ceil(until - now), Violation.FORBIDDEN_WINDOW)

    def close(self, scope: str, now: float, seconds: int) -> None:
        """Forbid messages to one chat, or to `ANY_CHAT`, for so many seconds."""
        self._closed_until[scope] = now + seconds

    def _count(self, scope: str, now: float, window: float) -> int:
        times = self._sent.get(scope)
        if times is None:
            return 0
        oldest = now - window + self.limits.jitter
        while times and times[0] <= oldest:
            times.popleft()
        return len(times)
