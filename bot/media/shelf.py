"""Where finished posters are kept: the latest in memory, more in a folder, both bounded, oldest out first."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import structlog

log = structlog.get_logger(__name__)

MEMORY_BYTES = 16 * 1024 * 1024
DISK_POSTERS = 2000
_PRUNED_SHARE = 10


class MemoryShelf:
    """The latest posters, up to `most_bytes` in all."""

    def __init__(self, most_bytes: int = MEMORY_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._posters: OrderedDict[str, bytes] = OrderedDict()

    def get(self, key: str) -> bytes | None:
        """The poster, which becomes the latest, or nothing."""
        poster = self._posters.get(key)
        if poster is not None:
            self._posters.move_to_end(key)
        return poster

    def put(self, key: str, poster: bytes) -> None:
        """Keep a poster; the least used ones make room."""
        self._held_bytes += len(poster) - len(self._posters.pop(key, b""))
        self._posters[key] = poster
        while self._held_bytes > self._most_bytes:
            _, dropped = self._posters.popitem(last=False)
            self._held_bytes -= len(dropped)


class DiskShelf:
    """A folder of posters, up to `most_posters`. A full or broken disk costs speed, never a poster."""

    def __init__(self, folder: Path, most_posters: int = DISK_POSTERS) -> None:
        self._folder = folder
        self._most_posters = most_posters
        self._held: int | None = None

    def get(self, key: str) -> bytes | None:
        """The poster, which becomes the latest, or nothing. Blocks on the disk."""
        path = self._path(key)
        try:
            poster = path.read_bytes()
            path.touch()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("posters.disk_unreadable", reason=str(error))
            return None
        return poster

    def put(self, key: str, poster: bytes) -> None:
        """Keep a poster, whole or not at all. Blocks on the disk."""
        part = self._folder / f"{uuid4().hex}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(poster)
            part.replace(self._path(key))
            self._make_room()
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            log.warning("posters.disk_unwritable", reason=str(error))

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.jpg"

    def _make_room(self) -> None:
        self._held = sum(1 for _ in self._folder.glob("*.jpg")) if self._held is None else self._held + 1
        if self._held <= self._most_posters:
            return
        by_age = sorted(self._folder.glob("*.jpg"), key=lambda path: path.stat().st_mtime_ns)
        kept = self._most_posters - self._most_posters // _PRUNED_SHARE
        for path in by_age[: max(0, len(by_age) - kept)]:
            path.unlink(missing_ok=True)
        self._held = min(len(by_age), kept)
