"""Where clicks wait while the store is slow: a file that is only appended to (operations.md F2).

A click that was answered is on the disk, either in the store or here. Landing twice is harmless,
since a click's id lands once. Each process has a file of its own, held by a lock while it lives, and
takes over the files that others left behind.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import IO

import structlog

from models.funnel.clicks import NewClick
from models.store.ids import new_code

log = structlog.get_logger(__name__)
LAND_AT_ONCE = 500


class Spool:
    """One process's spool file in a folder that processes share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._path = folder / f"clicks-{new_code(10)}.spool"

    @property
    def is_empty(self) -> bool:
        """Whether nothing of ours waits."""
        return self._file is None

    def keep(self, clicks: Sequence[NewClick]) -> None:
        """Append clicks durably. Raises OSError when the disk can't take them."""
        if self._file is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._file = self._path.open("ab")
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._file.write(b"".join(json.dumps(click).encode() + b"\n" for click in clicks))
        self._file.flush()
        os.fdatasync(self._file.fileno())

    async def land(self, into: Callable[[Sequence[NewClick]], Awaitable[None]]) -> int:
        """Bring every closed file, ours and what dead processes left, into the store; returns how many clicks.

        A file goes only after all of it landed; whatever `into` raises leaves it in place.
        """
        landed = 0
        for path in sorted(self._folder.glob("clicks-*.spool")):
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                clicks = _read(file, path)
                for start in range(0, len(clicks), LAND_AT_ONCE):
                    await into(clicks[start : start + LAND_AT_ONCE])
                path.unlink(missing_ok=True)
                landed += len(clicks)
        return landed

    def close(self) -> None:
        """Let go of the file; what is in it lands at the next start, or when `land` is called."""
        if self._file is not None:
            self._file.close()
            self._file = None
            self._path = self._folder / f"clicks-{new_code(10)}.spool"


def _read(file: IO[bytes], path: Path) -> list[NewClick]:
    clicks = []
    for line in file:
        try:
            clicks.append(NewClick(*json.loads(line)))
        except (ValueError, TypeError):
            # The last line of a process that was killed while writing: its click was never answered.
            log.warning("spool_line_unreadable", file=path.name)
    return clicks
