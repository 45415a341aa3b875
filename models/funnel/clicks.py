"""Clicks on links: kept raw for attribution, counted raw and unique (business.md 3, operations.md F2).

This is the hottest path of the product, so a group of clicks is written with three statements on the
driver itself. A click's id makes it land once, however often it is tried (the spool file, a crash).
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Index, String, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.funnel.links import Link
from models.store.engine import Store
from models.store.ids import first_id_of
from models.store.sql import chunks, table_of
from models.store.types import Key, UtcTime, to_micros

if TYPE_CHECKING:
    import asyncpg

HOUR = 3_600_000_000
"""Microseconds in the UTC clock hour that makes a click unique."""
VISITOR_CHARS = 32


class Click(SQLModel, table=True):
    """One counted click of one visitor."""

    __tablename__ = "click"
    __table_args__ = (Index(None, "visitor", "at"),)

    id: int = Field(primary_key=True, sa_type=Key)
    link_id: int = Field(foreign_key="link.id", sa_type=Key)
    visitor: str = Field(sa_type=String(VISITOR_CHARS))
    at: datetime = Field(sa_type=UtcTime)


class Visit(SQLModel, table=True):
    """A visitor on a link within one clock hour (hours since 1970): the key of a unique click."""

    __tablename__ = "visit"
    __table_args__ = {"sqlite_with_rowid": False}

    link_id: int = Field(primary_key=True, foreign_key="link.id", sa_type=Key)
    visitor: str = Field(primary_key=True, sa_type=String(VISITOR_CHARS))
    hour: int = Field(primary_key=True)


class NewClick(NamedTuple):
    """A click on its way in; `at` in microseconds since 1970."""

    id: int
    link_id: int
    visitor: str
    at: int


class VisitorClick(NamedTuple):
    """A click as attribution sees it."""

    visitor: str
    link: Link
    at: datetime


async def land_clicks(store: Store, clicks: Sequence[NewClick]) -> None:
    """Commit a group of clicks and their counts in one transaction; those that landed before change nothing."""
    once = list({click.id: click for click in clicks}.values())
    await store.raw_write(
        lambda connection: _land_on_sqlite(connection, once),
        lambda connection: _land_on_postgres(connection, once),
    )


_NEW = (
    "WITH new AS (SELECT value->>0 AS id, value->>1 AS link_id, value->>2 AS visitor, value->>3 AS at, "
    f"(value->>3) / {HOUR} AS hour FROM json_each(?)) "
)
_COUNT = _NEW + (
    "INSERT INTO link_total (link_id, clicks, unique_clicks) SELECT new.link_id, count(*), "
    "count(DISTINCT CASE WHEN visit.link_id IS NULL THEN new.visitor || new.hour END) FROM new "
    "LEFT JOIN click ON click.id = new.id "
    "LEFT JOIN visit ON visit.link_id = new.link_id AND visit.visitor = new.visitor AND visit.hour = new.hour "
    "WHERE click.id IS NULL GROUP BY new.link_id ON CONFLICT (link_id) DO UPDATE "
    "SET clicks = clicks + excluded.clicks, unique_clicks = unique_clicks + excluded.unique_clicks"
)
_VISIT = _NEW + (
    "INSERT INTO visit (link_id, visitor, hour) SELECT link_id, visitor, hour FROM new WHERE true "
    "ON CONFLICT DO NOTHING"
)
_CLICK = _NEW + (
    "INSERT INTO click (id, link_id, visitor, at) SELECT id, link_id, visitor, at FROM new WHERE true "
    "ON CONFLICT DO NOTHING"
)


def _land_on_sqlite(connection: sqlite3.Connection, clicks: Sequence[NewClick]) -> None:
    # Three statements that each run in one step, whatever the group's size: every step and every row that
    # comes back must wait for the interpreter's lock, which the event loop holds most of the time.
    group = json.dumps(clicks)
    connection.execute(_COUNT, (group,))
    connection.execute(_VISIT, (group,))
    connection.execute(_CLICK, (group,))


async def _land_on_postgres(
    connection: asyncpg.Connection[asyncpg.Record], clicks: Sequence[NewClick]
) -> None:
    landed = await connection.fetch(
        "INSERT INTO click (id, link_id, visitor, at) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], "
        "$4::bigint[]) ON CONFLICT DO NOTHING RETURNING link_id, visitor, at",
        [click.id for click in clicks],
        [click.link_id for click in clicks],
        [click.visitor for click in clicks],
        [click.at for click in clicks],
    )
    # Sorted, so that two processes that count the same links can't wait for each other in a ring.
    visits = sorted({(row["link_id"], row["visitor"], row["at"] // HOUR) for row in landed})
    if not visits:
        return
    fresh = await connection.fetch(
        "INSERT INTO visit (link_id, visitor, hour) SELECT * FROM unnest($1::bigint[], $2::text[], $3::int[]) "
        "ON CONFLICT DO NOTHING RETURNING link_id",
        [visit[0] for visit in visits],
        [visit[1] for visit in visits],
        [visit[2] for visit in visits],
    )
    totals = _totals([row["link_id"] for row in landed], [row["link_id"] for row in fresh])
    await connection.execute(
        "INSERT INTO link_total (link_id, clicks, unique_clicks) SELECT * FROM unnest($1::bigint[], $2::bigint[], "
        "$3::bigint[]) ON CONFLICT (link_id) DO UPDATE SET clicks = link_total.clicks + excluded.clicks, "
        "unique_clicks = link_total.unique_clicks + excluded.unique_clicks",
        [total[0] for total in totals],
        [total[1] for total in totals],
        [total[2] for total in totals],
    )


def _totals(landed: Sequence[int], fresh: Sequence[int]) -> list[tuple[int, int, int]]:
    unique = Counter(fresh)
    return sorted((link_id, count, unique[link_id]) for link_id, count in Counter(landed).items())


async def clicks_of(
    session: AsyncSession, merchant_id: int, visitors: Sequence[str], since: datetime
) -> list[VisitorClick]:
    """Clicks of these visitors on this merchant's links since a time, oldest first."""
    table = table_of(Click)
    found: list[VisitorClick] = []
    for part in chunks(visitors):
        rows = await session.execute(
            select(Link, table.c.visitor, table.c.at)
            .join(Link, col(Link.id) == table.c.link_id)
            .where(table.c.visitor.in_(part), table.c.at > since, col(Link.merchant_id) == merchant_id)
            .order_by(table.c.at, table.c.id)
        )
        found.extend(VisitorClick(visitor, link, at) for link, visitor, at in rows)
    return found


async def forget_clicks(session: AsyncSession, before: datetime) -> None:
    """Purge clicks that no attribution window reaches any more; the totals stay."""
    await session.execute(
        delete(Click).where(col(Click.id) < first_id_of(before)).execution_options(synchronize_session=False)
    )
    hour = to_micros(before) // HOUR
    await session.execute(
        delete(Visit).where(col(Visit.hour) < hour).execution_options(synchronize_session=False)
    )
