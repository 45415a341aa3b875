"""Past orders read a page at a time: each once, in the order of payment, whatever the page; and none read in vain."""

from __future__ import annotations

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.funnel.customers import CustomerRow
from models.funnel.orders import Order, OrderLine, OrderLineRow, OrderRow, OrderState, Refund, RefundRow
from models.rehearsal.past import PastLine, PastOrder, PastRefund, past_orders
from models.store.engine import Store
from models.store.one_trip import OneTripConnection
from models.store.sql import insert_all
from models.store.types import to_micros
from tests.builders import Shop, open_shop

BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


async def keep(shop: Shop, orders: list[Order], lines: list[OrderLine], refunds: list[Refund]) -> None:
    async with shop.store.write() as session:
        await insert_all(session, OrderRow, orders)
        await insert_all(session, OrderLineRow, lines)
        await insert_all(session, RefundRow, refunds)


def order(shop: Shop, ref: str, seller: int | None, at: datetime, **more: object) -> Order:
    return Order.model_validate(
        {
            "merchant_id": shop.merchant.id,
            "order_ref": ref,
            "state": OrderState.PAID,
            "currency": "GBP",
            "content_digest": "0" * 64,
            "distributor_id": seller,
            "base_minor": 300,
            "placed_at": at,
            "paid_at": at,
            **more,
        }
    )


def line_of(sold: Order, position: int, base_minor: int, **more: object) -> OrderLine:
    return OrderLine.model_validate(
        {
            "merchant_id": sold.merchant_id,
            "order_id": sold.id,
            "position": position,
            "line_ref": str(position),
            "sku": f"P{position}",
            "quantity": 2,
            "unit_price": "1.00",
            "gross_minor": base_minor,
            "discount_minor": 0,
            "order_discount_minor": 0,
            "base_minor": base_minor,
            **more,
        }
    )


async def read(store: Store, merchant_id: int, ends: datetime, page: int) -> list[PastOrder]:
    found = []
    async for some in past_orders(store, merchant_id, BEGINS, ends, page):
        orders = list(some)
        assert len(orders) == len(some) <= page
        assert some.sellers == {each.seller_id for each in orders}
        assert some.skus >= {line.sku for each in orders for line in each.lines}
        found += orders
    return found


@pytest.mark.parametrize("page", [1, 3, 4, 100])
async def test_every_order_comes_once_and_whole_whatever_the_page(store: Store, page: int) -> None:
    shop = await open_shop(store, BEGINS)
    mei = await shop.distributor("mei")
    after = BEGINS + MINUTE
    sold = [
        order(shop, "too early", mei.id, BEGINS - timedelta(microseconds=1)),
        order(shop, "b", mei.id, BEGINS, customer_hash="ann", self_purchase="same_person"),
        order(shop, "c", mei.id, BEGINS),  # at the same moment, three pages of one
        order(shop, "a", mei.id, BEGINS, customer_hash="ann", own_buyers=[mei.id], received_at=after),
        order(shop, "nobody's", None, BEGINS),
        order(shop, "d", mei.id, after, refunded_minor=300, state=OrderState.REFUNDED),
        order(shop, "e", mei.id, after + MINUTE),
        order(shop, "too late", mei.id, after + 2 * MINUTE),
    ]
    named = {each.order_ref: each for each in sold}
    d = named["d"]
    refunds = [
        Refund(
            merchant_id=shop.merchant.id,
            order_id=d.id,
            refund_ref=ref,
            content_digest="0" * 64,
            refunded_minor=minor,
            at=at,
        )
        for ref, minor, at in (("2", 200, after + MINUTE), ("1", 100, after))
    ]
    lines = [
        line_of(d, 1, 200, refunded_minor=200, refunded_quantity=2, fully_refunded=True),
        line_of(d, 0, 100, refunded_minor=100, refunded_quantity=2, fully_refunded=True),
        line_of(named["e"], 0, 300),
        *(line_of(named[ref], 0, 300) for ref in ("a", "b", "c", "nobody's")),
    ]
    await keep(shop, sold, lines, refunds)
    async with store.write() as session:
        session.add(
            CustomerRow(merchant_id=shop.merchant.id, customer_hash="ann", first_order_id=named["a"].id)
        )

    found = await read(store, shop.merchant.id, after + 2 * MINUTE, page)

    assert [each.ref for each in found] == ["a", "b", "c", "d", "e"]
    a, b, c, d_found, e = found
    assert (a.is_first, a.own_buyers, a.received) == (True, (mei.id,), to_micros(after))
    assert (b.is_first, b.is_own, c.is_own, c.is_first, c.own_buyers) == (False, True, False, False, ())
    assert d_found.lines == (PastLine("P0", 2, 100, 100, True), PastLine("P1", 2, 200, 200, True))
    assert d_found.refunds == (
        PastRefund(to_micros(after), 100),
        PastRefund(to_micros(after + MINUTE), 200),
    )
    assert (d_found.is_gone, d_found.refunded_minor) == (True, 300)
    assert (e.is_gone, e.lines, e.refunds) == (False, (PastLine("P0", 2, 300, 0, False),), ())


async def test_a_later_page_costs_no_more_than_an_early_one(sqlite_template: Path, tmp_path: Path) -> None:
    """Four times the orders, four times the work: a page doesn't read everything before it again."""
    path = tmp_path / "tuike.db"
    await asyncio.to_thread(shutil.copy, sqlite_template, path)
    store = Store(f"sqlite:///{path}")
    shop = await open_shop(store, BEGINS)
    mei = await shop.distributor("mei")
    orders = [order(shop, f"{number:05}", mei.id, BEGINS + number * MINUTE) for number in range(2_400)]
    await keep(shop, orders, [line_of(each, 0, 300) for each in orders], [])

    async def work(many: int) -> int:
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        async with store.read() as session:
            raw = await (await session.connection()).get_raw_connection()
            reader = raw.driver_connection
            assert isinstance(reader, OneTripConnection)
            await reader.trip(lambda driver: driver.set_progress_handler(count, 100))
        assert len(await read(store, shop.merchant.id, BEGINS + many * MINUTE, 20)) == many
        return steps

    few, many = await work(600), await work(2_400)
    await store.close()
    assert few > 100
    assert many < 5 * few
