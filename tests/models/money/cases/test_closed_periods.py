"""A refusal changes what the ladder of a closed period pays, by the difference; so does taking it back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.closing import close_due
from models.funnel.events import Buyer
from models.money.cases.cases import Case, CaseKind, CaseRow, CaseState
from models.money.cases.deciding import UNDO, Decision, NothingToUndo
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState
from models.money.timeline import Happening, commission_story
from models.money.verify import verify
from models.people.distributors import Distributor
from models.people.privacy import email_hash
from models.store.outbox import NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import Shop, line
from tests.models.books import Money, assert_books_in_order, money, release
from tests.models.money.cases.people import decided, look, the_case, undone
from tests.models.payouts import Till
from tests.models.sales.plans import plan

MINUTE = timedelta(minutes=1)
EMAIL = "mei@shop.example"
LADDER = 'ladder: {mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}'


def at(month: int, day: int, hour: int = 12, minute: int = 0) -> datetime:
    """A time of 2026 (the shop's zone is Europe/London, UTC in winter)."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


CLOSED, DECIDED = at(2, 1, 2), at(2, 3)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    """Who sold 4,500.00 to others and 1,500.00 to herself in January."""
    await shop.plan(plan(LADDER))
    key = email_hash(shop.merchant.customer_key, EMAIL)
    mei = await shop.distributor("mei", person=await shop.person(4711), email_hash=key)
    await sells(shop, mei, "1", "4500.00", at(1, 5))
    await sells(shop, mei, "own", "1500.00", at(1, 6), own=True)
    return mei


async def sells(
    shop: Shop,
    who: Distributor,
    ref: str,
    price: str,
    moment: datetime,
    *,
    own: bool = False,
    told_at: datetime | None = None,
) -> None:
    email = email_hash(shop.merchant.customer_key, EMAIL) if own else None
    code = (await shop.link(who)).code
    sold = shop.paid(ref, line(price=price), code=code, buyer=Buyer(email=email), at=moment)
    await shop.tell(sold, now=told_at or moment)


async def close(shop: Shop, now: datetime = CLOSED) -> None:
    await close_due(shop.store, shop.merchant.id, now, patient=False)


async def own_case(shop: Shop, now: datetime = DECIDED) -> Case:
    await look(shop, now)
    return await the_case(shop)


async def on_hold(shop: Shop, seller: Distributor, now: datetime) -> Case:
    """Everything that is not released is under review."""
    async with shop.store.write() as session:
        session.add(
            CaseRow(
                merchant_id=shop.merchant.id,
                distributor_id=seller.id,
                kind=CaseKind.SIGNALS,
                state=CaseState.WATCH,
                opened_at=now,
                seen_at=now,
            )
        )
    return await decided(shop, await the_case(shop), Decision.HOLD, now)


async def ladder(shop: Shop) -> list[Commission]:
    table = table_of(CommissionRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.kind == CommissionKind.LADDER).order_by(table.c.id)
        )
        return [values_of(row, Commission) for row in rows]


async def left(shop: Shop) -> list[int]:
    """What is left of the ladder's postings; the books agree with it and with themselves."""
    await assert_books_in_order(shop.store)
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
    return [0 if row.state is CommissionState.VOID else row.net_minor for row in await ladder(shop)]


async def debts(shop: Shop) -> list[tuple[datetime, object]]:
    table = table_of(NoticeRow)
    async with shop.store.read() as session:
        rows = await session.execute(select(table).where(table.c.kind == NoticeKind.DEBT))
        return [(row.not_before, row.facts["debt_minor"]) for row in rows]


async def test_an_own_purchase_that_is_refused_lowers_the_ladder_of_its_closed_month(
    shop: Shop, mei: Distributor
) -> None:
    await close(shop)
    assert await left(shop) == [200_00]
    before, purse, case = await ladder(shop), await money(shop, mei), await own_case(shop)

    # 4,500.00 are left: 3 % of 3,500.00 is 105.00 instead of 200.00
    await decided(shop, case, Decision.REFUSE, DECIDED)
    assert await left(shop) == [105_00]
    assert (await money(shop, mei)).held == purse.held - 150_00 - 95_00
    async with shop.store.read() as session:
        _, moments = await commission_story(session, shop.merchant.id, mei.id, before[0].id)
    assert (Happening.NOT_COUNTED, DECIDED, -95_00) in [
        (one.what, one.at, one.amount_minor) for one in moments
    ]

    # ... and comes again, as it stood, with the order
    await undone(shop, case, DECIDED + MINUTE)
    assert await left(shop) == [200_00]
    assert (await ladder(shop), await money(shop, mei)) == (before, purse)

    # ... which can be refused anew, and a refund of what still counts goes on from there: 3 % of 3,000.00
    await decided(shop, await the_case(shop), Decision.REFUSE, DECIDED + UNDO)
    await shop.tell(shop.refunded("1", amount_minor=500_00, at=at(2, 4)), now=at(2, 4))
    assert await left(shop) == [90_00]


async def test_what_was_released_goes_back_from_the_balance_and_below_zero(
    shop: Shop, mei: Distributor
) -> None:
    await close(shop)
    await release(shop, at(2, 12))
    till = Till(shop, mei, (await shop.link(mei)).code, at(2, 12))
    await till.account()
    await till.paid_out(650_00)
    case = await own_case(shop, at(2, 12))

    await decided(shop, case, Decision.REFUSE, at(2, 12))
    assert await left(shop) == [105_00]
    assert await money(shop, mei) == Money(held=0, available=-95_00)
    assert await debts(shop) == [(at(2, 12) + UNDO, 95_00)]

    await undone(shop, case, at(2, 12) + MINUTE)
    assert await left(shop) == [200_00]
    assert await money(shop, mei) == Money(held=150_00, available=0)
    assert await debts(shop) == []


async def test_a_whole_ladder_that_goes_back_stands_again_as_it_did(shop: Shop) -> None:
    await shop.plan(plan(LADDER))
    key = email_hash(shop.merchant.customer_key, EMAIL)
    mei = await shop.distributor("mei", email_hash=key)
    await sells(shop, mei, "own", "1500.00", at(1, 6), own=True)
    await close(shop)
    before, case = await ladder(shop), await own_case(shop)

    await decided(shop, case, Decision.REFUSE, DECIDED)
    [gone] = await ladder(shop)
    assert (gone.state, gone.net_minor) == (CommissionState.REFUNDED, 0)

    await undone(shop, case, DECIDED + MINUTE)
    assert await left(shop) == [15_00]
    assert await ladder(shop) == before


async def test_a_ladder_that_a_case_refused_is_not_brought_back_by_the_next_order(shop: Shop) -> None:
    # Given the ladder itself under review, with the newer of two orders
    await shop.plan(plan(LADDER))
    mei = await shop.distributor("mei")
    await sells(shop, mei, "1", "4500.00", at(1, 5))
    await sells(shop, mei, "2", "1500.00", at(1, 30))
    await release(shop, at(1, 31))
    await close(shop)
    case = await on_hold(shop, mei, DECIDED)
    purse = await money(shop, mei)

    # When it is refused, all of it is void, though the 4,500.00 that still count would pay 105.00
    await decided(shop, case, Decision.REFUSE, DECIDED)
    assert await left(shop) == [0]
    await undone(shop, case, DECIDED + MINUTE)
    assert (await left(shop), await money(shop, mei)) == ([200_00], purse)
    await decided(shop, case, Decision.REFUSE, DECIDED + UNDO)

    # Then a late order pays only what it adds (3 % of 100.00), and a refund takes nothing that is not there
    await sells(shop, mei, "late", "100.00", at(1, 20), told_at=at(2, 4))
    assert await left(shop) == [0, 3_00]
    await shop.tell(shop.refunded("1", amount_minor=1000_00, at=at(2, 5)), now=at(2, 5))
    assert await left(shop) == [0, 0]


async def test_a_month_that_closed_between_refusal_and_undoing_pays_the_difference(
    shop: Shop, mei: Distributor
) -> None:
    case = await own_case(shop, at(2, 1, 0, 50))
    await decided(shop, case, Decision.REFUSE, at(2, 1, 0, 55))
    await close(shop, at(2, 1, 1))
    assert await left(shop) == [105_00]

    await undone(shop, case, at(2, 1, 1, 3))

    assert await left(shop) == [105_00, 95_00]
    assert [row.order_id == case.order_id for row in await ladder(shop)] == [False, True]


async def test_a_refusal_is_not_undone_onto_other_sales_than_it_was_made_on(
    shop: Shop, mei: Distributor
) -> None:
    await close(shop)
    case = await own_case(shop)
    await decided(shop, case, Decision.REFUSE, DECIDED)
    await sells(shop, mei, "late", "100.00", at(1, 20), told_at=DECIDED)

    with pytest.raises(NothingToUndo, match="sales of a closed period changed since"):
        await undone(shop, case, DECIDED + MINUTE)

    assert await left(shop) == [105_00, 3_00]
