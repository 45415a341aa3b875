"""Levels and profiles that staff give by hand, held against the plan in force and written down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid
from models.people.appointed import tell
from models.people.distributors import Distributor, check_has_not_left
from models.people.levels import LevelCause, held_at, set_level
from models.people.merchants import Merchant
from models.people.profiles import profile_at, set_profile
from models.plans.versions import Plan, PlanBook
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.outbox import NoticeKind
from models.store.types import JsonValue


class NoPlanYet(Invalid):
    """No plan says which levels and profiles there are."""

    code = "no_plan"

    def __init__(self) -> None:
        super().__init__("No plan is in force yet; publish one with `tuike plan publish FILE`.")


class NotInPlan(Invalid):
    """The plan in force knows no such level or profile."""

    code = "not_in_plan"

    def __init__(self, noun: str, key: str, known: tuple[str, ...]) -> None:
        listed = f"its {noun}s are {', '.join(known)}" if known else f"it has no {noun}s"
        super().__init__(f"The plan in force has no {noun} {key!r}; {listed}.")


class TooSoon(Invalid):
    """Something given by hand would begin in the future."""

    code = "too_soon"

    def __init__(self, since: datetime) -> None:
        super().__init__(f"What is given by hand begins now or earlier, not at {since.isoformat()}.")


@dataclass(frozen=True, slots=True)
class LevelStanding:
    """A level and whether it is pinned; without a level nobody gave one."""

    level: str | None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class LevelGiven:
    """How it stood at that moment before and stands after; equal when it was so already."""

    before: LevelStanding
    after: LevelStanding

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class ProfileAgreed:
    """The profile before and after; equal when it was so already."""

    before: str | None
    after: str | None

    @property
    def changed(self) -> bool:
        """Whether anything was written."""
        return self.before != self.after


async def plan_in_force(session: AsyncSession, merchant_id: int, now: datetime) -> Plan:
    """Raises NoPlanYet."""
    plan = (await PlanBook.open(session, merchant_id)).in_force(now)
    if plan is None:
        raise NoPlanYet
    return plan


async def level_standing(
    session: AsyncSession, merchant_id: int, distributor_id: int, moment: datetime
) -> LevelStanding:
    """The level that holds from a moment on."""
    held = await held_at(session, merchant_id, distributor_id, moment)
    return LevelStanding(held.level, held.pinned) if held is not None else LevelStanding(None)


async def give_level(
    session: AsyncSession,
    merchant: Merchant,
    who: Distributor,
    level: str,
    *,
    pinned: bool,
    since: datetime,
    actor: Actor,
    now: datetime,
    why: str = "",
) -> LevelGiven:
    """Give a level, pinned or free to move by itself, from a moment on that is not in the future.

    Orders told from now on that were paid later than `since` count by it; what was earned stays. The distributor is
    told, unless a later word stands. The caller holds the merchant's lock and has read the distributor since.

    Raises HasLeft, NoPlanYet, NotInPlan and TooSoon.
    """
    check_has_not_left(who)
    if since > now:
        raise TooSoon(since)
    keys = tuple(known.key for known in (await plan_in_force(session, merchant.id, now)).document.levels)
    if level not in keys:
        raise NotInPlan("level", level, keys)
    before = await level_standing(session, merchant.id, who.id, since)
    stood = await level_standing(session, merchant.id, who.id, now)
    given = LevelGiven(before, LevelStanding(level, pinned))
    if not given.changed:
        return given
    await set_level(
        session,
        merchant_id=merchant.id,
        distributor_id=who.id,
        level=level,
        since=since,
        cause=_cause(given),
        pinned=pinned,
        evidence={"why": why} if why else {},
        written_at=now,
    )
    entry = await write_down(
        session,
        merchant_id=merchant.id,
        actor=actor,
        act=Deed.SET_LEVEL,
        subject=f"distributor {who.external_id}",
        before={"level": before.level, "pinned": before.pinned},
        after={"level": level, "pinned": pinned, "since": since.isoformat()},
        why=why,
        now=now,
    )
    # What is put right in the past, behind a later word, changes nothing of what holds now.
    if stood != await level_standing(session, merchant.id, who.id, now):
        facts: dict[str, JsonValue] = {
            "level": level,
            "before": stood.level,
            "pinned": pinned,
            "since": since.isoformat(),
        }
        await tell(session, entry, NoticeKind.LEVEL_SET, who, facts)
    return given


def _cause(given: LevelGiven) -> LevelCause:
    if given.after.pinned:
        return LevelCause.PINNED
    same = given.before.level == given.after.level
    return LevelCause.UNPINNED if same and given.before.pinned else LevelCause.GIVEN


async def agree_profile(
    session: AsyncSession,
    merchant: Merchant,
    who: Distributor,
    profile: str | None,
    *,
    actor: Actor,
    now: datetime,
    why: str = "",
) -> ProfileAgreed:
    """Agree on a profile, or on none, from now on, and tell the distributor.

    The caller holds the merchant's lock and has read the distributor since. Raises HasLeft, NotInPlan, and NoPlanYet
    where a profile is named.
    """
    check_has_not_left(who)
    if profile is not None:
        plan = await plan_in_force(session, merchant.id, now)
        keys = tuple(known.key for known in plan.document.profiles)
        if profile not in keys:
            raise NotInPlan("profile", profile, keys)
    agreed = ProfileAgreed(await profile_at(session, merchant.id, who.id, now), profile)
    if not agreed.changed:
        return agreed
    await set_profile(session, merchant_id=merchant.id, distributor_id=who.id, profile=profile, since=now)
    entry = await write_down(
        session,
        merchant_id=merchant.id,
        actor=actor,
        act=Deed.SET_PROFILE,
        subject=f"distributor {who.external_id}",
        before=agreed.before,
        after=profile,
        why=why,
        now=now,
    )
    await tell(session, entry, NoticeKind.PROFILE_SET, who, {"profile": profile, "before": agreed.before})
    return agreed
