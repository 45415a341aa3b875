"""Customers who belong to somebody: for how long nobody takes them over, and for how long they stay (docs/plans.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.funnel.attribution import Rule
from models.funnel.customers import BindingCause, BindingChangeRow
from models.funnel.events import Buyer
from models.funnel.links import Link
from models.people.distributors import Distributor
from models.store.sql import table_of
from tests.builders import Shop, line
from tests.models.books import order_of
from tests.models.sales.people import coupon
from tests.models.sales.plans import plan

DAY = timedelta(days=1)
ZOE = Buyer(customer="zoe")
BINDING = "binding: {protect_days: 10, valid_days: 30, before_coupon: %s}"


class Story:
    """Mei and Tom, each with a link and a coupon, and one customer."""

    def __init__(self, shop: Shop, people: dict[int, str], links: dict[str, Link]) -> None:
        self.shop = shop
        self._people = people
        self._links = links
        self._orders = 0

    async def buys(
        self, at: datetime, *, by: str | None = None, coupon_of: str | None = None
    ) -> tuple[str | None, Rule | None]:
        """Zoe places and pays an order; whose it is, and by which rule."""
        self._orders += 1
        ref = str(self._orders)
        code = self._links[by].code if by is not None else None
        await self.shop.tell(
            self.shop.paid(ref, line(), code=code, coupon=coupon_of, buyer=ZOE, at=at), now=at
        )
        order = await order_of(self.shop, ref)
        return self._people.get(order.distributor_id or 0), order.rule

    async def log(self) -> list[tuple[str | None, str, BindingCause]]:
        table = table_of(BindingChangeRow)
        async with self.shop.store.read() as session:
            rows = await session.execute(select(table).order_by(table.c.id))
            return [(self._people.get(row.before_id), self._people[row.after_id], row.cause) for row in rows]


async def begin(shop: Shop, *, before_coupon: bool = False) -> Story:
    await shop.plan(plan(BINDING % str(before_coupon).lower()))
    people: list[Distributor] = [await shop.distributor(name) for name in ("mei", "tom")]
    for person in people:
        await coupon(shop, person.external_id, person)
    links = {person.external_id: await shop.link(person) for person in people}
    return Story(shop, {person.id: person.external_id for person in people}, links)


@pytest.mark.parametrize(
    ("days", "by", "whose"),
    [
        (9, "tom", ("mei", Rule.BINDING)),
        (9, None, ("mei", Rule.BINDING)),
        (10, "tom", ("tom", Rule.CODE)),
        (10, None, ("mei", Rule.BINDING)),
        (29, None, ("mei", Rule.BINDING)),
        (30, None, (None, None)),
        (30, "tom", ("tom", Rule.CODE)),
    ],
)
async def test_protection_and_validity_are_two_numbers(
    shop: Shop, now: datetime, days: int, by: str | None, whose: tuple[str | None, Rule | None]
) -> None:
    story = await begin(shop)
    assert await story.buys(now, by="mei") == ("mei", Rule.CODE)

    assert await story.buys(now + days * DAY, by=by) == whose


async def test_the_binders_own_link_keeps_its_figures_and_begins_the_numbers_anew(
    shop: Shop, now: datetime
) -> None:
    story = await begin(shop)
    await story.buys(now, by="mei")

    assert await story.buys(now + 8 * DAY, by="mei") == ("mei", Rule.CODE)
    assert await story.buys(now + 17 * DAY, by="tom") == ("mei", Rule.BINDING)
    assert await story.buys(now + 18 * DAY, by="tom") == ("tom", Rule.CODE)

    assert await story.log() == [
        (None, "mei", BindingCause.BOUND),
        ("mei", "mei", BindingCause.RENEWED),
        ("mei", "tom", BindingCause.TAKEN_OVER),
    ]


async def test_a_coupon_wins_the_order_but_not_a_protected_customer(shop: Shop, now: datetime) -> None:
    story = await begin(shop)
    await story.buys(now, by="mei")

    assert await story.buys(now + DAY, coupon_of="tom") == ("tom", Rule.COUPON)
    assert await story.buys(now + 2 * DAY) == ("mei", Rule.BINDING)
    assert await story.buys(now + 11 * DAY, coupon_of="tom") == ("tom", Rule.COUPON)
    assert await story.buys(now + 12 * DAY) == ("tom", Rule.BINDING)


async def test_a_binding_may_stand_before_coupons(shop: Shop, now: datetime) -> None:
    story = await begin(shop, before_coupon=True)
    await story.buys(now, by="mei")

    assert await story.buys(now + DAY, coupon_of="tom") == ("mei", Rule.BINDING)


async def test_a_rebind_between_order_and_payment_changes_nothing(shop: Shop, now: datetime) -> None:
    """Defect 1: the order's payee is paid, not the customer's binder of the day."""
    story = await begin(shop)
    await story.buys(now, by="mei")
    placed = shop.paid("open", line(), buyer=ZOE, at=now + 11 * DAY, placed=True)
    await shop.tell(placed, now=now + 11 * DAY)
    await story.buys(now + 12 * DAY, by="tom")

    await shop.tell(shop.paid("open", line(), buyer=ZOE, at=now + 13 * DAY), now=now + 13 * DAY)

    order = await order_of(shop, "open")
    mei = (await order_of(shop, "1")).distributor_id
    assert (order.distributor_id, order.rule) == (mei, Rule.BINDING)
    assert await story.log() == [
        (None, "mei", BindingCause.BOUND),
        ("mei", "tom", BindingCause.TAKEN_OVER),
    ]


async def test_nobody_is_bound_without_the_plan_or_without_a_name(shop: Shop, now: datetime) -> None:
    await shop.plan(plan())
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code, buyer=ZOE))
    await shop.plan(plan(BINDING % "false", f"starts_at: {(now + DAY / 2).isoformat()}"))
    await shop.tell(shop.paid("2", line(), code=link.code, at=now + DAY))

    await shop.tell(shop.paid("3", line(), buyer=ZOE, at=now + 2 * DAY))

    assert (await order_of(shop, "3")).distributor_id is None
