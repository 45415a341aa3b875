"""Cursors and query values of lists."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.errors import Invalid

MOST_ITEMS = 200
Query = TypeVar("Query", bound=BaseModel)


class Page(BaseModel):
    """Where a list goes on, and how much of it."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")] | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_ITEMS)] = 50

    @property
    def after(self) -> int:
        """The key behind which the page begins."""
        return read_cursor(self.cursor) if self.cursor is not None else 0


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
    """A URL-safe word for the place behind a key."""
    return base64.urlsafe_b64encode(str(key).encode()).decode().rstrip("=")


def read_cursor(word: str) -> int:
    """The key in a cursor. Raises Invalid for a word that is none of ours."""
    try:
        key = int(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)).decode("ascii"))
    except (ValueError, binascii.Error) as error:
        raise Invalid("The cursor is none that this API gave.") from error
    if not 0 <= key < 2**63:
        raise Invalid("The cursor is none that this API gave.")
    return key
