"""A distributor who buys by their own link: paid, not paid, or held for review, as the plan says."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.funnel.events import Buyer
from models.money.commissions import CommissionState, Reason
from models.people.privacy import chat_hash, email_hash, phone_hash
from tests.builders import BASE_PLAN, Shop, line
from tests.models.books import Money, assert_books_in_order, earned, money, order_of, release, transfers
from tests.models.sales.people import CHAT, EMAIL, reachable


def buyer(
    shop: Shop, *, email: str | None = None, phone: str | None = None, chat: int | None = None
) -> Buyer:
    key = shop.merchant.customer_key
    return Buyer(email=email_hash(key, email), phone=phone_hash(key, phone), chat=chat_hash(key, chat))


async def policy(shop: Shop, word: str) -> None:
    await shop.plan(BASE_PLAN.replace("self_purchase: review", f"self_purchase: {word}"))


async def test_review_holds_the_commission_and_no_run_releases_it(shop: Shop, now: datetime) -> None:
    mei = await reachable(shop)
    link = await shop.link(mei)

    await shop.tell(
        shop.paid("1", line(), code=link.code, buyer=buyer(shop, email=EMAIL)), shop.received("1")
    )
    await release(shop, now + timedelta(days=365))

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.reason) == (CommissionState.REVIEW, Reason.SELF_PURCHASE)
    assert await money(shop, mei) == Money(held=100, available=0)
    await assert_books_in_order(shop.store)


async def test_skip_pays_nothing_and_says_why(shop: Shop) -> None:
    await policy(shop, "skip")
    mei = await reachable(shop)
    link = await shop.link(mei)

    await shop.tell(shop.paid("1", line(), code=link.code, buyer=buyer(shop, email=EMAIL)))

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.amount_minor) == (CommissionState.VOID, 0)
    assert commission.reason is Reason.SELF_PURCHASE
    assert await transfers(shop) == 0


async def test_pay_pays(shop: Shop) -> None:
    await policy(shop, "pay")
    mei = await reachable(shop)
    link = await shop.link(mei)

    await shop.tell(shop.paid("1", line(), code=link.code, buyer=buyer(shop, email=EMAIL)))

    [commission] = await earned(shop, "1")
    assert (commission.state, commission.reason) == (CommissionState.AWAITING, None)
    assert (await order_of(shop, "1")).self_purchase == "email"


@pytest.mark.parametrize(
    ("email", "phone", "chat", "fact"),
    [
        pytest.param(" MEI@Shop.Example", None, None, "email", id="e-mail in another case"),
        pytest.param(None, "020 7946 0018", None, "phone", id="phone as written at home"),
        pytest.param(None, "+442079460018", None, "phone", id="phone as written abroad"),
        pytest.param(None, None, CHAT, "chat", id="chat account"),
        pytest.param("bo@shop.example", "020 7946 0019", CHAT + 1, None, id="somebody else"),
        pytest.param(None, None, None, None, id="nothing said"),
    ],
)
async def test_the_buyer_is_recognised(
    shop: Shop, email: str | None, phone: str | None, chat: int | None, fact: str | None
) -> None:
    link = await shop.link(await reachable(shop))

    who = buyer(shop, email=email, phone=phone, chat=chat)
    await shop.tell(shop.paid("1", line(), code=link.code, buyer=who))

    assert (await order_of(shop, "1")).self_purchase == fact
    [commission] = await earned(shop, "1")
    assert (commission.state is CommissionState.REVIEW) is (fact is not None)


async def test_somebody_elses_link_is_no_own_purchase(shop: Shop) -> None:
    await reachable(shop)
    link = await shop.link(await shop.distributor("bo"))

    await shop.tell(shop.paid("1", line(), code=link.code, buyer=buyer(shop, email=EMAIL)))

    assert (await order_of(shop, "1")).self_purchase is None


async def test_contact_data_that_comes_with_the_payment_counts(shop: Shop) -> None:
    link = await shop.link(await reachable(shop))
    await shop.tell(shop.paid("1", line(), code=link.code, placed=True))
    [estimate] = await earned(shop, "1")

    await shop.tell(shop.paid("1", line(), buyer=buyer(shop, email=EMAIL)))

    [commission] = await earned(shop, "1")
    assert estimate.state is CommissionState.ESTIMATED
    assert commission.state is CommissionState.REVIEW


async def test_a_refund_takes_back_what_is_under_review(shop: Shop) -> None:
    mei = await reachable(shop)
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code, buyer=buyer(shop, email=EMAIL)))

    await shop.tell(shop.refunded("1", full=True))

    [commission] = await earned(shop, "1")
    assert commission.state is CommissionState.REFUNDED
    assert await money(shop, mei) == Money(held=0, available=0)
    await assert_books_in_order(shop.store)
