"""Stories worked by hand, each with its arithmetic beside it. All amounts are pence.

Every story is told twice, to the product and to the reference (`tests/reference`), and both must end where the hand
does, commission by commission and balance by balance.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from models.funnel.events import Buyer, EventStatus, ShopEvent
from models.store.engine import Store
from tests.builders import Shop, line, open_shop
from tests.models.books import Money, assert_books_in_order, earned, money
from tests.reference.agreeing import assert_agree, assert_statements_agree
from tests.reference.facts import Human, Item, Purchase
from tests.reference.told_twice import Goods, Happening, ToldTwice, clock_work, human, open_twice

OPENED = datetime(2026, 1, 1, tzinfo=UTC)
HOLD = timedelta(days=10)
"""Three days of delivery and seven of hold, for an order whose receipt nobody sends."""
HEAD = """
name: Golden
starts_at: 2025-12-31T00:00:00Z
attribution: {self_purchase: skip}
settlement: {hold_days: 7, delivery_days: 3}
"""
PLAIN = """
levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]
rates: [{percent: "10"}]
"""
LADDER = """
ladder: {period: month, mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}
"""


def on(day: int, hour: int = 12, *, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def items(*prices: str, sku: str = "A", quantity: int = 1) -> tuple[Item, ...]:
    return tuple(Item(str(place), sku, quantity, Decimal(price)) for place, price in enumerate(prices, 1))


def sale(
    ref: str,
    seller: str | None,
    bought: Sequence[Item],
    at: datetime,
    *,
    customer: str | None = None,
    told: datetime | None = None,
) -> Happening:
    purchase = Purchase(ref, at, tuple(bought), seller, customer=customer)
    return Happening(told or at, "pay", ref, at, purchase)


def receipt(ref: str, at: datetime) -> Happening:
    return Happening(at, "receive", ref, at)


def refund(ref: str, at: datetime, amount: int | None = None, *, name: str = "r1") -> Happening:
    """So many pence of the order, or all that is left of it."""
    return Happening(at, "refund", ref, at, refund=name, amount=amount)


async def begin(store: Store, plan: str, *people: Human, goods: dict[str, Goods] | None = None) -> ToldTwice:
    return await open_twice(store, OPENED, "Europe/London", [HEAD + plan], people, goods or {"A": Goods()})


async def has(told: ToldTwice, who: str) -> Money:
    """What somebody has, on which both tellers must agree."""
    await assert_agree(told)
    await assert_books_in_order(told.shop.store)
    table = told.reference.ledger
    return Money(table.held()[who], table.available()[who])


async def statement(told: ToldTwice, who: str, month: int) -> tuple[int, int, int, int]:
    """Opening, what came, what went, closing; the product's and the reference's are one."""
    months = [date(2026, number, 1) for number in range(1, month + 2)]
    await assert_statements_agree(told, [who], months)
    return told.reference.ledger.statement(who, on(1, 0, month=month), on(1, 0, month=month + 1))


async def test_a_ladder_is_crossed_and_an_order_refunded_after_it(store: Store) -> None:
    told = await begin(store, PLAIN + LADDER, human("mei"))
    await told.tell(sale("1", "mei", items("800.00"), on(5)))  # 10 % of 800.00 = 80.00
    await told.night(on(16))  # 5 January + 10 days: released
    await told.tell(sale("2", "mei", items("5200.00"), on(20)))  # 10 % of 5,200.00 = 520.00
    await told.night(on(31))

    # January: 6,000.00. 3 % of what lies between 1,000.00 and 5,000.00 = 120.00, 8 % of the 1,000.00 above = 80.00.
    await told.night(on(1, 2, month=2))
    assert await has(told, "mei") == Money(held=20000, available=8000 + 52000)
    await told.night(on(12, month=2))  # 1 February + 10 days
    assert await has(told, "mei") == Money(held=0, available=80000)

    # 1,500.00 of order 2 go back: 520.00 * 1,500 / 5,200 = 150.00; the ladder on 4,500.00 is 3 % of 3,500.00 =
    # 105.00, so that 200.00 - 105.00 = 95.00 of it go back, too.
    await told.tell(refund("2", on(15, month=2), 150000))
    assert await has(told, "mei") == Money(held=0, available=80000 - 15000 - 9500)
    assert await statement(told, "mei", 2) == (60000, 20000, 24500, 55500)


async def test_promotion_in_the_middle_of_a_month(store: Store) -> None:
    levels = """
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}, when: {all: [{metric: orders, at_least: 3, within_days: 30}]}}
rates: [{percent: "10"}, {level: leader, percent: "12"}]
"""
    told = await begin(store, levels, human("mei"))
    await told.tell(
        sale("1", "mei", items("100.00"), on(5)),  # the first: 10.00
        sale("2", "mei", items("100.00"), on(6)),  # the second: 10.00
        sale("3", "mei", items("100.00"), on(7)),  # the third makes a leader, and still earns 10.00
        sale("3b", "mei", items("100.00"), on(7)),  # at the same moment, behind it by its number: 12.00
        sale("4", "mei", items("99.99"), on(8)),  # 12 % of 99.99 = 11.9988: 11.99
    )
    assert await has(told, "mei") == Money(held=1000 + 1000 + 1000 + 1200 + 1199, available=0)

    # Half of order 1 goes back at the rate that it was made at: 5.00. All of order 4: 11.99.
    await told.tell(refund("1", on(9), 5000), refund("4", on(9)))
    assert await has(told, "mei") == Money(held=5399 - 500 - 1199, available=0)

    # Nothing of it waits any longer than ten days; orders 1 to 3b are released.
    await told.night(on(20))
    assert await has(told, "mei") == Money(held=0, available=3700)
    # By the end of February no order is within thirty days: warned, and a month later a promoter again.
    await told.night(on(2, month=3))
    await told.night(on(2, month=4))
    await told.tell(sale("5", "mei", items("100.00"), on(3, month=4)))
    assert await has(told, "mei") == Money(held=1000, available=3700)


async def test_a_debt_is_paid_off_by_what_is_earned_next(store: Store) -> None:
    told = await begin(store, PLAIN, human("mei"))
    await told.tell(sale("1", "mei", items("200.00"), on(2)), receipt("1", on(3)))
    await told.night(on(10, 13))  # received on the 3rd + 7 days: 20.00 are there
    assert await has(told, "mei") == Money(held=0, available=2000)
    await told.pay_out("mei", 2000, on(11))

    await told.tell(refund("1", on(12)))  # the goods come back after the money went out: 20.00 of debt
    await told.tell(sale("2", "mei", items("150.00"), on(13)), receipt("2", on(13)))
    await told.night(on(21))
    assert told.balance("mei") == (0, 0 + 2000 - 2000 - 2000 + 1500)  # still 5.00 short

    await told.tell(sale("3", "mei", items("90.00"), on(22)), receipt("3", on(22)))
    await told.night(on(30))
    assert await has(told, "mei") == Money(held=0, available=-500 + 900)
    # What came 20.00 + 15.00 + 9.00, what went back 20.00, what was paid out 20.00: 4.00.
    assert await statement(told, "mei", 1) == (0, 4400, 4000, 400)


async def test_two_currencies_at_two_merchants(store: Store) -> None:
    pounds = await open_shop(store, OPENED, currency="GBP")
    yen = await open_shop(store, OPENED, currency="JPY", timezone="Asia/Tokyo")
    person = await pounds.person(7)
    plan = HEAD + PLAIN + 'bonuses: {first_order: "5"}\n'
    codes = {}
    for shop in (pounds, yen):
        await shop.plan(plan)
        mei = await shop.distributor("mei", person=person)
        codes[shop.merchant.currency] = (mei, (await shop.link(mei)).code)

    mei, code = codes["GBP"]
    bought = Purchase("1", on(2), items("99.99"), "mei")
    await pounds.tell(_paid(pounds, bought, code))
    # 10 % of 99.99 = 9.999: 9.99 pounds.
    assert await money(pounds, mei) == Money(held=999, available=0)

    mei, code = codes["JPY"]
    bought = Purchase("1", on(2), items("1999.5", quantity=3), "mei", customer="c1")
    await yen.tell(_paid(yen, bought, code))
    # 3 * 1,999.5 = 5,998.5: a base of 5,998 yen; 10 % = 599.8: 599, and 5 for the first order. A yen has no parts.
    assert await money(yen, mei) == Money(held=599 + 5, available=0)

    for shop in (pounds, yen):
        await clock_work(shop, on(13))
    assert await money(pounds, codes["GBP"][0]) == Money(held=0, available=999)
    assert await money(yen, codes["JPY"][0]) == Money(held=0, available=604)
    await assert_books_in_order(store)


def _paid(shop: Shop, bought: Purchase, code: str) -> ShopEvent:
    lines = [line(item.ref, quantity=item.quantity, price=str(item.price)) for item in bought.items]
    return shop.paid(bought.ref, *lines, code=code, buyer=Buyer(customer=bought.customer), at=bought.at)


async def test_a_cap_cuts_three_kinds(store: Store) -> None:
    plan = """
levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]
rates: [{percent: "20"}]
team: {depth: 1, percents: ["10"]}
bonuses: {first_order: "5.00"}
caps: {order_percent: "11"}
"""
    told = await begin(store, plan, human("bo"), human("mei", "bo"))
    # Made: line 1 12.00 and line 2 8.00 for Mei, 6.00 and 4.00 for Bo, 5.00 for the first order: 35.00.
    # The ceiling is 11 % of 100.00 = 11.00, so 24.00 are cut: 5.00, then Bo's 4.00 and 6.00, then 8.00 of Mei's
    # line 2, and 1.00 of her line 1.
    await told.tell(sale("1", "mei", items("60.00", "40.00"), on(2), customer="c1"))

    assert await has(told, "mei") == Money(held=1100, available=0)
    assert await has(told, "bo") == Money(held=0, available=0)
    cuts = [(one.kind.value, one.base_minor, one.cut_minor) for one in await earned(told.shop, "1")]
    assert sorted(cut for cut in cuts if cut[0] != "first_order") == [
        ("line", 4000, 800),
        ("line", 6000, 100),
        ("team", 4000, 400),
        ("team", 6000, 600),
    ]
    assert [cut[2] for cut in cuts if cut[0] == "first_order"] == [500]


async def test_a_first_order_bonus_is_taken_back(store: Store) -> None:
    told = await begin(store, PLAIN + 'bonuses: {first_order: "5.00"}\n', human("mei"), human("bo"))
    await told.tell(sale("1", "mei", items("50.00"), on(2), customer="c1"))  # 5.00 + 5.00
    await told.tell(refund("1", on(3), 1000))  # 10.00 of 50.00: 1.00 of the line, nothing of the bonus
    assert await has(told, "mei") == Money(held=900, available=0)
    await told.night(on(13))
    await told.tell(refund("1", on(14), name="r2"))  # the rest: 4.00 and the bonus of 5.00
    assert await has(told, "mei") == Money(held=0, available=0)

    # The customer has had a first order: the second one brings no bonus, whoever sells it.
    await told.tell(sale("2", "bo", items("30.00"), on(15), customer="c1"))
    assert await has(told, "bo") == Money(held=300, available=0)
    # An order that nobody sold uses up the first time.
    await told.tell(sale("3", None, items("30.00"), on(16), customer="c2"))
    await told.tell(sale("4", "bo", items("30.00"), on(17), customer="c2"))
    assert await has(told, "bo") == Money(held=600, available=0)


async def test_invite_cashback_comes_only_after_the_hold(store: Store) -> None:
    plan = (
        PLAIN
        + 'bonuses: {invite_cashback: "3.00"}\nprofiles: [{key: fan, title: {zh: 粉, en: Fan}, '
        + ('invite_cashback: "4.50"}]\n')
    )
    told = await begin(
        store, plan, human("bo"), human("ann", profile="fan"), human("mei", "bo"), human("eve", "ann")
    )
    await told.tell(
        sale("1", "mei", items("40.00"), on(2)),
        sale("2", "mei", items("40.00"), on(3)),
        sale("3", "eve", items("40.00"), on(3)),
    )
    await told.tell(refund("1", on(5)))  # never released
    await told.night(on(12, 13))  # order 1 would have been due; 2 and 3 are not yet
    assert await has(told, "bo") == Money(held=0, available=0)

    await told.night(on(13, 13))
    assert await has(told, "bo") == Money(held=0, available=300)  # by the plan
    assert await has(told, "ann") == Money(held=0, available=450)  # by her profile

    # Once an invitee: neither another order nor a refund of the first one moves it.
    await told.tell(sale("4", "mei", items("40.00"), on(14)), refund("2", on(14)))
    await told.night(on(25))
    assert await has(told, "bo") == Money(held=0, available=300)


async def test_a_team_of_depth_two_with_a_suspended_sponsor_in_between(store: Store) -> None:
    team = 'team: {depth: 2, percents: ["3", "1.5"]}\n'
    people = human("top"), human("bo", "top", active=False), human("mei", "bo")
    told = await begin(store, PLAIN + team, *people)
    await told.tell(sale("1", "mei", items("33.33", "66.50"), on(2)))

    # Mei: 3.33 + 6.65. Bo is suspended and earns nothing; nobody moves up, so the top has the second percent:
    # 1.5 % of 33.33 = 0.49995: 0.49, and of 66.50 = 0.9975: 0.99.
    assert await has(told, "mei") == Money(held=333 + 665, available=0)
    assert await has(told, "bo") == Money(held=0, available=0)
    assert await has(told, "top") == Money(held=49 + 99, available=0)

    # Half of the money goes back: 49.91 of 99.83, by what is left of the lines: 16.66 (largest remainder) and 33.25.
    await told.tell(refund("1", on(3), 4991))
    # Mei: floor(3.33 * 1,666 / 3,333) = 1.66 and floor(6.65 * 3,325 / 6,650) = 3.32; the top: 0.24 and 0.49.
    assert await has(told, "mei") == Money(held=998 - 166 - 332, available=0)
    assert await has(told, "top") == Money(held=148 - 24 - 49, available=0)


async def test_a_boost_adds_to_a_fixed_rate_and_another_replaces_with_nothing(store: Store) -> None:
    plan = """
levels: [{key: promoter, title: {zh: 推广员, en: Promoter}}]
rates: [{percent: "10"}, {product: PEN, fixed: "0.30"}, {product: CUP, percent: "12.5"}]
boosts:
  - {product: PEN, percent: "5", mode: add, from: 2026-01-05T00:00:00Z, until: 2026-01-06T00:00:00Z}
  - {product: CUP, percent: "2.5", mode: add, from: 2026-01-05T00:00:00Z, until: 2026-01-06T00:00:00Z}
  - {category: lights, percent: "0", mode: replace, from: 2026-01-05T00:00:00Z, until: 2026-01-06T00:00:00Z}
"""
    goods = {"PEN": Goods(), "CUP": Goods(), "LAMP": Goods("lights")}
    told = await begin(store, plan, human("mei"), goods=goods)
    bought = (
        Item("1", "PEN", 4, Decimal("1.1175")),  # 4.47
        Item("2", "CUP", 1, Decimal("3.33")),
        Item("3", "LAMP", 1, Decimal("80.00")),
        Item("4", "PEN", 1, Decimal("0.31")),
    )
    await told.tell(sale("before", "mei", bought, on(4)))
    # 4 * 0.30 = 1.20; 12.5 % of 3.33 = 0.41625: 0.41; 10 % of 80.00 = 8.00; 0.30.
    assert await has(told, "mei") == Money(held=120 + 41 + 800 + 30, available=0)

    await told.tell(sale("within", "mei", bought, on(5)))
    # 1.20 and 5 % of 4.47 = 0.2235: 0.22; 15 % of 3.33 at once = 0.4995: 0.49 (not 0.41 + 0.08); nothing for the
    # lamp; 0.30 and 0.01, at most the base of 0.31.
    assert await has(told, "mei") == Money(held=991 + 142 + 49 + 0 + 31, available=0)


async def test_a_late_order_in_a_closed_period(store: Store) -> None:
    told = await begin(store, PLAIN + LADDER, human("mei"))
    await told.tell(sale("1", "mei", items("1200.00"), on(10)))
    await told.night(on(21))  # 120.00 released
    await told.night(on(1, 2, month=2))  # 3 % of 200.00 = 6.00 of the ladder
    assert await has(told, "mei") == Money(held=600, available=12000)

    # Paid in January, told in February: 10 % of 4,000.00 = 400.00 of its own. January is 5,200.00 now: 120.00 + 8 % of
    # 200.00 = 136.00, so that 130.00 more are posted in the order's name.
    await told.tell(sale("late", "mei", items("4000.00"), on(30), told=on(3, month=2)))
    assert await has(told, "mei") == Money(held=600 + 13000 + 40000, available=12000)
    [bonus] = [one for one in await earned(told.shop, "late") if one.kind.value == "ladder"]
    assert (bonus.amount_minor, bonus.period) == (13000, "2026-01")

    # Order 1 goes back whole: 120.00, and January is 4,000.00: 3 % of 3,000.00 = 90.00, so that 46.00 go back.
    await told.tell(refund("1", on(4, month=2)))
    assert await has(told, "mei") == Money(held=9000 + 40000, available=0)
    await told.night(on(20, month=2))
    assert await has(told, "mei") == Money(held=0, available=49000)
    assert await statement(told, "mei", 2) == (12000, 49000, 12000, 49000)


@pytest.mark.parametrize("moment", ["held", "released", "paid out"])
async def test_partial_refunds_add_up_exactly(store: Store, moment: str) -> None:
    told = await begin(
        store, PLAIN + 'team: {depth: 1, percents: ["3.33"]}\n', human("bo"), human("mei", "bo")
    )
    await told.tell(sale("1", "mei", items("33.33"), on(2)))  # 3.33, and 3.33 % = 1.109889: 1.10 for Bo
    if moment != "held":
        await told.night(on(13))
    if moment == "paid out":
        await told.pay_out("mei", 333, on(14))
        await told.pay_out("bo", 110, on(14))
    taken: list[tuple[int, int]] = []
    for number, amount in enumerate([1000, 1, 1000, 1332]):
        statuses = await told.tell(refund("1", on(15 + number), amount, name=f"r{number}"))
        assert statuses == [EventStatus.ACCEPTED]
        mei, bo = await earned(told.shop, "1")
        taken.append((mei.reversed_minor, bo.reversed_minor))

    # 333 * 1,000 / 3,333 = 99.9; 333 * 1,001 / 3,333 = 100.009; 333 * 2,001 / 3,333 = 199.9; then all of it.
    # 110 * 1,000 / 3,333 = 33.0033; 33.04; 66.04; then all of it.
    assert taken == [(99, 33), (100, 33), (199, 66), (333, 110)]
    await assert_agree(told)
    await assert_books_in_order(store)
    paid = -333 if moment == "paid out" else 0
    assert told.balance("mei") == (0, paid)
    assert told.balance("bo") == (0, -110 if paid else 0)
