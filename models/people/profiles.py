"""The profile agreed with a distributor, and since when: money asks how it stood at a moment (docs/plans.md)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, String, bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import chunks, table_of
from models.store.types import Key, UtcTime


class ProfileHeld(SQLModel, table=True):
    """From `since` on this profile (or none) was agreed with the distributor, until the next row."""

    __tablename__ = "profile_held"
    __table_args__ = (Index(None, "distributor_id", "since"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)
    profile: str | None = Field(default=None, sa_type=String(60))
    since: datetime = Field(sa_type=UtcTime)


_TABLE = table_of(ProfileHeld)
_OF_MANY = (
    select(_TABLE.c.distributor_id, _TABLE.c.since, _TABLE.c.profile)
    .where(_TABLE.c.distributor_id.in_(bindparam("distributor_ids", expanding=True)))
    .order_by(_TABLE.c.since, _TABLE.c.id)
)


class ProfileBook:
    """The profile histories of some distributors."""

    def __init__(self, histories: dict[int, list[tuple[datetime, str | None]]]) -> None:
        self._histories = histories

    @classmethod
    async def open(cls, session: AsyncSession, distributor_ids: Sequence[int]) -> ProfileBook:
        """Read the histories of these distributors."""
        histories: dict[int, list[tuple[datetime, str | None]]] = defaultdict(list)
        for part in chunks(distributor_ids):
            for row in await session.execute(_OF_MANY, {"distributor_ids": part}):
                histories[row.distributor_id].append((row.since, row.profile))
        return cls(histories)

    def profile_before(self, distributor_id: int, moment: datetime) -> str | None:
        """The profile agreed just before a moment; None where none was."""
        profile = None
        for since, agreed in self._histories.get(distributor_id, []):
            if since >= moment:
                break
            profile = agreed
        return profile


async def profile_at(
    session: AsyncSession, merchant_id: int, distributor_id: int, moment: datetime
) -> str | None:
    """The profile that holds from a moment on, one agreed at that very moment included."""
    result = await session.execute(
        select(_TABLE.c.profile)
        .where(
            _TABLE.c.merchant_id == merchant_id,
            _TABLE.c.distributor_id == distributor_id,
            _TABLE.c.since <= moment,
        )
        .order_by(_TABLE.c.since.desc(), _TABLE.c.id.desc())
        .limit(1)
    )
    return result.scalar_one_or_none()


async def set_profile(
    session: AsyncSession, *, merchant_id: int, distributor_id: int, profile: str | None, since: datetime
) -> None:
    """Agree on a profile, or on none, from a moment on; an equal moment's earlier word is replaced."""
    result = await session.execute(
        select(ProfileHeld)
        .where(
            col(ProfileHeld.merchant_id) == merchant_id,
            col(ProfileHeld.distributor_id) == distributor_id,
            col(ProfileHeld.since) == since,
        )
        .order_by(col(ProfileHeld.id).desc())
        .limit(1)
    )
    held = result.scalar_one_or_none()
    if held is None:
        held = ProfileHeld(merchant_id=merchant_id, distributor_id=distributor_id, since=since)
        session.add(held)
    held.profile = profile
    await session.flush()
