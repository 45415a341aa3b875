"""Events told twice, changed, together: a duplicate is a success, one bad event never touches its batch."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.funnel.events import EventStatus, EventType, StepTaken
from models.people.merchants import lock_merchant
from models.sales import park, retry
from models.store.inbox import due_retries
from tests.builders import Shop, line, open_shop
from tests.models.books import Money, assert_books_in_order, money, statuses, transfers

ACCEPTED, REJECTED, DUPLICATE, PARKED = (
    EventStatus.ACCEPTED, EventStatus.REJECTED, EventStatus.DUPLICATE, EventStatus.PARKED,
)  # fmt: skip


async def test_the_same_event_again_is_a_duplicate_with_one_effect(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    event = shop.paid("1", line(), code=(await shop.link(mei)).code)

    assert await statuses(shop, event) == [ACCEPTED]
    assert await statuses(shop, event, event) == [DUPLICATE, DUPLICATE]

    assert await money(shop, mei) == Money(held=100, available=0)
    assert await transfers(shop) == 1


async def test_the_same_event_twice_in_one_request_is_one(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    event = shop.paid("1", line(), code=(await shop.link(mei)).code)

    assert await statuses(shop, event, event) == [ACCEPTED, DUPLICATE]
    assert await money(shop, mei) == Money(held=100, available=0)


async def test_an_id_with_other_content_is_a_conflict(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(), code=code, key="evt"))

    receipts = await shop.tell(shop.paid("1", line(price="99.00"), code=code, key="evt"))

    assert receipts[0].status is REJECTED
    assert receipts[0].detail is not None
    assert receipts[0].detail.startswith("id_conflict:")
    assert await money(shop, mei) == Money(held=100, available=0)


async def test_a_second_payment_with_the_same_lines_is_a_duplicate_with_others_a_conflict(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line("1", price="10.00"), line("2"), code=code))

    receipts = await shop.tell(
        shop.paid("1", line("1", price="10.0000"), line("2"), code=code),
        shop.paid("1", line("1", price="10.01"), line("2"), code=code),
        shop.paid("1", line("1", quantity=2), line("2"), code=code),
        shop.paid("1", line("1"), code=code),
        shop.paid("1", line("1"), line("2"), code=code, order_discount_minor=1),
    )

    assert [receipt.status for receipt in receipts] == [DUPLICATE, *[REJECTED] * 4]
    assert receipts[1].detail is not None
    assert receipts[1].detail.startswith("paid_otherwise:")
    assert await money(shop, mei) == Money(held=200, available=0)


async def test_a_rejected_event_may_come_again_mended_under_its_id(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code

    assert await statuses(shop, shop.paid("1", code=code, key="evt")) == [REJECTED]
    assert await statuses(shop, shop.paid("1", line(), code=code, key="evt")) == [ACCEPTED]

    assert await money(shop, mei) == Money(held=100, available=0)


async def test_two_merchants_may_use_the_same_ids_and_order_numbers(shop: Shop, now: datetime) -> None:
    other = await open_shop(shop.store, now)
    await other.plan()
    mei, bo = await shop.distributor("mei"), await other.distributor("bo")

    first = await statuses(shop, shop.paid("1", line(), code=(await shop.link(mei)).code, key="evt"))
    second = await statuses(
        other, other.paid("1", line(price="50.00"), code=(await other.link(bo)).code, key="evt")
    )

    assert first == second == [ACCEPTED]
    assert await money(shop, mei) == Money(held=100, available=0)
    assert await money(other, bo) == Money(held=500, available=0)


async def test_a_hundred_events_with_fifty_known_and_one_poison(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    events = [shop.paid(f"o{number}", line(), code=code) for number in range(100)]
    events[73] = shop.paid("o73", line(quantity=10_000_000, price="999999999.9999"), code=code)
    await shop.tell(*events[:50])

    told = await statuses(shop, *events)

    assert told == [*[DUPLICATE] * 50, *[ACCEPTED] * 23, REJECTED, *[ACCEPTED] * 26]
    assert await money(shop, mei) == Money(held=9900, available=0)
    await assert_books_in_order(shop.store)


async def test_a_refused_refund_between_two_good_ones_touches_neither(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code

    told = await statuses(
        shop,
        shop.paid("1", line(), code=code),
        shop.refunded("1", "r1", amount_minor=500),
        shop.refunded("1", "r2", amount_minor=501),
        shop.refunded("1", "r3", amount_minor=500),
    )

    assert told == [ACCEPTED, ACCEPTED, REJECTED, ACCEPTED]
    assert await money(shop, mei) == Money(held=0, available=0)


async def test_an_event_parked_for_a_fault_of_ours_is_tried_again(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    event = shop.paid("1", line(), code=(await shop.link(mei)).code)
    refund = shop.refunded("1", amount_minor=500)
    async with shop.store.write() as session:
        receipt = await park(session, shop.merchant, event, "OSError", now)
    assert receipt.status is PARKED
    assert await statuses(shop, refund) == [PARKED]
    assert await statuses(shop, event) == [DUPLICATE]

    later = now + timedelta(minutes=1)
    async with shop.store.write() as session:
        [waiting] = await due_retries(session, later)
        again = await retry(session, await lock_merchant(session, shop.merchant.id), waiting, later)

    assert again.status is ACCEPTED
    assert await money(shop, mei) == Money(held=50, available=0)
    assert await statuses(shop, event, refund) == [DUPLICATE, DUPLICATE]
    async with shop.store.read() as session:
        assert await due_retries(session, later + timedelta(days=1)) == []


async def test_views_and_carts_are_taken_and_name_unknown_products(shop: Shop) -> None:
    link = await shop.link(await shop.distributor("mei"), sku="LAMP")
    view = shop.paid("x", line()).model_copy(
        update={
            "what": StepTaken(type=EventType.PRODUCT_VIEWED, sku="NOPE", code=link.code, visitor="v1"),
            "id": "view",
        }
    )

    [receipt] = await shop.tell(view)

    assert (receipt.status, receipt.detail) == (ACCEPTED, "unknown_sku: the catalogue lacks NOPE")
    assert await statuses(shop, view) == [DUPLICATE]
