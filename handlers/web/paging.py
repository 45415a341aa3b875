"""Cursors and query values of lists."""

from __future__ import annotations

from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import Invalid

MOST_ITEMS = 200
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_RADIX = len(_DIGITS)
_LENGTH = 12
Query = TypeVar("Query", bound=BaseModel)


class Page(BaseModel):
    """Where a list goes on, and how much of it."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, Field(pattern=r"^[0-9a-z]{12}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 50

    @property
    def after(self) -> int:
        """The key behind which the page begins."""
        return int(self.cursor, _RADIX) if self.cursor is not None else 0


def query_of(request: web.Request, kind: type[Query]) -> Query:
    """The query of a request, checked. Raises Invalid, for unknown and doubled parameters too."""
    if len(set(request.query)) != len(request.query):
        raise Invalid("A query parameter stands twice.")
    try:
        return kind.model_validate(dict(request.query))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "query"
        raise Invalid(f"{where}: {first['msg'].removeprefix('Value error, ')}") from error


def cursor(key: int) -> str:
    """A URL-safe word for the place behind a key: the key as twelve digits in base 36, so that every such
    word is a place, and hardly anything else is taken for one.
    """
    word = ""
    while key:
        key, digit = divmod(key, _RADIX)
        word = _DIGITS[digit] + word
    return word.rjust(_LENGTH, _DIGITS[0])
