"""The level a distributor holds, and since when: money asks how it stood at a moment (business.md 4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import NamedTuple, cast

from sqlalchemy import Index, String, bindparam, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.prepared import Prepared
from models.store.sql import chunks, insert_all, table_of
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


_TABLE = table_of(LevelHeld)
_OF_MANY = (
    select(
        _TABLE.c.distributor_id,
        _TABLE.c.since,
        _TABLE.c.after_order,
        _TABLE.c.id,
        _TABLE.c.level,
        _TABLE.c.pinned,
    )
    .where(_TABLE.c.distributor_id.in_(bindparam("distributor_ids", expanding=True)))
    .order_by(_TABLE.c.since, _TABLE.c.id)
)
_LAST_BEFORE = (
    select(func.max(_TABLE.c.since))
    .where(_TABLE.c.distributor_id == bindparam("distributor_id"), _TABLE.c.since < bindparam("moment"))
    .scalar_subquery()
)
_LATEST = Prepared(
    select(_TABLE.c.since, _TABLE.c.after_order, _TABLE.c.id, _TABLE.c.level).where(
        _TABLE.c.distributor_id == bindparam("distributor_id"), _TABLE.c.since == _LAST_BEFORE
    ),
    lambda row: _Step(*cast("tuple[datetime, str | None, int, str]", tuple(row))),
)


class _Step(NamedTuple):
    """One row of a history."""

    since: datetime
    after_order: str | None
    id: int
    level: str
    pinned: bool = False

    @property
    def place(self) -> tuple[datetime, bool, str, int]:
        """Its place in the history: of one moment, what orders brought comes first, by their numbers."""
        return self.since, self.after_order is None, self.after_order or "", self.id

    def holds_before(self, moment: datetime, order_ref: str | None) -> bool:
        """Whether it held just before a moment, or before an order that was paid then."""
        if self.since != moment:
            return self.since < moment
        return self.after_order is not None and order_ref is not None and self.after_order < order_ref


class LevelBook:
    """The level histories of some distributors."""

    def __init__(self, histories: dict[int, list[_Step]]) -> None:
        self._histories = {key: sorted(steps, key=attrgetter("place")) for key, steps in histories.items()}
        self._made: list[LevelHeld] = []

    @classmethod
    async def open(cls, session: AsyncSession, distributor_ids: Sequence[int]) -> LevelBook:
        """Read the histories of these distributors."""
        histories: dict[int, list[_Step]] = defaultdict(list)
        for part in chunks(distributor_ids):
            rows = await session.execute(_OF_MANY, {"distributor_ids": part})
            for row in rows:
                histories[row.distributor_id].append(_Step(*row[1:]))
        return cls(histories)

    def level_before(self, distributor_id: int, moment: datetime, order_ref: str | None = None) -> str | None:
        """The level held just before a moment; None when none was ever given (the plan's first level then).

        With `order_ref` the question is an order's that was paid at that moment: orders of one moment are taken
        by their numbers, and a promotion holds for those behind the one that brought it (docs/plans.md, "Moment").
        """
        level = None
        for step in self._histories.get(distributor_id, []):
            if not step.holds_before(moment, order_ref):
                break
            level = step.level
        return level

    def latest(self, distributor_id: int) -> str | None:
        """The level that was given last; None when none ever was."""
        history = self._histories.get(distributor_id, [])
        return history[-1].level if history else None

    def is_pinned(self, distributor_id: int) -> bool:
        """Whether staff pinned the level held last: it never moves by itself."""
        history = self._histories.get(distributor_id, [])
        return bool(history) and history[-1].pinned

    def promote(self, made: LevelHeld) -> None:
        """A promotion that an order just brought counts for those behind it."""
        history = self._histories.setdefault(made.distributor_id, [])
        history.append(_Step(made.since, made.after_order, made.id, made.level))
        history.sort(key=attrgetter("place"))
        self._made.append(made)

    async def save(self, session: AsyncSession) -> None:
        """Write the promotions; whoever was warned is no longer."""
        await insert_all(session, LevelHeld, self._made)
        warning = table_of(LevelWarning)
        for part in chunks(sorted({made.distributor_id for made in self._made})):
            await session.execute(warning.delete().where(warning.c.distributor_id.in_(part)))


async def level_before(session: AsyncSession, distributor_id: int, moment: datetime) -> str | None:
    """The level that one distributor held just before a moment, as `LevelBook` says it of many."""
    steps = await _LATEST.all(session, distributor_id=distributor_id, moment=moment)
    return max(steps, key=attrgetter("place")).level if steps else None


async def held_at(
    session: AsyncSession, merchant_id: int, distributor_id: int, moment: datetime
) -> LevelHeld | None:
    """The row that holds from a moment on, what was given at that very moment included."""
    mine = (col(LevelHeld.merchant_id) == merchant_id, col(LevelHeld.distributor_id) == distributor_id)
    latest = select(func.max(col(LevelHeld.since))).where(*mine, col(LevelHeld.since) <= moment)
    rows = await session.execute(
        select(LevelHeld).where(*mine, col(LevelHeld.since) == latest.scalar_subquery())
    )
    return max(
        rows.scalars(),
        key=lambda row: _Step(row.since, row.after_order, row.id, row.level).place,
        default=None,
    )


async def history_of(
    session: AsyncSession, merchant_id: int, distributor_id: int, limit: int = 50
) -> list[LevelHeld]:
    """The latest rows of one distributor's history, the newest first."""
    rows = await session.execute(
        select(LevelHeld)
        .where(col(LevelHeld.merchant_id) == merchant_id, col(LevelHeld.distributor_id) == distributor_id)
        .order_by(
            col(LevelHeld.since).desc(), col(LevelHeld.after_order).is_(None).desc(), col(LevelHeld.id).desc()
        )
        .limit(limit)
    )
    return list(rows.scalars())


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
    session: AsyncSession,
    *,
    merchant_id: int,
    distributor_id: int,
    level: str,
    since: datetime,
    cause: LevelCause = LevelCause.GIVEN,
    pinned: bool = False,
    evidence: dict[str, JsonValue] | None = None,
    written_at: datetime | None = None,
) -> None:
    """Give a level from a moment on; an equal moment's earlier word is replaced. A warning is over by it."""
    result = await session.execute(
        select(LevelHeld)
        .where(
            col(LevelHeld.distributor_id) == distributor_id,
            col(LevelHeld.since) == since,
            col(LevelHeld.after_order).is_(None),
        )
        .order_by(col(LevelHeld.id).desc())
        .limit(1)
    )
    held = result.scalar_one_or_none()
    if held is None:
        held = LevelHeld(merchant_id=merchant_id, distributor_id=distributor_id, level=level, since=since)
        session.add(held)
    held.level = level
    held.cause = cause
    held.pinned = pinned
    held.evidence = evidence or {}
    held.written_at = written_at
    warning = table_of(LevelWarning)
    await session.execute(
        delete(warning).where(
            warning.c.merchant_id == merchant_id, warning.c.distributor_id == distributor_id
        )
    )
    await session.flush()
