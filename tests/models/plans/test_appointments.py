"""Levels and profiles by hand: held against the plan in force, kept with their cause, written down once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.people.distributors import Distributor, DistributorState, HasLeft
from models.people.levels import LevelCause, LevelWarning, history_of
from models.people.merchants import lock_merchant
from models.people.profiles import profile_at
from models.plans.appointments import (
    LevelGiven,
    LevelStanding,
    NoPlanYet,
    NotInPlan,
    ProfileAgreed,
    TooSoon,
    agree_profile,
    give_level,
    level_standing,
)
from models.store.audit import Actor, audit_of, broken_links
from models.store.engine import Store
from tests.builders import BASE_PLAN, Shop, open_shop

OLGA = Actor.person(17)
PROFILES = (
    BASE_PLAN + "profiles: [{key: kol, title: {zh: 达人, en: KOL}}, {key: fan, title: {zh: 铁粉, en: Fan}}]\n"
)


async def give(
    shop: Shop, who: Distributor, level: str, *, pinned: bool = False, since: datetime | None = None
) -> LevelGiven:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        return await give_level(
            session,
            merchant,
            who,
            level,
            pinned=pinned,
            since=since or shop.now,
            actor=OLGA,
            now=shop.now,
            why="the best",
        )


async def agree(shop: Shop, who: Distributor, profile: str | None) -> ProfileAgreed:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        return await agree_profile(session, merchant, who, profile, actor=OLGA, now=shop.now)


async def acts(shop: Shop) -> list[tuple[str, object, object]]:
    async with shop.store.read() as session:
        assert await broken_links(session, shop.merchant.id) == []
        entries = await audit_of(session, shop.merchant.id)
    return [(entry.act, entry.before, entry.after) for entry in reversed(entries)]


async def test_a_level_is_given_pinned_and_let_go_each_once_and_with_its_cause(
    shop: Shop, now: datetime
) -> None:
    # Given Lee, who was warned that he will lose his level
    lee = await shop.distributor("lee", level="promoter")
    async with shop.store.write() as session:
        session.add(
            LevelWarning(
                distributor_id=lee.id,
                merchant_id=shop.merchant.id,
                level="promoter",
                warned_at=now,
                due_at=now + timedelta(days=30),
            )
        )

    steps = []
    for number, (level, pinned) in enumerate(
        [("leader", False), ("leader", True), ("leader", True), ("leader", False), ("partner", True)]
    ):
        shop.now = now + timedelta(hours=number)
        steps.append((await give(shop, lee, level, pinned=pinned)).changed)

    assert steps == [True, True, False, True, True]
    async with shop.store.read() as session:
        rows = await history_of(session, shop.merchant.id, lee.id)
        assert await level_standing(session, shop.merchant.id, lee.id, shop.now) == LevelStanding(
            "partner", pinned=True
        )
        assert await session.get(LevelWarning, lee.id) is None
    assert [(row.level, row.cause, row.pinned) for row in reversed(rows)] == [
        ("promoter", LevelCause.GIVEN, False),
        ("leader", LevelCause.GIVEN, False),
        ("leader", LevelCause.PINNED, True),
        ("leader", LevelCause.UNPINNED, False),
        ("partner", LevelCause.PINNED, True),
    ]
    assert rows[0].evidence == {"why": "the best"}
    assert rows[0].written_at == shop.now
    assert [act for act, _, _ in await acts(shop)] == ["set_level"] * 4
    assert (await acts(shop))[0][1:] == (
        {"level": "promoter", "pinned": False},
        {"level": "leader", "pinned": False, "since": now.isoformat()},
    )


async def test_a_level_may_begin_in_the_past_but_not_in_the_future(shop: Shop, now: datetime) -> None:
    lee = await shop.distributor("lee", level="promoter")
    await give(shop, lee, "partner")

    given = await give(shop, lee, "leader", since=now - timedelta(days=30))
    with pytest.raises(TooSoon, match="begins now or earlier"):
        await give(shop, lee, "leader", since=now + timedelta(microseconds=1))

    # Then what was given since stands
    assert given.before == LevelStanding("promoter")
    async with shop.store.read() as session:
        stands = [
            (await level_standing(session, shop.merchant.id, lee.id, moment)).level
            for moment in (now - timedelta(days=31), now - timedelta(days=30), now)
        ]
    assert stands == ["promoter", "leader", "partner"]


async def test_what_the_plan_does_not_have_is_refused_with_what_it_has(shop: Shop, store: Store) -> None:
    lee = await shop.distributor("lee")

    with pytest.raises(NotInPlan) as no_level:
        await give(shop, lee, "boss")
    with pytest.raises(NotInPlan) as no_profile:
        await agree(shop, lee, "kol")
    unplanned = await open_shop(store, shop.now)
    ann = await unplanned.distributor("ann")
    with pytest.raises(NoPlanYet):
        await give(unplanned, ann, "leader")

    assert str(no_level.value) == (
        "The plan in force has no level 'boss'; its levels are promoter, leader, partner."
    )
    assert str(no_profile.value) == "The plan in force has no profile 'kol'; it has no profiles."
    assert await acts(shop) == []


async def test_a_profile_is_agreed_changed_and_ended_each_once(shop: Shop) -> None:
    await shop.plan(PROFILES)
    lee = await shop.distributor("lee")

    agreed = [await agree(shop, lee, profile) for profile in (None, "kol", "kol", "fan", None)]

    assert [each.changed for each in agreed] == [False, True, False, True, True]
    assert await acts(shop) == [
        ("set_profile", None, "kol"),
        ("set_profile", "kol", "fan"),
        ("set_profile", "fan", None),
    ]
    async with shop.store.read() as session:
        assert await profile_at(session, shop.merchant.id, lee.id, shop.now) is None


async def test_nothing_is_set_for_somebody_who_left(shop: Shop) -> None:
    await shop.plan(PROFILES)
    gone = await shop.distributor("gone")
    async with shop.store.write() as session:
        gone = await session.merge(gone)
        gone.state = DistributorState.LEFT

    with pytest.raises(HasLeft, match="'gone' has left"):
        await give(shop, gone, "leader", pinned=True)
    for profile in ("kol", None):
        with pytest.raises(HasLeft):
            await agree(shop, gone, profile)
    assert await acts(shop) == []
