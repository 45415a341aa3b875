"""Levels held and lines of sponsors: what rates and team rewards rest on."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.verify.finding import Finding, FindingKind, found, found_rows
from models.people import sponsors
from models.people.distributors import Distributor
from models.people.levels import LevelHeld
from models.people.merchants import Merchant
from models.plans.versions import PlanBook
from models.store.sql import table_of

_HELD, _DISTRIBUTOR = table_of(LevelHeld), table_of(Distributor)


async def levels_twice(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Nobody was given two levels at one moment, or by one order."""
    return await found_rows(
        session,
        FindingKind.LEVEL_TWICE,
        "distributor",
        select(_DISTRIBUTOR.c.external_id, func.count())
        .join(_HELD, _HELD.c.distributor_id == _DISTRIBUTOR.c.id)
        .where(_DISTRIBUTOR.c.merchant_id == merchant.id)
        .group_by(_DISTRIBUTOR.c.external_id, _HELD.c.since, _HELD.c.after_order)
        .having(func.count() > 1),
        "was given {1} levels at one moment",
    )


async def given_levels(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A level that was given by us is of a plan that was published; an imported one may be older than any plan."""
    versions = await PlanBook.open(session, merchant.id)
    levels = {level.key for plan in versions.all() for level in plan.document.levels}
    held = await session.execute(
        select(_HELD.c.level, func.min(_DISTRIBUTOR.c.external_id))
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _HELD.c.distributor_id)
        .where(_HELD.c.merchant_id == merchant.id, _HELD.c.written_at.is_not(None))
        .group_by(_HELD.c.level)
        .order_by(_HELD.c.level)
    )
    return [
        found(
            FindingKind.UNKNOWN_LEVEL,
            "distributor",
            external_id,
            f"was given level {level!r}, which no plan ever had",
        )
        for level, external_id in held
        if level not in levels
    ]


async def circles(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Nobody stands above themselves."""
    return [
        found(FindingKind.SPONSOR_LOOP, "distributor", external_id, "stands above itself by its sponsors")
        for external_id in await sponsors.circles(session, merchant.id)
    ]


async def foreign_sponsors(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A sponsor is of the same merchant, and so is who was given a level here."""
    above = _DISTRIBUTOR.alias("above")
    return [
        *await found_rows(
            session,
            FindingKind.FOREIGN,
            "distributor",
            select(_DISTRIBUTOR.c.external_id)
            .join(above, above.c.id == _DISTRIBUTOR.c.sponsor_id)
            .where(_DISTRIBUTOR.c.merchant_id == merchant.id, above.c.merchant_id != merchant.id),
            "stands below another merchant's distributor",
        ),
        *await found_rows(
            session,
            FindingKind.FOREIGN,
            "level",
            select(_HELD.c.id)
            .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _HELD.c.distributor_id)
            .where(_HELD.c.merchant_id == merchant.id, _DISTRIBUTOR.c.merchant_id != merchant.id),
            "is held by another merchant's distributor",
        ),
    ]
