"""Identifiers that every process can make by itself: 63 bits, roughly in order of time.

Made before the row is written, so that a whole story (order, lines, commissions, postings) can be
inserted in bulk without asking the database for keys. Layout: milliseconds since 2024 (41 bits),
random node of this process (10), sequence (12). A block of them is two numbers, from which the database
makes each by itself: rows that are inserted in sets need no round trip for their keys.
"""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, ColumnElement, literal

from models.store.types import to_micros

_EPOCH_MS = 1_704_067_200_000
_SEQUENCE_BITS = 12
_NODE_BITS = 10

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No look-alikes and no punctuation: a code survives chat, print and reading aloud (chat.md 2.18)."""


@dataclass(frozen=True, slots=True)
class IdBlock:
    """Identifiers that were taken together: `size` of them, numbered from 0. Nobody else of this process has one."""

    first: int
    node: int
    size: int

    def at(self, place: ColumnElement[int]) -> ColumnElement[int]:
        """The identifier of a place (0 to size - 1), as the database figures it."""
        counter = literal(self.first, BigInteger) + place
        moment, sequence = counter // (1 << _SEQUENCE_BITS), counter % (1 << _SEQUENCE_BITS)
        node = literal(self.node << _SEQUENCE_BITS, BigInteger)
        return moment * literal(1 << (_SEQUENCE_BITS + _NODE_BITS), BigInteger) + node + sequence


class _Ids:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._node = secrets.randbits(_NODE_BITS)
        self._last = 0

    def next(self) -> int:
        counter = self._take(1)
        moment, sequence = counter >> _SEQUENCE_BITS, counter & ((1 << _SEQUENCE_BITS) - 1)
        return (moment << (_SEQUENCE_BITS + _NODE_BITS)) | (self._node << _SEQUENCE_BITS) | sequence

    def block(self, size: int) -> IdBlock:
        return IdBlock(self._take(size), self._node, size)

    def _take(self, count: int) -> int:
        """The first of so many numbers in a row."""
        tick = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _SEQUENCE_BITS
        with self._lock:
            # A full millisecond borrows from the next ones: ids of one process never repeat or fall.
            first = max(tick, self._last + 1)
            self._last = first + count - 1
        return first


_ids = _Ids()


def new_id() -> int:
    """A new identifier, unique for practical purposes; a primary key catches the rest."""
    return _ids.next()


def new_ids(size: int) -> IdBlock:
    """A block of identifiers for rows that the database makes by itself."""
    return _ids.block(size)


def first_id_of(moment: datetime) -> int:
    """What ids made from a time on are not below; so that what is old can be found by its key."""
    milliseconds = to_micros(moment) // 1000 - _EPOCH_MS
    return max(milliseconds, 0) << (_SEQUENCE_BITS + _NODE_BITS)


def new_code(length: int = 8) -> str:
    """A random code of the unambiguous alphabet, for links, invitations and public ids."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
