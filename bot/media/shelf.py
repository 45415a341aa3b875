"""Where finished pictures are kept: the latest in memory, more in a folder, both bounded, oldest out first."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Self
from uuid import uuid4

import structlog

from bot.media.kept import Kept

log = structlog.get_logger(__name__)

MEMORY_BYTES = 16 * 1024 * 1024
DISK_POSTERS = 2000
DISK_BYTES = 1024 * 1024 * 1024
_ROOM = 10
"""A tenth is made free at a time."""
_PART = ".part"


class MemoryShelf(Kept[str, bytes]):
    """The latest pictures, up to `most_bytes` in all."""

    def __init__(self, most_bytes: int = MEMORY_BYTES) -> None:
        super().__init__(most_bytes, len)


class DiskShelf:
    """A folder of pictures, up to `most_posters` and `most_bytes`.

    A full or broken disk costs speed, never a poster.
    """

    def __init__(self, folder: Path, most_posters: int = DISK_POSTERS, most_bytes: int = DISK_BYTES) -> None:
        self._folder = folder
        self._most_posters = most_posters
        self._most_bytes = most_bytes
        self._held: _Held | None = None
        self._one_at_a_time = Lock()

    def get(self, key: str) -> bytes | None:
        """The picture, which becomes the latest, or nothing. Blocks on the disk."""
        path = self._folder / key
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
        """Keep a picture, whole or not at all. Blocks on the disk."""
        part = self._folder / f"{uuid4().hex}{_PART}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(poster)
            part.replace(self._folder / key)
            with self._one_at_a_time:
                self._make_room(len(poster))
        except OSError as error:
            with suppress(OSError):
                part.unlink(missing_ok=True)
            log.warning("posters.disk_unwritable", reason=str(error))

    def _make_room(self, added_bytes: int) -> None:
        held = self._held
        held = (
            _Held.counted(self._files())
            if held is None
            else _Held(held.posters + 1, held.size_bytes + added_bytes)
        )
        self._held = held
        if held.posters <= self._most_posters and held.size_bytes <= self._most_bytes:
            return
        by_age = sorted(self._files(), key=lambda file: file.stat().st_mtime_ns)
        held = _Held.counted(by_age)
        for file in by_age:
            if held.posters * _ROOM <= self._most_posters * (
                _ROOM - 1
            ) and held.size_bytes * _ROOM <= self._most_bytes * (_ROOM - 1):
                break
            held = _Held(held.posters - 1, held.size_bytes - file.stat().st_size)
            file.unlink(missing_ok=True)
        self._held = held

    def _files(self) -> list[Path]:
        return [file for file in self._folder.iterdir() if file.suffix != _PART and file.is_file()]


@dataclass(frozen=True, slots=True)
class _Held:
    """How much the folder holds."""

    posters: int
    size_bytes: int

    @classmethod
    def counted(cls, files: Sequence[Path]) -> Self:
        return cls(len(files), sum(file.stat().st_size for file in files))
