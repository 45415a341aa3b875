"""Whatever names a customer is hashed on arrival (business.md 3): nothing of it can be read in the store."""

from __future__ import annotations

import json

from sqlalchemy import select

from models.tables import schema
from tests.handlers.web.conftest import Json, WebShop

NAMES: Json = {
    "customer_id": "customer-17850",
    "ip": "203.0.113.77",
    "contact": {"email": "Mei.Buyer@mail.example", "phone": "+44 7700 900123", "telegram_id": 987654321012},
}
# Long enough that no hash or code in the store can spell one by chance: four digits were found in a random one.
TRACES = ("customer-17850", "203.0.113.77", "buyer@mail", "7700 900123", "7700900123", "987654321012")


async def everything_stored(web_shop: WebShop) -> str:
    async with web_shop.shop.store.read() as session:
        tables = schema().sorted_tables
        return json.dumps([[str(row) for row in await session.execute(select(table))] for table in tables])


async def test_nothing_in_the_store_names_the_customer(web_shop: WebShop) -> None:
    """Given events of every kind from a named buyer, told, parked and refused, then the store knows no name."""
    paid = web_shop.paid("1", **NAMES)
    await web_shop.tell(
        web_shop.event("product.viewed", {"sku": "LAMP", **NAMES}, key="view"),
        web_shop.event("order.placed", {**paid["data"], "order_id": "2"}, key="placed"),
        paid,
        web_shop.event(
            "order.refunded", {"order_id": "never", "refund_id": "r", "full": True, **NAMES}, key="early"
        ),
        web_shop.paid("3", currency="XXQ", **NAMES),
    )

    stored = (await everything_stored(web_shop)).lower()

    assert "lamp" in stored
    assert [trace for trace in TRACES if trace in stored] == []


async def test_a_returning_customer_is_still_recognised(web_shop: WebShop) -> None:
    await web_shop.tell(web_shop.paid("1", customer_id="17850"), web_shop.paid("2", customer_id="17850"))
    await web_shop.tell(web_shop.paid("3", customer_id="17851"))

    async with web_shop.shop.store.read() as session:
        orders = schema().tables["shop_order"]
        rows = await session.execute(select(orders.c.customer_hash).order_by(orders.c.order_ref))
        first, second, third = rows.scalars()

    assert first == second != third
