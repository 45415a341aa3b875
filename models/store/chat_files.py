"""Pictures and files that the chat server keeps already: sent once as bytes, ever after by its id (chat.md 6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import String, Text, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.sql import chunks, insert_ignore, table_of
from models.store.types import Key, UtcTime


class ChatFile(SQLModel, table=True):
    """The chat server's id of something, for one bot; `key` names what it shows, down to its last detail."""

    __tablename__ = "chat_file"

    bot_id: int = Field(primary_key=True, sa_type=Key)
    key: str = Field(primary_key=True, sa_type=String(80))
    file_id: str = Field(sa_type=Text)
    kept_at: datetime = Field(sa_type=UtcTime)


async def chat_files(session: AsyncSession, bot_id: int, keys: Sequence[str]) -> dict[str, str]:
    """The file ids of those keys that the chat server has."""
    found: dict[str, str] = {}
    for part in chunks(sorted(set(keys))):
        rows = await session.execute(
            select(col(ChatFile.key), col(ChatFile.file_id)).where(
                col(ChatFile.bot_id) == bot_id, col(ChatFile.key).in_(part)
            )
        )
        found.update({row.key: row.file_id for row in rows})
    return found


async def keep_chat_file(session: AsyncSession, bot_id: int, key: str, file_id: str, now: datetime) -> None:
    """Remember an upload; the first one of a key stays."""
    await session.execute(
        insert_ignore(session, ChatFile, ("bot_id", "key")).values(
            bot_id=bot_id, key=key, file_id=file_id, kept_at=now
        )
    )


async def forget_chat_file(session: AsyncSession, bot_id: int, key: str) -> None:
    """The chat server knows the id no longer."""
    table = table_of(ChatFile)
    await session.execute(delete(table).where(table.c.bot_id == bot_id, table.c.key == key))


async def forget_chat_files(session: AsyncSession, before: datetime) -> None:
    """Purge what was uploaded before a time: most of it shows prices that are no more."""
    table = table_of(ChatFile)
    await session.execute(delete(table).where(table.c.kept_at < before))
