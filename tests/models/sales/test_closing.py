"""Periods that close: ladders, team targets, levels that are lost, and what changes a closed period afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from jobs.closing import Closed, close_due
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState
from models.people.distributors import Distributor
from models.people.levels import LevelBook, LevelCause, LevelWarning, history_of, set_level
from models.people.merchants import lock_merchant
from models.sales.closing import pay_ladders
from models.sales.due_closings import open_closing
from models.store.sql import table_of, values_of
from tests.builders import Shop, line
from tests.models.books import amounts, assert_books_in_order, money
from tests.models.sales.plans import ISSUE_PLAN, plan

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
LADDER = 'ladder: {mode: %s, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}'


def at(month: int, day: int, hour: int = 12) -> datetime:
    """A time of 2026 (the shop's zone is Europe/London, UTC in winter)."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


async def close(shop: Shop, now: datetime, *, patient: bool = False) -> list[Closed]:
    return await close_due(shop.store, shop.merchant.id, now, patient=patient)


async def bonuses(shop: Shop, kind: CommissionKind) -> list[Commission]:
    async with shop.store.read() as session:
        table = table_of(CommissionRow)
        rows = await session.execute(select(table).where(table.c.kind == kind).order_by(table.c.id))
        return [values_of(row, Commission) for row in rows]


async def sells(
    shop: Shop, who: Distributor, *orders: tuple[str, str, datetime], told_at: datetime | None = None
) -> None:
    """Orders as (number, price, paid at)."""
    link = await shop.link(who)
    for ref, price, moment in orders:
        await shop.tell(shop.paid(ref, line(price=price), code=link.code, at=moment), now=told_at or moment)


async def level_at(shop: Shop, who: Distributor, moment: datetime) -> str | None:
    async with shop.store.read() as session:
        return (await LevelBook.open(session, [who.id])).level_before(who.id, moment)


@pytest.mark.parametrize(
    ("mode", "amount"),
    [
        # 6,000.00: 3 % of 1,000.00 to 5,000.00 is 120.00, 8 % of the 1,000.00 above is 80.00
        ("marginal", 200_00),
        # 8 % of all 6,000.00
        ("whole", 480_00),
    ],
)
async def test_a_ladder_is_paid_when_its_month_closes(shop: Shop, mode: str, amount: int) -> None:
    await shop.plan(plan(LADDER % mode))
    mei, tom = await shop.distributor("mei"), await shop.distributor("tom")
    await sells(
        shop, mei, ("1", "2500.00", at(1, 5)), ("2", "3500.00", at(1, 31, 23)), ("3", "9.00", at(2, 1))
    )
    await sells(shop, tom, ("4", "999.99", at(1, 9)))

    assert await close(shop, at(2, 1, 0)) == []
    [closed] = await close(shop, at(2, 1, 1))
    assert await close(shop, at(2, 2)) == []

    [bonus] = await bonuses(shop, CommissionKind.LADDER)
    assert (closed.closing.period, closed.bonuses, closed.amount_minor) == ("2026-01", 1, amount)
    assert (bonus.distributor_id, bonus.period, bonus.amount_minor) == (mei.id, "2026-01", amount)
    assert (bonus.state, bonus.release_at) == (CommissionState.HELD, at(2, 11, 0))
    assert (await money(shop, mei)).held == amount + 250_00 + 350_00 + 90
    await assert_books_in_order(shop.store)


async def test_a_refund_after_the_close_takes_back_the_difference(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2500.00", at(1, 5)), ("2", "3500.00", at(1, 6)))
    await close(shop, at(2, 1, 2))

    await shop.tell(shop.refunded("2", "r1", amount_minor=1500_00, at=at(2, 3)), now=at(2, 3))

    # 4,500.00 are left: 3 % of 3,500.00 is 105.00 instead of 200.00
    [bonus] = await bonuses(shop, CommissionKind.LADDER)
    assert (bonus.amount_minor, bonus.reversed_minor) == (200_00, 95_00)
    await assert_books_in_order(shop.store)

    await shop.tell(
        shop.refunded("1", "r2", full=True, at=at(2, 4)),
        shop.refunded("2", "r3", full=True, at=at(2, 4)),
        now=at(2, 4),
    )
    [bonus] = await bonuses(shop, CommissionKind.LADDER)
    assert (bonus.reversed_minor, bonus.state) == (200_00, CommissionState.REFUNDED)
    assert (await money(shop, mei)).held == 0
    await assert_books_in_order(shop.store)


async def test_an_order_that_is_told_after_the_close_posts_the_difference(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2000.00", at(1, 5)))
    await close(shop, at(2, 1, 2))

    await sells(shop, mei, ("late", "500.00", at(1, 20)), told_at=at(2, 3))

    first, second = await bonuses(shop, CommissionKind.LADDER)
    assert (first.amount_minor, first.order_id) == (30_00, None)
    assert (second.amount_minor, second.base_minor, second.period) == (15_00, 2500_00, "2026-01")
    assert second.order_id is not None

    # ... and goes back with it, newest first
    await shop.tell(shop.cancelled("late", at=at(2, 4)), now=at(2, 4))
    first, second = await bonuses(shop, CommissionKind.LADDER)
    assert [first.reversed_minor, second.reversed_minor] == [0, 15_00]
    await assert_books_in_order(shop.store)


async def test_a_team_target_is_never_taken_back_and_lowers_the_month_of_the_refund(shop: Shop) -> None:
    target = (
        'bonuses: {team_target: [{sales: "500.00", amount: "20.00"}, {sales: "1000.00", amount: "50.00"}]}'
    )
    await shop.plan(plan(target))
    ada = await shop.distributor("ada")
    ben = await shop.distributor("ben", sponsor=ada)
    await sells(shop, ada, ("own", "5000.00", at(1, 4)))
    await sells(shop, ben, ("1", "1000.00", at(1, 5)))
    await close(shop, at(2, 1, 2))

    await sells(shop, ben, ("2", "1200.00", at(2, 5)))
    await shop.tell(shop.refunded("1", amount_minor=300_00, at=at(2, 6)), now=at(2, 6))
    await close(shop, at(3, 1, 2))

    paid = await bonuses(shop, CommissionKind.TEAM_TARGET)
    assert [(one.distributor_id, one.period, one.base_minor, one.amount_minor) for one in paid] == [
        (ada.id, "2026-01", 1000_00, 50_00),
        (ada.id, "2026-02", 900_00, 20_00),
    ]
    assert [one.reversed_minor for one in paid] == [0, 0]
    await assert_books_in_order(shop.store)


async def test_a_closing_that_was_interrupted_is_finished_with_the_same_end(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2000.00", at(1, 5)))
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        closing = await open_closing(session, merchant, at(2, 1, 2), patient=False)
        assert closing is not None
        await pay_ladders(session, merchant, closing, at(2, 1, 2))

    # The rest never came; meanwhile an order of January is told
    await sells(shop, mei, ("late", "1000.00", at(1, 20)), told_at=at(2, 2))
    await close(shop, at(2, 3))

    assert [one.amount_minor for one in await bonuses(shop, CommissionKind.LADDER)] == [30_00, 30_00]
    await assert_books_in_order(shop.store)


async def test_a_history_that_is_being_brought_in_is_closed_when_it_is_whole(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2000.00", at(1, 5)), told_at=at(6, 1))

    assert await close(shop, at(6, 1) + HOUR / 2, patient=True) == []
    closed = await close(shop, at(6, 1) + HOUR, patient=True)

    assert [one.closing.period for one in closed] == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]


async def test_the_fifth_order_promotes_and_earns_the_old_rate(shop: Shop) -> None:
    await shop.plan(
        ISSUE_PLAN.replace("team:", "# team:").replace('first_order: "5.00"', "first_order: null")
    )
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    same = at(3, 1)

    await shop.tell(*(shop.paid(f"o{n}", line(price="100.00"), code=link.code, at=same) for n in range(7)))

    assert [await amounts(shop, f"o{n}") for n in range(7)] == [[1000]] * 5 + [[1200]] * 2
    async with shop.store.read() as session:
        [held] = await history_of(session, shop.merchant.id, mei.id)
    assert (held.level, held.cause, held.since, held.after_order) == (
        "leader",
        LevelCause.PROMOTED,
        same,
        "o4",
    )
    assert held.evidence["conditions"] == [
        {"metric": "orders", "within_days": 30, "at_least": 5, "counted": 5}
    ]


async def test_orders_told_one_by_one_promote_as_those_told_together(shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    await sells(shop, mei, *((f"o{n}", "100.00", at(3, 1 + n)) for n in range(6)))

    assert await amounts(shop, "o5") == [1200]
    assert await level_at(shop, mei, at(3, 5, 13)) == "leader"


async def test_a_refund_lowers_progress_from_then_on(shop: Shop) -> None:
    """Defect 12: four orders, one of them given back, and a fifth are only four."""
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    await sells(shop, mei, *((f"o{n}", "100.00", at(3, 1 + n)) for n in range(4)))
    await shop.tell(shop.refunded("o2", full=True, at=at(3, 6)), now=at(3, 6))

    await sells(shop, mei, ("o4", "100.00", at(3, 7)))
    assert await level_at(shop, mei, at(3, 8)) is None
    await sells(shop, mei, ("o5", "100.00", at(3, 8)))
    assert await level_at(shop, mei, at(3, 9)) == "leader"


async def test_a_pinned_level_never_moves(shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    async with shop.store.write() as session:
        await set_level(
            session,
            merchant_id=shop.merchant.id,
            distributor_id=mei.id,
            level="promoter",
            since=at(2, 1),
            pinned=True,
        )

    await sells(shop, mei, *((f"o{n}", "100.00", at(3, 1 + n)) for n in range(6)))

    assert await level_at(shop, mei, at(3, 9)) == "promoter"


async def test_who_no_longer_fulfils_a_level_is_warned_and_loses_it_later(shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    await sells(shop, mei, *((f"o{n}", "100.00", at(1, 1 + n)) for n in range(5)))

    # January's end looks back to the 2nd: four orders are left. The grace ends on 2 March, after February's close.
    [january] = await close(shop, at(2, 1, 2))
    assert [(one.level, one.due_at) for one in january.moved] == [(None, at(3, 3, 0))]
    [february] = await close(shop, at(3, 1, 2))
    assert february.moved == ()
    [march] = await close(shop, at(4, 1, 2))

    assert [(one.before, one.level) for one in march.moved] == [("leader", "promoter")]
    assert await level_at(shop, mei, at(4, 1)) == "promoter"
    assert await level_at(shop, mei, at(3, 31)) == "leader"
    async with shop.store.read() as session:
        assert (await session.execute(select(LevelWarning))).first() is None
        newest = (await history_of(session, shop.merchant.id, mei.id))[0]
    assert newest.cause is LevelCause.DEMOTED


async def test_who_sells_again_in_time_stays(shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    await sells(shop, mei, *((f"o{n}", "100.00", at(1, 1 + n)) for n in range(5)))
    await close(shop, at(2, 1, 2))

    await sells(shop, mei, *((f"p{n}", "100.00", at(2, 10 + n)) for n in range(5)))
    [february] = await close(shop, at(3, 1, 2))

    assert february.moved == ()
    async with shop.store.read() as session:
        assert (await session.execute(select(LevelWarning))).first() is None
    assert await level_at(shop, mei, at(3, 2)) == "leader"


async def test_a_clock_that_jumps_a_month_closes_each_month_once(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2000.00", at(1, 5)), ("2", "2000.00", at(2, 5)))

    ahead = await close(shop, at(4, 1, 2))
    back = await close(shop, at(2, 1, 2))

    assert [one.closing.period for one in ahead] == ["2026-01", "2026-02", "2026-03"]
    assert back == []
    assert [one.amount_minor for one in await bonuses(shop, CommissionKind.LADDER)] == [30_00, 30_00]


async def test_an_order_of_a_month_before_the_first_one_closed_has_its_ladder_too(shop: Shop) -> None:
    await shop.plan(plan(LADDER % "marginal"))
    mei = await shop.distributor("mei")
    await sells(shop, mei, ("1", "2000.00", at(2, 5)))
    await close(shop, at(3, 1, 2))

    await sells(shop, mei, ("late", "2000.00", at(1, 5)), told_at=at(3, 3))
    closed = await close(shop, at(3, 4))

    assert [one.closing.period for one in closed] == ["2026-01"]
    assert [(one.period, one.amount_minor) for one in await bonuses(shop, CommissionKind.LADDER)] == [
        ("2026-02", 30_00),
        ("2026-01", 30_00),
    ]


async def test_a_month_that_is_closed_late_moves_no_levels(shop: Shop) -> None:
    await shop.plan(ISSUE_PLAN)
    mei = await shop.distributor("mei")
    await sells(shop, mei, *((f"o{n}", "100.00", at(3, 20 + n)) for n in range(5)))
    await close(shop, at(4, 1, 2))
    await sells(shop, mei, ("late", "10.00", at(1, 5)), told_at=at(4, 3))

    closed = await close(shop, at(4, 4))

    assert [(one.closing.period, one.moved) for one in closed] == [("2026-01", ()), ("2026-02", ())]
