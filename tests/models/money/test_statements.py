"""Statements add up, have a hash that stays, and hide nothing that moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.funnel.events import Buyer
from models.money.commissions import CommissionKind
from models.money.ledger import MERCHANT, AccountKind, Holding, Journal, Move, TransferKind
from models.money.statements import EntryKind, NoPeriod, Section, Statement, statement
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.store.engine import Store
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.books import release
from tests.models.payouts import open_till

MARCH, APRIL, MAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)
LATER = datetime(2026, 6, 1, tzinfo=UTC)
DUE = timedelta(days=10)


async def asked(
    shop: Shop, who: Distributor, first: date = MARCH, until: date = APRIL, now: datetime = LATER
) -> Statement:
    async with shop.store.read() as session:
        return await statement(session, shop.merchant, who, first, until, now)


def told(section: Section) -> list[tuple[EntryKind, int, str | None]]:
    return [(entry.kind, entry.amount_minor, entry.order_ref) for entry in section.entries]


async def book(shop: Shop, at: datetime, key: str, kind: TransferKind, *moves: Move) -> None:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        journal = Journal(merchant.id, merchant.currency, at)
        journal.transfer(key=key, kind=kind, at=at, moves=moves)
        await journal.post(session)


async def sold(shop: Shop, *orders: tuple[str, str], who: str = "mei") -> Distributor:
    seller = await shop.distributor(who)
    code = (await shop.link(seller)).code
    await shop.tell(*(shop.paid(ref, line(price=price), code=code) for ref, price in orders))
    return seller


async def test_opening_entries_and_closing_of_each_account_add_up(shop: Shop, now: datetime) -> None:
    """Two orders of 10.00 and 5.00 at 10 %: 1.00 + 0.50 held, released; then a refund of the second whole."""
    mei = await sold(shop, ("1", "10.00"), ("2", "5.00"))
    await release(shop, now + DUE)
    await shop.tell(shop.refunded("2", full=True, at=now + DUE), now=now + DUE + timedelta(hours=1))

    march = await asked(shop, mei)

    assert told(march.available) == [
        (EntryKind.RELEASED, 100, "1"),
        (EntryKind.RELEASED, 50, "2"),
        (EntryKind.REVERSED, -50, "2"),
    ]
    assert told(march.section(AccountKind.HELD)) == [
        (EntryKind.EARNED, 100, "1"),
        (EntryKind.EARNED, 50, "2"),
        (EntryKind.RELEASED, -100, "1"),
        (EntryKind.RELEASED, -50, "2"),
    ]
    assert (march.available.opening_minor, march.available.closing_minor) == (0, 100)
    assert march.section(AccountKind.HELD).closing_minor == 0
    assert {entry.for_kinds for entry in march.available.entries} == {(CommissionKind.LINE,)}
    goods = [entry.goods.title for entry in march.available.entries if entry.goods is not None]
    assert goods == ["A", "A", "A"]


def for_what(section: Section) -> list[tuple[int, tuple[CommissionKind, ...]]]:
    return [(entry.amount_minor, entry.for_kinds) for entry in section.entries]


@pytest.mark.parametrize("bonus", [200, 0], ids=["whole", "cut to nothing"])
async def test_each_entry_names_the_kinds_that_its_own_transfer_moved(
    shop: Shop, now: datetime, bonus: int
) -> None:
    """100.00 at 10 % and a bonus of 2.00, if the cap leaves it; half goes back, then the rest with the bonus."""
    cap = "" if bonus else '\ncaps: {order_percent: "10"}'
    await shop.plan(f'{BASE_PLAN}\nbonuses: {{first_order: "2.00"}}{cap}')
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(price="100.00"), code=code, buyer=Buyer(customer="c1")))
    await release(shop, now + DUE)
    half = shop.refunded("1", "r1", amount_minor=5000, at=now + DUE)
    await shop.tell(half, now=now + DUE + timedelta(hours=1))
    rest = shop.refunded("1", "r2", full=True, at=now + DUE)
    await shop.tell(rest, now=now + DUE + timedelta(hours=2))

    march = await asked(shop, mei)

    of_line, of_bonus = (CommissionKind.LINE,), (CommissionKind.FIRST_ORDER,)
    both = of_line + of_bonus if bonus else of_line
    came, went = ([(bonus, of_bonus)], [(-bonus, of_bonus)]) if bonus else ([], [])
    assert sorted(for_what(march.section(AccountKind.HELD))[:-1]) == sorted([(1000, of_line), *came])
    assert for_what(march.available)[:2] == [(1000 + bonus, both), (-500, of_line)]
    assert sorted(for_what(march.available)[2:]) == sorted([(-500, of_line), *went])


async def test_a_clock_that_was_rehearsed_leaves_no_entry_without_its_kind(shop: Shop, now: datetime) -> None:
    """Released by a clock set forward; the refund is told by the real one, which is behind it."""
    mei = await sold(shop, ("1", "10.00"))
    await release(shop, now + DUE)
    await shop.tell(shop.refunded("1", full=True, at=now), now=now + timedelta(hours=1))

    march = await asked(shop, mei)

    assert for_what(march.available) == [(-100, (CommissionKind.LINE,)), (100, (CommissionKind.LINE,))]


async def test_months_join_without_a_gap_and_the_same_question_has_the_same_hash(
    shop: Shop, now: datetime
) -> None:
    mei = await sold(shop, ("1", "10.00"))
    await release(shop, now + DUE)
    during = await asked(shop, mei, now=now + DUE)
    before = await asked(shop, mei)
    await shop.tell(
        shop.refunded("1", full=True, at=now + DUE), now=datetime(2026, 4, 2, tzinfo=UTC)
    )  # told in April of a refund in March

    march, april = await asked(shop, mei), await asked(shop, mei, APRIL, MAY)

    assert (during.runs, before.runs) == (True, False)
    assert march.sha256 == before.sha256 == during.sha256
    assert len(march.sha256) == 64
    assert (march.available.closing_minor, april.available.opening_minor) == (100, 100)
    assert told(april.available) == [(EntryKind.REVERSED, -100, "1")]
    assert april.sha256 != march.sha256


async def test_withdrawals_fees_and_what_came_back_are_entries(shop: Shop, now: datetime) -> None:
    """1.00 available: 0.60 asked, 0.55 paid and 0.05 fee; another 0.40 asked and it came back."""
    mei = await sold(shop, ("1", "10.00"))
    await release(shop, now + DUE)
    available, paying = Holding(AccountKind.AVAILABLE, mei.id), Holding(AccountKind.PAYING, mei.id)
    at = now + DUE + timedelta(hours=1)
    await book(shop, at, "withdrawal:1", TransferKind.WITHDRAWAL, Move(available, paying, 60))
    arrives = Move(paying, Holding(AccountKind.PAID, mei.id), 55)
    fee = Move(paying, Holding(AccountKind.FEES, MERCHANT), 5)
    await book(shop, at + timedelta(hours=1), "withdrawal:1:paid", TransferKind.PAYOUT, arrives, fee)
    await book(
        shop, at + timedelta(hours=2), "withdrawal:2", TransferKind.WITHDRAWAL, Move(available, paying, 40)
    )
    back = Move(paying, available, 40)
    await book(shop, at + timedelta(hours=3), "withdrawal:2:back", TransferKind.PAYOUT_FAILED, back)

    march = await asked(shop, mei)

    assert told(march.available)[1:] == [
        (EntryKind.WITHDRAWN, -60, None),
        (EntryKind.WITHDRAWN, -40, None),
        (EntryKind.RETURNED, 40, None),
    ]
    assert march.available.closing_minor == 40
    paid_out = march.section(AccountKind.PAYING)
    assert sorted(told(paid_out)[1:3]) == [(EntryKind.FEE, -5, None), (EntryKind.PAID_OUT, -55, None)]
    assert (paid_out.total(EntryKind.FEE), paid_out.closing_minor) == (-5, 0)


async def test_entries_of_a_withdrawal_name_its_number(store: Store, now: datetime) -> None:
    till = await open_till(store, now)
    paid, refused = await till.paid_out(3000), await till.ask(2000)
    await till.refuse(refused)

    march = await asked(till.shop, till.mei)

    moved = [entry for entry in march.available.entries if entry.kind is not EntryKind.RELEASED]
    assert [(entry.amount_minor, entry.withdrawal) for entry in moved] == [
        (-3000, paid.reference),
        (-2000, refused.reference),
        (2000, refused.reference),
    ]
    left = [entry for entry in march.section(AccountKind.PAYING).entries if entry.amount_minor < 0]
    assert [(entry.kind, entry.withdrawal) for entry in left if entry.kind is EntryKind.FEE] == [
        (EntryKind.FEE, paid.reference)
    ]
    assert {entry.withdrawal for entry in left} == {paid.reference, refused.reference}
    released = [entry.withdrawal for entry in march.available.entries if entry.kind is EntryKind.RELEASED]
    assert released == [None] * len(released)


async def test_days_are_those_of_the_merchants_zone(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now, currency="CNY", timezone="Asia/Shanghai")
    await shop.plan()
    mei = await sold(shop, ("1", "10.00"))

    await release(shop, datetime(2026, 3, 31, 16, 0, tzinfo=UTC))  # midnight of April 1 in Shanghai

    assert told((await asked(shop, mei)).available) == []
    assert len((await asked(shop, mei, APRIL, MAY)).available.entries) == 1


async def test_a_time_before_joining_is_an_empty_statement_that_says_so(shop: Shop) -> None:
    mei = await shop.distributor("mei")

    early = await asked(shop, mei, date(2025, 1, 1), date(2025, 2, 1))

    assert early.before_joining
    assert [(s.opening_minor, s.entries, s.closing_minor) for s in early.sections] == [(0, (), 0)] * 3
    assert not (await asked(shop, mei)).before_joining


@pytest.mark.parametrize(
    ("first", "until", "says"),
    [
        (APRIL, APRIL, "2026-04-01 does not come before 2026-04-01"),
        (APRIL, MARCH, "2026-04-01 does not come before 2026-03-01"),
        (date(2026, 3, 5), APRIL, "begins on 2026-03-05, and today is 2026-03-04"),
    ],
    ids=["of no day", "backwards", "to come"],
)
async def test_what_is_no_period_is_refused_with_a_sentence(
    shop: Shop, now: datetime, first: date, until: date, says: str
) -> None:
    mei = await shop.distributor("mei")

    with pytest.raises(NoPeriod, match=says):
        await asked(shop, mei, first, until, now)


async def test_two_shops_have_a_statement_each_in_their_own_currency(
    shop: Shop, store: Store, now: datetime
) -> None:
    other = await open_shop(store, now, currency="CNY", timezone="Asia/Shanghai")
    await other.plan()
    here, there = await sold(shop, ("1", "10.00")), await sold(other, ("1", "20.00"))
    for each in (shop, other):
        await release(each, now + DUE)

    pounds, yuan = await asked(shop, here), await asked(other, there)

    assert (pounds.currency, pounds.available.closing_minor) == ("GBP", 100)
    assert (yuan.currency, yuan.available.closing_minor) == ("CNY", 200)
    assert pounds.sha256 != yuan.sha256
