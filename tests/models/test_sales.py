"""A shop's events, told: order, commission, ledger, refund."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.funnel.events import EventStatus, RefundedLine
from models.funnel.orders import OrderState, order_by_ref
from models.money.commissions import Commission, CommissionState, commissions_of
from models.money.ledger import AccountKind, balances_of
from models.store.engine import Store
from tests.builders import Shop, line, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A merchant with the base plan and one lamp."""
    shop = await open_shop(store, now)
    await shop.plan()
    await shop.product("LAMP", category="lights")
    return shop


async def commissions(shop: Shop, order_ref: str) -> list[Commission]:
    async with shop.store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, order_ref)
        return await commissions_of(session, [order.id])


async def balances(shop: Shop, distributor_id: int) -> dict[AccountKind, int]:
    async with shop.store.read() as session:
        return await balances_of(session, shop.merchant.id, "GBP", distributor_id)


async def test_a_paid_order_earns_by_the_most_specific_rate(shop: Shop) -> None:
    leader = await shop.distributor("lee", level="leader")
    link = await shop.link(leader)

    [receipt] = await shop.tell(
        shop.paid(
            "1001",
            line("1", "LAMP", quantity=3, price="3.33"),
            line("2", "85123A", quantity=6, price="2.55"),
            line("3", "OTHER", price="9.99"),
            code=link.code.lower(),
        )
    )

    assert receipt.status is EventStatus.ACCEPTED
    assert receipt.detail == "unknown_sku: the catalogue lacks 85123A, OTHER"
    assert [item.amount_minor for item in await commissions(shop, "1001")] == [149, 180, 119]
    assert (await balances(shop, leader.id))[AccountKind.HELD] == 448


async def test_a_partial_refund_takes_back_in_proportion_and_the_last_one_the_rest(shop: Shop) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1002", line(quantity=3, price="3.33"), code=link.code))

    taken = []
    for number in range(3):
        await shop.tell(shop.refunded("1002", f"r{number}", lines=[RefundedLine(line_ref="1", quantity=1)]))
        [commission] = await commissions(shop, "1002")
        taken.append(commission.reversed_minor)

    assert taken == [33, 66, 99]
    assert commission.state is CommissionState.REFUNDED
    assert (await balances(shop, mei.id))[AccountKind.HELD] == 0
    async with shop.store.read() as session:
        assert (await order_by_ref(session, shop.merchant.id, "1002")).state is OrderState.REFUNDED


async def test_a_refund_before_its_order_waits_for_it(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)

    [early] = await shop.tell(shop.refunded("1003", full=True, at=now + timedelta(days=1)))
    [order] = await shop.tell(shop.paid("1003", line(), code=link.code))

    assert early.status is EventStatus.PARKED
    assert order.status is EventStatus.ACCEPTED
    [commission] = await commissions(shop, "1003")
    assert (commission.amount_minor, commission.reversed_minor) == (100, 100)
    assert (await balances(shop, mei.id))[AccountKind.HELD] == 0
