"""Money goes back to the buyer: per line, in proportion, at the original rate, before and after release."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.funnel.events import EventStatus, RefundedLine
from models.funnel.orders import OrderState
from models.money.commissions import CommissionState
from models.people.distributors import Distributor
from models.store.outbox import NoticeKind
from tests.builders import Shop, line
from tests.models.books import (
    Money,
    assert_books_in_order,
    earned,
    money,
    notices,
    order_of,
    release,
    statuses,
)

DAY = timedelta(days=1)
ACCEPTED, REJECTED, DUPLICATE, PARKED = (
    EventStatus.ACCEPTED, EventStatus.REJECTED, EventStatus.DUPLICATE, EventStatus.PARKED,
)  # fmt: skip


def units(line_ref: str, quantity: int) -> RefundedLine:
    return RefundedLine(line_ref=line_ref, quantity=quantity)


def pence(line_ref: str, amount: int) -> RefundedLine:
    return RefundedLine(line_ref=line_ref, amount_minor=amount)


async def reversed_of(shop: Shop, order_ref: str) -> list[int]:
    return [item.reversed_minor for item in await earned(shop, order_ref)]


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    """She sold order 1: three of A at 3.33 and one lamp at 20.00; 99 and 300 pence are hers."""
    mei = await shop.distributor("mei", person=await shop.person(1))
    link = await shop.link(mei)
    bought = [line("1", "A", quantity=3, price="3.33"), line("2", "LAMP", price="20.00")]
    await shop.tell(shop.paid("1", *bought, code=link.code))
    return mei


async def test_units_go_back_one_by_one_and_the_last_takes_the_rest(shop: Shop, mei: Distributor) -> None:
    taken = []
    for number in range(3):
        await shop.tell(shop.refunded("1", f"r{number}", lines=[units("1", 1)]))
        taken.append((await reversed_of(shop, "1"))[0])

    first, second = await earned(shop, "1")
    assert taken == [33, 66, 99]
    assert (first.state, second.state) == (CommissionState.REFUNDED, CommissionState.AWAITING)
    assert first.amount_minor == 99
    assert await money(shop, mei) == Money(held=300, available=0)
    assert (await order_of(shop, "1")).state is OrderState.PAID


async def test_thirty_percent_of_a_line_takes_thirty_percent(shop: Shop, mei: Distributor) -> None:
    await shop.tell(shop.refunded("1", lines=[pence("2", 600)]))

    assert await reversed_of(shop, "1") == [0, 90]
    assert await money(shop, mei) == Money(held=309, available=0)


async def test_an_amount_without_lines_falls_by_what_is_left(shop: Shop, mei: Distributor) -> None:
    # 9.99 and 20.00 are left: 10.00 falls 3.33 and 6.67.
    await shop.tell(shop.refunded("1", amount_minor=1000))

    assert await reversed_of(shop, "1") == [33, 100]
    assert await money(shop, mei) == Money(held=266, available=0)


async def test_everything_goes_back_exactly(shop: Shop, mei: Distributor) -> None:
    await shop.tell(
        shop.refunded("1", "r1", lines=[units("1", 1), pence("2", 7)]),
        shop.refunded("1", "r2", amount_minor=333),
        shop.refunded("1", "r3", full=True),
    )

    assert await reversed_of(shop, "1") == [99, 300]
    assert await money(shop, mei) == Money(held=0, available=0)
    assert (await order_of(shop, "1")).state is OrderState.REFUNDED
    assert {item.state for item in await earned(shop, "1")} == {CommissionState.REFUNDED}
    await assert_books_in_order(shop.store)


@pytest.mark.parametrize("amount", [2999, 3499])
async def test_all_the_money_back_is_a_whole_refund(shop: Shop, amount: int) -> None:
    link = await shop.link(await shop.distributor("bo"))
    event = shop.paid("9", line("1", price="29.99"), line("gift", price="0.00"), code=link.code)
    with_post = event.model_copy(update={"what": event.what.model_copy(update={"shipping_minor": 500})})
    await shop.tell(with_post)

    assert await statuses(shop, shop.refunded("9", amount_minor=amount)) == [ACCEPTED]

    assert (await order_of(shop, "9")).state is OrderState.REFUNDED


async def test_over_what_is_left_is_rejected_and_changes_nothing(shop: Shop, mei: Distributor) -> None:
    await shop.tell(shop.refunded("1", "r1", lines=[units("1", 2)]))

    told = await statuses(
        shop,
        shop.refunded("1", "r2", lines=[units("1", 2)]),
        shop.refunded("1", "r3", lines=[pence("1", 334)]),
        shop.refunded("1", "r4", amount_minor=2334),
        shop.refunded("1", "r5", lines=[units("7", 1)]),
        shop.refunded("1", "r6", lines=[units("2", 1), units("1", 2)]),
    )

    assert told == [REJECTED] * 5
    assert await reversed_of(shop, "1") == [66, 0]
    await assert_books_in_order(shop.store)


async def test_the_same_refund_twice_is_one_and_with_other_content_none(shop: Shop, mei: Distributor) -> None:
    told = await statuses(
        shop,
        shop.refunded("1", "r1", lines=[units("1", 1)]),
        shop.refunded("1", "r1", lines=[units("1", 1)]),
        shop.refunded("1", "r1", lines=[units("1", 2)]),
    )

    assert told == [ACCEPTED, DUPLICATE, REJECTED]
    assert await reversed_of(shop, "1") == [33, 0]


async def test_one_refund_number_at_two_orders_is_two_refunds(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei)
    await shop.tell(shop.paid("2", line(), code=link.code))

    assert (
        await statuses(shop, shop.refunded("1", full=True), shop.refunded("2", full=True)) == [ACCEPTED] * 2
    )
    assert await money(shop, mei) == Money(held=0, available=0)


async def test_a_shop_never_uses_our_own_refund_numbers(shop: Shop, mei: Distributor) -> None:
    assert await statuses(shop, shop.refunded("1", "#cancelled", full=True)) == [REJECTED]


async def test_after_the_release_it_is_taken_from_what_is_available(
    shop: Shop, now: datetime, mei: Distributor
) -> None:
    await shop.tell(shop.received("1"))
    await release(shop, now + 7 * DAY)

    await shop.tell(shop.refunded("1", lines=[units("1", 1)], at=now + 8 * DAY))

    assert await money(shop, mei) == Money(held=0, available=366)
    assert await reversed_of(shop, "1") == [33, 0]
    await assert_books_in_order(shop.store)


async def test_a_refund_while_held_leaves_the_rest_to_be_released(
    shop: Shop, now: datetime, mei: Distributor
) -> None:
    await shop.tell(shop.received("1"), shop.refunded("1", lines=[units("1", 1)]))

    await release(shop, now + 7 * DAY)

    assert await money(shop, mei) == Money(held=0, available=366)
    await assert_books_in_order(shop.store)


async def test_what_was_refunded_whole_is_never_released(shop: Shop, now: datetime, mei: Distributor) -> None:
    await shop.tell(shop.received("1"), shop.refunded("1", full=True))

    await release(shop, now + 30 * DAY)

    assert await money(shop, mei) == Money(held=0, available=0)
    assert {item.state for item in await earned(shop, "1")} == {CommissionState.REFUNDED}


async def test_a_refund_tells_who_earned(shop: Shop, mei: Distributor) -> None:
    await shop.tell(
        shop.refunded("1", "r1", lines=[units("1", 1)]), shop.refunded("1", "r1", lines=[units("1", 1)])
    )

    assert await notices(shop) == [NoticeKind.ORDER_PAID, NoticeKind.REFUND]


async def test_a_refund_before_its_order_waits_and_ends_the_same(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    early = [
        shop.refunded("1", "r2", full=True, at=now + 2 * DAY),
        shop.refunded("1", "r1", amount_minor=10, at=now + DAY),
    ]

    assert await statuses(shop, *early) == [PARKED, PARKED]
    assert await statuses(shop, shop.paid("1", line(), code=link.code)) == [ACCEPTED]

    assert await reversed_of(shop, "1") == [100]
    assert (await order_of(shop, "1")).state is OrderState.REFUNDED
    assert await statuses(shop, *early) == [DUPLICATE, DUPLICATE]
    await assert_books_in_order(shop.store)


async def test_a_refund_waits_while_its_order_is_only_placed(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    assert await statuses(shop, shop.refunded("1", full=True)) == [PARKED]
    await shop.tell(shop.paid("1", line()))

    assert await reversed_of(shop, "1") == [100]


async def test_a_waiting_refund_that_can_not_be_is_rejected_when_its_order_comes(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    early = shop.refunded("1", lines=[units("7", 1)])

    await shop.tell(early)
    assert await statuses(shop, shop.paid("1", line(), code=link.code)) == [ACCEPTED]

    [again] = await shop.tell(early)
    assert again.status is REJECTED
    assert again.detail is not None
    assert "There is no line '7'" in again.detail
    assert await money(shop, mei) == Money(held=100, available=0)
