"""The twenty defects that live systems shipped (business.md 12), each a test by its number.

Task counts of row 12 come with tasks; what they rest on, the count of net orders, is tested here.
"""

from __future__ import annotations

import asyncio
import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col
from telegram import Bot

from bot.cards.inline import InlineAnswer
from bot.gateway.inline import answer
from bot.gateway.messages import in_html
from jobs.closing import close_due
from models.errors import Conflict
from models.funnel.events import EventStatus, RefundedLine
from models.funnel.links import read_code
from models.funnel.orders import OrderState
from models.money.commissions import CommissionRow, CommissionState, ReversalRow
from models.money.ledger import (
    AccountKind,
    Holding,
    Journal,
    Move,
    Transfer,
    TransferKind,
    TransferRow,
    balances_of,
)
from models.money.settlement import settle_due
from models.people.distributors import Distributor
from models.people.levels import set_level
from models.people.merchants import lock_merchant
from models.plans.amounts import rule_amount
from models.plans.ladders import ladder_amount
from models.plans.reading import PlanRefused, read_plan
from models.plans.rules import Band, Ladder, LadderMode, Rate
from models.sales import receive
from models.store.ids import new_code, new_id
from models.store.outbox import NoticeKind
from models.store.sql import insert_all, table_of
from tests.builders import BASE_PLAN, Shop, line
from tests.models.books import (
    Money,
    amounts,
    assert_books_in_order,
    click,
    earned,
    money,
    notices,
    order_of,
    release,
    statuses,
    transfers,
)
from tests.models.payouts import Till
from tests.models.sales.people import coupon

DAY = timedelta(days=1)
POINTS = "PTS"
SURROUNDINGS = [
    ("", ""),
    ("see ", "."),
    ("(", ")"),
    ("**", "**"),
    ("_", "_"),
    ("看 ", "。"),
    ('"', '", he said'),
    ("", "!?"),
]


async def test_1_who_won_the_order_is_paid_whoever_the_customer_clicks_later(
    shop: Shop, now: datetime
) -> None:
    mei, bo = await shop.distributor("mei"), await shop.distributor("bo")
    await click(shop, await shop.link(mei), now)
    await shop.tell(shop.paid("1", line(), visitor="v1", placed=True))
    await click(shop, await shop.link(bo), now + DAY)
    await coupon(shop, "BO", bo)

    await shop.tell(shop.paid("1", line(), visitor="v1", coupon="BO", at=now + 2 * DAY))

    assert await money(shop, mei) == Money(held=100, available=0)
    assert await money(shop, bo) == Money(held=0, available=0)


async def test_2_a_refund_after_the_payout_leaves_a_debt_that_new_earnings_pay_off(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei", person=await shop.person(1))
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(price="200.00"), code=code), shop.received("1"))
    await release(shop, now + 7 * DAY)
    till = Till(shop, mei, code, now + 8 * DAY)
    await till.account()
    await till.paid_out(2000)

    await shop.tell(shop.refunded("1", full=True, at=now + 9 * DAY))
    debt = await money(shop, mei)
    await shop.tell(
        shop.paid("2", line(price="250.00"), code=code, at=now + 9 * DAY),
        shop.received("2", at=now + 9 * DAY),
    )
    await release(shop, now + 20 * DAY)

    assert debt == Money(held=0, available=-2000)
    assert await money(shop, mei) == Money(held=0, available=500)
    assert NoticeKind.DEBT in await notices(shop)


async def test_3_a_refund_after_release_is_taken_back(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code), shop.received("1"))
    await release(shop, now + 7 * DAY)

    await shop.tell(shop.refunded("1", amount_minor=300, at=now + 8 * DAY))

    assert await money(shop, mei) == Money(held=0, available=70)


@pytest.mark.parametrize("days", [0, 7, 400])
async def test_4_settlement_never_blocks_a_refund(shop: Shop, now: datetime, days: int) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code), shop.received("1"))
    await release(shop, now + days * DAY)

    told = await statuses(shop, shop.refunded("1", full=True, at=now + days * DAY))

    assert told == [EventStatus.ACCEPTED]
    assert (await order_of(shop, "1")).state is OrderState.REFUNDED


async def test_5_a_partial_refund_is_proportional_and_reversals_add_up(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(price="33.33"), code=(await shop.link(mei)).code))
    taken = []

    for number, amount in enumerate([1000, 1000, 1000, 333]):
        await shop.tell(
            shop.refunded("1", f"r{number}", lines=[RefundedLine(line_ref="1", amount_minor=amount)])
        )
        taken.append((await earned(shop, "1"))[0].reversed_minor)

    assert taken == [99, 199, 299, 333]
    assert (await earned(shop, "1"))[0].state is CommissionState.REFUNDED


async def test_6_a_refund_is_at_the_original_rate(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", level="promoter")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    async with shop.store.write() as session:
        await set_level(
            session, merchant_id=shop.merchant.id, distributor_id=mei.id, level="leader", since=now + DAY
        )

    await shop.tell(shop.refunded("1", amount_minor=500, at=now + 2 * DAY))

    [commission] = await earned(shop, "1")
    assert (commission.rate, commission.reversed_minor) == ("10", 50)


def test_7_kinds_are_compared_in_money() -> None:
    flat = rule_amount(Rate(fixed="5.00"), 10_000, 1, "GBP")
    share = rule_amount(Rate(percent="20"), 10_000, 1, "GBP")

    assert (flat, share) == (500, 2000)


@pytest.mark.parametrize(
    ("bands", "mend"),
    [
        ('{from: "0", to: "100", percent: "1"}, {from: "200", percent: "2"}', "a gap to the next band"),
        (
            '{from: "0", to: "300", percent: "1"}, {from: "200", percent: "2"}',
            "an overlap with the next band",
        ),
        ('{from: "0", percent: "3"}, {from: "200", percent: "2"}', "percents never fall"),
    ],
)
def test_8_a_ladder_with_gaps_is_refused(bands: str, mend: str) -> None:
    with pytest.raises(PlanRefused, match=mend):
        read_plan(f"{BASE_PLAN}ladder: {{bands: [{bands}]}}\n", "GBP")


@given(
    steps=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 900)), min_size=1, max_size=6),
    mode=st.sampled_from(LadderMode),
    sales=st.integers(0, 4000),
    more=st.integers(0, 900),
)
def test_8_the_total_never_falls_when_sales_rise(
    steps: list[tuple[int, int]], mode: LadderMode, sales: int, more: int
) -> None:
    starts = itertools.accumulate(width for width, _ in steps)
    percents = itertools.accumulate(rise for _, rise in steps)
    bands = tuple(
        Band.model_validate({"from": str(start), "percent": f"{min(points, 10_000) / 100:.2f}"})
        for start, points in zip(starts, percents, strict=True)
    )
    ladder = Ladder(mode=mode, bands=bands)

    assert ladder_amount(ladder, 100 * sales + more, "GBP") >= ladder_amount(ladder, 100 * sales, "GBP") >= 0


async def test_9_one_poisoned_row_stops_nobody_elses_settlement(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(*(shop.paid(str(number), line(), code=code) for number in range(20)))
    [poisoned] = await earned(shop, "13")
    in_the_way = Transfer(
        merchant_id=shop.merchant.id,
        key=f"release:{poisoned.order_id}:{mei.id}:{poisoned.id}",
        digest="0" * 64,
        kind=TransferKind.RELEASE,
        at=now,
        written_at=now,
    )
    async with shop.store.write() as session:
        await insert_all(session, TransferRow, [in_the_way])

    async with shop.store.write() as session:
        done = await settle_due(session, await lock_merchant(session, shop.merchant.id), now + 10 * DAY)

    assert await money(shop, mei) == Money(held=100, available=1900)
    [skipped] = done.skipped
    assert skipped.commission_id == poisoned.id
    assert "stands already with other content" in skipped.reason


async def test_10_an_event_retried_at_once_pays_once(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    event = shop.paid("1", line(), code=(await shop.link(mei)).code)

    told = []
    for _ in range(20):
        # Fifty at a time, so that on a slow machine, too, each has its turn before it would hear "busy".
        told += await asyncio.gather(*(statuses(shop, event) for _ in range(50)))

    assert sorted(status for [status] in told) == ["accepted", *["duplicate"] * 999]
    assert await transfers(shop) == 1


async def test_11_a_second_transfer_for_one_order_is_refused_by_the_ledger(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    order = await order_of(shop, "1")
    journal = Journal(shop.merchant.id, "GBP", now)
    journal.transfer(
        key=f"accrual:{order.id}:{mei.id}",
        kind=TransferKind.ACCRUAL,
        at=now,
        moves=[Move(Holding(AccountKind.COMMISSION_EXPENSE), Holding(AccountKind.HELD, mei.id), 999)],
    )

    with pytest.raises(Conflict):
        async with shop.store.write() as session:
            await journal.post(session)

    assert await money(shop, mei) == Money(held=100, available=0)


async def test_11_a_second_commission_on_a_line_is_refused_by_the_store(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code))
    [made] = await earned(shop, "1")
    again = made.model_copy(update={"id": new_id()})

    with pytest.raises(IntegrityError):
        async with shop.store.write() as session:
            await insert_all(session, CommissionRow, [again])

    assert await amounts(shop, "1") == [100]


COUNTING = BASE_PLAN.replace(
    "en: Leader}}",
    "en: Leader}, grace_days: 0, when: {all: [{metric: orders, at_least: 2, within_days: 40}]}}",
)


@pytest.mark.parametrize(("refunded", "rate"), [(False, "12"), (True, "10")])
async def test_12_a_refund_lowers_the_count_for_a_level(
    shop: Shop, now: datetime, refunded: bool, rate: str
) -> None:
    await shop.plan(COUNTING)
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(), code=code, at=now))
    await shop.tell(*([shop.refunded("1", full=True, at=now)] if refunded else []))

    # The second order makes a leader, unless the first one no longer counts; the third shows which.
    await shop.tell(shop.paid("2", line(), code=code, at=now + DAY))
    await shop.tell(shop.paid("3", line(), code=code, at=now + 2 * DAY))

    assert [one.rate for one in await earned(shop, "3")] == [rate]


async def test_12_a_refund_below_the_threshold_is_a_stated_reversal_of_the_ladder(
    shop: Shop, now: datetime
) -> None:
    await shop.plan(BASE_PLAN + 'ladder: {bands: [{from: "100.00", percent: "5"}]}\n')
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("1", line(price="120.00"), code=(await shop.link(mei)).code))
    await close_due(shop.store, shop.merchant.id, datetime(2026, 4, 2, tzinfo=UTC), patient=False)
    before = await money(shop, mei)

    await shop.tell(shop.refunded("1", amount_minor=2500, at=datetime(2026, 4, 3, tzinfo=UTC)))

    # 12.00 of the line and 5 % of 20.00 = 1.00; on 95.00 there is no ladder: 2.50 and 1.00 go back, each on its own.
    table = table_of(ReversalRow)
    async with shop.store.read() as session:
        stated = list((await session.execute(select(table.c.amount_minor))).scalars())
    assert (before, sorted(stated)) == (Money(held=1300, available=0), [100, 250])
    assert await money(shop, mei) == Money(held=950, available=0)


async def test_13_a_price_that_no_float_can_hold_is_exact(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    bought = line(quantity=3, price="0.1"), line("2", quantity=100_000, price="90071992.5474")

    await shop.tell(shop.paid("1", *bought, code=(await shop.link(mei)).code))

    assert await amounts(shop, "1") == [3, 90_071_992_547_400]


def test_14_a_code_has_no_look_alikes_and_no_punctuation() -> None:
    letters = set("".join(new_code() for _ in range(500)))

    assert letters <= set("23456789ABCDEFGHJKMNPQRSTVWXYZ")


@given(st.text("23456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=8, max_size=8), st.sampled_from(SURROUNDINGS))
def test_14_a_code_survives_what_chats_do_to_links(code: str, around: tuple[str, str]) -> None:
    """Chats cut punctuation off a link's end, and people type in any case."""
    before, after = around

    shared = as_linked(f"{before}https://tuike.example/r/{code}{after}")

    assert read_code(shared.rsplit("/", 1)[1].swapcase()) == code


def test_14_guard_a_code_that_ends_in_punctuation_would_be_lost() -> None:
    assert as_linked("see https://tuike.example/r/ABCD_ today") == "https://tuike.example/r/ABCD"


def as_linked(said: str) -> str:
    """What a chat makes a link of: up to a space or bracket, without punctuation and marks at the end."""
    found = re.search(r"https?://[^\s<>\])]+", said)
    assert found is not None
    return found.group().rstrip(".,:;!?_*~'\"。，！？、")


async def test_15_points_are_never_seen_by_whoever_pays_out(shop: Shop, now: datetime) -> None:
    """Points are accounts of a currency of their own; no kind of account holds two."""
    mei = await shop.distributor("mei")
    points = Journal(shop.merchant.id, POINTS, now)
    points.transfer(
        key="points:1",
        kind=TransferKind.BONUS,
        at=now,
        moves=[Move(Holding(AccountKind.BONUS_EXPENSE), Holding(AccountKind.AVAILABLE, mei.id), 5_000)],
    )
    async with shop.store.write() as session:
        await points.post(session)
    await shop.tell(shop.paid("1", line(), code=(await shop.link(mei)).code), shop.received("1"))
    await release(shop, now + 7 * DAY)

    async with shop.store.read() as session:
        own = await balances_of(session, shop.merchant.id, POINTS, mei.id)
    assert await money(shop, mei) == Money(held=0, available=100)
    assert own[AccountKind.AVAILABLE] == 5_000


async def test_16_a_person_in_two_roles_on_one_order_is_paid_once(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await coupon(shop, "MEI10", mei)
    await click(shop, link, now)

    await shop.tell(shop.paid("1", line(), coupon="MEI10", code=link.code, visitor="v1"))

    assert await amounts(shop, "1") == [100]
    assert await money(shop, mei) == Money(held=100, available=0)


@pytest.mark.parametrize(("same_person", "paid"), [("skip", [100]), ("pay", [100, 30])])
async def test_16_a_seller_who_is_their_own_sponsor_is_paid_once(
    shop: Shop, same_person: str, paid: list[int]
) -> None:
    await shop.plan(BASE_PLAN + f'team: {{percents: ["3"], same_person: {same_person}}}\n')
    first = await shop.distributor("mei", email_hash="e" * 32)
    second = await shop.distributor("mei-again", email_hash="e" * 32)
    async with shop.store.write() as session:
        await session.execute(
            update(Distributor).where(col(Distributor.id) == second.id).values(sponsor_id=first.id)
        )

    await shop.tell(shop.paid("1", line(), code=(await shop.link(second)).code))

    assert await amounts(shop, "1") == paid


async def test_17_cached_balances_stay_what_the_postings_say(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code

    await shop.tell(
        shop.refunded("2", "early", amount_minor=200),
        *(shop.paid(str(number), line(), code=code) for number in range(5)),
        shop.refunded("1", amount_minor=123),
        shop.received("3"),
        shop.cancelled("4"),
    )
    await release(shop, now + 7 * DAY)
    await shop.tell(shop.refunded("3", full=True))

    await assert_books_in_order(shop.store)


async def test_18_commission_is_on_the_price_after_discount_without_postage(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    bought = shop.paid(
        "1",
        line("1", price="50.00", discount_minor=1000),
        line("2", price="10.00"),
        order_discount_minor=500,
        code=(await shop.link(mei)).code,
    )
    posted = bought.what.model_copy(update={"shipping_minor": 499, "tax_minor": 1000})

    await shop.tell(bought.model_copy(update={"what": posted}))

    assert [item.base_minor for item in await earned(shop, "1")] == [3600, 900]
    assert await amounts(shop, "1") == [360, 90]


async def test_19_an_inline_answer_is_its_askers_own() -> None:
    class Asked:
        """The chat server's client, as far as answers go."""

        def __init__(self) -> None:
            self.said: dict[str, object] = {}

        async def answer_inline_query(self, query_id: str, results: object, **said: object) -> bool:
            self.said = {"query_id": query_id, **said}
            return True

    asked = Asked()

    await answer(cast("Bot", asked), "7", InlineAnswer(results=()), in_html)

    assert asked.said["is_personal"] is True


async def test_20_a_levels_key_is_never_its_rank(shop: Shop) -> None:
    plan = """
name: Ranks
starts_at: 2010-12-01T00:00:00Z
levels:
  - {key: "3", title: {zh: 一, en: First}}
  - {key: "1", title: {zh: 二, en: Second}}
  - {key: "2", title: {zh: 三, en: Third}}
rates:
  - {level: "1", percent: "1"}
  - {level: "2", percent: "2"}
  - {level: "3", percent: "3"}
"""
    await shop.plan(plan)
    people = [await shop.distributor(f"d{key}", level=key) for key in ("1", "2", "3")]
    people.append(await shop.distributor("newcomer"))

    for person in people:
        await shop.tell(shop.paid(person.external_id, line(), code=(await shop.link(person)).code))

    assert [await amounts(shop, person.external_id) for person in people] == [[10], [20], [30], [30]]


async def test_one_event_is_told_by_two_stories_of_one_transaction(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    event = shop.paid("1", line(), code=(await shop.link(mei)).code)

    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        first = await receive(session, merchant, [event], shop.now)
        second = await receive(session, merchant, [event], shop.now)

    assert [first[0].status, second[0].status] == [EventStatus.ACCEPTED, EventStatus.DUPLICATE]
