"""Where something stands in a file that a person wrote, and what is wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import Sentence

Path = tuple[int | str, ...]
"""The keys, and numbers in lists, that lead to a place."""
Fault = tuple[Path, Sentence]

DOUBLED = Sentence("this key stands twice; keep one of the two")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where: `line` counts from 1, `path` is like `rates[2].percent`."""

    line: int
    path: str
    sentence: Sentence

    def __str__(self) -> str:
        place = f"line {self.line}, {self.path}" if self.path else f"line {self.line}"
        return f"{place}: {self.sentence}"


def found(lines: Mapping[Path, int], path: Path, sentence: Sentence) -> Finding:
    """A sentence about a place of the file whose lines these are."""
    return Finding(line_of(lines, path), shown(path), sentence)


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a place or, where it is missing, of what should hold it."""
    while path not in lines and path:
        path = path[:-1]
    return lines.get(path, 1)


def shown(path: Path) -> str:
    """A place as people read it: `rates[2].percent`."""
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else step
    return written
