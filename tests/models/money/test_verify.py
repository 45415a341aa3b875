"""The books are held against themselves: a healthy store is silent, and each kind of broken row is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import asyncpg
import pytest

from models.funnel.events import Buyer, RefundedLine
from models.money.release import release_due
from models.money.stuck import find_stuck, find_stuck_ticks
from models.money.verify import Finding, FindingKind, verify
from models.people.merchants import lock_merchant
from models.store.engine import Store
from models.store.outbox import LEASE, claim_notices
from models.store.ticks import claim_tick
from tests.builders import Shop, line, open_shop
from tests.models.payouts import Till

NOBODY = 99


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A shop in which everything has happened: sales, receipts, releases, refunds of each sort, debt."""
    shop = await open_shop(store, now)
    await shop.plan()
    rich = await shop.distributor("rich")
    till = Till(shop, rich, (await shop.link(rich)).code, now)
    await till.earn(100)
    await till.account()
    await till.paid_out(2500)
    await till.refuse(await till.ask(2000))
    await till.ask(3000)
    mei = await shop.distributor("mei", person=await shop.person(1))
    own = await shop.distributor("own", email_hash="e" * 32)
    code, others = (await shop.link(mei)).code, (await shop.link(own)).code
    for number in range(6):
        await shop.tell(shop.paid(f"{number}", line("1", quantity=3, price="3.33"), line("2"), code=code))
    await shop.tell(shop.received("0"), shop.cancelled("1"), shop.refunded("2", "a", amount_minor=700))
    await shop.tell(shop.paid("own", line(), code=others, buyer=Buyer(email="e" * 32)))
    await shop.tell(shop.paid("placed", line(), code=code, placed=True), shop.paid("nobody", line()))
    await release(shop, now + timedelta(days=10))
    await shop.tell(shop.refunded("0", full=True))
    await shop.tell(shop.refunded("3", "b", lines=[RefundedLine(line_ref="1", quantity=1)]))
    await shop.tell(shop.paid("late", line(price="123.45"), code=code), shop.refunded("late", amount_minor=1))
    await shop.tell(shop.refunded("unknown", full=True))
    return shop


async def release(shop: Shop, at: datetime) -> None:
    async with shop.store.write() as session:
        await release_due(session, await lock_merchant(session, shop.merchant.id), at)


async def findings(shop: Shop) -> list[Finding]:
    async with shop.store.read() as session:
        return await verify(session, shop.merchant)


async def corrupt(database_url: str, statement: str) -> None:
    """Change rows behind the product's back, past its triggers and foreign keys."""
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as connection, connection:
            for (trigger,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall():
                connection.execute(f"DROP TRIGGER {trigger}")
            connection.execute(statement)
        return
    server = await asyncpg.connect(database_url)
    try:
        await server.execute("SET session_replication_role = replica")
        await server.execute(statement)
    finally:
        await server.close()


async def key_of(shop: Shop, query: str) -> object:
    """The one value that a query answers."""
    async with shop.store.read() as session:
        connection = await session.connection()
        return (await connection.exec_driver_sql(query)).scalars().first()


async def test_a_healthy_store_has_no_findings(shop: Shop) -> None:
    assert await findings(shop) == []


async def test_another_merchants_broken_books_are_not_ours(
    shop: Shop, store: Store, now: datetime, database_url: str
) -> None:
    other = await open_shop(store, now)

    await corrupt(database_url, "UPDATE account SET balance_minor = balance_minor + 1")

    async with store.read() as session:
        assert await verify(session, other.merchant) == []


_ACCOUNT = "SELECT id FROM account WHERE kind = '{0}' AND holder_id <> 0 ORDER BY id"
CORRUPTIONS: list[tuple[FindingKind, str, str, str]] = [
    (
        FindingKind.TRIAL_BALANCE,
        "currency",
        "SELECT 'GBP'",
        "UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'commission_expense'",
    ),
    (
        FindingKind.CACHED_BALANCE,
        "account",
        _ACCOUNT.format("held"),
        "UPDATE account SET balance_minor = balance_minor + 5 WHERE id = {0}",
    ),
    (
        FindingKind.CHANGED_TRANSFER,
        "transfer",
        "SELECT transfer_id FROM posting ORDER BY id",
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE transfer_id = {0}",
    ),
    (
        FindingKind.CHANGED_TRANSFER,
        "transfer",
        "SELECT id FROM transfer WHERE kind = 'release' ORDER BY id",
        "UPDATE transfer SET kind = 'accrual' WHERE id = {0}",
    ),
    (
        FindingKind.ORPHAN,
        "transfer",
        "SELECT id FROM transfer ORDER BY id",
        "DELETE FROM posting WHERE transfer_id = {0}",
    ),
    (
        FindingKind.ORPHAN,
        "posting",
        "SELECT id FROM posting ORDER BY id",
        "DELETE FROM transfer WHERE id = (SELECT transfer_id FROM posting WHERE id = {0})",
    ),
    (
        FindingKind.ORPHAN,
        "commission",
        "SELECT id FROM commission ORDER BY id",
        "DELETE FROM order_line WHERE id = (SELECT line_id FROM commission WHERE id = {0})",
    ),
    (
        FindingKind.ORPHAN,
        "reversal",
        "SELECT id FROM reversal ORDER BY id",
        "DELETE FROM refund WHERE id = (SELECT refund_id FROM reversal WHERE id = {0})",
    ),
    (
        FindingKind.HELD_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'awaiting'",
        "UPDATE commission SET amount_minor = amount_minor + 1 WHERE state = 'awaiting' AND distributor_id = {0}",
    ),
    (
        FindingKind.HELD_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'review'",
        "UPDATE commission SET state = 'available' WHERE state = 'review' AND distributor_id = {0}",
    ),
    (
        FindingKind.AVAILABLE_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'available'",
        "UPDATE commission SET state = 'refunded' WHERE state = 'available' AND distributor_id = {0}",
    ),
    (
        FindingKind.AVAILABLE_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'paid'",
        "UPDATE withdrawal SET fee_minor = fee_minor + 1 WHERE state = 'paid' AND distributor_id = {0}",
    ),
    (
        FindingKind.PAYING_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'requested'",
        "UPDATE withdrawal SET state = 'refused' WHERE state = 'requested' AND distributor_id = {0}",
    ),
    (
        FindingKind.PAID_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'paid'",
        "UPDATE withdrawal SET state = 'failed' WHERE state = 'paid' AND distributor_id = {0}",
    ),
    (
        FindingKind.REVERSALS_DIFFER,
        "commission",
        "SELECT commission_id FROM reversal ORDER BY id",
        "UPDATE reversal SET amount_minor = amount_minor + 1 WHERE commission_id = {0}",
    ),
    (
        FindingKind.REVERSALS_DIFFER,
        "commission",
        "SELECT id FROM commission WHERE reversed_minor = 0 AND amount_minor > 0 ORDER BY id",
        "UPDATE commission SET reversed_minor = 1 WHERE id = {0}",
    ),
    (
        FindingKind.REFUNDS_DIFFER,
        "order",
        "SELECT order_ref FROM shop_order WHERE order_ref = '2'",
        "UPDATE refund SET refunded_minor = refunded_minor + 1 WHERE refund_ref = 'a'",
    ),
]
"""The finding, its noun, which row it must name, and what was done to that row."""


@pytest.mark.parametrize(("kind", "noun", "row", "statement"), CORRUPTIONS)
async def test_a_corrupted_row_is_found_and_named(
    shop: Shop, database_url: str, kind: FindingKind, noun: str, row: str, statement: str
) -> None:
    key = await key_of(shop, row)
    assert key is not None

    await corrupt(database_url, statement.format(key))

    found = await findings(shop)
    assert (kind, f"{noun} {key}") in {(finding.kind, finding.subject) for finding in found}
    assert all(finding.subject in finding.sentence and finding.sentence.endswith(".") for finding in found)


def test_every_kind_of_finding_about_the_books_has_a_corruption_here() -> None:
    stuck = {kind for kind in FindingKind if kind.startswith("stuck_")}
    assert {kind for kind, *_ in CORRUPTIONS} == set(FindingKind) - stuck


async def test_what_stands_still_too_long_is_found(shop: Shop, store: Store, now: datetime) -> None:
    async with store.write() as session:
        [claimed, *_] = await claim_notices(session, "silent", now + timedelta(days=10), 1)
        await claim_tick(session, "purge", now, "silent", now)

    async with store.read() as session:
        early = await find_stuck(session, shop.merchant, now)
        early_ticks = await find_stuck_ticks(session, now + timedelta(hours=1))
        late = await find_stuck(
            session, shop.merchant, now + timedelta(days=10) + LEASE + timedelta(minutes=11)
        )
        late_ticks = await find_stuck_ticks(session, now + timedelta(hours=1, seconds=1))

    assert (early, early_ticks) == ([], [])
    assert {(finding.kind, finding.subject.split(" ")[0]) for finding in late} == {
        (FindingKind.STUCK_NOTICE, "notice"),
        (FindingKind.STUCK_EVENT, "event"),
        (FindingKind.STUCK_RELEASE, "commission"),
        (FindingKind.STUCK_WITHDRAWAL, "withdrawal"),
    }
    assert f"notice {claimed.id}" in {finding.subject for finding in late}
    assert [finding.subject for finding in late_ticks] == ["tick purge"]
