"""What travels as JSON, and the unit in which the Bot API counts text."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = str | int | float | bool | Sequence["Json"] | Mapping[str, "Json"] | None
"""A value as the json module reads and writes it."""

ALPHABET = string.ascii_letters + string.digits


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, the Bot API's unit for offsets and limits."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def random_name(length: int) -> str:
    """A random word that is safe in URLs and file names."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def present(**fields: Json) -> dict[str, Json]:
    """The fields that have a value: the Bot API leaves absent ones out."""
    return {name: value for name, value in fields.items() if value is not None}


def utf16_slice(text: str, start: int, end: int) -> str:
    """The part of a text between two offsets in UTF-16 code units."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")
