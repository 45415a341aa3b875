"""How a file's rows go into the store: in short transactions, each broken row named and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from bot.imports.tables import BadRow

ROWS_AT_ONCE = 500
"""Rows of one transaction: few enough that a running shop hardly waits."""
T = TypeVar("T")
R = TypeVar("R")
OnBad = Callable[[BadRow], None]


@dataclass(slots=True)
class Intake:
    """Counts what becomes of a file's rows and hands each broken one to `on_bad` as soon as it is known."""

    on_bad: OnBad
    added: int = 0
    changed: int = 0
    bad: int = 0

    @property
    def nothing_went_in(self) -> bool:
        """Rows were there, and not one of them was good."""
        return self.bad > 0 and self.added + self.changed == 0

    def refuse(self, line_number: int, sentence: str) -> None:
        """Leave a row out, with the reason."""
        self.bad += 1
        self.on_bad(BadRow(line_number, sentence))

    def good(self, rows: Iterable[R | BadRow]) -> Iterator[R]:
        """The rows that could be read; the others are left out on the way."""
        for row in rows:
            if isinstance(row, BadRow):
                self.refuse(row.line_number, row.sentence)
            else:
                yield row

    def kept(self, added: int, changed: int) -> None:
        """Count what a transaction wrote."""
        self.added += added
        self.changed += changed


def in_batches(items: Iterable[T], size: int = ROWS_AT_ONCE) -> Iterator[list[T]]:
    """Lists of at most `size`, made while one walks, so that a long file is never in memory at once."""
    walk = iter(items)
    while batch := list(islice(walk, size)):
        yield batch
