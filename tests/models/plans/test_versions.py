"""Published versions: they never change, and each moment has one of them in force."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.plans.reading import PlanRefused
from models.plans.versions import PlanBook
from tests.builders import BASE_PLAN, Shop

START = datetime(2010, 12, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def starting(at: str, percent: str = "20") -> str:
    text = BASE_PLAN.replace("2010-12-01T00:00:00Z", at)
    return text.replace('- {percent: "10"}', f'- {{percent: "{percent}"}}')


async def book(shop: Shop) -> PlanBook:
    async with shop.store.read() as session:
        return await PlanBook.open(session, shop.merchant.id)


async def test_publishing_the_same_document_again_gives_the_same_version(shop: Shop) -> None:
    again = await shop.plan()

    assert again.version == 1


async def test_an_edit_makes_the_next_version_from_its_start_on(shop: Shop) -> None:
    await shop.plan(starting("2011-01-01T00:00:00Z"))
    plans = await book(shop)

    change = datetime(2011, 1, 1, tzinfo=UTC)
    found = [plans.in_force(moment) for moment in (START - TICK, START, change - TICK, change)]
    assert [plan and plan.version for plan in found] == [None, 1, 1, 2]


async def test_just_before_a_moment_a_plan_that_starts_then_is_not_yet_there(shop: Shop) -> None:
    plans = await book(shop)

    assert plans.in_force_before(START) is None
    later = plans.in_force_before(START + TICK)
    assert later is not None
    assert later.version == 1


async def test_of_two_plans_that_start_together_the_later_published_counts(shop: Shop) -> None:
    await shop.plan(starting("2010-12-01T00:00:00Z"))
    plans = await book(shop)

    found = plans.in_force(START)
    assert found is not None
    assert found.version == 2


async def test_a_refused_plan_leaves_the_one_in_force(shop: Shop) -> None:
    with pytest.raises(PlanRefused):
        await shop.plan(starting("2011-01-01T00:00:00Z", percent="120"))

    assert (await shop.plan()).version == 1
