"""How far somebody is on their level: conditions, pace, warning, pin, and what the next one is worth."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from models.funnel.orders import OrderRow
from models.growth.next_level import Standing, WorthMore, worth_more
from models.growth.progress import Progress, progress
from models.people.distributors import Distributor, DistributorState
from models.people.levels import LevelWarning, set_level
from models.plans.ranks import Metric
from models.plans.versions import Plan, PlanBook
from models.store.sql import table_of
from tests.builders import Shop, line

DAY = timedelta(days=1)
LEVELS = """
name: Levels
starts_at: 2010-12-01T00:00:00Z
attribution: {self_purchase: skip}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: friend, title: {zh: 好友, en: Friend}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when:
      all:
        - {metric: orders, at_least: 4, within_days: 30}
        - {metric: sales, at_least: "50.00", within_days: 10}
        - {metric: team_size, at_least: 2, within_days: 7}
rates:
  - {percent: "10"}
  - {level: leader, percent: "12.5"}
  - {category: lights, level: leader, fixed: "1.00"}
"""


async def stands(shop: Shop, who: Distributor, now: datetime | None = None) -> Progress:
    async with shop.store.read() as session:
        return await progress(session, shop.merchant, who, await _plan(shop, now), now or shop.now)


async def _plan(shop: Shop, now: datetime | None = None) -> Plan:
    async with shop.store.read() as session:
        plan = (await PlanBook.open(session, shop.merchant.id)).in_force(now or shop.now)
    assert plan is not None
    return plan


async def sponsored(shop: Shop, *members: Distributor, by: Distributor, **values: object) -> None:
    table = table_of(Distributor)
    async with shop.store.write() as session:
        keys = [member.id for member in members]
        await session.execute(update(table).where(table.c.id.in_(keys)).values(sponsor_id=by.id, **values))


def steps(found: Progress) -> dict[Metric, tuple[int, int]]:
    assert found.climb is not None
    return {step.metric: (step.reached, step.needed) for step in found.climb.steps}


async def test_each_condition_counts_what_stands_in_its_own_window(shop: Shop) -> None:
    await shop.plan(LEVELS)
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("today", line(price="20.00", quantity=2), code=code),
        shop.paid("edge", line(), code=code, at=shop.now - 10 * DAY),
        shop.paid("inside", line(), code=code, at=shop.now - 10 * DAY + timedelta(seconds=1)),
        shop.paid("old", line(), code=code, at=shop.now - 30 * DAY),
        shop.paid("gone", line(), code=code, at=shop.now - DAY),
        shop.paid("later", line(), code=code, at=shop.now + timedelta(seconds=1)),
    )
    await shop.tell(shop.refunded("gone", full=True), shop.refunded("today", amount_minor=500))

    found = await stands(shop, mei)

    assert found.level.key == "promoter"
    assert found.climb is not None
    assert found.climb.level.key == "leader"
    assert steps(found) == {
        # today, edge and inside; the one of exactly thirty days ago is out, and so is the refunded one
        Metric.ORDERS: (3, 4),
        # 40.00 less 5.00, and 10.00 of the one just inside ten days
        Metric.SALES: (45_00, 50_00),
        Metric.TEAM_SIZE: (0, 2),
    }
    assert found.climb.days is None
    assert found.climb.nearest.metric is Metric.TEAM_SIZE


async def test_a_team_counts_active_direct_members_who_sold_something_that_stands(shop: Shop) -> None:
    await shop.plan(LEVELS)
    mei = await shop.distributor("mei")
    people = [await shop.distributor(name) for name in ("sold", "gone", "left", "idle", "below")]
    await sponsored(shop, *people[:4], by=mei)
    await sponsored(shop, people[4], by=people[0])
    await sponsored(shop, people[2], by=mei, state=DistributorState.LEFT)
    for number, who in enumerate(people):
        if who.name != "idle":
            await shop.tell(shop.paid(f"{number}", line(), code=(await shop.link(who)).code))
    await shop.tell(shop.refunded("1", full=True))

    assert steps(await stands(shop, mei))[Metric.TEAM_SIZE] == (1, 2)
    assert steps(await stands(shop, mei, shop.now + 7 * DAY))[Metric.TEAM_SIZE] == (0, 2)


async def test_own_purchases_that_are_not_paid_count_nothing(shop: Shop) -> None:
    await shop.plan(LEVELS)
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    async with shop.store.write() as session:
        await session.execute(update(table_of(OrderRow)).values(counts=False))
    assert steps(await stands(shop, mei))[Metric.ORDERS] == (0, 4)


async def test_a_pinned_level_leads_nowhere_and_a_warning_names_the_close(shop: Shop) -> None:
    await shop.plan(LEVELS)
    mei = await shop.distributor("mei", level="leader")
    async with shop.store.write() as session:
        session.add(
            LevelWarning(
                distributor_id=mei.id,
                merchant_id=shop.merchant.id,
                level="leader",
                warned_at=shop.now - DAY,
                due_at=datetime(2026, 3, 15, tzinfo=UTC),
            )
        )
    warned = await stands(shop, mei)
    # The first close behind 15 March is the one of March; London's clocks went forward before it
    assert warned.lost_at == datetime(2026, 3, 31, 23, tzinfo=UTC)
    assert warned.keep is not None
    assert (warned.climb, warned.above) == (None, None)

    async with shop.store.write() as session:
        await set_level(
            session,
            merchant_id=shop.merchant.id,
            distributor_id=mei.id,
            level="promoter",
            since=shop.now - DAY,
            pinned=True,
        )
    pinned = await stands(shop, mei)
    assert (pinned.is_pinned, pinned.climb, pinned.lost_at) == (True, None, None)


@pytest.mark.parametrize(
    ("refund", "more"),
    [
        # 99.99 at 12.5 % is 12.49 and at 10 % 9.99; two lamps at 1.00 apiece are 2.00 instead of 10 % of 60.00, 6.00
        (None, (1249 - 999) + (200 - 600)),
        # A third of the first went back: 12.49 keeps 8.33 and 9.99 keeps 6.66
        (3333, (1249 - 416 - (999 - 333)) + (200 - 600)),
    ],
)
async def test_the_next_level_is_worth_what_last_months_lines_would_have_earned(
    shop: Shop, refund: int | None, more: int
) -> None:
    await shop.plan(LEVELS)
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("1", line(price="99.99"), code=code, at=datetime(2026, 2, 1, tzinfo=UTC)),
        shop.paid(
            "2",
            line(sku="LAMP", price="30.00", quantity=2),
            code=code,
            at=datetime(2026, 2, 28, 23, tzinfo=UTC),
        ),
        shop.paid("3", line(price="500.00"), code=code, at=datetime(2026, 3, 1, tzinfo=UTC)),
    )
    if refund is not None:
        await shop.tell(shop.refunded("1", amount_minor=refund))

    async def worth(now: datetime) -> WorthMore | None:
        plan = await _plan(shop)
        async with shop.store.read() as session:
            return await worth_more(
                session, shop.merchant, mei.id, plan, Standing("promoter", None), "leader", now
            )

    found = await worth(shop.now)
    assert found is not None
    assert (found.month.key, found.sales_minor, found.more_minor) == ("2026-02", 159_99 - (refund or 0), more)
    assert await worth(shop.now - 60 * DAY) is None
