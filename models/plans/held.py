"""Levels and profiles that people hold while the plan has them no more; they count as the first level, or as none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models.people.levels import LevelHeld
from models.people.profiles import ProfileHeld
from models.plans.document import PlanDocument
from models.store.sql import table_of


@dataclass(frozen=True, slots=True)
class Lacking:
    """What people hold and a plan lacks, each with how many hold it."""

    levels: dict[str, int]
    profiles: dict[str, int]


async def held_but_lacking(
    session: AsyncSession, merchant_id: int, plan: PlanDocument, now: datetime
) -> Lacking:
    """What distributors of a merchant hold now of which this plan knows nothing."""
    levels = await _held(session, LevelHeld, "level", merchant_id, now)
    profiles = await _held(session, ProfileHeld, "profile", merchant_id, now)
    known_levels = {level.key for level in plan.levels}
    known_profiles = {profile.key for profile in plan.profiles}
    return Lacking(
        {key: count for key, count in levels.items() if key not in known_levels},
        {key: count for key, count in profiles.items() if key not in known_profiles},
    )


async def _held(
    session: AsyncSession, model: type[SQLModel], column: str, merchant_id: int, now: datetime
) -> dict[str, int]:
    table = table_of(model)
    newest = func.row_number().over(
        partition_by=table.c.distributor_id, order_by=(table.c.since.desc(), table.c.id.desc())
    )
    latest = (
        select(table.c[column].label("held"), newest.label("place"))
        .where(table.c.merchant_id == merchant_id, table.c.since <= now)
        .subquery()
    )
    rows = await session.execute(
        select(latest.c.held, func.count().label("holders"))
        .where(latest.c.place == 1, latest.c.held.is_not(None))
        .group_by(latest.c.held)
        .order_by(latest.c.held)
    )
    return {row.held: row.holders for row in rows}
