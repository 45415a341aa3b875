"""A real month, told as events and then rehearsed: the plan in force gives every penny that the store holds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from jobs.closing import close_due
from jobs.settlement import _settle_at
from models.funnel.orders import OrderRow
from models.people.distributors import Distributor
from models.plans.reading import read_plan
from models.rehearsal.rehearsing import rehearse
from models.store.engine import Store
from models.store.sql import table_of
from tests.models.rehearsal.paid import really_paid, rehearsed_paid
from tests.models.sales.plans import ISSUE_PLAN
from tests.reference.real_shop import RealShop, open_real_shop, tell_history

MONTH = Path(__file__).parents[1] / "data" / "online-retail-2010-12.csv.xz"
BEGINS, ENDS = datetime(2010, 12, 1, tzinfo=UTC), datetime(2011, 1, 1, tzinfo=UTC)
PLAN = ISSUE_PLAN.replace("20000.00", "6000.00")
CHEAPER = PLAN.replace('- {percent: "10"}', '- {percent: "8"}').replace('percents: ["3"]', 'percents: ["2"]')


async def test_a_real_month_rehearsed_gives_what_was_paid(
    store: Store, now: datetime, tmp_path: Path
) -> None:
    real = await open_real_shop(store, MONTH, now)
    shop = real.shop
    await shop.plan(PLAN)
    await _sponsor_everybody(real)
    await tell_history(real, MONTH, tmp_path)
    # What was released by the month's last second, so that sponsors of its first sellers have their cashback.
    await _settle_at(store, shop.merchant.id, ENDS - timedelta(seconds=1))
    await close_due(store, shop.merchant.id, now, patient=False)

    found = await rehearse(store, shop.merchant, read_plan(CHEAPER, "GBP"), BEGINS, ENDS)

    before, after = rehearsed_paid(found)
    paid = await really_paid(shop, BEGINS, ENDS)
    assert before == paid
    assert {kind.value for _, kind in paid} >= {"line", "team", "ladder", "team_target", "invite_cashback"}
    assert sum(paid.values()) > 5_000_000
    assert found.report.in_force.promoted > 10
    assert 0 < sum(after.values()) < sum(paid.values())
    assert found.report.orders == await _orders(real)
    # A few win: what a day's cap had cut for an order that was then refunded, the cheaper plan leaves them.
    assert found.report.losers > 20 * found.report.winners


async def _sponsor_everybody(real: RealShop) -> None:
    """Every ninth of the two hundred brought in the next eight."""
    table = table_of(Distributor)
    async with real.shop.store.write() as session:
        keys = list((await session.execute(select(table.c.id).order_by(table.c.external_id))).scalars())
        for place, key in enumerate(keys):
            if place % 9:
                sponsor = keys[place - place % 9]
                await session.execute(update(table).where(table.c.id == key).values(sponsor_id=sponsor))


async def _orders(real: RealShop) -> int:
    table = table_of(OrderRow)
    async with real.shop.store.read() as session:
        found = await session.execute(
            select(func.count()).where(
                table.c.distributor_id.is_not(None), table.c.paid_at >= BEGINS, table.c.paid_at < ENDS
            )
        )
        return int(found.scalar_one())
