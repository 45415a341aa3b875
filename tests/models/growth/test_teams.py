"""A team's month in sums, page by page, and reminders once in seven days."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.errors import NotFound
from models.growth.reminders import COOL_DOWN, remind
from models.growth.teams import TeamSums, member_page, my_member, team_sums
from models.people.distributors import Distributor
from models.store.outbox import NoticeKind, NoticeRow, Topic
from models.store.sql import table_of
from tests.builders import Shop, line
from tests.models.growth.test_progress import sponsored
from tests.models.sales.plans import plan


async def test_sums_and_shares_of_both_depths(shop: Shop) -> None:
    """10.00 and 20.00 sold by direct members, 40.00 below; 3 % and 1 % of them, a refund taken off."""
    await shop.plan(plan('team: {depth: 2, percents: ["3", "1"]}'))
    boss, ann, bob, below = [await shop.distributor(name) for name in ("boss", "ann", "bob", "below")]
    await sponsored(shop, ann, bob, by=boss)
    await sponsored(shop, below, by=ann)
    for ref, who, price in (("1", ann, "10.00"), ("2", ann, "20.00"), ("3", below, "40.00")):
        await shop.tell(shop.paid(ref, line(price=price), code=(await shop.link(who)).code))
    await shop.tell(
        shop.paid("4", line(), code=(await shop.link(bob)).code, at=shop.now - timedelta(days=30)),
        shop.refunded("2", full=True),
    )

    async with shop.store.read() as session:
        direct = await team_sums(session, shop.merchant, boss.id, 1, shop.now)
        second = await team_sums(session, shop.merchant, boss.id, 2, shop.now)
        first = await member_page(session, shop.merchant, boss.id, None, 1, shop.now)
        rest = await member_page(session, shop.merchant, boss.id, first.next_after, 1, shop.now)

    assert direct == TeamSums(members=2, active=1, orders=1, sales_minor=1000, share_minor=30)
    assert second == TeamSums(members=1, active=1, orders=1, sales_minor=4000, share_minor=40)
    assert [(each.name, each.orders, each.sales_minor, each.share_minor) for each in first.items] == [
        ("ann", 1, 1000, 30)
    ]
    assert [(each.name, each.orders, each.share_minor) for each in rest.items] == [("bob", 0, 0)]
    assert rest.next_after is None


async def test_only_ones_own_direct_members_are_there(shop: Shop) -> None:
    boss, ann, other = [await shop.distributor(name) for name in ("boss", "ann", "other")]
    await sponsored(shop, ann, by=boss)
    async with shop.store.read() as session:
        assert (await my_member(session, shop.merchant.id, boss.id, ann.id)).name == "ann"
        for sponsor, member in ((other, ann), (boss, other), (ann, boss)):
            with pytest.raises(NotFound):
                await my_member(session, shop.merchant.id, sponsor.id, member.id)


async def test_a_member_is_reminded_once_in_seven_days_whoever_asks(shop: Shop) -> None:
    boss, other = await shop.distributor("boss"), await shop.distributor("other")
    ann = await shop.distributor("ann", person=await shop.person(1))
    mute = await shop.distributor("mute")

    async def asks(sponsor: Distributor, now: datetime, member: Distributor = ann) -> bool:
        async with shop.store.write() as session:
            return await remind(session, member, sponsor, now)

    soon = shop.now + COOL_DOWN - timedelta(seconds=1)
    assert [await asks(boss, shop.now), await asks(boss, shop.now), await asks(other, soon)] == [
        True,
        False,
        False,
    ]
    assert await asks(boss, shop.now + COOL_DOWN)
    assert not await asks(boss, shop.now, mute)
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = (await session.execute(select(table.c.kind, table.c.topic, table.c.person_id))).all()
    assert [tuple(row) for row in rows] == [(NoticeKind.REMINDER, Topic.TASKS, ann.person_id)] * 2
