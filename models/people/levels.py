"""The level a distributor holds, and since when: money asks how it stood at a moment (business.md 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import Index, String, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.prepared import Prepared
from models.store.sql import chunks, table_of
from models.store.types import EPOCH, Json, JsonValue, Key, UtcTime, Word

BEGINNING = EPOCH
"""An imported level holds from the beginning of time."""


class LevelCause(StrEnum):
    """Why a level was given."""

    GIVEN = "given"
    PROMOTED = "promoted"
    DEMOTED = "demoted"
    PINNED = "pinned"
    UNPINNED = "unpinned"


class LevelHeld(SQLModel, table=True):
    """From `since` on the distributor held `level`, until the next row.

    `after_order`: a promotion holds for orders behind the one that completed its conditions, those of the same
    time included. `evidence`: the numbers behind it. A `pinned` level never moves by itself.
    """

    __tablename__ = "level_held"
    __table_args__ = (Index(None, "distributor_id", "since"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    level: str = Field(sa_type=String(60))
    since: datetime = Field(sa_type=UtcTime)
    after_order: str | None = Field(default=None, sa_type=String(200))
    cause: LevelCause = Field(default=LevelCause.GIVEN, sa_type=Word(LevelCause))
    pinned: bool = False
    evidence: dict[str, JsonValue] = Field(default_factory=dict, sa_type=Json)
    written_at: datetime | None = Field(default=None, sa_type=UtcTime)


class LevelWarning(SQLModel, table=True):
    """Somebody no longer fulfils their level's conditions and will lose it at the first close from `due_at` on."""

    __tablename__ = "level_warning"

    distributor_id: int = Field(foreign_key="distributor.id", primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    level: str = Field(sa_type=String(60))
    warned_at: datetime = Field(sa_type=UtcTime)
    due_at: datetime = Field(sa_type=UtcTime)


class ProfileHeld(SQLModel, table=True):
    """From `since` on this profile (or none) was agreed with the distributor, until the next row."""

    __tablename__ = "profile_held"
    __table_args__ = (Index(None, "distributor_id", "since"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    profile: str | None = Field(default=None, sa_type=String(60))
    since: datetime = Field(sa_type=UtcTime)


_TABLE = table_of(LevelHeld)
_HISTORIES = (
    select(_TABLE.c.distributor_id, _TABLE.c.since, _TABLE.c.level)
    .where(_TABLE.c.distributor_id.in_(bindparam("distributor_ids", expanding=True)))
    .order_by(_TABLE.c.since, _TABLE.c.id)
)
_LAST_BEFORE = Prepared(
    select(_TABLE.c.level)
    .where(_TABLE.c.distributor_id == bindparam("distributor_id"), _TABLE.c.since < bindparam("moment"))
    .order_by(_TABLE.c.since.desc(), _TABLE.c.id.desc())
    .limit(1),
    lambda row: cast("str", row[0]),
)


class LevelBook:
    """The level histories of some distributors."""

    def __init__(self, histories: dict[int, list[tuple[datetime, str]]]) -> None:
        self._histories = histories

    @classmethod
    async def open(cls, session: AsyncSession, distributor_ids: Sequence[int]) -> LevelBook:
        """Read the histories of these distributors."""
        histories: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
        for part in chunks(distributor_ids):
            rows = await session.execute(_HISTORIES, {"distributor_ids": part})
            for row in rows:
                histories[row.distributor_id].append((row.since, row.level))
        return cls(histories)

    def level_before(self, distributor_id: int, moment: datetime) -> str | None:
        """The level held just before a moment; None when none was ever given (the plan's first level then)."""
        level = None
        for since, held in self._histories.get(distributor_id, []):
            if since >= moment:
                break
            level = held
        return level


async def level_before(session: AsyncSession, distributor_id: int, moment: datetime) -> str | None:
    """The level that one distributor held just before a moment, as `LevelBook` says it of many."""
    return await _LAST_BEFORE.first(session, distributor_id=distributor_id, moment=moment)


async def levels_in_use(session: AsyncSession, merchant_id: int) -> dict[str, int]:
    """Every level that distributors of a merchant were ever given, and how many were."""
    rows = await session.execute(
        select(_TABLE.c.level, func.count(_TABLE.c.distributor_id.distinct()).label("holders"))
        .where(_TABLE.c.merchant_id == merchant_id)
        .group_by(_TABLE.c.level)
        .order_by(_TABLE.c.level)
    )
    return {row.level: row.holders for row in rows}


async def set_level(
    session: AsyncSession, *, merchant_id: int, distributor_id: int, level: str, since: datetime
) -> None:
    """Give a level from a moment on; an equal moment's earlier word is replaced."""
    result = await session.execute(
        select(LevelHeld).where(
            col(LevelHeld.distributor_id) == distributor_id, col(LevelHeld.since) == since
        )
    )
    held = result.scalar_one_or_none()
    if held is None:
        session.add(
            LevelHeld(merchant_id=merchant_id, distributor_id=distributor_id, level=level, since=since)
        )
    else:
        held.level = level
    await session.flush()
