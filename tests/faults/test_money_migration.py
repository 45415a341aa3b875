"""A store from before the money engine: orders, customers and plans are brought up with their sense (operations E4)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.people.merchants import merchant
from models.plans.versions import PlanBook
from models.store.engine import Store, async_url
from models.store.migrate import migrate
from tests.faults.test_migrations import OF_THE_FIRST_SCHEMA, _move, empty_url

__all__ = ["empty_url"]

PLAN = (
    '{"name":"Old","starts_at":"2020-01-01T00:00:00Z","levels":[{"key":"promoter","title":{"zh":"推","en":"P"}}],'
    '"rates":[{"percent":"10"}]}'
)
ORDER = (
    "INSERT INTO shop_order (id, merchant_id, order_ref, state, currency, customer_hash, shipping_minor, tax_minor, "
    "order_discount_minor, beside_refunded_minor, content_digest, distributor_id, candidates, placed_at, paid_at) "
    "VALUES ({id}, 1, 'o{id}', 'paid', 'GBP', {customer}, 0, 0, 0, 0, 'd', 4, '[]', {at}, {paid})"
)
LINE = (
    "INSERT INTO order_line (id, merchant_id, order_id, position, line_ref, sku, quantity, unit_price, gross_minor, "
    "discount_minor, order_discount_minor, base_minor, refunded_quantity, refunded_minor, fully_refunded) "
    "VALUES ({id}, 1, {order}, 0, '{id}', 'L', 1, '1.00', {base}, 0, 0, {base}, 0, {refunded}, false)"
)
COMMISSION = (
    "INSERT INTO commission (id, merchant_id, order_id, line_id, distributor_id, kind, base_minor, quantity, rate, "
    "rule, level, plan_version, amount_minor, reversed_minor, state, reason, earned_at, released_at) "
    "VALUES ({id}, 1, {order}, {line}, 4, 'line', 100, 1, '10', 'base', 'promoter', 1, 10, 0, '{state}', {reason}, 5, "
    "{released})"
)
OLD = (
    *OF_THE_FIRST_SCHEMA,
    (
        "INSERT INTO plan_version (id, merchant_id, version, name, starts_at, document, digest, published_at) "
        f"VALUES (9, 1, 1, 'Old', 1577836800000000, '{PLAN}', 'd', 5)"
    ),
    ORDER.format(id=20, customer="'zoe'", at=50, paid=60),
    ORDER.format(id=21, customer="'zoe'", at=10, paid=55),
    ORDER.format(id=22, customer="'xi'", at=10, paid="NULL"),
    ORDER.format(id=23, customer="NULL", at=10, paid=70),
    LINE.format(id=30, order=20, base=300, refunded=40),
    LINE.format(id=31, order=20, base=200, refunded=0),
    LINE.format(id=32, order=23, base=100, refunded=0),
    COMMISSION.format(id=40, order=20, line=30, state="available", reason="NULL", released=90),
    COMMISSION.format(id=41, order=20, line=31, state="available", reason="NULL", released=80),
    COMMISSION.format(id=42, order=23, line=32, state="void", reason="'self_purchase'", released="NULL"),
)


async def test_a_store_from_before_the_money_engine_has_its_sums_and_customers(empty_url: str) -> None:
    store_url = async_url(empty_url)
    if store_url.database and store_url.get_backend_name() == "sqlite":
        Path(store_url.database).parent.mkdir(parents=True)
    engine = create_async_engine(store_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(partial(_move, command.upgrade, "0002"))
            for statement in OLD:
                await connection.exec_driver_sql(statement)

        await migrate(empty_url)

        async with engine.begin() as connection:
            orders = await connection.execute(
                text("SELECT id, base_minor, refunded_minor, counts FROM shop_order ORDER BY id")
            )
            customers = await connection.execute(
                text("SELECT customer_hash, first_order_id, bound_to FROM customer")
            )
            [first_release] = (
                await connection.execute(text("SELECT first_release_at FROM distributor"))
            ).scalars()
    finally:
        await engine.dispose()
    assert [(row[0], row[1], row[2], bool(row[3])) for row in orders] == [
        (20, 500, 40, True),
        (21, 0, 0, True),
        (22, 0, 0, True),
        (23, 100, 0, False),
    ]
    # Zoe's first order is the one that was paid first; Xi has paid none
    assert [tuple(row) for row in customers] == [("zoe", 21, None)]
    assert first_release == 80


async def test_a_plan_from_before_there_were_caps_goes_on_without_a_margin_guard(empty_url: str) -> None:
    store_url = async_url(empty_url)
    if store_url.database and store_url.get_backend_name() == "sqlite":
        Path(store_url.database).parent.mkdir(parents=True)
    engine = create_async_engine(store_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(partial(_move, command.upgrade, "0002"))
            for statement in OLD:
                await connection.exec_driver_sql(statement)
    finally:
        await engine.dispose()
    await migrate(empty_url)

    store = Store(empty_url)
    try:
        async with store.read() as session:
            shop = await merchant(session, 1)
            plan = (await PlanBook.open(session, shop.id)).numbered(1)
    finally:
        await store.close()

    assert plan.document.caps.margin_percent is None
    assert plan.document.settlement.hold_days == 7
