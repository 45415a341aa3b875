"""What one order pays beyond its seller's lines: teams, bonuses, boosts, caps, profiles (docs/plans.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.funnel.events import Buyer
from models.money.commissions import Commission, CommissionKind, CommissionState
from models.people.distributors import Distributor, DistributorState
from models.people.privacy import email_hash
from models.people.profiles import set_profile
from tests.builders import Shop, line
from tests.models.books import amounts, assert_books_in_order, earned, money
from tests.models.sales.plans import ISSUE_PLAN, plan

DAY = timedelta(days=1)
TEAM = 'team: {depth: 1, percents: ["3"]}'
TEAM_OF_TWO = 'team: {depth: 2, percents: ["3", "1"]}'


async def by_kind(shop: Shop, order_ref: str) -> dict[tuple[CommissionKind, int], int]:
    """Amounts by kind and depth, lines together."""
    found: dict[tuple[CommissionKind, int], int] = {}
    for item in await earned(shop, order_ref):
        found[item.kind, item.depth] = found.get((item.kind, item.depth), 0) + item.amount_minor
    return found


async def cuts(shop: Shop, order_ref: str) -> list[str]:
    """What caps took, such as `line 400: order_percent 100`, in order of the words."""
    return sorted(
        f"{item.kind} {item.amount_minor}: "
        + ", ".join(f"{cut['cap']} {cut['amount_minor']}" for cut in item.cuts)
        for item in await earned(shop, order_ref)
        if item.cuts
    )


async def become(shop: Shop, who: Distributor, state: DistributorState) -> None:
    async with shop.store.write() as session:
        who.state = state
        session.add(who)


async def chain(shop: Shop) -> tuple[Distributor, Distributor, Distributor]:
    """Ada invited Ben, who invited Cai."""
    ada = await shop.distributor("ada")
    ben = await shop.distributor("ben", sponsor=ada)
    return ada, ben, await shop.distributor("cai", sponsor=ben)


async def test_a_sponsor_earns_on_each_line_of_a_direct_member(shop: Shop, now: datetime) -> None:
    await shop.plan(plan(TEAM))
    ada, ben, cai = await chain(shop)
    link = await shop.link(cai)

    await shop.tell(shop.paid("1", line("1", price="10.00"), line("2", price="3.33"), code=link.code))

    # 10 % of 10.00 and 3.33 to Cai, 3 % of each to Ben, floored line by line; nothing to Ada
    assert await by_kind(shop, "1") == {(CommissionKind.LINE, 0): 133, (CommissionKind.TEAM, 1): 30 + 9}
    assert (await money(shop, ben)).held == 39
    assert (await money(shop, ada)).held == 0
    await assert_books_in_order(shop.store)


async def test_at_depth_two_nobody_moves_up_for_a_suspended_sponsor(shop: Shop) -> None:
    await shop.plan(plan(TEAM_OF_TWO))
    ada, ben, cai = await chain(shop)
    link = await shop.link(cai)
    await become(shop, ben, DistributorState.SUSPENDED)

    await shop.tell(shop.paid("1", line(price="100.00"), code=link.code))

    assert await by_kind(shop, "1") == {(CommissionKind.LINE, 0): 1000, (CommissionKind.TEAM, 2): 100}
    assert (await money(shop, ada)).held == 100


async def test_a_sponsor_who_is_the_same_person_is_not_paid_twice(shop: Shop) -> None:
    """Defect 16: one human in two roles on one order."""
    await shop.plan(plan(TEAM))
    same = email_hash(shop.merchant.customer_key, "mei@shop.example")
    ada = await shop.distributor("ada", email_hash=same)
    link = await shop.link(await shop.distributor("other-mei", email_hash=same, sponsor=ada))
    bought_by_ada = Buyer(email=same)
    stranger = await shop.link(await shop.distributor("zoe", sponsor=ada))

    await shop.tell(
        shop.paid("same", line(price="100.00"), code=link.code),
        shop.paid("own", line(price="100.00"), code=stranger.code, buyer=bought_by_ada),
    )

    assert await by_kind(shop, "same") == {(CommissionKind.LINE, 0): 1000}
    assert await by_kind(shop, "own") == {(CommissionKind.LINE, 0): 1000}


async def test_two_roles_are_paid_where_the_plan_says_so(shop: Shop) -> None:
    await shop.plan(plan('team: {depth: 1, percents: ["3"], same_person: pay}'))
    same = email_hash(shop.merchant.customer_key, "mei@shop.example")
    ada = await shop.distributor("ada", email_hash=same)
    link = await shop.link(await shop.distributor("other-mei", email_hash=same, sponsor=ada))

    await shop.tell(shop.paid("1", line(price="100.00"), code=link.code))

    assert await by_kind(shop, "1") == {(CommissionKind.LINE, 0): 1000, (CommissionKind.TEAM, 1): 300}


async def test_the_first_order_of_a_customer_pays_a_bonus_once(shop: Shop, now: datetime) -> None:
    await shop.plan(plan('bonuses: {first_order: "5.00"}'))
    link = await shop.link(await shop.distributor("mei"))
    zoe, unsold = Buyer(customer="zoe"), Buyer(customer="xi")

    await shop.tell(
        shop.paid("1", line(), code=link.code, buyer=zoe),
        shop.paid("2", line(), code=link.code, buyer=zoe, at=now + DAY),
        shop.paid("3", line(), buyer=unsold),
        shop.paid("4", line(), code=link.code, buyer=unsold, at=now + DAY),
        shop.paid("5", line(), code=link.code),
    )

    assert [len(await earned(shop, ref)) for ref in "12345"] == [2, 1, 0, 1, 1]
    assert await amounts(shop, "1") == [100, 500]


async def test_the_first_order_bonus_goes_back_only_with_the_whole_order(shop: Shop, now: datetime) -> None:
    await shop.plan(plan('bonuses: {first_order: "5.00"}'))
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(price="100.00"), code=link.code, buyer=Buyer(customer="zoe")))

    await shop.tell(shop.refunded("1", "r1", amount_minor=5000))
    assert (await money(shop, mei)).held == 500 + 500

    await shop.tell(shop.refunded("1", "r2", full=True))
    assert (await money(shop, mei)).held == 0
    assert {item.state for item in await earned(shop, "1")} == {CommissionState.REFUNDED}
    await assert_books_in_order(shop.store)


@pytest.mark.parametrize(
    ("boost", "amount"),
    [
        ('{percent: "5", mode: add', 15_00),
        ('{fixed: "2.00", mode: add', 10_00 + 2_00),
        ('{percent: "95", mode: add', 100_00),
        ('{percent: "0", mode: replace', 0),
        ('{fixed: "3.00", mode: replace', 3_00),
    ],
)
async def test_a_boost_adds_to_the_rate_or_stands_in_its_place(
    shop: Shop, now: datetime, boost: str, amount: int
) -> None:
    begins, ends = now.isoformat(), (now + DAY).isoformat()
    await shop.plan(plan(f"boosts: [{boost}, from: '{begins}', until: '{ends}'}}]"))
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(
        shop.paid("before", line(price="100.00"), code=link.code, at=now - DAY),
        shop.paid("in", line(price="100.00"), code=link.code, at=now),
        shop.paid("after", line(price="100.00"), code=link.code, at=now + DAY),
    )

    assert [await amounts(shop, ref) for ref in ("before", "in", "after")] == [[1000], [amount], [1000]]


async def test_a_profile_counts_before_a_level(shop: Shop, now: datetime) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei", level="leader")
    link = await shop.link(mei)
    async with shop.store.write() as session:
        await set_profile(
            session, merchant_id=shop.merchant.id, distributor_id=mei.id, profile="kol", since=now
        )

    await shop.tell(
        shop.paid("before", line(price="100.00"), code=link.code, at=now),
        shop.paid("after", line(price="100.00"), code=link.code, at=now + DAY),
    )

    assert await amounts(shop, "before") == [1200]
    assert await amounts(shop, "after") == [2000]


async def test_the_order_ceiling_cuts_bonus_then_sponsors_then_the_sellers_last_line(shop: Shop) -> None:
    await shop.plan(plan(TEAM_OF_TWO, 'bonuses: {first_order: "5.00"}', 'caps: {order_percent: "9"}'))
    _, _, cai = await chain(shop)
    link = await shop.link(cai)

    await shop.tell(
        shop.paid(
            "1",
            line("1", price="50.00"),
            line("2", price="50.00"),
            code=link.code,
            buyer=Buyer(customer="zoe"),
        )
    )

    # 5.00 + 2 x 5.00 + 2 x 1.50 + 2 x 0.50 = 19.00 wants to be 9.00: 10.00 goes, from the bonus on
    assert await cuts(shop, "1") == [
        "first_order 0: order_percent 500",
        "line 400: order_percent 100",
        "team 0: order_percent 150",
        "team 0: order_percent 150",
        "team 0: order_percent 50",
        "team 0: order_percent 50",
    ]
    assert await amounts(shop, "1") == [500, 0, 0, 400, 0, 0, 0]


async def test_no_order_pays_more_than_it_brings_in_where_every_cost_is_known(shop: Shop) -> None:
    await shop.plan(plan())
    await shop.product("A", cost_minor=950)
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(
        shop.paid("known", line(price="10.00"), code=link.code),
        shop.paid("half known", line("1"), line("2", sku="B"), code=link.code),
    )

    assert await cuts(shop, "known") == ["line 50: margin 50"]
    assert await amounts(shop, "half known") == [100, 100]


async def test_the_day_cap_counts_a_day_of_the_merchants_zone(shop: Shop, now: datetime) -> None:
    await shop.plan(plan('caps: {day: "15.00"}'))
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(shop.paid("1", line(price="100.00"), code=link.code))
    await shop.tell(shop.paid("cancelled", line(price="40.00"), code=link.code))
    await shop.tell(shop.cancelled("cancelled"))
    await shop.tell(
        shop.refunded("1", full=True),
        shop.paid("2", line(price="100.00"), code=link.code),
        shop.paid("3", line(price="100.00"), code=link.code, at=now + DAY),
    )

    assert await amounts(shop, "1") == [1000]
    assert await cuts(shop, "2") == ["line 500: day 500"]
    assert await amounts(shop, "3") == [1000]


async def test_a_budget_is_the_whole_shops_for_a_month(shop: Shop, now: datetime) -> None:
    await shop.plan(plan('caps: {budget: "15.00"}'))
    links = [await shop.link(await shop.distributor(name)) for name in ("mei", "tom", "zoe")]

    for ref, link in zip("123", links, strict=True):
        await shop.tell(shop.paid(ref, line(price="100.00"), code=link.code))

    assert [await amounts(shop, ref) for ref in "123"] == [[1000], [500], [0]]
    assert await cuts(shop, "3") == ["line 0: budget 1000"]


async def test_an_own_purchase_that_is_not_paid_pays_nobody(shop: Shop) -> None:
    await shop.plan(
        plan(
            "attribution: {self_purchase: skip}",
            TEAM,
            'bonuses: {first_order: "5.00"}',
        )
    )
    mine = email_hash(shop.merchant.customer_key, "mei@shop.example")
    ada = await shop.distributor("ada")
    link = await shop.link(await shop.distributor("mei", email_hash=mine, sponsor=ada))

    await shop.tell(shop.paid("1", line(), code=link.code, buyer=Buyer(customer="mei", email=mine)))

    found: list[Commission] = await earned(shop, "1")
    assert [(item.kind, item.amount_minor, item.state) for item in found] == [
        (CommissionKind.LINE, 0, CommissionState.VOID)
    ]
    await assert_books_in_order(shop.store)
