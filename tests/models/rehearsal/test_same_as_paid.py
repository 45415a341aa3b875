"""The strongest test of a rehearsal: the plan in force, told again, gives what the store really holds."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy import select, update

from jobs.closing import close_due
from models.funnel.events import Buyer, RefundedLine, ShopEvent
from models.money.commissions import CommissionKind
from models.people.distributors import Distributor
from models.people.levels import LevelCause, LevelHeld
from models.plans.reading import read_plan
from models.rehearsal.rehearsing import rehearse
from models.store.engine import Store
from models.store.sql import table_of
from tests.builders import Shop, line, open_shop
from tests.models.rehearsal.paid import really_paid, rehearsed_paid

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2026, 4, 1, tzinfo=UTC)
PLAN = """
name: Everything
starts_at: 2025-01-01T00:00:00Z
attribution: {self_purchase: skip}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - key: seller
    title: {zh: 能手, en: Seller}
    when: {all: [{metric: orders, at_least: 3, within_days: 10}]}
    grace_days: 0
  - key: leader
    title: {zh: 团长, en: Leader}
    when:
      any:
        - {metric: sales, at_least: "150.00", within_days: 20}
        - {metric: team_size, at_least: 3, within_days: 15}
profiles: [{key: kol, title: {zh: 达人, en: KOL}}]
rates:
  - {percent: "10"}
  - {level: seller, percent: "11.5"}
  - {level: leader, percent: "13"}
  - {profile: kol, percent: "20"}
  - {category: lights, percent: "15"}
boosts:
  - {category: lights, percent: "5", mode: add, from: 2026-02-01T00:00:00Z, until: 2026-02-10T00:00:00Z}
team: {depth: 2, percents: ["3", "1"]}
ladder: {period: month, mode: marginal, bands: [{from: "40.00", percent: "3"}, {from: "200.00", percent: "8"}]}
bonuses: {first_order: "2.00", team_target: [{period: month, sales: "350.00", amount: "25.00"}]}
caps: {order_percent: "22", day: "12.00", budget: "300.00"}
"""
SPRING = (
    PLAN.replace("name: Everything", "name: Spring")
    .replace("2025-01-01T", "2026-02-15T")
    .replace('percent: "10"', 'percent: "12"')
)
CHEAPER = re.sub(r'percent: "[0-9.]+"', 'percent: "1"', PLAN)


async def busy_shop(store: Store) -> Shop:
    """A shop with a tree of twelve people and three months of orders and refunds, told as they happened."""
    shop = await open_shop(store, BEGINS)
    await shop.plan(PLAN)
    await shop.plan(SPRING)
    await shop.product("LAMP", category="lights")
    await shop.product("MUG")
    people = [await shop.distributor(f"d{number}") for number in range(12)]
    async with store.write() as session:
        for number, who in enumerate(people[1:], 1):
            await session.execute(
                update(Distributor)
                .where(table_of(Distributor).c.id == who.id)
                .values(sponsor_id=people[(number - 1) // 3].id)
            )
    codes = [(await shop.link(who)).code for who in people]
    events = list(_events(shop, codes))
    for month, some in groupby(events, key=lambda event: event.occurred_at.replace(day=1, hour=0, minute=0)):
        await close_due(store, shop.merchant.id, month + timedelta(hours=1), patient=False)
        told = list(some)
        for start in range(0, len(told), 20):
            await shop.tell(*told[start : start + 20], now=told[start].occurred_at)
    await close_due(store, shop.merchant.id, ENDS + timedelta(days=60), patient=False)
    return shop


def _events(shop: Shop, codes: list[str]) -> list[ShopEvent]:
    chance = random.Random(20260301)
    events = []
    for number in range(260):
        at = BEGINS - timedelta(days=30) + timedelta(minutes=chance.randrange(0, 120 * 24 * 60))
        lines = [
            line(
                str(place),
                chance.choice(("LAMP", "MUG", "OTHER")),
                quantity=chance.randrange(1, 4),
                price=price,
            )
            for place, price in enumerate(chance.sample(("4.99", "12.50", "33.33"), chance.randrange(1, 3)))
        ]
        buyer = Buyer(customer=f"c{chance.randrange(60)}")
        ref = f"o{number:04}"
        events.append(shop.paid(ref, *lines, code=chance.choice(codes), buyer=buyer, at=at))
        if chance.random() < 0.25:
            later = at + timedelta(hours=chance.randrange(1, 400))
            full = chance.random() < 0.5
            parts = () if full else (RefundedLine(line_ref="0", quantity=1),)
            events.append(shop.refunded(ref, lines=parts, full=full, at=later))
    return sorted(events, key=lambda event: event.occurred_at)


async def test_the_plan_in_force_gives_what_was_paid_and_a_cheaper_one_less(store: Store) -> None:
    shop = await busy_shop(store)
    found = await rehearse(store, shop.merchant, read_plan(CHEAPER, "GBP"), BEGINS, ENDS, page=37)
    before, after = rehearsed_paid(found)
    assert before == await really_paid(shop, BEGINS, ENDS)
    assert sum(after.values()) < sum(before.values())
    report = found.report
    assert report.in_force.cost_minor == sum(before.values())
    assert {cut.cap for cut in report.in_force.cuts} >= {"order_percent", "day", "budget"}
    assert report.losers > 0
    assert {kind for _, kind in before} == set(CommissionKind) - {CommissionKind.INVITE_CASHBACK}
    assert report.in_force.promoted == await _moves(shop, LevelCause.PROMOTED) > 0
    assert report.in_force.demoted == await _moves(shop, LevelCause.DEMOTED) > 0


async def _moves(shop: Shop, cause: LevelCause) -> int:
    table = table_of(LevelHeld)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table.c.id).where(
                table.c.merchant_id == shop.merchant.id,
                table.c.cause == cause,
                table.c.since > BEGINS,
                table.c.since <= ENDS,
            )
        )
        return len(rows.all())
