"""Reads JSON and remembers the line of every value, so that what is wrong can be named where it stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass, field

from models.errors import Sentence
from models.files.faults import TOO_LARGE
from models.files.findings import Path, line_of

MOST_DEPTH = 20
_MOST_DIGITS = 1000
_SPACE = re.compile(r"[ \t\r\n]*")
_CONSTANTS = re.compile("-?Infinity|NaN")
_READER = json.JSONDecoder(parse_int=str, parse_float=str)
"""Numbers stay text: Python takes none of very many digits."""

_TOO_DEEP = Sentence("this is nested far deeper than a template is; take brackets out")
_LAST_COMMA = Sentence("a comma stands after the last entry; take it out")
_HALF_A_CHARACTER = Sentence(
    "half a character stands here; write the character itself instead of its \\u code"
)
_READERS_FAULTS = (
    (
        "Expecting value",
        Sentence(
            "a value is missing here; write a number, a text in double quotes, or a list or object in brackets"
        ),
    ),
    (
        "Expecting property name",
        Sentence(
            'no key stands here; write `"key": value` with the key in double quotes, or take out a comma too many'
        ),
    ),
    ("':' delimiter", Sentence('a colon is missing here; write `"key": value`')),
    (
        "',' delimiter",
        Sentence(
            "a comma is missing before this place, or a bracket is not closed; mend commas and brackets"
        ),
    ),
    ("Unterminated string", Sentence("a quote is opened and not closed; close it")),
    (
        "control character",
        Sentence(
            "a line break or another control character stands inside a text; take it out, or close the quote"
        ),
    ),
    ("escape", Sentence("a backslash stands where none can; take it out, or write two of them")),
    ("Extra data", Sentence("something follows the end of the template; take it out")),
    ("trailing comma", _LAST_COMMA),
)
"""What Python's reader says, by a piece of it, in words for who writes a template."""
_EMPTY = Sentence("there is nothing in the file; write a template into it, or take another file")
_NO_JSON = Sentence("this is no JSON; check quotes, commas and brackets on this line and the one before")


class NoJsonError(ValueError):
    """A text that is no JSON, or none that a template could be; `line` counts from 1."""

    def __init__(self, line: int, sentence: Sentence) -> None:
        self.line = line
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(slots=True)
class Positions:
    """A JSON text's content, whose numbers are text, and where each value stands, by path.

    `doubled` are keys that stand twice in one object.
    """

    content: object
    lines: dict[Path, int] = field(default_factory=dict)
    doubled: list[tuple[Path, int]] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a value or, where it is missing, of what should hold it."""
        return line_of(self.lines, path)


def positions(text: str) -> Positions:
    """The lines of all values in a JSON text. Raises NoJsonError."""
    try:
        found = Positions(_READER.decode(text))
    except json.JSONDecodeError as error:
        raise NoJsonError(error.lineno, _readers_fault(text, error)) from error
    except RecursionError as error:
        raise NoJsonError(1, _TOO_DEEP) from error
    _Walk(text, found).value(_SPACE.match(text).end(), ())  # type: ignore[union-attr]  # it matches nothing too
    return found


def _readers_fault(text: str, error: json.JSONDecodeError) -> Sentence:
    if not text.strip():
        return _EMPTY
    if text[error.pos : error.pos + 1] in {"]", "}"} and text[: error.pos].rstrip().endswith(","):
        return _LAST_COMMA
    return next((said for piece, said in _READERS_FAULTS if piece in error.msg), _NO_JSON)


class _Walk:
    """Goes once through a text that is known to be JSON."""

    def __init__(self, text: str, found: Positions) -> None:
        self._text = text
        self._found = found
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def value(self, at: int, path: Path) -> int:
        """Note a value's line and those within it; where it ends."""
        self._found.lines[path] = self._line(at)
        if len(path) > MOST_DEPTH:
            raise NoJsonError(self._line(at), _TOO_DEEP)
        match self._text[at]:
            case "{":
                return self._members(self._skip(at + 1), path)
            case "[":
                return self._items(self._skip(at + 1), path)
            case '"':
                return self._string(at)[1]
            case _:
                return self._number_or_word(at)

    def _string(self, at: int) -> tuple[str, int]:
        read, end = _READER.raw_decode(self._text, at)
        try:
            read.encode()
        except UnicodeEncodeError as error:  # a surrogate alone, which JSON can write and no text can hold
            raise NoJsonError(self._line(at), _HALF_A_CHARACTER) from error
        return read, end

    def _number_or_word(self, at: int) -> int:
        constant = _CONSTANTS.match(self._text, at)
        if constant is not None:  # Python reads them, though JSON has none (RFC 8259)
            sentence = Sentence("{word} is no number; write a whole number", word=constant.group())
            raise NoJsonError(self._line(at), sentence)
        end = _READER.raw_decode(self._text, at)[1]
        if end - at > _MOST_DIGITS:
            raise NoJsonError(self._line(at), TOO_LARGE)
        return end

    def _members(self, at: int, path: Path) -> int:
        known: set[str] = set()
        while self._text[at] != "}":
            key, after = self._string(at)
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
