"""Chat updates, kept by update id until they are handled (operations.md B4).

The chat server forgets an update once it is acknowledged, so it is written here first, in both modes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Index, Text, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.engine import Store
from models.store.types import Key, UtcTime, to_micros

if TYPE_CHECKING:
    import asyncpg


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
    store: Store, bot_id: int, updates: Sequence[tuple[int, str]], now: datetime
) -> set[int]:
    """Commit updates (id, JSON); answers which are new. Those already known are left as they are.

    On the driver itself, one statement whatever the group's size: every reply waits for this and for `mark_handled`.
    """
    once = list(dict(updates).items())
    return await store.raw_write(
        lambda connection: _keep_on_sqlite(connection, bot_id, once, to_micros(now)),
        lambda connection: _keep_on_postgres(connection, bot_id, once, to_micros(now)),
    )


_KEEP = (
    "INSERT INTO chat_update (bot_id, update_id, content, received_at) "
    "SELECT ?, value->>0, value->>1, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING RETURNING update_id"
)
_MARK = (
    "UPDATE chat_update SET handled_at = ?, content = '' "
    "WHERE bot_id = ? AND update_id IN (SELECT value FROM json_each(?))"
)


def _keep_on_sqlite(
    connection: sqlite3.Connection, bot_id: int, updates: Sequence[tuple[int, str]], micros: int
) -> set[int]:
    rows = connection.execute(_KEEP, (bot_id, micros, json.dumps(updates))).fetchall()
    return {key for (key,) in rows}


async def _keep_on_postgres(
    connection: asyncpg.Connection[asyncpg.Record],
    bot_id: int,
    updates: Sequence[tuple[int, str]],
    micros: int,
) -> set[int]:
    rows = await connection.fetch(
        "INSERT INTO chat_update (bot_id, update_id, content, received_at) SELECT $1, new.id, new.content, $2 "
        "FROM unnest($3::bigint[], $4::text[]) AS new (id, content) ON CONFLICT DO NOTHING RETURNING update_id",
        bot_id,
        micros,
        [key for key, _ in updates],
        [content for _, content in updates],
    )
    return {row["update_id"] for row in rows}


async def mark_handled(store: Store, bot_id: int, update_ids: Sequence[int], now: datetime) -> None:
    """The answers went out; these updates are done and their content is forgotten."""
    await store.raw_write(
        lambda connection: _mark_on_sqlite(connection, bot_id, update_ids, to_micros(now)),
        lambda connection: _mark_on_postgres(connection, bot_id, update_ids, to_micros(now)),
    )


def _mark_on_sqlite(
    connection: sqlite3.Connection, bot_id: int, update_ids: Sequence[int], micros: int
) -> None:
    connection.execute(_MARK, (micros, bot_id, json.dumps(update_ids)))


async def _mark_on_postgres(
    connection: asyncpg.Connection[asyncpg.Record], bot_id: int, update_ids: Sequence[int], micros: int
) -> None:
    await connection.execute(
        "UPDATE chat_update SET handled_at = $1, content = '' WHERE bot_id = $2 AND update_id = ANY($3::bigint[])",
        micros,
        bot_id,
        list(update_ids),
    )


async def unhandled_updates(session: AsyncSession, bot_id: int, limit: int = 1000) -> list[tuple[int, str]]:
    """Updates (id, JSON) that wait to be handled, in their order."""
    rows = await session.execute(
        select(col(ChatUpdate.update_id), col(ChatUpdate.content))
        .where(col(ChatUpdate.bot_id) == bot_id, col(ChatUpdate.handled_at).is_(None))
        .order_by(col(ChatUpdate.update_id))
        .limit(limit)
    )
    return [(row.update_id, row.content) for row in rows]


async def forget_updates(session: AsyncSession, before: datetime) -> None:
    """Purge updates handled before a time; the chat server repeats none so old."""
    await session.execute(
        delete(ChatUpdate)
        .where(col(ChatUpdate.handled_at) < before)
        .execution_options(synchronize_session=False)
    )
