"""Ask about an order: every answer there is, from stored facts alone, and nothing about anybody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.catalog.coupons import Coupon
from models.errors import DomainError
from models.funnel.attribution import Verdict
from models.funnel.order_numbers import BadOrderNumber, plainest, spellings
from models.money.asking import (
    MOST_AN_HOUR,
    OrderAnswer,
    OwnCandidate,
    Standing,
    TooManyQuestions,
    ask,
    forget_questions,
)
from models.money.commissions import CommissionKind, CommissionState
from models.money.timeline import Happening
from models.people.distributors import Distributor
from models.store.engine import Store
from tests.builders import Shop, line, open_shop
from tests.models.books import click
from tests.models.money.extras import earn_beside


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    shop = await open_shop(store, now)
    await shop.plan()
    return shop


async def asked(shop: Shop, who: Distributor, number: str, at: datetime | None = None) -> OrderAnswer:
    async with shop.store.write() as session:
        _, answer = await ask(session, shop.merchant, who, number, at or shop.now)
    return answer


async def coupon(shop: Shop, code: str, owner: Distributor) -> None:
    async with shop.store.write() as session:
        session.add(Coupon(merchant_id=shop.merchant.id, code=code, distributor_id=owner.id))


async def test_my_own_order_comes_with_amounts_by_kind_state_cuts_and_the_next_date(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid("549000", line(price="20.00"), code=(await shop.link(mei)).code))
    await earn_beside(shop, mei, "549000", CommissionKind.FIRST_ORDER, 400, cuts=[("order_percent", 100)])

    answer = await asked(shop, mei, "549000")

    assert (answer.standing, answer.order_ref) == (Standing.MINE, "549000")
    assert answer.story is not None
    assert answer.story.by_kind == {CommissionKind.LINE: 200, CommissionKind.FIRST_ORDER: 400}
    assert (answer.story.net_minor, answer.story.cut_minor) == (600, 100)
    due = {each.at for each in answer.story.moments if each.what is Happening.RELEASE_DUE}
    assert due == {now + timedelta(days=10)}
    assert {each.state for each in answer.story.commissions} == {CommissionState.AWAITING}


async def test_a_team_reward_is_mine_too_and_tells_the_depth_alone(shop: Shop) -> None:
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    await shop.tell(shop.paid("1", line("1"), line("2"), code=(await shop.link(lee)).code))
    await earn_beside(shop, mei, "1", CommissionKind.TEAM, 30, depth=1, on_line="2")

    answer = await asked(shop, mei, "1")

    assert answer.standing is Standing.MINE
    assert answer.story is not None
    assert (answer.story.depth, answer.story.channel, answer.story.net_minor) == (1, None, 30)
    assert [item.line.line_ref for item in answer.story.lines] == ["2"]


@pytest.mark.parametrize("way", ["coupon", "later click", "code"])
async def test_anothers_order_tells_the_rule_and_what_became_of_my_own_claim(
    shop: Shop, now: datetime, way: str
) -> None:
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    mine, theirs = await shop.link(mei), await shop.link(lee)
    await click(shop, mine, now - timedelta(days=2))
    lost = OwnCandidate("last_click", Verdict.LOST)
    match way:
        case "coupon":
            await coupon(shop, "LEE10", lee)
            await shop.tell(shop.paid("1", line(), coupon="lee10", visitor="v1"))
        case "later click":
            await click(shop, theirs, now - timedelta(days=1))
            await shop.tell(shop.paid("1", line(), visitor="v1"))
        case _:
            await shop.tell(shop.paid("1", line(), code=theirs.code, visitor="v1"))
    answer = await asked(shop, mei, "1")

    assert answer.standing is Standing.ANOTHERS
    expected = {"coupon": "coupon", "later click": "last_click", "code": "code"}[way]
    assert (answer.decided_by, answer.mine, answer.story) == (expected, (lost,), None)
    # And nothing in it names or prices anybody
    told = repr(answer).lower()
    assert [secret for secret in ("lee", theirs.code.lower(), str(lee.id)) if secret in told] == []


@pytest.mark.parametrize(
    ("age", "verdict"), [(timedelta(days=31), Verdict.TOO_OLD), (timedelta(days=1), Verdict.PAUSED)]
)
async def test_nobodys_order_tells_why_my_click_did_not_count(
    shop: Shop, now: datetime, age: timedelta, verdict: Verdict
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await click(shop, link, now - age)
    if verdict is Verdict.PAUSED:
        async with shop.store.write() as session:
            kept = await session.merge(link)
            kept.state = type(link.state).PAUSED
    await shop.tell(shop.paid("1", line(), visitor="v1"))
    answer = await asked(shop, mei, "1")
    assert answer.standing is Standing.NOBODYS
    assert answer.mine == (OwnCandidate("last_click", verdict),)


async def test_an_order_from_before_joining_and_a_cancelled_one_say_so(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(
        shop.paid("old", line(), at=now - timedelta(days=1)), shop.paid("gone", line(), placed=True)
    )
    await shop.tell(shop.cancelled("gone"))
    old, gone = await asked(shop, mei, "old"), await asked(shop, mei, "gone")
    assert (old.standing, old.before_joining, old.is_cancelled) == (Standing.NOBODYS, True, False)
    assert (gone.before_joining, gone.is_cancelled) == (False, True)


async def test_what_the_shop_never_told_is_unknown_and_what_waits_says_so(
    shop: Shop, store: Store, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    other = await open_shop(store, now)
    await other.tell(other.paid("foreign", line()))
    await shop.tell(shop.refunded("early", full=True))
    assert (await asked(shop, mei, "never")).standing is Standing.UNKNOWN
    assert (await asked(shop, mei, "foreign")).standing is Standing.UNKNOWN
    assert (await asked(shop, mei, "#EARLY")).standing is Standing.WAITING


@pytest.mark.parametrize(
    ("told", "typed"),
    [
        ("549000", " #549000 "),
        ("#1001", "1001"),
        ("000123", "123"),
        ("123", "00123"),
        ("A-00123", "a-123"),
        ("ab12", "AB 12"),
        ("1001", "１００１"),
    ],
)
async def test_an_order_is_found_by_other_spellings(shop: Shop, told: str, typed: str) -> None:
    mei = await shop.distributor("mei")
    await shop.tell(shop.paid(told, line(), code=(await shop.link(mei)).code))
    answer = await asked(shop, mei, typed)
    assert (answer.standing, answer.order_ref) == (Standing.MINE, told)
    assert plainest(told) == plainest(typed)


def test_other_numbers_are_other_numbers() -> None:
    assert plainest("1020") != plainest("120")
    assert len(spellings("A-0012" + "9" * 190)) < 200
    assert max(map(len, spellings("9" * 200))) == 200


@pytest.mark.parametrize("typed", ["", "   ", "9" * 201, "12\n34", "\u200b"])
async def test_what_is_no_number_is_refused(shop: Shop, typed: str) -> None:
    mei = await shop.distributor("mei")
    with pytest.raises(BadOrderNumber):
        await asked(shop, mei, typed)


async def test_nobody_reads_the_shops_orders_number_by_number(
    shop: Shop, store: Store, now: datetime
) -> None:
    """Twenty questions an hour, at all of a person's shops together."""
    mei = await shop.person(7)
    here = await shop.distributor("mei", person=mei)
    other = await open_shop(store, now)
    there = await other.distributor("mei", person=mei)
    for number in range(MOST_AN_HOUR):
        await asked(other if number % 2 else shop, there if number % 2 else here, str(number))
    with pytest.raises(TooManyQuestions) as refused:
        await asked(shop, here, "one more", now + timedelta(minutes=59))
    assert isinstance(refused.value, DomainError)
    assert refused.value.again_at == now + timedelta(hours=1)
    assert (await asked(shop, here, "later", now + timedelta(hours=1))).standing is Standing.UNKNOWN
    async with store.write() as session:
        await forget_questions(session, now + timedelta(days=1))
    assert (await asked(shop, here, "forgotten", now)).standing is Standing.UNKNOWN
