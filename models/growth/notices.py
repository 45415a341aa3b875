"""What notices about levels and reminders tell, read when they are sent (beside `models/money/notices.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.growth.progress import Climb, climb_to
from models.growth.windows import sold_in
from models.money.told import AtShop
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.plans.parts import Title
from models.plans.ranks import Level, Privilege
from models.plans.rules import Rate
from models.plans.versions import Plan, PlanBook
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks

_MOVES = frozenset({NoticeKind.LEVEL_UP, NoticeKind.LEVEL_DOWN})
_OURS = _MOVES | {NoticeKind.LEVEL_WARNING, NoticeKind.REMINDER}


@dataclass(frozen=True, slots=True)
class LevelMoved:
    """A level was gained, or lost. `rates` are those that name the level held now, `privileges` what it gives."""

    shop: AtShop
    is_up: bool
    before: Title | None
    after: Title
    rates: tuple[Rate, ...]
    privileges: tuple[Privilege, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class LevelAtRisk:
    """A level is lost when the month is closed that ends at `due_at`, unless its conditions hold again; `keep` as it
    stands."""

    shop: AtShop
    level: Title
    due_at: datetime
    keep: Climb | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Reminded:
    """A sponsor asks after a member."""

    shop: AtShop
    sponsor: str
    at: datetime


GrowthFacts = LevelMoved | LevelAtRisk | Reminded


async def growth_facts(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, GrowthFacts]:
    """What each notice of ours tells, by its key; one whose subject is no longer there is left out."""
    ours = [notice for notice in notices if notice.kind in _OURS]
    if not ours:
        return {}
    merchants = await _merchants(session, ours)
    books = {key: await PlanBook.open(session, key) for key in merchants}
    names = await _names(session, ours)
    found: dict[int, GrowthFacts] = {}
    for notice in ours:
        merchant = merchants[notice.merchant_id]
        facts = await _facts(session, notice, merchant, books[merchant.id], names)
        if facts is not None:
            found[notice.id] = facts
    return found


async def _merchants(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, Merchant]:
    found: dict[int, Merchant] = {}
    for part in chunks(sorted({notice.merchant_id for notice in notices})):
        rows = await session.execute(select(Merchant).where(col(Merchant.id).in_(part)))
        found.update({merchant.id: merchant for merchant in rows.scalars()})
    return found


async def _names(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, str]:
    """Names of those who remind."""
    names: dict[int, str] = {}
    reminders = [notice for notice in notices if notice.kind is NoticeKind.REMINDER]
    for part in chunks(sorted({_number(notice, "sponsor_id") for notice in reminders})):
        rows = await session.execute(
            select(col(Distributor.id), col(Distributor.name)).where(col(Distributor.id).in_(part))
        )
        names.update((row[0], row[1]) for row in rows)
    return names


async def _facts(
    session: AsyncSession, notice: Notice, merchant: Merchant, book: PlanBook, names: dict[int, str]
) -> GrowthFacts | None:
    shop = AtShop(merchant.id, merchant.name, merchant.currency, merchant.zone)
    if notice.kind is NoticeKind.REMINDER:
        sponsor = names.get(_number(notice, "sponsor_id"))
        return Reminded(shop, sponsor, notice.created_at) if sponsor is not None else None
    plan = book.in_force(notice.created_at)
    level = _level(plan, notice, "level")
    if plan is None or level is None:
        return None
    if notice.kind is NoticeKind.LEVEL_WARNING:
        return await _at_risk(session, notice, shop, level)
    before = _level(plan, notice, "before")
    return LevelMoved(
        shop=shop,
        is_up=notice.kind is NoticeKind.LEVEL_UP,
        before=before.title if before is not None else None,
        after=level.title,
        rates=tuple(rate for rate in plan.document.rates if rate.level == level.key),
        privileges=level.privileges,
        at=notice.created_at,
    )


async def _at_risk(session: AsyncSession, notice: Notice, shop: AtShop, level: Level) -> LevelAtRisk | None:
    due_at = notice.facts.get("due_at")
    if not isinstance(due_at, str):
        return None
    keep = None
    if level.when is not None:
        who = _number(notice, "distributor_id")
        window = await sold_in(session, notice.merchant_id, who, level.when.parts, notice.created_at)
        keep = climb_to(level, window, shop.currency)
    return LevelAtRisk(shop, level.title, datetime.fromisoformat(due_at), keep, notice.created_at)


def _level(plan: Plan | None, notice: Notice, name: str) -> Level | None:
    """The plan's level that a notice names; None when it names none, or the plan lacks it."""
    levels = plan.document.levels if plan is not None else ()
    return next((level for level in levels if level.key == notice.facts.get(name)), None)


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name, 0)
    return value if isinstance(value, int) else 0
