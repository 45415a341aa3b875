"""CSV files as rows: usual encodings and delimiters, a checked header; a broken row stops no other."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TextIO

from bot.imports.encodings import UNREADABLE, TableError, detect_encoding, open_text

DELIMITERS = (",", ";", "\t")
LINE_CHARS = 1_000_000
"""A longer line is named as broken instead of filling the memory."""
ROW_LINES = 50
"""A quoted cell may hold line breaks; past this many lines its quote counts as never closed."""


class Others(StrEnum):
    """What to do with a column that nobody asked for."""

    REFUSE = "refuse"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns that a table must and may have. Names match without regard to case and outer spaces."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    others: Others = Others.REFUSE

    @property
    def all(self) -> tuple[str, ...]:
        return self.required + self.optional

    def describe(self) -> str:
        listed = ", ".join(self.required)
        return f"{listed} and, if wanted, {', '.join(self.optional)}" if self.optional else listed


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it starts on (the header is line 1) and its cells by column; empty is None."""

    line_number: int
    cells: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out, with the line it starts on and a sentence that says why."""

    line_number: int
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line_number}: {self.sentence}"


def read_rows(path: Path, columns: Columns) -> Iterator[Row | BadRow]:
    """Check the header at once, then give the rows as they are read; empty lines are skipped.

    Raises TableError (a sentence) for a file that is absent, damaged or empty, or has the wrong columns.
    """
    encoding = detect_encoding(path)
    with open_text(path, encoding) as text:
        header = _read_header(path.name, text, columns)
    return _rows(path, encoding, header)


@dataclass(frozen=True, slots=True)
class _Header:
    delimiter: str
    names: tuple[str | None, ...]
    """The asked name of each column in the file's order; None is a column to skip."""


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str
    problem: str | None


def _read_header(name: str, text: TextIO, columns: Columns) -> _Header:
    first = next((line for line in _lines(text) if line.text.strip()), None)
    if first is None:
        raise TableError(f"{name}: the file is empty; expected the columns {columns.describe()}.")
    if first.problem:
        raise TableError(f"{name}: this is no CSV file: its first line {first.problem}.")
    asked = {_plain(column): column for column in columns.all}
    splits = [(delimiter, _split_or_whole(first.text, delimiter)) for delimiter in DELIMITERS]
    delimiter, found = max(splits, key=lambda split: sum(_plain(cell) in asked for cell in split[1]))
    plain = [_plain(cell) for cell in found]
    missing = [column for column in columns.required if _plain(column) not in plain]
    unknown = [cell.strip() for cell in found if _plain(cell) not in asked]
    twice = [asked[cell] for cell in dict.fromkeys(plain) if cell in asked and plain.count(cell) > 1]
    faults = [f"missing {', '.join(missing)}"] if missing else []
    if unknown and (missing or columns.others is Others.REFUSE):
        faults.append(f"unknown {', '.join(cell or '(no name)' for cell in unknown)}")
    if twice:
        faults.append(f"named twice {', '.join(twice)}")
    if missing or twice or (unknown and columns.others is Others.REFUSE):
        raise TableError(f"{name}: wrong columns: {'; '.join(faults)}. Expected {columns.describe()}.")
    return _Header(delimiter, tuple(asked.get(cell) for cell in plain))


def _plain(column: str) -> str:
    return column.strip().casefold()


def _split_or_whole(text: str, delimiter: str) -> list[str]:
    try:
        return _split(text, delimiter)
    except csv.Error:
        return [text]


def _rows(path: Path, encoding: str, header: _Header) -> Iterator[Row | BadRow]:
    with open_text(path, encoding) as text:
        records = _records(_lines(text), header)
        next(records)
        yield from records


def _records(lines: Iterator[_Line], header: _Header) -> Iterator[Row | BadRow]:
    """Gather lines to rows. When a row fails, only its first line is given up and the rest is read again."""
    returned: deque[_Line] = deque()
    while (first := _pull(returned, lines)) is not None:
        if not first.text.strip():
            continue
        taken = [first]
        outcome = _record(taken, returned, lines, header)
        if isinstance(outcome, BadRow):
            returned.extendleft(reversed(taken[1:]))
            yield outcome
        elif any(outcome.cells.values()):
            yield outcome


def _pull(returned: deque[_Line], lines: Iterator[_Line]) -> _Line | None:
    return returned.popleft() if returned else next(lines, None)


def _record(
    taken: list[_Line], returned: deque[_Line], lines: Iterator[_Line], header: _Header
) -> Row | BadRow:
    number = taken[0].number
    while True:
        if taken[-1].problem:
            problem = taken[0].problem or "has a quote that is never closed"
            return BadRow(number, f"The row {problem}.")
        try:
            cells = _split("".join(line.text for line in taken), header.delimiter)
        except _QuoteOpenError:
            following = _pull(returned, lines) if len(taken) < ROW_LINES else None
            if following is None:
                return BadRow(number, "The row has a quote that is never closed.")
            taken.append(following)
        except csv.Error as error:
            return BadRow(number, f"The row can't be split into cells ({error}).")
        else:
            return _named(number, cells, header)


def _named(number: int, cells: Sequence[str], header: _Header) -> Row | BadRow:
    if len(cells) != len(header.names):
        return BadRow(number, f"The row has {len(cells)} cells, the header has {len(header.names)}.")
    pairs = zip(header.names, cells, strict=True)
    return Row(number, {name: cell.strip() or None for name, cell in pairs if name is not None})


class _QuoteOpenError(csv.Error):
    """The text ends inside a quoted cell."""


def _split(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise _QuoteOpenError from error
        raise


def _lines(text: TextIO) -> Iterator[_Line]:
    number = 0
    while line := text.readline(LINE_CHARS):
        number += 1
        if len(line) < LINE_CHARS:
            yield _Line(number, line, _problem(line))
            continue
        while line and not line.endswith(("\n", "\r")):
            line = text.readline(LINE_CHARS)
        yield _Line(number, "(too long)", f"is longer than {LINE_CHARS:,} characters")


def _problem(line: str) -> str | None:
    if "\0" in line:
        return "has a NUL byte (a binary file, or UTF-16 without its byte order mark?)"
    if not line.isascii() and UNREADABLE.search(line):
        return "has bytes that are no text in the file's encoding"
    return None
