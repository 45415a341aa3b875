"""Reads JSON and remembers the line of every value, so that what is wrong can be named where it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

Path = tuple[int | str, ...]

_SPACE = re.compile(r"[ \t\r\n]*")
_CONSTANTS = re.compile("-?Infinity|NaN")
_SCALAR = json.JSONDecoder()


class NoJsonError(ValueError):
    """A text that is no JSON; `line` counts from 1."""

    def __init__(self, line: int, sentence: str) -> None:
        self.line = line
        super().__init__(sentence)


@dataclass(slots=True)
class Positions:
    """Where each value of a JSON text stands, by path; `doubled` are keys that stand twice in one object."""

    lines: dict[Path, int] = field(default_factory=dict)
    doubled: list[tuple[Path, int]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a value or, where it is missing, of what should hold it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)


def positions(text: str) -> Positions:
    """The lines of all values in a JSON text. Raises NoJsonError."""
    try:
        json.loads(text)
        found = Positions()
        _Walk(text, found).value(_SPACE.match(text).end(), ())  # type: ignore[union-attr]  # it matches nothing too
    except json.JSONDecodeError as error:
        raise NoJsonError(error.lineno, f"this is no JSON ({error.msg.lower()})") from error
    except RecursionError as error:
        raise NoJsonError(1, "this is nested far deeper than a template is") from error
    except NoJsonError:
        raise
    except ValueError as error:
        raise NoJsonError(1, f"this is no JSON ({error})") from error
    return found


def shown(path: Path) -> str:
    """A path as people write it: `views[3].css.left`."""
    written = ""
    for step in path:
        written += f"[{step}]" if isinstance(step, int) else f".{step}" if written else step
    return written


class _Walk:
    """Goes once through a text that is known to be JSON."""

    def __init__(self, text: str, found: Positions) -> None:
        self._text = text
        self._found = found
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def value(self, at: int, path: Path) -> int:
        """Note a value's line and those within it; where it ends."""
        self._found.lines[path] = self._line(at)
        match self._text[at]:
            case "{":
                return self._members(self._skip(at + 1), path)
            case "[":
                return self._items(self._skip(at + 1), path)
            case _:
                constant = _CONSTANTS.match(self._text, at)
                if constant is not None:  # Python reads them, though JSON has none (RFC 8259)
                    raise NoJsonError(self._line(at), f"this is no JSON ({constant.group()} is no number)")
                return _SCALAR.raw_decode(self._text, at)[1]

    def _members(self, at: int, path: Path) -> int:
        known: set[str] = set()
        while self._text[at] != "}":
            key, after = _SCALAR.raw_decode(self._text, at)
            if key in known:
                self._found.doubled.append(((*path, key), self._line(at)))
            known.add(key)
            colon = self._skip(after)
            at = self._next(self.value(self._skip(colon + 1), (*path, key)))
        return at + 1

    def _items(self, at: int, path: Path) -> int:
        number = 0
        while self._text[at] != "]":
            at = self._next(self.value(at, (*path, number)))
            number += 1
        return at + 1

    def _next(self, at: int) -> int:
        at = self._skip(at)
        return self._skip(at + 1) if self._text[at] == "," else at

    def _skip(self, at: int) -> int:
        space = _SPACE.match(self._text, at)
        return space.end() if space is not None else at

    def _line(self, at: int) -> int:
        return bisect_right(self._starts, at)
