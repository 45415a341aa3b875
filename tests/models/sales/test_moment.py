"""The moment that decides: the payee at placing; plan and level just before payment (business.md 4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.people.levels import set_level
from models.plans.reading import PlanRefused
from tests.builders import BASE_PLAN, Shop, line
from tests.models.books import amounts, earned, order_of, release

TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)


def plan_from(moment: datetime, percent: str = "20") -> str:
    return BASE_PLAN.replace("2010-12-01T00:00:00Z", f"'{moment.isoformat()}'").replace(
        '- {percent: "10"}', f'- {{percent: "{percent}"}}'
    )


async def promote(shop: Shop, distributor_id: int, level: str, since: datetime) -> None:
    async with shop.store.write() as session:
        await set_level(
            session, merchant_id=shop.merchant.id, distributor_id=distributor_id, level=level, since=since
        )


async def test_a_level_gained_at_the_very_moment_of_payment_does_not_count(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", level="promoter")
    link = await shop.link(mei)
    await promote(shop, mei.id, "leader", now)

    await shop.tell(
        shop.paid("at", line(), code=link.code), shop.paid("after", line(), code=link.code, at=now + TICK)
    )

    assert await amounts(shop, "at") == [100]
    assert await amounts(shop, "after") == [120]


async def test_a_plan_that_starts_at_the_very_moment_of_payment_does_not_count(
    shop: Shop, now: datetime
) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.plan(plan_from(now))

    await shop.tell(
        shop.paid("at", line(), code=link.code), shop.paid("after", line(), code=link.code, at=now + TICK)
    )

    assert [(item.amount_minor, item.plan_version) for item in await earned(shop, "at")] == [(100, 1)]
    assert [(item.amount_minor, item.plan_version) for item in await earned(shop, "after")] == [(200, 2)]


async def test_the_rate_is_of_the_payment_not_of_the_placing(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", level="promoter")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))
    [estimate] = await earned(shop, "1")
    await promote(shop, mei.id, "leader", now + DAY)

    await shop.tell(shop.paid("1", line(), at=now + 2 * DAY))

    assert estimate.amount_minor == 100
    assert await amounts(shop, "1") == [120]


async def test_orders_told_late_earn_by_the_time_they_were_paid(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", level="promoter")
    link = await shop.link(mei)
    await promote(shop, mei.id, "leader", now)

    await shop.tell(shop.paid("late", line(), code=link.code, at=now - DAY), now=now + DAY)

    assert await amounts(shop, "late") == [100]


async def test_a_category_counts_as_it_stands_when_the_payment_is_told(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line("1", "LAMP"), code=link.code))
    await shop.product("LAMP", category="gifts")

    await shop.tell(shop.paid("2", line("1", "LAMP"), code=link.code))

    assert await amounts(shop, "1") == [150]
    assert await amounts(shop, "2") == [100]


async def test_a_new_plan_never_changes_what_was_earned(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code))

    with pytest.raises(PlanRefused, match="terms never change backwards"):
        await shop.plan(plan_from(now - DAY))
    await shop.plan(plan_from(now + TICK))

    assert [(item.amount_minor, item.plan_version) for item in await earned(shop, "1")] == [(100, 1)]


async def test_the_hold_is_of_the_plan_that_rated_the_order(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code))
    await shop.plan(plan_from(now + TICK).replace("hold_days: 7", "hold_days: 90"))

    # Received when the longer hold has long been in force
    await shop.tell(shop.received("1", at=now + 30 * DAY))

    [commission] = await earned(shop, "1")
    assert commission.release_at == now + 37 * DAY


async def test_who_placed_decides_even_when_the_payment_names_another(shop: Shop) -> None:
    mei, bo = await shop.distributor("mei"), await shop.distributor("bo")
    first, second = await shop.link(mei), await shop.link(bo)
    await shop.tell(shop.paid("1", line(), code=first.code, placed=True))

    await shop.tell(shop.paid("1", line(), code=second.code))

    assert (await order_of(shop, "1")).distributor_id == mei.id
    assert [item.distributor_id for item in await earned(shop, "1")] == [mei.id]


async def test_an_order_placed_without_a_link_stays_nobodys(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), placed=True))

    await shop.tell(shop.paid("1", line(), code=link.code))

    assert await earned(shop, "1") == []


async def test_a_level_that_the_plan_lacks_earns_the_base(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("old", level="diamond"))

    await shop.tell(shop.paid("1", line(), code=link.code))

    assert await amounts(shop, "1") == [100]


async def test_a_release_is_at_the_hour_and_not_a_moment_before(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code), shop.received("1"))

    await release(shop, now + 7 * DAY - TICK)
    [before] = await earned(shop, "1")
    await release(shop, now + 7 * DAY)
    [after] = await earned(shop, "1")

    assert (before.released_at, after.released_at) == (None, now + 7 * DAY)
