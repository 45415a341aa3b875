"""Twins of proofs with the protection switched off: what it protects from must happen then (operations.md A)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import DomainError
from models.funnel.events import EventStatus, Receipt, ShopEvent
from models.money.commissions import CommissionRow, CommissionState
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind, TransferRow
from models.money.settlement import settle_due
from models.money.verify import verify
from models.people.merchants import lock_merchant
from models.sales import telling
from models.sales.scene import Scene
from models.store.audit import Actor, AuditEntry, AuditRow, broken_links, digest_of, write_down
from models.store.deeds import Deed
from models.store.engine import Store
from models.store.sql import table_of, values_of
from tests.builders import Shop, line
from tests.faults.only import on_postgres
from tests.models.payouts import PLAN as PAYOUTS
from tests.models.payouts import open_till

MANY = 500
DUE = timedelta(days=10)
_COMMISSION, _TRANSFER = table_of(CommissionRow), table_of(TransferRow)


async def test_a3_guard_without_its_triggers_the_ledger_is_changed(shop: Shop) -> None:
    async with shop.store.write() as session:
        await _drop_triggers(session, "posting")
        await session.execute(text("UPDATE posting SET amount_minor = amount_minor + 1"))

    async with shop.store.read() as session:
        assert await verify(session, shop.merchant) != []


async def _drop_triggers(session: AsyncSession, table: str) -> None:
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    found = text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
    for name in (await session.execute(found, {"name": table})).scalars().all():
        await session.execute(text(f"DROP TRIGGER {name}"))


async def _accrue_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a race does that no lookup sees: the transfer of a known act is written a second time."""
    async with shop.store.read() as session:
        kept = (
            await session.execute(select(_TRANSFER).where(_TRANSFER.c.kind == TransferKind.ACCRUAL))
        ).one()
        mei = (await session.execute(select(_COMMISSION.c.distributor_id))).scalar_one()

    async def sees_nothing(journal: Journal, _: object) -> object:
        return journal._drafts

    monkeypatch.setattr(Journal, "_new_drafts", sees_nothing)
    journal = Journal(shop.merchant.id, shop.merchant.currency, shop.now)
    moved = Move(Holding(AccountKind.COMMISSION_EXPENSE), Holding(AccountKind.HELD, mei), 100)
    journal.transfer(key=kept.key, kind=TransferKind.ACCRUAL, at=shop.now, moves=[moved])
    async with shop.store.write() as session:
        await journal.post(session)


async def test_a5_a_race_that_no_lookup_sees_is_stopped_by_the_key(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(IntegrityError):
        await _accrue_again(shop, monkeypatch)

    assert await _held(shop) == 70


@on_postgres  # SQLite drops no constraint
async def test_a5_guard_without_the_key_it_pays_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shop.store.write() as session:
        named = text(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'transfer'::regclass AND contype = 'u'"
        )
        for name in (await session.execute(named)).scalars().all():
            await session.execute(text(f"ALTER TABLE transfer DROP CONSTRAINT {name}"))

    await _accrue_again(shop, monkeypatch)

    assert await _held(shop) == 170


async def _held(shop: Shop) -> int:
    async with shop.store.read() as session:
        statement = text("SELECT balance_minor FROM account WHERE kind = 'held'")
        return int((await session.execute(statement)).scalar_one())


async def test_a6_guard_without_an_answer_for_each_a_bad_event_takes_all_with_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(scene: Scene, event: ShopEvent) -> Receipt:
        told = telling._told(scene, event)
        return Receipt(id=event.id, status=EventStatus.ACCEPTED, detail=told.detail)

    code = (await shop.link(await shop.distributor("bo"))).code
    good, bad = shop.paid("2", line(), code=code), shop.refunded("1", "r9", amount_minor=10_000)
    answered = [receipt.status for receipt in await shop.tell(bad)]
    monkeypatch.setattr(telling, "_happen", unguarded)

    with pytest.raises(DomainError):
        await shop.tell(good, bad)

    assert answered == [EventStatus.REJECTED]
    async with shop.store.read() as session:
        assert (await session.execute(text("SELECT order_ref FROM shop_order"))).scalars().all() == ["1"]


@pytest.fixture
async def second(database_url: str) -> AsyncIterator[Store]:
    """Another process's store."""
    opened = Store(database_url)
    try:
        yield opened
    finally:
        await opened.close()


async def _sell_many(shop: Shop) -> None:
    code = (await shop.link(await shop.distributor("bo"))).code
    await shop.tell(*(shop.paid(f"n{number}", line(), code=code) for number in range(MANY)))


async def _settle(store: Store, shop: Shop, now: datetime) -> int:
    done, after = 0, None
    while True:
        async with store.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            part = await settle_due(session, merchant, now, limit=50, after=after)
        done, after = done + part.commissions, part.reached
        if after is None:
            return done


async def test_a7_two_workers_have_each_effect_once(shop: Shop, second: Store) -> None:
    await _sell_many(shop)
    now = shop.now + DUE

    done = await asyncio.gather(*(_settle(store, shop, now) for store in (shop.store, second)))

    released = select(func.count()).where(_TRANSFER.c.kind == TransferKind.RELEASE)
    async with shop.store.read() as session:
        assert (await session.execute(released)).scalar_one() == MANY + 1
    assert sum(done) == MANY + 1  # and the one that the shop has sold before


async def test_a7_guard_without_the_condition_both_act(shop: Shop, second: Store) -> None:
    """Each reads what is due and moves it whatever it is by now, as a select and an update do."""
    await _sell_many(shop)
    due = select(_COMMISSION.c.id).where(_COMMISSION.c.state == CommissionState.AWAITING)
    seen = []
    for store in (shop.store, second):
        async with store.read() as session:
            seen.append(list((await session.execute(due)).scalars()))
    effects = 0
    for store, ids in zip((shop.store, second), seen, strict=True):
        async with store.write() as session:
            for key in ids:
                moved = (
                    update(_COMMISSION).where(_COMMISSION.c.id == key).values(state=CommissionState.AVAILABLE)
                )
                effects += len((await session.execute(moved.returning(_COMMISSION.c.id))).all())

    assert effects == 2 * (MANY + 1)


async def _three_entries(shop: Shop) -> None:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        for number in range(3):
            await write_down(
                session,
                merchant_id=shop.merchant.id,
                actor=Actor("person 7"),
                act=Deed.SET_LEVEL,
                subject=f"distributor {number}",
                now=shop.now,
                after={"level": "leader"},
            )
        await _drop_triggers(session, "audit")


async def _rewritten(shop: Shop, *, with_its_digest: bool) -> list[int]:
    """Somebody with the store's keys changes who did the second act; the numbers of the entries that don't fit."""
    table = table_of(AuditRow)
    async with shop.store.write() as session:
        row = (await session.execute(select(table).where(table.c.number == 2))).one()
        forged = values_of(row, AuditEntry)
        forged.actor = "person 8"
        values = {"actor": forged.actor, "digest": digest_of(forged) if with_its_digest else forged.digest}
        await session.execute(update(table).where(table.c.number == 2).values(values))
    async with shop.store.read() as session:
        return [entry.number for entry in await broken_links(session, shop.merchant.id)]


async def test_a10_a_changed_entry_breaks_the_chain(shop: Shop) -> None:
    await _three_entries(shop)

    assert await _rewritten(shop, with_its_digest=False) == [2]


async def test_a10_guard_a_digest_alone_would_not_tell_but_the_chain_does(shop: Shop) -> None:
    """The forger mends the entry's own digest: without the link to it, nothing would be seen."""
    await _three_entries(shop)

    assert await _rewritten(shop, with_its_digest=True) == [3]


async def _act(shop: Shop) -> None:
    async with shop.store.write() as session:
        await lock_merchant(session, shop.merchant.id)
        await write_down(
            session,
            merchant_id=shop.merchant.id,
            actor=Actor("person 8"),
            act=Deed.SET_LEVEL,
            subject="distributor 9",
            now=shop.now,
        )


async def _cut_off(shop: Shop, *, with_its_head: bool) -> list[int]:
    """Somebody takes out all but the first entry; which don't fit, by number, before and after the next act."""
    first = "(SELECT digest FROM audit WHERE number = 1)"
    async with shop.store.write() as session:
        await session.execute(text("DELETE FROM audit WHERE number > 1"))
        if with_its_head:
            await session.execute(text(f"UPDATE audit_head SET number = 1, digest = {first}"))
    async with shop.store.read() as session:
        broken = [entry.number for entry in await broken_links(session, shop.merchant.id)]
    await _act(shop)
    async with shop.store.read() as session:
        return broken + [entry.number for entry in await broken_links(session, shop.merchant.id)]


async def test_a10_a_chain_whose_end_was_cut_off_is_broken_and_the_next_act_mends_nothing(shop: Shop) -> None:
    await _three_entries(shop)

    assert await _cut_off(shop, with_its_head=False) == [3, 4]


async def test_a10_guard_whoever_moves_the_head_too_is_not_found_out(shop: Shop) -> None:
    await _three_entries(shop)

    assert await _cut_off(shop, with_its_head=True) == []


async def test_a10_a_head_that_was_taken_away_stays_away(shop: Shop) -> None:
    await _three_entries(shop)
    async with shop.store.write() as session:
        await session.execute(text("DELETE FROM audit_head"))
    await _act(shop)

    async with shop.store.read() as session:
        assert [entry.number for entry in await broken_links(session, shop.merchant.id)] == [4]


async def test_a10_guard_without_a_threshold_one_person_is_enough(store: Store, now: datetime) -> None:
    """The twin of `test_above_the_threshold_two_people_must_agree` (tests/models/money/test_withdrawals.py)."""
    till = await open_till(store, now)
    alone = PAYOUTS.replace(', second_person_above: "60.00"', "").replace(
        "2010-12-01T00:00:00Z", f"{now:%FT%TZ}"
    )
    await till.shop.plan(alone)
    till.later(days=40)

    assert (await till.approve(await till.ask(7000))).is_approved
