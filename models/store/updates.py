"""Chat updates, kept by update id until they are handled (operations.md B4).

The chat server forgets an update once it is acknowledged, so it is written here first, in both modes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Text, bindparam, delete, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.sql import chunks, insert_ignore, table_of
from models.store.types import Key, UtcTime


class ChatUpdate(SQLModel, table=True):
    """One update as the chat server sent it (JSON), until `handled_at` is set."""

    __tablename__ = "chat_update"
    __table_args__ = (
        Index(
            None,
            "update_id",
            sqlite_where=text("handled_at IS NULL"),
            postgresql_where=text("handled_at IS NULL"),
        ),
    )

    bot_id: int = Field(primary_key=True, sa_type=Key)
    update_id: int = Field(primary_key=True, sa_type=Key)
    content: str = Field(sa_type=Text)
    received_at: datetime = Field(sa_type=UtcTime)
    handled_at: datetime | None = Field(default=None, sa_type=UtcTime)


async def keep_updates(
    session: AsyncSession, bot_id: int, updates: Sequence[tuple[int, str]], now: datetime
) -> set[int]:
    """Write updates (id, JSON) down; answers which are new. Those already known are left as they are."""
    fresh: set[int] = set()
    for part in chunks(list(dict(updates).items()), 100):
        rows = [
            {"bot_id": bot_id, "update_id": key, "content": content, "received_at": now, "handled_at": None}
            for key, content in part
        ]
        statement = insert_ignore(session, ChatUpdate, ("bot_id", "update_id")).values(rows)
        kept = await session.execute(statement.returning(table_of(ChatUpdate).c.update_id))
        fresh.update(kept.scalars())
    return fresh


async def unhandled_updates(session: AsyncSession, bot_id: int, limit: int = 1000) -> list[tuple[int, str]]:
    """Updates (id, JSON) that wait to be handled, in their order."""
    rows = await session.execute(
        select(col(ChatUpdate.update_id), col(ChatUpdate.content))
        .where(col(ChatUpdate.bot_id) == bot_id, col(ChatUpdate.handled_at).is_(None))
        .order_by(col(ChatUpdate.update_id))
        .limit(limit)
    )
    return [(row.update_id, row.content) for row in rows]


_TABLE = table_of(ChatUpdate)
_MARK = (
    update(_TABLE)
    .where(_TABLE.c.bot_id == bindparam("bot"), _TABLE.c.update_id.in_(bindparam("updates", expanding=True)))
    .values(handled_at=bindparam("now", type_=UtcTime()), content="")
)


async def mark_handled(session: AsyncSession, bot_id: int, update_ids: Sequence[int], now: datetime) -> None:
    """The answer went out; these updates are done and their content is forgotten."""
    await session.execute(_MARK, {"bot": bot_id, "updates": update_ids, "now": now})


async def forget_updates(session: AsyncSession, before: datetime) -> None:
    """Purge updates handled before a time; the chat server repeats none so old."""
    await session.execute(
        delete(ChatUpdate)
        .where(col(ChatUpdate.handled_at) < before)
        .execution_options(synchronize_session=False)
    )
