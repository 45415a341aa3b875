"""What people looked for, kept under a number that fits into a button."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.catalog.words import MOST_CHARS
from models.errors import NotFound
from models.store.ids import new_id
from models.store.sql import insert_ignore, table_of
from models.store.types import Key, UtcTime


class Search(SQLModel, table=True):
    """Words that one person looked for; kept a while, for buttons of pages that lie in chats."""

    __tablename__ = "search"
    __table_args__ = (UniqueConstraint("person_id", "words"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    words: str = Field(sa_type=String(MOST_CHARS))
    made_at: datetime = Field(sa_type=UtcTime)


async def keep_search(session: AsyncSession, person_id: int, words: str, now: datetime) -> Search:
    """The number of what somebody looks for, the same for the same words."""
    kept = words.strip()[:MOST_CHARS]
    await session.execute(
        insert_ignore(session, Search, ("person_id", "words")).values(
            id=new_id(), person_id=person_id, words=kept, made_at=now
        )
    )
    found = await session.execute(
        select(Search).where(col(Search.person_id) == person_id, col(Search.words) == kept)
    )
    return found.scalar_one()


async def search_of(session: AsyncSession, person_id: int, search_id: int) -> Search:
    """Raises NotFound for one that is another person's or was purged."""
    found = await session.execute(
        select(Search).where(col(Search.person_id) == person_id, col(Search.id) == search_id)
    )
    search = found.scalar_one_or_none()
    if search is None:
        raise NotFound("search", str(search_id))
    return search


async def forget_searches(session: AsyncSession, before: datetime) -> None:
    """Purge old ones; their buttons then lead to the whole catalogue."""
    table = table_of(Search)
    await session.execute(delete(table).where(table.c.made_at < before))
