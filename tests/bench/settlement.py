"""Settlement of a million due commissions beside the set-based SQL that one would write by hand (operations.md H).

Both write the same rows: transfers with their digests, postings, accounts, balances, states, first releases and
notices. The hand-written one is one transaction for all; ours goes in chunks, so that nobody else has to wait
long. `python -m tests.bench settlement` prints the rows; DUE=100000 in the environment makes it smaller.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import psutil
from sqlalchemy import func, select

from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferKind, TransferRow
from models.money.settlement import CHUNK, Settled, next_size, settle_due
from models.money.settlement_places import Place
from models.people.merchants import lock_merchant
from models.store.engine import Store
from models.store.ids import new_id
from models.store.outbox import NoticeRow
from models.store.sql import table_of
from models.store.types import to_micros
from tests.bench.due import NOW, make_due
from tests.bench.rows import Row
from tests.builders import Shop
from tests.postgres import server

if TYPE_CHECKING:
    Fresh = Callable[[], AbstractAsyncContextManager[Store]]

COMMISSIONS = int(os.environ.get("DUE", "1000000"))
ROUNDS = 2
MOST = 1.5
FLAT_MB = 64
"""What resident memory may grow by from the second chunk to the last."""


@dataclass(slots=True)
class Run:
    """One run of ours: seconds in all and of each chunk; resident memory in bytes after each."""

    seconds: float = 0.0
    chunks: list[float] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    @property
    def grown_mb(self) -> float:
        """From the second chunk on."""
        return (max(self.memory[1:]) - self.memory[1]) / 2**20 if len(self.memory) > 1 else 0.0


def bench() -> list[Row]:
    """On both stores; PostgreSQL only where its binaries are."""
    with tempfile.TemporaryDirectory() as folder:
        rows = asyncio.run(_on_sqlite(Path(folder)))
    with server() as url:
        if url is None:
            return [*rows, Row("settlement on PostgreSQL", None, "its server binaries are not installed", "")]
        return [*rows, *asyncio.run(_on_postgres(url))]


async def _on_sqlite(folder: Path) -> list[Row]:
    template = folder / "template.db"
    shop = await make_due(f"sqlite:///{template}", COMMISSIONS)

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Store]:
        _copy(template, folder)
        async with _opened(f"sqlite:///{folder / 'run.db'}") as store:
            yield store

    return await _compare("SQLite", shop, fresh)


def _copy(template: Path, folder: Path) -> None:
    for old in folder.glob("run.db*"):
        old.unlink()
    shutil.copy(template, folder / "run.db")


async def _on_postgres(url: str) -> list[Row]:
    async def execute(*statements: str) -> None:
        connection = await asyncpg.connect(url + "postgres")
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()

    await execute("CREATE DATABASE due")
    shop = await make_due(url + "due", COMMISSIONS)

    @asynccontextmanager
    async def fresh() -> AsyncIterator[Store]:
        await execute(
            "DROP DATABASE IF EXISTS run WITH (FORCE)",
            "CREATE DATABASE run TEMPLATE due STRATEGY FILE_COPY",
            "CHECKPOINT",
        )
        async with _opened(url + "run") as store:
            yield store

    return await _compare("PostgreSQL", shop, fresh)


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Store]:
    store = Store(url)
    try:
        yield store
    finally:
        await store.close()


async def _compare(name: str, shop: Shop, fresh: Fresh) -> list[Row]:
    """In turns, each on a fresh copy; the better of the rounds counts for each."""
    by_hand: list[float] = []
    ours: list[Run] = []
    effects = []
    for _ in range(ROUNDS):
        async with fresh() as store:
            by_hand.append(await _by_hand(store, shop.merchant.id))
            effects.append(await _effect(store))
        async with fresh() as store:
            ours.append(await _ours(store, shop.merchant.id))
            effects.append(await _effect(store))
    assert len(set(effects)) == 1, effects
    best = min(ours, key=lambda run: run.seconds)
    ratio = best.seconds / min(by_hand)
    said = f"{best.seconds:.1f} s against {min(by_hand):.1f} s by hand, {COMMISSIONS / best.seconds:,.0f} a second"
    slowest = sorted(best.chunks)[-1]
    held = f"{len(best.chunks)} chunks of {CHUNK:,} at most, the slowest {slowest:.2f} s"
    grown = max(run.grown_mb for run in ours)
    return [
        Row(f"settlement of {COMMISSIONS:,}, {name}", ratio, said, f"<= {MOST:.2f}", ratio <= MOST),
        Row(f"its hold of the write lock, {name}", None, held, ""),
        Row(f"its memory, {name}", None, f"+{grown:.0f} MB", f"+{FLAT_MB} MB at most", grown <= FLAT_MB),
    ]


async def _ours(store: Store, merchant_id: int) -> Run:
    """As the job does it."""
    run, process, after, size = Run(), psutil.Process(), None, CHUNK
    began = time.perf_counter()
    while True:
        at = time.perf_counter()
        done = await _chunk(store, merchant_id, size, after)
        took = time.perf_counter() - at
        size = next_size(size, int(took * 1_000))
        run.chunks.append(took)
        run.memory.append(process.memory_info().rss)
        if done.reached is None:
            run.seconds = time.perf_counter() - began
            return run
        after = done.reached


async def _chunk(store: Store, merchant_id: int, size: int, after: Place | None) -> Settled:
    async with store.write() as session:
        merchant = await lock_merchant(session, merchant_id)
        return await settle_due(session, merchant, NOW, limit=size, after=after)


async def _effect(store: Store) -> tuple[int, ...]:
    """What a run did, in figures that both must share."""
    transfer, posting = table_of(TransferRow), table_of(PostingRow)
    account, notice = table_of(AccountRow), table_of(NoticeRow)
    asked = (
        select(func.count()).select_from(transfer).where(transfer.c.kind == TransferKind.RELEASE),
        select(func.sum(posting.c.amount_minor)),
        select(func.sum(account.c.balance_minor)).where(account.c.kind == AccountKind.AVAILABLE),
        select(func.sum(account.c.balance_minor)).where(account.c.kind == AccountKind.HELD),
        select(func.count()).select_from(notice),
    )
    async with store.read() as session:
        return tuple([int((await session.execute(each)).scalar_one()) for each in asked])


async def _by_hand(store: Store, merchant_id: int) -> float:
    """Seconds of the hand-written statements, one transaction on the driver itself."""
    began = time.perf_counter()
    await store.raw_write(
        lambda connection: _run_on_sqlite(connection, merchant_id),
        lambda connection: _run_on_postgres(connection, merchant_id),
    )
    return time.perf_counter() - began


def _run_on_sqlite(connection: sqlite3.Connection, merchant_id: int) -> None:
    base = new_id()
    for statement in _STATEMENTS:
        connection.execute(_filled(statement, merchant_id, base, "sha256_hex({})", "json_object"))


async def _run_on_postgres(connection: asyncpg.Connection[asyncpg.Record], merchant_id: int) -> None:
    base, digest = new_id(), "encode(sha256(convert_to({}, 'UTF8')), 'hex')"
    for statement in _STATEMENTS:
        await connection.execute(
            _filled(statement, merchant_id, base, digest, "json_build_object"), timeout=None
        )
        if statement is _TAKEN:
            await connection.execute("ANALYZE due")


def _filled(statement: str, merchant_id: int, base: int, digest: str, build: str) -> str:
    content = (
        "'release|GBP|held:' || distributor_id || '>available:' || distributor_id || '=' || amount || '|' || order_id "
        f"|| '||{to_micros(NOW)}|{to_micros(NOW)}|release:' || order_id || ':' || distributor_id || ':' || id"
    )
    return statement.format(
        merchant=merchant_id, now=to_micros(NOW), base=base, digest=digest.format(content), build=build
    )


_DUE = """
    merchant_id = {merchant} AND state IN ('awaiting', 'held') AND release_at <= {now}
    AND distributor_id NOT IN (SELECT id FROM distributor WHERE on_hold)
"""
_SUMS = "(SELECT distributor_id, sum(amount) AS amount FROM due GROUP BY distributor_id) AS sums"
_TAKEN = f"""
    CREATE TEMP TABLE due AS
    SELECT row_number() OVER (ORDER BY min(release_at), min(id)) AS n, min(id) AS id, order_id, distributor_id,
      CAST(sum(amount_minor - reversed_minor) AS bigint) AS amount, min(earned_at) AS earned_at
    FROM commission WHERE {_DUE} GROUP BY order_id, distributor_id
"""
_ACCOUNTS = """
    INSERT INTO account (id, merchant_id, kind, holder_id, currency, balance_minor)
    SELECT {base} + n, {merchant}, 'available', distributor_id, 'GBP', 0
    FROM (SELECT min(n) AS n, distributor_id FROM due GROUP BY distributor_id) AS people WHERE true
    ON CONFLICT DO NOTHING
"""
_TRANSFERS = """
    INSERT INTO transfer (id, merchant_id, key, digest, kind, order_id, at, written_at)
    SELECT {base} + n, {merchant}, 'release:' || order_id || ':' || distributor_id || ':' || id, {digest},
      'release', order_id, {now}, {now}
    FROM due ORDER BY n
"""
_POSTINGS = """
    INSERT INTO posting (id, transfer_id, from_account_id, to_account_id, amount_minor, currency)
    SELECT {base} + d.n, {base} + d.n, h.id, a.id, d.amount, 'GBP' FROM due d
    JOIN account h ON h.merchant_id = {merchant} AND h.holder_id = d.distributor_id AND h.kind = 'held'
      AND h.currency = 'GBP'
    JOIN account a ON a.merchant_id = {merchant} AND a.holder_id = d.distributor_id AND a.kind = 'available'
      AND a.currency = 'GBP'
    ORDER BY d.n
"""
_BALANCES = f"""
    UPDATE account SET balance_minor =
      balance_minor + CASE account.kind WHEN 'held' THEN -sums.amount ELSE sums.amount END
    FROM {_SUMS}
    WHERE account.merchant_id = {{merchant}} AND account.holder_id = sums.distributor_id
      AND account.kind IN ('held', 'available')
"""
_FIRSTS = """
    UPDATE distributor SET first_release_at = {now}
    WHERE merchant_id = {merchant} AND first_release_at IS NULL AND id IN (SELECT distributor_id FROM due)
"""
_STATES = f"UPDATE commission SET state = 'available', released_at = {{now}} WHERE {_DUE}"
_NOTICES = """
    INSERT INTO notice (id, merchant_id, person_id, key, topic, kind, facts, state, tries, fence, not_before,
      created_at)
    SELECT {base} + sums.n, {merchant}, p.person_id, 'released:{now}:' || p.id, 'settlement', 'released',
      {build}('distributor_id', p.id, 'amount_minor', sums.amount, 'orders', sums.orders, 'bonuses', 0,
        'reversed_minor', 0, 'earned_from', sums.first, 'earned_until', sums.last),
      'queued', 0, 0, {now}, {now}
    FROM (SELECT min(n) AS n, distributor_id, CAST(sum(amount) AS bigint) AS amount, count(*) AS orders,
      min(earned_at) AS first, max(earned_at) AS last FROM due GROUP BY distributor_id) AS sums
    JOIN distributor p ON p.id = sums.distributor_id WHERE p.person_id IS NOT NULL
"""
_STATEMENTS = (_TAKEN, _ACCOUNTS, _TRANSFERS, _POSTINGS, _BALANCES, _FIRSTS, _STATES, _NOTICES)
"""Ids count up from one of ours, and nobody else writes meanwhile."""
