"""Whose order it is: coupon, then code, then click; the decision and its losers are kept (business.md 3)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.funnel.attribution import Rule
from models.funnel.links import Channel, LinkState, set_link_state
from models.people.distributors import Distributor
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.books import click, order_of
from tests.models.sales.people import coupon

TICK = timedelta(microseconds=1)
WINDOW = timedelta(days=30)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei")


@pytest.fixture
async def bo(shop: Shop) -> Distributor:
    return await shop.distributor("bo")


@pytest.fixture
async def ada(shop: Shop) -> Distributor:
    return await shop.distributor("ada")


async def verdicts(shop: Shop, order_ref: str) -> list[tuple[object, object, object]]:
    order = await order_of(shop, order_ref)
    return [(item["rule"], item["distributor_id"], item["verdict"]) for item in order.candidates]


async def test_a_coupon_beats_the_code_and_the_code_beats_the_click(
    shop: Shop, now: datetime, mei: Distributor, bo: Distributor, ada: Distributor
) -> None:
    await coupon(shop, "MEI10", mei)
    code, clicked = await shop.link(bo), await shop.link(ada)
    await click(shop, clicked, now - TICK)

    await shop.tell(
        shop.paid("1", line(), coupon=" mei10 ", code=code.code, visitor="v1"),
        shop.paid("2", line(), code=code.code, visitor="v1"),
        shop.paid("3", line(), visitor="v1"),
    )

    assert await verdicts(shop, "1") == [
        ("coupon", mei.id, "won"),
        ("code", bo.id, "lost"),
        ("last_click", ada.id, "lost"),
    ]
    assert await verdicts(shop, "2") == [("code", bo.id, "won"), ("last_click", ada.id, "lost")]
    assert await verdicts(shop, "3") == [("last_click", ada.id, "won")]
    order = await order_of(shop, "1")
    assert (order.rule, order.distributor_id, order.link_id) == (Rule.COUPON, mei.id, None)
    assert (await order_of(shop, "2")).link_id == code.id


async def test_the_shops_own_coupon_is_no_claim(shop: Shop, bo: Distributor) -> None:
    link = await shop.link(bo)

    await shop.tell(shop.paid("1", line(), coupon="SPRING", code=link.code))

    assert await verdicts(shop, "1") == [("coupon", None, "unknown"), ("code", bo.id, "won")]


async def test_the_last_click_wins_and_the_earlier_link_is_kept_as_a_loser(
    shop: Shop, now: datetime, mei: Distributor, bo: Distributor
) -> None:
    first, last = await shop.link(mei), await shop.link(bo)
    await click(shop, first, now - timedelta(days=2))
    await click(shop, last, now - timedelta(days=1))

    await shop.tell(shop.paid("1", line(), visitor="v1"))

    assert await verdicts(shop, "1") == [("last_click", bo.id, "won"), ("last_click", mei.id, "lost")]


async def test_the_first_click_wins_where_the_plan_says_so(
    shop: Shop, now: datetime, mei: Distributor, bo: Distributor
) -> None:
    await shop.plan(BASE_PLAN.replace("last_click", "first_click"))
    first, last = await shop.link(mei), await shop.link(bo)
    await click(shop, first, now - timedelta(days=2))
    await click(shop, last, now - timedelta(days=1))
    await click(shop, first, now - TICK)

    await shop.tell(shop.paid("1", line(), visitor="v1"))

    assert await verdicts(shop, "1") == [("first_click", mei.id, "won"), ("first_click", bo.id, "lost")]


@pytest.mark.parametrize(
    ("before", "won"),
    [
        pytest.param(timedelta(0), True, id="at the very moment of placing"),
        pytest.param(WINDOW - TICK, True, id="just inside the window"),
        pytest.param(WINDOW, False, id="at the window's open edge"),
        pytest.param(-TICK, False, id="after the placing"),
    ],
)
async def test_a_click_counts_inside_the_window(
    shop: Shop, now: datetime, mei: Distributor, before: timedelta, won: bool
) -> None:
    await click(shop, await shop.link(mei), now - before)

    await shop.tell(shop.paid("1", line(), visitor="v1"))

    assert ((await order_of(shop, "1")).distributor_id == mei.id) is won


async def test_a_click_too_old_is_kept_with_that_verdict(shop: Shop, now: datetime, mei: Distributor) -> None:
    await click(shop, await shop.link(mei), now - WINDOW)

    await shop.tell(shop.paid("1", line(), visitor="v1"))

    assert await verdicts(shop, "1") == [("last_click", mei.id, "too_old")]


async def test_the_window_ends_at_the_placing_not_at_the_payment(
    shop: Shop, now: datetime, mei: Distributor
) -> None:
    await click(shop, await shop.link(mei), now - WINDOW + TICK)
    await shop.tell(shop.paid("1", line(), visitor="v1", placed=True))

    await shop.tell(shop.paid("1", line(), visitor="v1", at=now + timedelta(days=5)))

    assert (await order_of(shop, "1")).distributor_id == mei.id


async def test_another_visitors_click_is_no_claim(shop: Shop, now: datetime, mei: Distributor) -> None:
    await click(shop, await shop.link(mei), now, visitor="somebody")

    await shop.tell(shop.paid("1", line(), visitor="v1"))

    assert await verdicts(shop, "1") == []


async def test_a_paused_link_earns_nothing_and_the_next_claim_is_heard(
    shop: Shop, now: datetime, mei: Distributor, bo: Distributor
) -> None:
    paused, clicked = await shop.link(mei), await shop.link(bo)
    await click(shop, clicked, now - timedelta(days=2))
    await click(shop, paused, now - timedelta(days=1))
    async with shop.store.write() as session:
        await set_link_state(session, paused, LinkState.PAUSED)

    await shop.tell(
        shop.paid("1", line(), code=paused.code), shop.paid("2", line(), code=paused.code, visitor="v1")
    )

    assert (await order_of(shop, "1")).distributor_id is None
    assert await verdicts(shop, "2") == [
        ("code", mei.id, "paused"),
        ("last_click", mei.id, "paused"),
        ("last_click", bo.id, "won"),
    ]


@pytest.mark.parametrize("code", ["ABCDEFGH", "K7Q2ABC", "K7Q2ABC_", "💰" * 8, "x" * 200, "<b>&\"'", " "])
async def test_an_unknown_or_malformed_code_is_kept_as_such(shop: Shop, code: str) -> None:
    await shop.tell(shop.paid("1", line(), code=code))

    assert [verdict for *_, verdict in await verdicts(shop, "1")] == ["unknown"]
    assert (await order_of(shop, "1")).distributor_id is None


async def test_another_merchants_code_and_coupon_are_unknown_here(shop: Shop, now: datetime) -> None:
    other = await open_shop(shop.store, now)
    foreign = await other.distributor("foreign")
    link = await other.link(foreign)
    await coupon(other, "THEIRS", foreign)
    await click(other, link, now)

    await shop.tell(shop.paid("1", line(), coupon="THEIRS", code=link.code, visitor="v1"))

    assert await verdicts(shop, "1") == [("coupon", None, "unknown"), ("code", None, "unknown")]


async def test_a_code_is_read_without_regard_to_case_and_space(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei)

    await shop.tell(shop.paid("1", line(), code=f"  {link.code.lower()} "))

    assert (await order_of(shop, "1")).distributor_id == mei.id


async def test_an_order_that_came_by_a_products_link_earns_as_a_whole(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei, sku="LAMP", channel=Channel.POSTER)

    await shop.tell(shop.paid("1", line("1", "LAMP"), line("2", "OTHER"), code=link.code))

    order = await order_of(shop, "1")
    assert (order.distributor_id, order.link_id) == (mei.id, link.id)


async def test_an_order_from_before_the_link_was_made_counts(
    shop: Shop, now: datetime, mei: Distributor
) -> None:
    link = await shop.link(mei)

    await shop.tell(shop.paid("1", line(), code=link.code, at=now - timedelta(days=400)))

    assert (await order_of(shop, "1")).distributor_id == mei.id
