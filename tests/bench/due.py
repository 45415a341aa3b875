"""A shop with as many due commissions as one likes, on either store, made by SQL in sets."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models.store.engine import Store
from models.store.migrate import migrate
from models.store.types import to_micros
from tests.builders import Shop, open_shop

if TYPE_CHECKING:
    import asyncpg

PEOPLE = 10_000
"""Distributors among whom the commissions are spread; every second one has a chat and is told."""
NOW = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


async def make_due(url: str, commissions: int) -> Shop:
    """Fill an empty, unmigrated store; the shop's own handle is closed again."""
    await migrate(url)
    store = Store(url)
    try:
        shop = await open_shop(store, NOW - timedelta(days=60))
        await shop.plan()
        await store.raw_write(
            lambda connection: _on_sqlite(connection, shop.merchant.id, commissions),
            lambda connection: _on_postgres(connection, shop.merchant.id, commissions),
        )
    finally:
        await store.close()
    return shop


def _on_sqlite(connection: sqlite3.Connection, merchant: int, commissions: int) -> None:
    connection.execute("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    numbers = "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT ?) INSERT INTO n SELECT i FROM c"
    connection.execute(numbers, (commissions,))
    for statement in _statements(merchant, commissions):
        connection.execute(statement)


async def _on_postgres(
    connection: asyncpg.Connection[asyncpg.Record], merchant: int, commissions: int
) -> None:
    await connection.execute("CREATE TEMP TABLE n (i bigint PRIMARY KEY)")
    await connection.execute(f"INSERT INTO n SELECT generate_series(1, {commissions})")
    for statement in _statements(merchant, commissions):
        await connection.execute(statement)
    for table in _ROWS:
        await connection.execute(f"ANALYZE {table}")


def _statements(merchant: int, commissions: int) -> list[str]:
    first, last = to_micros(NOW - timedelta(days=30)), to_micros(NOW)
    given = {
        "merchant": str(merchant),
        "who": f"(i % {PEOPLE} + 1)",
        "people": str(PEOPLE),
        "first": str(first),
        "at": f"({first} + i * {(last - first) // (commissions + 1)})",
        "each": str(commissions // PEOPLE * 99),
        "digest": f"'{'0' * 64}'",
    }
    made = []
    for table, (columns, source) in _ROWS.items():
        names = ", ".join(columns)
        values = ", ".join(column.format(**given) for column in columns.values())
        made.append(f"INSERT INTO {table} ({names}) SELECT {values} FROM n {source.format(**given)}")
    return made


_FEW = "WHERE i <= {people}"
_TALKING = "WHERE i <= {people} / 2"
_ROWS: dict[str, tuple[dict[str, str], str]] = {
    "person": ({"id": "i", "chat_id": "i", "name": "'Mei'", "created_at": "{first}"}, _TALKING),
    "distributor": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "external_id": "'d' || i",
            "person_id": "CASE WHEN i <= {people} / 2 THEN i END",
            "name": "'Mei'",
            "invite_code": "'I' || i",
            "state": "'active'",
            "joined_at": "{first}",
        },
        _FEW,
    ),
    "shop_order": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "order_ref": "'o' || i",
            "state": "'paid'",
            "currency": "'GBP'",
            "shipping_minor": "0",
            "tax_minor": "0",
            "order_discount_minor": "0",
            "beside_refunded_minor": "0",
            "content_digest": "{digest}",
            "distributor_id": "{who}",
            "candidates": "'[]'",
            "plan_version": "1",
            "placed_at": "{at}",
            "paid_at": "{at}",
        },
        "",
    ),
    "order_line": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "order_id": "i",
            "position": "0",
            "line_ref": "'1'",
            "sku": "'A'",
            "quantity": "1",
            "unit_price": "'9.95'",
            "gross_minor": "995",
            "discount_minor": "0",
            "order_discount_minor": "0",
            "base_minor": "995",
            "refunded_quantity": "0",
            "refunded_minor": "0",
            "fully_refunded": "FALSE",
        },
        "",
    ),
    "commission": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "order_id": "i",
            "line_id": "i",
            "distributor_id": "{who}",
            "kind": "'line'",
            "base_minor": "995",
            "quantity": "1",
            "rate_kind": "'percent'",
            "rate": "'10'",
            "rule": "'base'",
            "level": "'promoter'",
            "plan_version": "1",
            "amount_minor": "99",
            "reversed_minor": "0",
            "state": "'held'",
            "earned_at": "{at}",
            "release_at": "{at}",
        },
        "",
    ),
    "account": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "kind": "'held'",
            "holder_id": "i",
            "currency": "'GBP'",
            "balance_minor": "{each}",
        },
        _FEW,
    ),
    "transfer": (
        {
            "id": "i",
            "merchant_id": "{merchant}",
            "key": "'accrual:' || i",
            "digest": "{digest}",
            "kind": "'accrual'",
            "order_id": "i",
            "at": "{at}",
            "written_at": "{at}",
        },
        "",
    ),
}
"""In the order in which they name each other. The accruals' postings are left out; nothing here reads them."""
