"""A plan rehearsed over a million past orders: seconds and peak memory, in a process of its own (business.md 10)."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from models.plans.reading import read_plan
from models.rehearsal.rehearsing import rehearse
from models.store.engine import Store
from models.store.migrate import migrate
from models.store.types import to_micros
from tests.bench.rows import Row
from tests.builders import open_shop

ORDERS = 1_000_000
PEOPLE = 10_000
CUSTOMERS = 300_000
PRODUCTS = 200
DAYS = 180
MOST_SECONDS = 120
MOST_MIB = 500
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = BEGINS + timedelta(days=DAYS)
PLAN = """
name: Everything
starts_at: 2025-01-01T00:00:00Z
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: seller, title: {zh: 能手, en: Seller}, when: {all: [{metric: orders, at_least: 25, within_days: 30}]}}
  - key: leader
    title: {zh: 团长, en: Leader}
    when:
      any:
        - {metric: sales, at_least: "900.00", within_days: 30}
        - {metric: team_size, at_least: 9, within_days: 7}
rates:
  - {percent: "10"}
  - {level: seller, percent: "11"}
  - {level: leader, percent: "12"}
  - {category: c1, percent: "15"}
ladder: {period: month, mode: marginal, bands: [{from: "100.00", percent: "3"}, {from: "500.00", percent: "8"}]}
team: {depth: 2, percents: ["3", "1"]}
bonuses:
  first_order: "0.50"
  invite_cashback: "3.00"
  team_target: [{period: month, sales: "2000.00", amount: "10.00"}]
caps: {order_percent: "30", day: "50.00", budget: "100000.00"}
"""
PROPOSED = PLAN.replace('percent: "10"', 'percent: "8"').replace("at_least: 25", "at_least: 15")


def bench() -> list[Row]:
    """A million orders with two plans that use every rule, on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tuike.db"
        merchant_id = asyncio.run(_make(path))
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.simulate", str(path), str(merchant_id)],
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(done.stdout)
    seconds, mib = found["seconds"], found["mib"]
    rate = f"CPU {found['cpu']:.0f} s, {found['orders'] / seconds:,.0f} orders a second, two plans"
    return [
        Row(
            f"rehearsal of {ORDERS:,} orders",
            None,
            f"{seconds:.0f} s ({rate})",
            f"< {MOST_SECONDS} s",
            seconds < MOST_SECONDS,
        ),
        Row("its peak memory", None, f"{mib:.0f} MiB", f"< {MOST_MIB} MiB", mib < MOST_MIB),
    ]


async def _make(path: Path) -> int:
    await migrate(f"sqlite:///{path}")
    store = Store(f"sqlite:///{path}")
    shop = await open_shop(store, BEGINS)
    await shop.plan(PLAN)
    for number in range(PRODUCTS):
        await shop.product(f"P{number}", category=f"c{number % 7}", price_minor=995)
    await store.close()
    await asyncio.to_thread(_fill, path, shop.merchant.id)
    return shop.merchant.id


def _fill(path: Path, merchant_id: int) -> None:
    """Orders spread evenly over the days and unevenly over people: every tenth sells ten times as much."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    connection.execute("CREATE TEMP TABLE n (i INTEGER PRIMARY KEY)")
    connection.execute(
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT ?) INSERT INTO n SELECT i FROM c",
        (ORDERS,),
    )
    given = {
        "merchant": merchant_id,
        "people": PEOPLE,
        "customers": CUSTOMERS,
        "first": to_micros(BEGINS),
        "step": DAYS * 86_400_000_000 // ORDERS,
    }
    for statement in _FILLING:
        connection.execute(statement, {key: value for key, value in given.items() if f":{key}" in statement})
    connection.execute("COMMIT")
    connection.execute("UPDATE product SET cost_minor = 600")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


_AT = ":first + i * :step"
_SELLER = "CASE WHEN i % 2 THEN 1 + (i * 7919) % (:people / 10) ELSE 1 + (i * 104729) % :people END"
_CUSTOMER = "1 + (i * 15485863) % :customers"
_NO_DIGEST = f"'{'0' * 64}'"
_FILLING = (
    """
    INSERT INTO distributor (id, merchant_id, external_id, name, sponsor_id, invite_code, state, joined_at)
    SELECT i, :merchant, 'd' || i, 'Mei', CASE WHEN i > 1 THEN 1 + i / 12 END, 'I' || i, 'active', :first
    FROM n WHERE i <= :people
    """,
    f"""
    INSERT INTO shop_order (
      id, merchant_id, order_ref, state, currency, customer_hash, shipping_minor, tax_minor, order_discount_minor,
      beside_refunded_minor, content_digest, distributor_id, candidates, plan_version, base_minor, refunded_minor,
      counts, own_buyers, placed_at, paid_at)
    SELECT i, :merchant, printf('o%09d', i), CASE WHEN i % 20 = 0 THEN 'refunded' ELSE 'paid' END, 'GBP',
      'c' || ({_CUSTOMER}), 0, 0, 0, 0, {_NO_DIGEST}, {_SELLER}, '[]', 1, 995, CASE WHEN i % 20 = 0 THEN 995 ELSE 0 END,
      1, '[]', {_AT}, {_AT}
    FROM n
    """,
    f"""
    INSERT INTO order_line (
      id, merchant_id, order_id, position, line_ref, sku, quantity, unit_price, gross_minor, discount_minor,
      order_discount_minor, base_minor, refunded_quantity, refunded_minor, fully_refunded)
    SELECT i, :merchant, i, 0, '1', 'P' || i % {PRODUCTS}, 1, '9.95', 995, 0, 0, 995, i % 20 = 0,
      CASE WHEN i % 20 = 0 THEN 995 ELSE 0 END, i % 20 = 0
    FROM n
    """,
    f"""
    INSERT INTO refund (id, merchant_id, order_id, refund_ref, content_digest, refunded_minor, at)
    SELECT i, :merchant, i, 'r', {_NO_DIGEST}, 995, {_AT} + 400000000000 FROM n WHERE i % 20 = 0
    """,
    """
    INSERT INTO customer (id, merchant_id, customer_hash, first_order_id)
    SELECT min(id), :merchant, customer_hash, min(id) FROM shop_order GROUP BY customer_hash
    """,
)


def _peak_mib() -> float:
    """The most that this process ever held. Not `ru_maxrss`: that begins with the peak of whoever started us, here
    of the bench that has just filled the store (getrusage(2), "preserved across execve")."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("Linux says how much a process held")


async def _rehearse(path: str, merchant_id: int) -> dict[str, float]:
    from models.people.merchants import merchant  # noqa: PLC0415 - the process measures what it holds

    store = Store(f"sqlite:///{path}")
    async with store.read() as session:
        shop = await merchant(session, merchant_id)
    began, cpu = time.perf_counter(), time.process_time()
    found = await rehearse(store, shop, read_plan(PROPOSED, "GBP"), BEGINS, ENDS)
    took, worked = time.perf_counter() - began, time.process_time() - cpu
    await store.close()
    peak = _peak_mib()
    return {
        "seconds": took,
        "cpu": worked,
        "mib": peak,
        "orders": found.report.orders,
        "cost": found.report.proposed.cost_minor,
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_rehearse(sys.argv[1], int(sys.argv[2])))))
