"""The books are held against themselves: a healthy store is silent, and each kind of broken row is named."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.funnel.events import Buyer, RefundedLine
from models.money.closings import Closing, ClosingRow
from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.money.settlement import settle_due
from models.money.verify import Unsound, sound, verify
from models.money.verify.finding import Finding, FindingKind
from models.money.verify.stuck import find_stuck, find_stuck_ticks
from models.people.merchants import lock_merchant
from models.people.sponsors import set_sponsor
from models.personal.erasure import erase
from models.plans.appointments import agree_profile, give_level
from models.plans.publishing import publish_plan
from models.plans.rules import PeriodLength
from models.plans.versions import PlanVersion
from models.store.audit import COMMAND
from models.store.engine import Store
from models.store.outbox import LEASE, claim_notices
from models.store.sql import insert_all, sha256_hex
from models.store.ticks import claim_tick
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.payouts import Till

PLAN = (
    BASE_PLAN
    + """  - {product: B, percent: "20"}
profiles: [{key: kol, title: {zh: 达人, en: KOL}}]
boosts:
  - {category: lights, percent: "5", mode: add, from: 2026-01-01T00:00:00Z, until: 2026-03-02T12:00:00Z}
  - {category: lights, percent: "5", mode: add, from: 2026-03-03T00:00:00Z, until: 2027-01-01T00:00:00Z}
ladder: {period: month, mode: marginal, bands: [{from: "1000.00", percent: "3"}, {from: "5000.00", percent: "8"}]}
team: {depth: 1, percents: ["3"]}
bonuses: {first_order: "5.00", team_target: [{period: month, sales: "2000.00", amount: "100.00"}]}
caps: {order_percent: "60"}
binding: {protect_days: 1, valid_days: 90}
"""
)
DAY = timedelta(days=1)
FEBRUARY = (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A shop in which everything has happened: sales, promotions, cuts, receipts, releases, refunds, bonuses, debt."""
    stranger = await open_shop(store, now)
    await stranger.distributor("stranger")
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    await shop.product("LAMP", category="lights")
    ann = await shop.distributor("ann")
    rich = await shop.distributor("rich")
    till = Till(shop, rich, (await shop.link(rich)).code, now)
    await till.earn(100)
    await till.account()
    await till.paid_out(2500)
    await till.refuse(await till.ask(2000))
    await till.ask(3000)
    mei = await shop.distributor("mei", person=await shop.person(1))
    own = await shop.distributor("own", email_hash="e" * 32)
    async with store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await set_sponsor(session, merchant, mei, ann, actor=COMMAND, now=now)
        by_hand = {"actor": COMMAND, "now": now - timedelta(days=1)}
        await give_level(session, merchant, ann, "leader", pinned=True, since=by_hand["now"], **by_hand)  # type: ignore[arg-type]
        await agree_profile(session, merchant, ann, "kol", **by_hand)  # type: ignore[arg-type]
    code, others = (await shop.link(mei)).code, (await shop.link(own)).code
    for number in range(6):
        lines = line("1", "LAMP", quantity=3, price="3.33"), line("2"), line("3", "85123A", quantity=2)
        await shop.tell(shop.paid(f"{number}", *lines, code=code))
    undone = shop.received("0"), shop.cancelled("1"), shop.refunded("2", "a", amount_minor=700)
    await shop.tell(shop.paid("beside", line(), code=code), *undone)
    await shop.tell(
        shop.paid("first", line("1", price="3.33"), code=code, buyer=Buyer(customer="c1"), at=now - 3 * DAY),
        shop.paid(
            "again", line(sku="B"), line("2", "LAMP"), code=code, buyer=Buyer(customer="c1"), at=now - 2 * DAY
        ),
        shop.paid("taken", line(), code=others, buyer=Buyer(customer="c1")),
    )
    await shop.tell(shop.paid("own", line(), code=others, buyer=Buyer(email="e" * 32)))
    await shop.tell(shop.paid("placed", line(), code=code, placed=True), shop.paid("nobody", line()))
    await february_closed(shop, ladder_for=mei.id, target_for=ann.id)
    await release(shop, now + timedelta(days=10))
    undone = (
        shop.refunded("0", full=True),
        shop.refunded("3", "b", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.refunded("late", amount_minor=1),
    )
    await shop.tell(shop.paid("late", line(price="123.45"), code=code), *undone)
    await shop.tell(shop.refunded("unknown", full=True))
    lower = PLAN.replace('order_percent: "60"', 'order_percent: "50"')
    waits = await shop.plan(lower.replace("2010-12-01T00:00:00Z", now.isoformat()))
    assert waits.starts_at > now
    return shop


async def february_closed(shop: Shop, *, ladder_for: int, target_for: int) -> None:
    """February is closed: a ladder on sales of 6000.00 (120.00 + 80.00), and a target that was reached."""
    begins, ends = FEBRUARY
    month = Closing(
        merchant_id=shop.merchant.id,
        length=PeriodLength.MONTH,
        period="2026-02",
        begins_at=begins,
        ends_at=ends,
        plan_version=1,
        closed_at=ends,
        finished_at=ends,
    )
    paid = ((ladder_for, CommissionKind.LADDER, 20_000), (target_for, CommissionKind.TEAM_TARGET, 10_000))
    bonuses = [
        Commission(
            merchant_id=shop.merchant.id,
            distributor_id=who,
            period="2026-02",
            kind=kind,
            base_minor=600_000,
            quantity=1,
            rule=kind.value,
            level="promoter",
            plan_version=1,
            amount_minor=amount,
            state=CommissionState.HELD,
            earned_at=ends,
            release_at=ends + timedelta(days=30),
        )
        for who, kind, amount in paid
    ]
    async with shop.store.write() as session:
        await insert_all(session, ClosingRow, [month])
        await insert_all(session, CommissionRow, bonuses)
        journal = Journal(shop.merchant.id, shop.merchant.currency, ends)
        for who, kind, amount in paid:
            source, target = Holding(AccountKind.BONUS_EXPENSE), Holding(AccountKind.HELD, who)
            journal.transfer(
                key=f"{kind}:2026-02:{who}",
                kind=TransferKind.BONUS,
                at=ends,
                moves=[Move(source, target, amount)],
            )
        await journal.post(session)


async def release(shop: Shop, at: datetime) -> None:
    async with shop.store.write() as session:
        await settle_due(session, await lock_merchant(session, shop.merchant.id), at)


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


async def test_a_healthy_store_has_no_findings(shop: Shop) -> None:
    assert await findings(shop) == []
    async with shop.store.read() as session:
        await sound(session, shop.merchant)


async def test_another_merchants_broken_books_are_not_ours_and_ours_stop_every_payout(
    shop: Shop, store: Store, now: datetime, database_url: str
) -> None:
    other = await open_shop(store, now)

    await corrupt(database_url, "UPDATE account SET balance_minor = balance_minor + 1")

    async with store.read() as session:
        assert await verify(session, other.merchant) == []
        await sound(session, other.merchant)
        with pytest.raises(
            Unsound, match="so nothing is paid out: The currency GBP does not balance"
        ) as refused:
            await sound(session, shop.merchant)
    assert refused.value.finding.kind is FindingKind.TRIAL_BALANCE


@dataclass(frozen=True)
class Corruption:
    """What was done to a row (`{0}` is its key), the finding, its noun, and the query for the row it must name."""

    kind: FindingKind
    noun: str
    row: str
    statement: str


def _account(kind: str) -> str:
    return f"SELECT id FROM account WHERE kind = '{kind}' AND holder_id <> 0 ORDER BY id"


def _commission(where: str) -> str:
    return f"SELECT id FROM commission WHERE {where} ORDER BY id"


STRANGER = "(SELECT id FROM distributor WHERE external_id = 'stranger')"
STRANGE_SHOP = "(SELECT merchant_id FROM distributor WHERE external_id = 'stranger')"
PLAIN = "kind = 'line' AND state NOT IN ('void', 'refunded') AND rate = '{0}' AND reversed_minor = 0"
ANOTHER = "(SELECT id FROM shop_order WHERE order_ref = '4')"
BOOST = '{{{{"rule": "{}", "kind": "percent", "rate": "5", "mode": "add"}}}}'
K = FindingKind
CORRUPTIONS = [
    Corruption(
        K.TRIAL_BALANCE,
        "currency",
        "SELECT 'GBP'",
        "UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'commission_expense'",
    ),
    Corruption(
        K.CACHED_BALANCE,
        "account",
        _account("held"),
        "UPDATE account SET balance_minor = balance_minor + 5 WHERE id = {0}",
    ),
    Corruption(
        K.NEGATIVE_BALANCE,
        "account",
        _account("held"),
        "UPDATE account SET balance_minor = -1 WHERE id = {0}",
    ),
    Corruption(
        K.CHANGED_TRANSFER,
        "transfer",
        "SELECT transfer_id FROM posting ORDER BY id",
        "UPDATE posting SET amount_minor = amount_minor + 1 WHERE transfer_id = {0}",
    ),
    Corruption(
        K.CHANGED_TRANSFER,
        "transfer",
        "SELECT id FROM transfer WHERE kind = 'release' ORDER BY id",
        "UPDATE transfer SET kind = 'accrual' WHERE id = {0}",
    ),
    *(
        Corruption(
            K.CHANGED_TRANSFER,
            "transfer",
            f"SELECT id FROM transfer WHERE kind = '{kind}' ORDER BY id",
            f"UPDATE transfer SET {change} WHERE id = {{0}}",
        )
        for kind, change in (
            ("accrual", "key = key || '1'"),
            ("accrual", "at = at + 1"),
            ("release", "written_at = written_at - 1"),
            ("release", "order_id = NULL"),
            ("reversal", "refund_id = NULL"),
        )
    ),
    Corruption(
        K.FOREIGN,
        "transfer",
        "SELECT transfer_id FROM posting ORDER BY id",
        f"UPDATE account SET merchant_id = {STRANGE_SHOP} WHERE id = "
        "(SELECT to_account_id FROM posting WHERE transfer_id = {0})",
    ),
    Corruption(
        K.ORPHAN,
        "transfer",
        "SELECT id FROM transfer ORDER BY id",
        "DELETE FROM posting WHERE transfer_id = {0}",
    ),
    Corruption(
        K.ORPHAN,
        "posting",
        "SELECT id FROM posting ORDER BY id",
        "DELETE FROM transfer WHERE id = (SELECT transfer_id FROM posting WHERE id = {0})",
    ),
    Corruption(
        K.ORPHAN,
        "commission",
        _commission("kind = 'team'"),
        "DELETE FROM order_line WHERE id = (SELECT line_id FROM commission WHERE id = {0})",
    ),
    Corruption(
        K.ORPHAN,
        "commission",
        _commission("kind = 'first_order'"),
        "DELETE FROM shop_order WHERE id = (SELECT order_id FROM commission WHERE id = {0})",
    ),
    Corruption(
        K.ORPHAN,
        "commission",
        _commission("kind = 'ladder'"),
        "DELETE FROM closing",
    ),
    Corruption(
        K.ORPHAN,
        "reversal",
        "SELECT id FROM reversal ORDER BY id",
        "DELETE FROM refund WHERE id = (SELECT refund_id FROM reversal WHERE id = {0})",
    ),
    Corruption(
        K.FOREIGN,
        "commission",
        _commission("kind = 'line'"),
        f"UPDATE commission SET distributor_id = {STRANGER} WHERE id = {{0}}",
    ),
    Corruption(
        K.FOREIGN,
        "commission",
        _commission("kind = 'line'"),
        f"UPDATE shop_order SET merchant_id = {STRANGE_SHOP} WHERE id = "
        "(SELECT order_id FROM commission WHERE id = {0})",
    ),
    Corruption(
        K.FOREIGN,
        "order line",
        "SELECT id FROM order_line ORDER BY id",
        f"UPDATE shop_order SET merchant_id = {STRANGE_SHOP} WHERE id = "
        "(SELECT order_id FROM order_line WHERE id = {0})",
    ),
    Corruption(
        K.FOREIGN,
        "order",
        "SELECT order_ref FROM shop_order WHERE order_ref = '4'",
        f"UPDATE shop_order SET distributor_id = {STRANGER} WHERE order_ref = '{{0}}'",
    ),
    Corruption(
        K.FOREIGN,
        "account",
        _account("available"),
        f"UPDATE account SET holder_id = {STRANGER} WHERE id = {{0}}",
    ),
    Corruption(
        K.FOREIGN,
        "distributor",
        "SELECT external_id FROM distributor WHERE external_id = 'own'",
        f"UPDATE distributor SET sponsor_id = {STRANGER} WHERE external_id = '{{0}}'",
    ),
    Corruption(
        K.FOREIGN,
        "level",
        "SELECT id FROM level_held",
        f"UPDATE level_held SET distributor_id = {STRANGER} WHERE id = {{0}}",
    ),
    Corruption(
        K.HELD_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'awaiting'",
        "UPDATE commission SET amount_minor = amount_minor + 1 WHERE state = 'awaiting' AND distributor_id = {0}",
    ),
    Corruption(
        K.HELD_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'review'",
        "UPDATE commission SET state = 'available' WHERE state = 'review' AND distributor_id = {0}",
    ),
    Corruption(
        K.AVAILABLE_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM commission WHERE state = 'available'",
        "UPDATE commission SET state = 'refunded' WHERE state = 'available' AND distributor_id = {0}",
    ),
    Corruption(
        K.AVAILABLE_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'paid'",
        "UPDATE withdrawal SET fee_minor = fee_minor + 1 WHERE state = 'paid' AND distributor_id = {0}",
    ),
    Corruption(
        K.PAYING_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'requested'",
        "UPDATE withdrawal SET state = 'refused' WHERE state = 'requested' AND distributor_id = {0}",
    ),
    Corruption(
        K.PAID_DIFFERS,
        "distributor",
        "SELECT distributor_id FROM withdrawal WHERE state = 'paid'",
        "UPDATE withdrawal SET state = 'failed' WHERE state = 'paid' AND distributor_id = {0}",
    ),
    Corruption(
        K.REVERSALS_DIFFER,
        "commission",
        "SELECT commission_id FROM reversal ORDER BY id",
        "UPDATE reversal SET amount_minor = amount_minor + 1 WHERE commission_id = {0}",
    ),
    Corruption(
        K.REVERSALS_DIFFER,
        "commission",
        _commission("reversed_minor = 0 AND amount_minor > 0"),
        "UPDATE commission SET reversed_minor = 1 WHERE id = {0}",
    ),
    Corruption(
        K.REFUNDS_DIFFER,
        "order",
        "SELECT order_ref FROM shop_order WHERE order_ref = '2'",
        "UPDATE refund SET refunded_minor = refunded_minor + 1 WHERE refund_ref = 'a'",
    ),
    *(
        Corruption(
            K.ORDER_DIFFERS,
            "order",
            "SELECT order_ref FROM shop_order WHERE order_ref = '3'",
            f"UPDATE shop_order SET {column} = {column} + 1 WHERE order_ref = '{{0}}'",
        )
        for column in ("base_minor", "refunded_minor")
    ),
    *(
        Corruption(
            K.BASE_DIFFERS,
            "commission",
            _commission(f"kind = '{kind}'"),
            f"UPDATE commission SET {column} = {column} + 1 WHERE id = {{0}}",
        )
        for kind, column in (("line", "base_minor"), ("team", "quantity"))
    ),
    *(
        Corruption(
            K.AMOUNT_DIFFERS,
            "commission",
            _commission(which),
            f"UPDATE commission SET {change} WHERE id = {{0}}",
        )
        for which, change in (
            (PLAIN.format("10"), "amount_minor = amount_minor + 1"),
            (PLAIN.format("10"), "amount_minor = amount_minor - 1"),
            (PLAIN.format("10"), "rate = '11'"),
            (PLAIN.format("10"), "rate = 'ten'"),
            (PLAIN.format("10"), "rate_kind = 'fixed'"),
            (PLAIN.format("10"), "rate_kind = NULL"),
            ("kind = 'team' AND reversed_minor = 0", "amount_minor = amount_minor + 1"),
            ("kind = 'first_order' AND cuts <> '[]'", "amount_minor = amount_minor + 1"),
            ("kind = 'first_order' AND cuts <> '[]'", "cuts = '[]'"),
            (PLAIN.format("15") + " AND boost IS NOT NULL", "amount_minor = amount_minor - 1"),
            (PLAIN.format("15") + " AND boost IS NOT NULL", "boost = 'null'"),
            (PLAIN.format("15") + " AND boost IS NOT NULL", "boost = '{{}}'"),
            (PLAIN.format("10"), 'cuts = \'[{{"cap": "day", "amount_minor": 1}}]\''),
            (PLAIN.format("10"), 'cuts = \'[{{"cap": "day", "amount_minor": 0}}]\''),
        )
    ),
    *(
        Corruption(
            K.MISSHAPEN,
            "commission",
            _commission(f"kind = '{kind}'"),
            f"UPDATE commission SET {change} WHERE id = {{0}}",
        )
        for kind, change in (
            ("line", "line_id = NULL"),
            ("team", "line_id = NULL"),
            ("line", "depth = 1"),
            ("team", "depth = 0"),
            ("line", "order_id = NULL"),
            ("first_order", "order_id = NULL"),
            ("first_order", "line_id = (SELECT min(id) FROM order_line)"),
            ("first_order", "period = '2026-02'"),
            ("first_order", "kind = 'invite_cashback'"),
            ("ladder", "period = NULL"),
            ("team_target", "period = NULL"),
        )
    ),
    *(
        Corruption(
            K.RELEASED_EARLY,
            "commission",
            _commission(f"state = '{state}'"),
            f"UPDATE commission SET {change} WHERE id = {{0}}",
        )
        for state, change in (
            ("available", "release_at = released_at + 1"),
            ("available", "released_at = NULL"),
            ("awaiting", "released_at = release_at"),
        )
    ),
    *(
        Corruption(
            K.RULE_DIFFERS,
            "commission",
            _commission(which),
            f"UPDATE commission SET {change} WHERE id = {{0}}",
        )
        for which, change in (
            (PLAIN.format("10"), "rule = 'level=leader'"),
            (PLAIN.format("10"), "rule = 'none'"),
            (PLAIN.format("10"), "rule = 'product=B', rate = '20'"),
            ("rule = 'product=B'", "rule = 'base', rate = '10'"),
            ("kind = 'team'", "rule = 'team depth=2'"),
            ("kind = 'first_order'", "rule = 'base'"),
            ("boost IS NOT NULL", f"boost = '{BOOST.format('category=lamps')}'"),
            ("boost IS NOT NULL", "earned_at = 0"),
            ("kind = 'team'", f"boost = '{BOOST.format('category=lights')}'"),
        )
    ),
    *(
        Corruption(K.LEVEL_DIFFERS, noun, row, statement)
        for noun, row, statement in (
            (
                "commission",
                _commission("kind = 'line'"),
                "UPDATE commission SET level = 'leader' WHERE id = {0}",
            ),
            ("level", "SELECT id FROM level_held", "UPDATE level_held SET level = 'partner'"),
            ("level", "SELECT id FROM level_held", "UPDATE level_held SET pinned = false"),
            ("level", "SELECT id FROM level_held", "UPDATE level_held SET since = since + 1"),
            (
                "level",
                "SELECT id FROM level_held",
                "UPDATE level_held SET cause = 'promoted', evidence = '{{\"before\": \"partner\"}}'",
            ),
            ("distributor", "SELECT 'ann'", "DELETE FROM level_held"),
        )
    ),
    *(
        Corruption(K.USED_DIFFERS, "month", "SELECT '2026-03'", statement)
        for statement in (
            "UPDATE month_of_orders SET used_minor = used_minor - 1 WHERE month = '{0}'",
            "UPDATE month_of_orders SET used_minor = used_minor + 100000 WHERE month = '{0}'",
            "DELETE FROM month_of_orders WHERE month = '{0}'",
        )
    ),
    *(
        Corruption(K.CUSTOMER_DIFFERS, noun, row, statement)
        for noun, row, statement in (
            ("order", "SELECT 'taken'", "DELETE FROM customer"),
            ("order", "SELECT 'first'", "UPDATE customer SET first_order_id = NULL"),
            ("customer", "SELECT id FROM customer", f"UPDATE customer SET first_order_id = {ANOTHER}"),
            (
                "commission",
                _commission("kind = 'first_order'"),
                f"UPDATE customer SET first_order_id = {ANOTHER}",
            ),
        )
    ),
    *(
        Corruption(K.BINDING_DIFFERS, noun, f"SELECT id FROM {table} ORDER BY id", statement)
        for noun, table, statement in (
            ("binding", "binding_change", "DELETE FROM customer"),
            ("binding", "binding_change", f"UPDATE binding_change SET order_id = {ANOTHER} WHERE id = {{0}}"),
            (
                "binding",
                "binding_change",
                f"UPDATE binding_change SET after_id = {STRANGER} WHERE id = {{0}}",
            ),
            ("binding", "binding_change", "UPDATE binding_change SET at = at + 1 WHERE id = {0}"),
            ("customer", "customer", "DELETE FROM binding_change"),
            ("customer", "customer", "DELETE FROM binding_change WHERE cause = 'bound'"),
            ("customer", "customer", "DELETE FROM binding_change WHERE cause = 'taken_over'"),
            ("customer", "customer", "UPDATE customer SET bound_to = NULL, bound_at = NULL"),
            ("customer", "customer", "UPDATE customer SET bound_at = bound_at + 1"),
        )
    ),
    Corruption(
        K.UNKNOWN_PLAN,
        "commission",
        _commission("kind = 'line'"),
        "UPDATE commission SET plan_version = 99 WHERE id = {0}",
    ),
    Corruption(
        K.UNKNOWN_LEVEL,
        "commission",
        _commission("kind = 'line'"),
        "UPDATE commission SET level = 'boss' WHERE id = {0}",
    ),
    Corruption(
        K.UNKNOWN_LEVEL,
        "distributor",
        "SELECT 'ann'",
        "UPDATE level_held SET level = 'boss'",
    ),
    Corruption(
        K.UNKNOWN_PROFILE,
        "commission",
        _commission("kind = 'line'"),
        "UPDATE commission SET profile = 'vip' WHERE id = {0}",
    ),
    Corruption(
        K.LEVEL_TWICE,
        "distributor",
        "SELECT 'ann'",
        "INSERT INTO level_held (id, merchant_id, distributor_id, level, since, cause, pinned, evidence) "
        "SELECT id + 1, merchant_id, distributor_id, 'partner', since, cause, pinned, evidence FROM level_held",
    ),
    Corruption(
        K.SPONSOR_LOOP,
        "distributor",
        "SELECT 'ann'",
        "UPDATE distributor SET sponsor_id = (SELECT id FROM distributor WHERE external_id = 'mei') "
        "WHERE external_id = '{0}'",
    ),
    Corruption(
        K.CLOSED_TWICE,
        "closing",
        "SELECT '2026-02 again'",
        "INSERT INTO closing (id, merchant_id, length, period, begins_at, ends_at, plan_version, closed_at) "
        "SELECT id + 1, merchant_id, length, '{0}', begins_at + 1, ends_at, plan_version, closed_at FROM closing",
    ),
    *(
        Corruption(
            K.PERIOD_DIFFERS,
            "commission",
            _commission(f"kind = '{kind}'"),
            f"UPDATE commission SET {change} WHERE id = {{0}}",
        )
        for kind, change in (
            ("ladder", "amount_minor = amount_minor + 1"),
            ("ladder", "amount_minor = amount_minor - 1"),
            ("ladder", "base_minor = base_minor + 100000"),
            ("team_target", "amount_minor = amount_minor + 1"),
            ("team_target", "base_minor = 100"),
        )
    ),
    Corruption(
        K.BROKEN_CHAIN,
        "audit entry",
        "SELECT 2",
        "UPDATE audit SET why = 'nothing' WHERE number = {0}",
    ),
    Corruption(
        K.BROKEN_CHAIN,
        "audit entry",
        "SELECT 3",
        "DELETE FROM audit WHERE number = 2",
    ),
    *(
        Corruption(K.BROKEN_CHAIN, "audit entry", "SELECT max(number) FROM audit", change)
        for change in (
            "DELETE FROM audit WHERE number = {0}",
            "DELETE FROM audit WHERE number > {0} - 2",
            "DELETE FROM audit",
            "UPDATE audit SET why = 'nothing', digest = 'x' WHERE number = {0}",
            "UPDATE audit_head SET number = number - 1",
            "DELETE FROM audit_head",
        )
    ),
    *(
        Corruption(K.CHANGED_PLAN, "plan", "SELECT 1", f"UPDATE plan_version SET {change}")
        for change in (
            "document = replace(document, '60', '61')",
            "starts_at = starts_at + 1",
        )
    ),
    *(
        Corruption(
            K.CHANGED_PLAN, "plan", "SELECT 2", f"UPDATE plan_version SET {change} WHERE version = {{0}}"
        )
        for change in ("document = replace(document, '50', '51')", "standing_digest = 'x'")
    ),
    Corruption(
        K.CHANGED_PLAN,
        "plan",
        "SELECT 1",
        "UPDATE audit SET act = 'plan_published', subject = 'plan 1', after = '{{\"digest\": \"x\"}}' "
        "WHERE number = 2",
    ),
    *(
        Corruption(K.UNKNOWN_PLAN, noun, row, f"UPDATE {table} SET plan_version = 99")
        for noun, table, row in (
            ("order", "shop_order", "SELECT '4'"),
            ("closing", "closing", "SELECT '2026-02'"),
            ("withdrawal", "withdrawal", "SELECT reference FROM withdrawal"),
        )
    ),
    Corruption(
        K.PAYEE_DIFFERS,
        "order",
        "SELECT '4'",
        "UPDATE shop_order SET distributor_id = (SELECT id FROM distributor WHERE external_id = 'rich') "
        "WHERE order_ref = '{0}'",
    ),
    *(
        Corruption(
            K.STATE_DIFFERS,
            "order",
            f"SELECT '{order}'",
            f"UPDATE shop_order SET {change} WHERE order_ref = '{{0}}'",
        )
        for order, change in (
            ("4", "state = 'refunded'"),
            ("4", "state = 'placed'"),
            ("4", "state = 'placed', paid_at = NULL"),
            ("4", "state = 'received'"),
            ("4", "state = 'cancelled'"),
            ("4", "received_at = paid_at"),
            ("0", "state = 'received'"),
            ("1", "state = 'paid'"),
            ("placed", "state = 'paid'"),
        )
    ),
    *(
        Corruption(
            K.STATE_DIFFERS,
            "withdrawal",
            "SELECT reference FROM withdrawal WHERE state = 'paid'",
            "DELETE FROM withdrawal_move WHERE withdrawal_id = (SELECT id FROM withdrawal WHERE reference = '{0}') "
            f"AND {which}",
        )
        for which in ("step = 'request'", "step = 'pay'", "1 = 1")
    ),
    Corruption(
        K.ORPHAN,
        "reversal",
        "SELECT id FROM reversal ORDER BY id",
        "DELETE FROM commission WHERE id = (SELECT commission_id FROM reversal WHERE id = {0})",
    ),
    Corruption(
        K.ORPHAN,
        "transfer",
        "SELECT id FROM transfer WHERE kind = 'accrual' AND order_id IS NOT NULL ORDER BY id",
        "DELETE FROM commission WHERE order_id = (SELECT order_id FROM transfer WHERE id = {0})",
    ),
    *(
        Corruption(
            K.UNREADABLE,
            noun,
            row,
            statement,
        )
        for noun, row, statement in (
            ("commission", _commission("kind = 'line'"), "UPDATE commission SET reason = 'x' WHERE id = {0}"),
            (
                "commission",
                _commission("kind = 'ladder'"),
                "UPDATE commission SET state = 'x' WHERE id = {0}",
            ),
            ("order", "SELECT '4'", "UPDATE shop_order SET state = 'lost' WHERE order_ref = '{0}'"),
            ("plan", "SELECT 1", "UPDATE plan_version SET document = '{{}}'"),
            ("check", "SELECT 'amounts.ranks'", "UPDATE plan_version SET document = '{{}}'"),
        )
    ),
]
BROKEN_JSON = [
    Corruption(
        K.UNREADABLE,
        "commission",
        _commission("kind = 'team'"),
        "UPDATE commission SET cuts = '{{' WHERE id = {0}",
    ),
    Corruption(K.UNREADABLE, "audit entry", "SELECT 2", "UPDATE audit SET after = 'x' WHERE number = {0}"),
    Corruption(K.BROKEN_CHAIN, "audit entry", "SELECT 2", "UPDATE audit SET after = 'x' WHERE number = {0}"),
]
"""What SQLite alone lets anybody write: PostgreSQL takes JSON only."""


async def unprotected(session: AsyncSession) -> None:
    """Take triggers, foreign keys and checks away, for this transaction alone."""
    connection = await session.connection()
    if connection.dialect.name == "postgresql":
        await connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    await connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    await connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    rows = await connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    for (trigger,) in rows.fetchall():
        await connection.exec_driver_sql(f"DROP TRIGGER {trigger}")


async def found_after(shop: Shop, done: Corruption) -> tuple[object, list[Finding]]:
    """Do it, verify, and undo it."""
    async with shop.store.write() as session:
        await unprotected(session)
        connection = await session.connection()
        row = done.row.replace("cuts <> '[]'", "cast(cuts AS text) <> '[]'")
        row = row.replace("boost IS NOT NULL", "cast(boost AS text) LIKE '%%rate%%'")
        key = (await connection.exec_driver_sql(row)).scalars().first()
        await connection.exec_driver_sql(done.statement.format(key))
        seen = await verify(session, shop.merchant)
        await session.rollback()
    return key, seen


async def test_each_kind_of_corrupted_row_is_found_and_named(shop: Shop) -> None:
    """Given a healthy store, when one row is changed, then its finding names it; and after it all is well again."""
    missed = []
    for done in [*CORRUPTIONS, *(BROKEN_JSON if shop.store.is_sqlite else ())]:
        key, seen = await found_after(shop, done)
        assert key is not None, done
        if (done.kind, f"{done.noun} {key}") not in {(finding.kind, finding.subject) for finding in seen}:
            missed.append((done.kind, f"{done.noun} {key}", done.statement, [one.sentence for one in seen]))
        assert all(one.name in one.sentence and one.sentence.endswith(".") for one in seen)
    assert missed == []
    assert await findings(shop) == []


async def test_a_column_that_rows_from_before_it_leave_empty_is_no_finding(
    shop: Shop, database_url: str
) -> None:
    await corrupt(database_url, "UPDATE commission SET boost = NULL WHERE kind = 'team'")

    assert await findings(shop) == []


async def test_findings_say_whose_they_are_and_how_much_it_is(
    shop: Shop, store: Store, database_url: str
) -> None:
    await corrupt(
        database_url, "UPDATE account SET balance_minor = 4321 WHERE kind = 'held' AND holder_id <> 0"
    )
    await corrupt(
        database_url, "UPDATE commission SET amount_minor = 700 WHERE kind IN ('first_order', 'ladder')"
    )
    await corrupt(database_url, "UPDATE shop_order SET base_minor = 1 WHERE order_ref = '4'")

    seen = await findings(shop)

    names = {finding.name.partition(" (")[2] or finding.name for finding in seen}
    assert {"distributor mei", "held, of mei)", "first_order, of mei, order first)"} < names
    assert "ladder, of mei, period 2026-02)" in names
    assert all(finding.sentence.startswith(f"The {finding.name} ") for finding in seen)
    assert any("says 43.21 GBP, and its postings add up to" in finding.sentence for finding in seen)
    assert any("The order 4 says base 0.01 GBP" in finding.sentence for finding in seen)
    by_key = {finding.subject for finding in seen if finding.kind is FindingKind.HELD_DIFFERS}
    assert all(subject.removeprefix("distributor ").isdecimal() for subject in by_key)


async def test_what_cannot_be_read_hides_nothing_else_and_stops_every_payout(
    shop: Shop, store: Store, database_url: str
) -> None:
    await corrupt(database_url, "UPDATE plan_version SET document = 'no plan'")
    await corrupt(database_url, "UPDATE commission SET reason = 'x' WHERE kind IN ('line', 'ladder')")
    await corrupt(
        database_url, "UPDATE account SET balance_minor = balance_minor + 1 WHERE kind = 'commission_expense'"
    )

    async with store.read() as session:
        seen = await verify(session, shop.merchant)
        with pytest.raises(Unsound, match="can't be read"):
            await sound(session, shop.merchant)

    subjects = {finding.subject for finding in seen if finding.kind is FindingKind.UNREADABLE}
    assert {"check periods.ladders", "check people.given_levels"} < subjects
    assert FindingKind.TRIAL_BALANCE in {finding.kind for finding in seen}


async def test_a_plan_whose_digest_was_mended_too_is_not_what_the_audit_chain_kept(
    store: Store, now: datetime, database_url: str
) -> None:
    shop = await open_shop(store, now)
    async with store.write() as session:
        await publish_plan(
            session, merchant_id=shop.merchant.id, currency="GBP", text=PLAN, now=now, actor=COMMAND
        )
    async with store.read() as session:
        assert await verify(session, shop.merchant) == []
        document = (await session.execute(select(col(PlanVersion.document)))).scalar_one()
    mended = sha256_hex(document.replace('"60"', '"61"'))

    await corrupt(
        database_url,
        "UPDATE plan_version SET document = replace(document, '\"60\"', '\"61\"'), "
        f"standing_digest = '{mended}', published_at = starts_at - 86400000000",
    )

    assert [finding.sentence for finding in await findings(shop)] == [
        "The plan 1 is not what was published under its number, by the audit chain."
    ]


async def test_a_level_that_was_earned_and_taken_out_is_missed_by_what_it_paid(
    store: Store, now: datetime, database_url: str
) -> None:
    # Given somebody whom one order made a leader, and an order that paid them as one
    shop = await open_shop(store, now)
    leader = "  - {key: leader, title: {zh: 团长, en: Leader}"
    await shop.plan(
        BASE_PLAN.replace(
            leader + "}", leader + ", when: {all: [{metric: orders, at_least: 1, within_days: 9}]}}"
        )
    )
    code = (await shop.link(await shop.distributor("mei"))).code
    for number in (1, 2):
        await shop.tell(shop.paid(f"{number}", line(), code=code, at=now - DAY / number))
    assert await findings(shop) == []
    # When the level is taken out, then what was paid by it says so
    await corrupt(database_url, "DELETE FROM level_held")

    [seen] = await findings(shop)
    assert seen.kind is FindingKind.LEVEL_DIFFERS
    assert (
        "(line, of mei, order 2) was figured for level 'leader', which its distributor was never given"
        in (seen.sentence)
    )


async def test_customers_of_somebody_who_left_begin_anew_and_nothing_is_found(
    store: Store, now: datetime
) -> None:
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    person = await shop.person(1)
    mei, own = await shop.distributor("mei", person=person), await shop.distributor("own")
    codes = [(await shop.link(one)).code for one in (mei, own)]
    for number, code in enumerate((codes[0], codes[0], codes[1], codes[0])):
        at = now - (8 - 2 * number) * DAY
        await shop.tell(shop.paid(f"{number}", line(), code=code, buyer=Buyer(customer="c1"), at=at))

    async with store.write() as session:
        await erase(session, person.id, actor=COMMAND, gives_up=True, now=now)

    assert await findings(shop) == []
    await shop.tell(shop.paid("anew", line(), code=codes[1], buyer=Buyer(customer="c1")))
    assert await findings(shop) == []


def test_every_kind_of_finding_about_the_books_has_a_corruption_here() -> None:
    stuck = {kind for kind in FindingKind if kind.startswith("stuck_")}
    assert {done.kind for done in CORRUPTIONS} == set(FindingKind) - stuck


async def test_what_stands_still_too_long_is_found(shop: Shop, store: Store, now: datetime) -> None:
    async with store.write() as session:
        [claimed, *_] = await claim_notices(session, "silent", now + timedelta(days=10), 1)
        await claim_tick(session, "purge", now, "silent", now)
        begins, ends = FEBRUARY
        begun = Closing(
            merchant_id=shop.merchant.id,
            length=PeriodLength.WEEK,
            period="2026-W09",
            begins_at=begins,
            ends_at=ends,
            closed_at=now,
        )
        await insert_all(session, ClosingRow, [begun])

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
        (FindingKind.STUCK_CLOSING, "closing"),
        (FindingKind.STUCK_WITHDRAWAL, "withdrawal"),
    }
    assert f"notice {claimed.id}" in {finding.subject for finding in late}
    assert [finding.subject for finding in late_ticks] == ["tick purge"]
