"""The journal: every request of the bot with its answer, for tests and for the curious."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.sandbox.chat.faults import FaultKind
from bot.sandbox.chat.pacing import Violation
from bot.sandbox.wire import Json

KEPT = 200_000
"""Entries kept; older ones are forgotten, the counts are not."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: `at` in seconds of the server's clock, `files` as parameter names with sizes in bytes."""

    number: int
    at: float
    method: str
    params: Mapping[str, Json]
    files: Mapping[str, int]
    status: int
    answer: Json
    answered: bool
    violation: Violation | None
    fault: FaultKind | None

    def as_json(self) -> dict[str, Json]:
        """The entry as the control API tells it."""
        return {
            "number": self.number,
            "at": self.at,
            "method": self.method,
            "params": self.params,
            "files": dict(self.files),
            "status": self.status,
            "answer": self.answer,
            "answered": self.answered,
            "violation": self.violation,
            "fault": self.fault,
        }


@dataclass(slots=True)
class Journal:
    """Entries in the order of their answers."""

    _entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEPT))
    _watchers: list[Callable[[Entry], None]] = field(default_factory=list)
    _written: int = 0

    def write(self, entry: Entry) -> None:
        """Add an entry and tell the watchers."""
        self._written += 1
        self._entries.append(entry)
        for watcher in self._watchers:
            watcher(entry)

    @property
    def next_number(self) -> int:
        """The number of the next entry, from 1."""
        return self._written + 1

    def watch(self, watcher: Callable[[Entry], None]) -> None:
        """Call `watcher` with every entry from now on."""
        self._watchers.append(watcher)

    def entries(self, method: str | None = None, *, after: int = 0) -> tuple[Entry, ...]:
        """Entries of one method or of all, after a number."""
        wanted = None if method is None else method.lower()
        return tuple(
            entry
            for entry in self._entries
            if entry.number > after and (wanted is None or entry.method.lower() == wanted)
        )

    def violations(self) -> tuple[Entry, ...]:
        """Requests that came too fast or inside a forbidden window."""
        return tuple(entry for entry in self._entries if entry.violation is not None)
