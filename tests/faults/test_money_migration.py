"""A store from before the money engine: orders, customers and plans are brought up with their sense (operations E4)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from alembic import command
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from models.money.verify import verify
from models.money.verify.finding import FindingKind
from models.people.merchants import lock_merchant, merchant
from models.plans.versions import PlanBook
from models.store.audit import COMMAND, write_down
from models.store.deeds import Deed
from models.store.engine import Store, async_url
from models.store.migrate import migrate
from models.store.migrations.append_only import drop_append_only, make_append_only
from models.store.sql import sha256_hex
from tests.builders import Shop
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
            months = await connection.execute(text("SELECT month, used_minor, told_at FROM month_of_orders"))
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
    # What its orders earned stands in their month, what is void does not
    assert [tuple(row) for row in months] == [("1970-01", 20, 5)]


async def test_what_verification_holds_on_to_goes_back_and_forth_and_mends_nothing(
    shop: Shop, database_url: str
) -> None:
    # Given a shop with a plan, an act by hand and transfers, the newest of which somebody changed
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        await write_down(
            session, merchant_id=shop.merchant.id, actor=COMMAND, act=Deed.SETTLE, subject="b", now=shop.now
        )
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    async with engine.begin() as connection:
        await connection.run_sync(drop_append_only, ("transfer",))
        await connection.execute(
            text("UPDATE transfer SET at = at + 1 WHERE id = (SELECT max(id) FROM transfer)")
        )
        await connection.run_sync(make_append_only, ("transfer",))
    kept = await _kept(database_url)
    # When the store goes back, every transfer but that one has a digest of its moves alone
    async with engine.begin() as connection:
        await connection.run_sync(partial(_move, command.downgrade, "0012"))
        moved = await connection.execute(
            text(
                "SELECT transfer.id, transfer.digest, amount_minor, source.kind, source.holder_id, target.kind, "
                "target.holder_id, transfer.kind FROM transfer JOIN posting ON transfer_id = transfer.id "
                "JOIN account AS source ON source.id = from_account_id "
                "JOIN account AS target ON target.id = to_account_id ORDER BY transfer.id"
            )
        )
        digests = [
            (digest, sha256_hex(f"{kind}|GBP|{source}:{giver}>{target}:{taker}={amount}"))
            for _, digest, amount, source, giver, target, taker, kind in moved
        ]
        # and its month is as if months had begun to be kept after its orders
        await connection.execute(text("UPDATE month_of_orders SET used_minor = 0"))
    await engine.dispose()
    assert len(digests) > 1
    assert [digest == expected for digest, expected in digests] == [True] * (len(digests) - 1) + [False]
    # And when it comes again, all is as it was, and only that one is found
    await migrate(database_url)
    assert await _kept(database_url) == kept
    async with shop.store.read() as session:
        found = await verify(session, shop.merchant)
    newest = kept[0][-1][0]
    assert [(each.kind, each.subject) for each in found] == [
        (FindingKind.CHANGED_TRANSFER, f"transfer {newest}")
    ]


async def _kept(database_url: str) -> list[list[tuple[object, ...]]]:
    engine = create_async_engine(async_url(database_url), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return [
                [tuple(row) for row in await connection.execute(text(asked))]
                for asked in (
                    "SELECT id, digest FROM transfer ORDER BY id",
                    "SELECT id, digest, standing_digest FROM plan_version ORDER BY id",
                    "SELECT merchant_id, number, digest FROM audit_head",
                    "SELECT month, used_minor, told_at FROM month_of_orders",
                )
            ]
    finally:
        await engine.dispose()


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
