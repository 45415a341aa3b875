"""An order is placed, paid and received: what it earns, for whom, in which state."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.funnel.events import EventStatus
from models.funnel.orders import OrderState
from models.money.commissions import CommissionState
from models.store.engine import Store
from models.store.outbox import NoticeKind
from tests.builders import Shop, line, open_shop
from tests.models.books import (
    Money,
    amounts,
    assert_books_in_order,
    earned,
    lines_of,
    money,
    notices,
    order_of,
    release,
    rules,
    statuses,
    transfers,
)

DAY = timedelta(days=1)


async def test_a_paid_order_earns_by_the_most_specific_rate(shop: Shop) -> None:
    lee = await shop.distributor("lee", level="leader")
    link = await shop.link(lee)

    [receipt] = await shop.tell(
        shop.paid(
            "1001",
            line("1", "LAMP", quantity=3, price="3.33"),
            line("2", "85123A", quantity=6, price="2.55"),
            line("3", "OTHER", price="9.99"),
            code=link.code.lower(),
        )
    )

    assert receipt.status is EventStatus.ACCEPTED
    assert receipt.detail == "unknown_sku: the catalogue lacks 85123A, OTHER"
    assert await amounts(shop, "1001") == [149, 180, 119]
    assert await rules(shop, "1001") == ["category=lights", "product=85123A level=leader", "level=leader"]
    assert await money(shop, lee) == Money(held=448, available=0)


async def test_a_commission_keeps_the_facts_that_explain_it(shop: Shop, now: datetime) -> None:
    lee = await shop.distributor("lee", level="leader")
    link = await shop.link(lee)

    await shop.tell(shop.paid("1", line(quantity=2, price="4.995", discount_minor=9), code=link.code))

    [commission] = await earned(shop, "1")
    assert (commission.base_minor, commission.quantity, commission.rate, commission.rate_kind) == (
        990, 2, "12", "percent",
    )  # fmt: skip
    assert (commission.rule, commission.level, commission.plan_version) == ("level=leader", "leader", 1)
    assert commission.amount_minor == 118
    assert commission.earned_at == now


async def test_skus_that_differ_only_in_case_are_two_products(shop: Shop) -> None:
    await shop.product("lamp", category="gifts")
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(shop.paid("1", line("1", "LAMP"), line("2", "lamp"), code=link.code))

    assert await amounts(shop, "1") == [150, 100]


async def test_a_repeated_sku_makes_a_commission_for_each_line(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(shop.paid("1", line("1", price="0.19"), line("2", price="0.19"), code=link.code))

    assert await amounts(shop, "1") == [1, 1]


async def test_a_placed_order_is_an_estimate_without_a_ledger_entry(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.amount_minor) == (CommissionState.ESTIMATED, 100)
    assert commission.release_at is None
    assert await transfers(shop) == 0
    assert (await order_of(shop, "1")).state is OrderState.PLACED


async def test_placed_then_paid_with_the_same_lines_is_one_commission(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    assert await statuses(shop, shop.paid("1", line(), at=now + DAY)) == [EventStatus.ACCEPTED]

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.amount_minor) == (CommissionState.AWAITING, 100)
    assert await money(shop, mei) == Money(held=100, available=0)
    await assert_books_in_order(shop.store)


async def test_a_payment_may_leave_out_the_lines_of_an_order_placed_before(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))

    assert await statuses(shop, shop.paid("1")) == [EventStatus.ACCEPTED]
    assert await statuses(shop, shop.paid("1")) == [EventStatus.DUPLICATE]

    assert await money(shop, mei) == Money(held=100, available=0)


async def test_an_order_never_placed_needs_lines_to_be_paid(shop: Shop) -> None:
    assert await statuses(shop, shop.paid("1"), shop.paid("2", placed=True)) == [EventStatus.REJECTED] * 2


async def test_placed_then_paid_with_other_lines_earns_on_what_was_paid(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line("1", "A"), line("2", "B"), code=link.code, placed=True))

    await shop.tell(shop.paid("1", line("2", "LAMP", price="20.00"), line("3", "C", price="1.00")))

    assert [item.line_ref for item in await lines_of(shop, "1")] == ["2", "3"]
    assert await amounts(shop, "1") == [300, 10]
    assert await money(shop, mei) == Money(held=310, available=0)
    await assert_books_in_order(shop.store)


async def test_placed_and_paid_in_one_request_are_one_story(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    told = await statuses(
        shop,
        shop.paid("1", line(price="5.00"), code=link.code, placed=True),
        shop.paid("1", line()),
        shop.received("1"),
    )

    assert told == [EventStatus.ACCEPTED] * 3
    [commission] = await earned(shop, "1")
    assert (commission.state, commission.amount_minor) == (CommissionState.HELD, 100)
    assert await money(shop, mei) == Money(held=100, available=0)


async def test_a_placement_told_after_the_payment_changes_nothing(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code))

    told = await statuses(
        shop, shop.paid("1", line(), placed=True), shop.paid("1", line(price="9.00"), placed=True)
    )

    assert told == [EventStatus.DUPLICATE, EventStatus.REJECTED]
    assert (await order_of(shop, "1")).state is OrderState.PAID
    assert await money(shop, mei) == Money(held=100, available=0)


async def test_shipping_and_tax_earn_nothing(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    event = shop.paid("1", line(), code=link.code)
    what = event.what.model_copy(update={"shipping_minor": 500, "tax_minor": 200})

    await shop.tell(event.model_copy(update={"what": what}))

    assert await amounts(shop, "1") == [100]
    order = await order_of(shop, "1")
    assert (order.shipping_minor, order.tax_minor) == (500, 200)


async def test_an_order_in_another_currency_is_rejected(shop: Shop) -> None:
    event = shop.paid("1", line())
    foreign = event.model_copy(update={"what": event.what.model_copy(update={"currency": "EUR"})})

    assert await statuses(shop, foreign) == [EventStatus.REJECTED]


async def test_a_currency_without_minor_unit_counts_whole(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now, currency="JPY", timezone="Asia/Tokyo")
    await shop.plan("name: P\nstarts_at: 2010-12-01T00:00:00Z\nlevels: [{key: a, title: {zh: a, en: a}}]\n"
                    "rates: [{percent: 10}, {product: F, fixed: 30}]")  # fmt: skip
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    await shop.tell(
        shop.paid("1", line("1", price="199"), line("2", "F", quantity=2, price="99"), code=link.code)
    )

    assert await amounts(shop, "1") == [19, 60]
    assert await money(shop, mei) == Money(held=79, available=0)


async def test_a_currency_with_three_places_counts_them(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now, currency="KWD", timezone="Asia/Kuwait")
    await shop.plan("name: P\nstarts_at: 2010-12-01T00:00:00Z\nlevels: [{key: a, title: {zh: a, en: a}}]\n"
                    "rates: [{percent: 10}]")  # fmt: skip
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(shop.paid("1", line(price="1.2399"), code=link.code))

    assert await amounts(shop, "1") == [123]


async def test_no_plan_in_force_earns_nothing_but_keeps_whose_it_is(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    assert await statuses(shop, shop.paid("1", line(), code=link.code)) == [EventStatus.ACCEPTED]

    order = await order_of(shop, "1")
    assert (order.distributor_id, order.plan_version) == (mei.id, None)
    assert await earned(shop, "1") == []
    assert await transfers(shop) == 0


async def test_an_order_without_a_distributor_earns_nobody_anything(shop: Shop) -> None:
    assert await statuses(shop, shop.paid("1", line())) == [EventStatus.ACCEPTED]

    assert await earned(shop, "1") == []
    assert (await order_of(shop, "1")).plan_version == 1


async def test_a_line_that_no_rate_fits_stands_with_nothing(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    await shop.plan("name: P\nstarts_at: 2010-12-01T00:00:00Z\nlevels: [{key: a, title: {zh: a, en: a}}]\n"
                    "rates: [{product: LAMP, percent: 10}]")  # fmt: skip
    link = await shop.link(await shop.distributor("mei"))

    await shop.tell(shop.paid("1", line("1", "LAMP"), line("2", "OTHER"), code=link.code))

    assert await amounts(shop, "1") == [100, 0]
    assert await rules(shop, "1") == ["product=LAMP", "none"]


async def test_the_hold_runs_from_payment_until_the_receipt_says_better(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code))
    [awaiting] = await earned(shop, "1")

    await shop.tell(shop.received("1", at=now + 2 * DAY))

    [held] = await earned(shop, "1")
    assert (awaiting.state, awaiting.release_at) == (CommissionState.AWAITING, now + 10 * DAY)
    assert (held.state, held.release_at) == (CommissionState.HELD, now + 9 * DAY)
    assert (await order_of(shop, "1")).state is OrderState.RECEIVED


async def test_a_receipt_before_its_payment_waits(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    assert await statuses(shop, shop.received("1", at=now + DAY)) == [EventStatus.PARKED]
    assert await statuses(shop, shop.paid("1", line(), code=link.code, placed=True)) == [EventStatus.ACCEPTED]
    assert (await order_of(shop, "1")).received_at is None
    await shop.tell(shop.paid("1"))

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.release_at) == (CommissionState.HELD, now + 8 * DAY)


async def test_a_receipt_after_the_release_moves_nothing(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code))
    await release(shop, now + 10 * DAY)

    assert await statuses(shop, shop.received("1", at=now + 12 * DAY)) == [EventStatus.ACCEPTED]

    [commission] = await earned(shop, "1")
    assert commission.state is CommissionState.AVAILABLE
    assert await money(shop, mei) == Money(held=0, available=100)


async def test_a_second_receipt_says_nothing_new(shop: Shop, now: datetime) -> None:
    link = await shop.link(await shop.distributor("mei"))
    await shop.tell(shop.paid("1", line(), code=link.code), shop.received("1"))

    assert await statuses(shop, shop.received("1", at=now + 3 * DAY)) == [EventStatus.DUPLICATE]

    [commission] = await earned(shop, "1")
    assert commission.release_at == now + 7 * DAY


async def test_who_has_a_chat_is_told_and_nobody_else(shop: Shop) -> None:
    mei = await shop.distributor("mei", person=await shop.person(1))
    silent = await shop.distributor("silent")

    await shop.tell(
        shop.paid("1", line(), code=(await shop.link(mei)).code),
        shop.paid("2", line(), code=(await shop.link(silent)).code),
    )

    assert await notices(shop) == [NoticeKind.ORDER_PAID]
