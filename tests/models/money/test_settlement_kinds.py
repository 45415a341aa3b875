"""Settlement of every kind of commission: bonuses of periods, people on hold, clocks that jump, runs broken off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState, RateKind
from models.money.ledger import AccountKind, Holding, Journal, Move, Transfer, TransferKind, TransferRow
from models.money.settled_days import settled_days
from models.money.settlement import chunk_rows, merchants_with_due, settle_due
from models.money.settlement_places import FEW, Place, beginning, parted
from models.money.verify import verify
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.plans.periods import day_of
from models.store.engine import Store
from models.store.sql import insert_all, table_of, values_of
from tests.builders import Shop, line, open_shop
from tests.models.books import Money, earned, money, release, told_of_releases

DUE = timedelta(days=10)


async def bonus(
    shop: Shop, who: Distributor, kind: CommissionKind, amount: int, at: datetime, period: str = "2026-02"
) -> Commission:
    """A bonus of a period on its way, as a close books it."""
    made = Commission(
        merchant_id=shop.merchant.id,
        distributor_id=who.id,
        period=period,
        kind=kind,
        base_minor=0,
        quantity=1,
        rate_kind=RateKind.FIXED,
        rate="1.00",
        rule=kind.value,
        level="promoter",
        plan_version=1,
        amount_minor=amount,
        state=CommissionState.HELD,
        earned_at=at - DUE,
        release_at=at,
    )
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await insert_all(session, CommissionRow, [made])
        journal = Journal(merchant.id, merchant.currency, at - DUE)
        moved = Move(Holding(AccountKind.BONUS_EXPENSE), Holding(AccountKind.HELD, who.id), amount)
        journal.transfer(key=f"accrual:{made.id}", kind=TransferKind.BONUS, at=at - DUE, moves=[moved])
        await journal.post(session)
    return made


async def set_hold(shop: Shop, who: Distributor, *, on_hold: bool) -> None:
    async with shop.store.write() as session:
        table = table_of(Distributor)
        await session.execute(update(table).where(table.c.id == who.id).values(on_hold=on_hold))


class Killed(Exception):
    """The process went away before the commit."""


async def chunk_that_is_killed(shop: Shop, at: datetime, after: Place | None) -> None:
    async with shop.store.write() as session:
        await settle_due(session, await lock_merchant(session, shop.merchant.id), at, limit=2, after=after)
        raise Killed


async def releases(shop: Shop) -> list[Transfer]:
    table = table_of(TransferRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.kind == TransferKind.RELEASE).order_by(table.c.id)
        )
        return [values_of(row, Transfer) for row in rows]


async def test_bonuses_of_periods_settle_like_lines_each_by_a_transfer_of_its_own(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    ladder = await bonus(shop, mei, CommissionKind.LADDER, 300, now)
    target = await bonus(shop, mei, CommissionKind.TEAM_TARGET, 10_000, now)

    await release(shop, now)

    assert await money(shop, mei) == Money(0, 10_300)
    assert [one.key for one in await releases(shop)] == [
        f"release::{mei.id}:{ladder.id}",
        f"release::{mei.id}:{target.id}",
    ]
    async with shop.store.read() as session:
        found = await verify(session, shop.merchant)
    assert [one for one in found if not one.subject.startswith("commission")] == []


async def test_what_settles_in_sets_is_digested_and_balanced_like_any_other_transfer(
    shop: Shop, now: datetime
) -> None:
    sellers = [await shop.distributor(f"d{number}") for number in range(4)]
    for seller in sellers:
        link = await shop.link(seller)
        for number in range(3):
            ref = f"{seller.external_id}-{number}"
            await shop.tell(shop.paid(ref, line("1"), line("2", price="3.33"), code=link.code))

    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        done = await settle_due(session, merchant, now + DUE, limit=7)
        rows = await chunk_rows(session, done)
        done = await settle_due(session, merchant, now + DUE, after=done.reached)

    assert [row.order_id for row in rows[:3]] == ["d0-0", "d0-0", "d0-1"]
    assert (done.commissions, done.reached) == (17, None)
    assert [await money(shop, seller) for seller in sellers] == [Money(0, 399)] * 4
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        [day] = await settled_days(session, shop.merchant.id, day_of(now, shop.merchant.zone))
    assert (day.commissions, day.amount_minor) == (24, 4 * 399)


async def test_a_large_run_takes_a_part_of_the_people_after_the_other_and_leaves_nobody_out(
    shop: Shop, now: datetime
) -> None:
    sellers = [
        await shop.distributor(f"d{number}", person=await shop.person(number)) for number in range(1, 8)
    ]
    for seller in sellers:
        code = (await shop.link(seller)).code
        await shop.tell(*(shop.paid(f"{seller.external_id}-{n}", line(), code=code) for n in range(3)))

    told = []
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        place: Place | None = await parted(session, merchant.id, people=3)
        while place is not None:
            done = await settle_due(session, merchant, now + DUE, limit=4, after=place)
            told.append([row.distributor for row in await chunk_rows(session, done)])
            place = done.reached

    # Three people, three people, one; within each in order of time, four commissions a chunk.
    assert [len(chunk) for chunk in told] == [4, 4, 1, 4, 4, 1, 3]
    parts = [{who for chunk in told[first:last] for who in chunk} for first, last in ((0, 3), (3, 6), (6, 7))]
    assert parts == [{"d1", "d2", "d3"}, {"d4", "d5", "d6"}, {"d7"}]
    assert [await money(shop, seller) for seller in sellers] == [Money(0, 300)] * 7
    assert [notice.facts["orders"] for notice in await told_of_releases(shop)] == [3] * 7


async def test_a_run_is_parted_only_where_it_is_large(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(*(shop.paid(f"{number}", line(), code=code) for number in range(3)))

    async with shop.store.read() as session:
        small = await beginning(session, shop.merchant.id, now + DUE, limit=3)
        large = await beginning(session, shop.merchant.id, now + DUE, limit=2)

    assert small == Place(0, 0, None, None)
    assert large == Place(FEW, 0, None, None)  # one shop with one distributor has one part


async def test_who_is_on_hold_waits_and_is_released_when_the_hold_is_over(shop: Shop, now: datetime) -> None:
    mei, ann = await shop.distributor("mei"), await shop.distributor("ann")
    for who in (mei, ann):
        await shop.tell(shop.paid(who.external_id, line(), code=(await shop.link(who)).code))
    await set_hold(shop, mei, on_hold=True)

    await release(shop, now + DUE)
    during = [await money(shop, who) for who in (mei, ann)]
    await set_hold(shop, mei, on_hold=False)
    await release(shop, now + DUE)

    assert during == [Money(100, 0), Money(0, 100)]
    assert await money(shop, mei) == Money(0, 100)


async def test_a_run_that_breaks_off_between_chunks_goes_on_where_it_stood(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(*(shop.paid(f"{number}", line(), code=code) for number in range(5)))
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        first = await settle_due(session, merchant, now + DUE, limit=2)
    with pytest.raises(Killed):
        await chunk_that_is_killed(shop, now + DUE, first.reached)
    between = await money(shop, mei)

    await release(shop, now + DUE)

    assert (between, await money(shop, mei)) == (Money(300, 200), Money(0, 500))
    assert len(await releases(shop)) == 5


async def test_a_clock_that_jumps_a_month_ahead_and_back_releases_nothing_twice_and_nothing_early_after(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await shop.tell(shop.paid("1", line(), code=code))

    await release(shop, now + timedelta(days=31))
    ahead = await money(shop, mei)
    await shop.tell(shop.paid("2", line(), code=code, at=now + timedelta(hours=1)))
    await release(shop, now + timedelta(hours=2))
    back = await money(shop, mei)
    await release(shop, now + DUE + timedelta(hours=1))

    assert (ahead, back, await money(shop, mei)) == (Money(0, 100), Money(100, 100), Money(0, 200))
    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) == []
        assert await merchants_with_due(session, now + timedelta(days=99)) == []


async def test_several_bad_rows_of_one_chunk_stand_alone_each_with_its_reason(
    shop: Shop, store: Store, now: datetime
) -> None:
    mei, ghost = await shop.distributor("mei"), await shop.distributor("ghost")
    code = (await shop.link(mei)).code
    await shop.tell(*(shop.paid(f"{number}", line(), code=code) for number in range(9)))
    [stray] = await earned(shop, "3")
    async with store.write() as session:  # it says that somebody else earned it, who has no account at all
        table = table_of(CommissionRow)
        await session.execute(update(table).where(table.c.id == stray.id).values(distributor_id=ghost.id))

    async with store.write() as session:
        done = await settle_due(session, await lock_merchant(session, shop.merchant.id), now + DUE)

    assert (done.commissions, done.amount_minor) == (8, 800)
    [skipped] = done.skipped
    assert skipped.commission_id == stray.id
    assert skipped.reason.startswith("Its distributor has no account of held money")
    assert await money(shop, mei) == Money(100, 800)


async def test_another_merchants_due_commissions_are_left_alone(
    shop: Shop, store: Store, now: datetime
) -> None:
    other = await open_shop(store, now)
    await other.plan()
    lin = await other.distributor("lin")
    await other.tell(other.paid("1", line(), code=(await other.link(lin)).code))

    await release(shop, now + DUE)

    assert await money(other, lin) == Money(100, 0)
