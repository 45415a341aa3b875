"""Words to send beside a link, written by the shop's people: by product, tone and language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Invalid
from models.store.ids import new_id
from models.store.sql import insert_ignore, table_of
from models.store.types import Key, UtcTime, Word

_PLACE = re.compile(r"\{(\w+)\}")
CAPTION_CHARS = 600
"""As it is written."""
FILLED_CHARS = 1_000
"""With title, price and link filled in: with its label it still fits under a picture (1,024)."""
TITLE_CHARS = 120
"""Most that the title takes in a caption."""
_LONGEST = {"title": "W" * TITLE_CHARS, "price": "W" * 24, "link": "W" * 80}


class Tone(StrEnum):
    """How a caption speaks: as to a friend, with spirit, or just the facts."""

    WARM = "warm"
    LIVELY = "lively"
    PLAIN = "plain"


class Caption(SQLModel, table=True):
    """One text. `{title}`, `{price}` and `{link}` stand for what they say; `language` is a two-letter code."""

    __tablename__ = "caption"
    __table_args__ = (UniqueConstraint("product_id", "tone", "language"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    product_id: int = Field(foreign_key="product.id", sa_type=Key)
    tone: Tone = Field(sa_type=Word(Tone))
    language: str = Field(sa_type=String(8))
    text: str = Field(sa_type=Text)
    updated_at: datetime = Field(sa_type=UtcTime)


class CaptionTooLong(Invalid):
    """More than fits under a picture."""

    code = "caption_too_long"

    def __init__(self, characters: int) -> None:
        super().__init__(
            f"A caption has at most {CAPTION_CHARS} characters, {FILLED_CHARS} with title, price and link "
            f"filled in; this one has {characters}."
        )
        self.characters = characters


async def captions_of(
    session: AsyncSession, merchant_id: int, product_id: int, language: str
) -> dict[Tone, str]:
    """What the shop has written for a product in a language."""
    rows = await session.execute(
        select(col(Caption.tone), col(Caption.text)).where(
            col(Caption.merchant_id) == merchant_id,
            col(Caption.product_id) == product_id,
            col(Caption.language) == language,
        )
    )
    return {row.tone: row.text for row in rows}


async def write_caption(
    session: AsyncSession,
    *,
    merchant_id: int,
    product_id: int,
    tone: Tone,
    language: str,
    text: str,
    now: datetime,
) -> None:
    """Write a caption in place of the one before; an empty text takes it away. Raises CaptionTooLong."""
    _check_length(text)
    table = table_of(Caption)
    await session.execute(
        delete(table).where(
            table.c.merchant_id == merchant_id,
            table.c.product_id == product_id,
            table.c.tone == tone,
            table.c.language == language,
        )
    )
    if text.strip():
        await session.execute(
            insert_ignore(session, Caption, ("product_id", "tone", "language")).values(
                id=new_id(),
                merchant_id=merchant_id,
                product_id=product_id,
                tone=tone,
                language=language,
                text=text.strip(),
                updated_at=now,
            )
        )


def _check_length(text: str) -> None:
    for length, most in ((units(text), CAPTION_CHARS), (units(filled(text, _LONGEST)), FILLED_CHARS)):
        if length > most:
            raise CaptionTooLong(length)


def units(text: str) -> int:
    """The length of a text as the chat server counts it: UTF-16 code units, two for most emoji."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def filled(text: str, values: Mapping[str, str]) -> str:
    """The caption with `{title}`, `{price}` and `{link}` filled in; other braces stay as they were typed.

    A caption without its link is sent with the link below it.
    """
    whole = text if "{link}" in text else text + "\n{link}"
    # In one pass, so that a title with braces in it is not filled in again.
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), whole)
