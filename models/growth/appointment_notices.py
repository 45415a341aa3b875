"""What notices about levels, profiles and sponsors set by hand tell, read when they are sent.

A member learns their sponsor's name, and a sponsor a member's, as both do when somebody joins by an invitation; neither
learns who it was before, nor why (business.md 1; `models/growth/teams.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.told import AtShop
from models.people.distributors import Distributor
from models.people.levels import LevelBook
from models.people.merchants import Merchant
from models.people.profiles import profile_at
from models.plans.parts import Title
from models.plans.ranks import Privilege
from models.plans.rules import Rate
from models.plans.versions import Plan, PlanBook
from models.store.outbox import Notice, NoticeKind

_OURS = frozenset(
    {NoticeKind.LEVEL_SET, NoticeKind.PROFILE_SET, NoticeKind.SPONSOR_SET, NoticeKind.MEMBER_SET}
)


@dataclass(frozen=True, slots=True)
class LevelSet:
    """The shop's people gave a level or, where it has not `moved`, pinned or freed it.

    `rates`: what goods in general bring, then those of single goods that name the level.
    """

    shop: AtShop
    before: Title | None
    after: Title
    moved: bool
    pinned: bool
    rates: tuple[Rate, ...]
    privileges: tuple[Privilege, ...]
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class ProfileSet:
    """The shop's people agreed on a profile, or ended the agreement (`after` None)."""

    shop: AtShop
    before: Title | None
    after: Title | None
    rates: tuple[Rate, ...]
    since: datetime
    at: datetime


@dataclass(frozen=True, slots=True)
class SponsorSet:
    """Somebody stands under another sponsor now, or under none."""

    shop: AtShop
    sponsor: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class MemberSet:
    """Somebody stands under the reader now. `percent` of what they sell is the reader's; None where the plan pays no
    team reward."""

    shop: AtShop
    member: str
    percent: str | None
    at: datetime


AppointmentFacts = LevelSet | ProfileSet | SponsorSet | MemberSet


async def appointment_facts(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, AppointmentFacts]:
    """What each notice of ours tells, by its key; one whose subject is no longer so is left out."""
    found: dict[int, AppointmentFacts] = {}
    ours = [notice for notice in notices if notice.kind in _OURS]
    for notice in ours:
        facts = await _facts(session, notice)
        if facts is not None:
            found[notice.id] = facts
    return found


async def _facts(session: AsyncSession, notice: Notice) -> AppointmentFacts | None:
    merchant = await session.get_one(Merchant, notice.merchant_id)
    shop = AtShop(merchant.id, merchant.name, merchant.currency, merchant.zone)
    plan = (await PlanBook.open(session, merchant.id)).in_force(notice.created_at)
    people = await _people(session, notice)
    reader = people.get(_number(notice, "distributor_id"))
    if reader is None:
        return None
    match notice.kind:
        case NoticeKind.LEVEL_SET:
            return await _level_set(session, notice, shop, plan) if plan is not None else None
        case NoticeKind.PROFILE_SET:
            return await _profile_set(session, notice, shop, plan) if plan is not None else None
        case NoticeKind.SPONSOR_SET:
            return _sponsor_set(notice, shop, reader, people.get(_number(notice, "sponsor_id")))
        case _:
            return _member_set(notice, shop, reader, people.get(_number(notice, "member_id")), plan)


def _sponsor_set(
    notice: Notice, shop: AtShop, reader: Distributor, above: Distributor | None
) -> SponsorSet | None:
    if reader.sponsor_id != (above.id if above is not None else None):
        return None
    return SponsorSet(shop, above.name if above is not None else None, notice.created_at)


def _member_set(
    notice: Notice, shop: AtShop, reader: Distributor, below: Distributor | None, plan: Plan | None
) -> MemberSet | None:
    if below is None or below.sponsor_id != reader.id:
        return None
    team = plan.document.team if plan is not None else None
    return MemberSet(shop, below.name, team.percents[0] if team is not None else None, notice.created_at)


async def _level_set(session: AsyncSession, notice: Notice, shop: AtShop, plan: Plan) -> LevelSet | None:
    levels = {level.key: level for level in plan.document.levels}
    level = levels.get(_word(notice, "level"))
    before = levels.get(_word(notice, "before"))
    if level is None:
        return None
    profile = await profile_at(
        session, notice.merchant_id, _number(notice, "distributor_id"), notice.created_at
    )
    return LevelSet(
        shop=shop,
        before=before.title if before is not None else None,
        after=level.title,
        moved=notice.facts.get("before") != level.key,
        pinned=notice.facts.get("pinned") is True,
        rates=_rates(plan, level.key, plan.rates.known_profile(profile), level=level.key),
        privileges=level.privileges,
        since=datetime.fromisoformat(_word(notice, "since")),
        at=notice.created_at,
    )


async def _profile_set(session: AsyncSession, notice: Notice, shop: AtShop, plan: Plan) -> ProfileSet | None:
    titles = {profile.key: profile.title for profile in plan.document.profiles}
    profile = _word(notice, "profile")
    if profile and profile not in titles:
        return None
    who = _number(notice, "distributor_id")
    held = (await LevelBook.open(session, [who])).latest(who)
    return ProfileSet(
        shop=shop,
        before=titles.get(_word(notice, "before")),
        after=titles.get(profile),
        rates=_rates(plan, plan.rates.level_or_first(held), profile or None, profile=profile or None),
        since=notice.created_at,
        at=notice.created_at,
    )


def _rates(
    plan: Plan, held: str, agreed: str | None, *, level: str | None = None, profile: str | None = None
) -> tuple[Rate, ...]:
    """What goods in general bring to somebody, then the rates of single goods that name the level or profile."""
    general = plan.rates.find("", None, held, agreed)
    own = (
        rate
        for rate in plan.document.rates
        if (rate.product or rate.category)
        and rate.level in {None, held}
        and rate.profile in {None, agreed}
        and ((level is not None and rate.level == level) or (profile is not None and rate.profile == profile))
    )
    return (*((general,) if general is not None else ()), *own)


async def _people(session: AsyncSession, notice: Notice) -> dict[int, Distributor]:
    keys = {_number(notice, name) for name in ("distributor_id", "sponsor_id", "member_id")} - {0}
    rows = await session.execute(
        select(Distributor).where(
            col(Distributor.merchant_id) == notice.merchant_id, col(Distributor.id).in_(keys)
        )
    )
    return {one.id: one for one in rows.scalars()}


def _word(notice: Notice, name: str) -> str:
    value = notice.facts.get(name)
    return value if isinstance(value, str) else ""


def _number(notice: Notice, name: str) -> int:
    value = notice.facts.get(name, 0)
    return value if isinstance(value, int) else 0
