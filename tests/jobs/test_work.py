"""What the jobs of the schedule do, at every merchant."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from bot.clock import SetClock
from jobs.context import JobContext
from jobs.parked import MOST_TRIES, retry_parked
from jobs.purge import ADDRESSES_KEPT, purge
from jobs.settlement import SettlementIncomplete, settle
from jobs.verify import verify_books
from models.funnel.events import Buyer
from models.funnel.orders import OrderRow, order_by_ref
from models.money.commissions import commissions_of
from models.money.ledger import AccountKind, AccountRow, Transfer, TransferKind, TransferRow, balances_of
from models.people.merchants import lock_merchant
from models.sales import park
from models.store.deployment import Kept, ip_salt
from models.store.engine import Store
from models.store.inbox import EventState, ReceivedEvent, ReceivedEventRow, known_events
from models.store.sql import insert_all, table_of
from models.store.updates import ChatUpdate, keep_updates, mark_handled
from tests.builders import Shop, line, open_shop

HOLD = timedelta(days=10)


async def available(shop: Shop, distributor_id: int) -> int:
    async with shop.store.read() as session:
        return (await balances_of(session, shop.merchant.id, "GBP", distributor_id))[AccountKind.AVAILABLE]


async def event(shop: Shop, key: str) -> ReceivedEvent:
    async with shop.store.read() as session:
        return (await known_events(session, shop.merchant.id, [key]))[key]


async def test_a_bad_row_at_one_merchant_is_reported_and_nobody_waits_for_it(
    context: JobContext, shop: Shop, store: Store, now: datetime
) -> None:
    other = await open_shop(store, now)
    await other.plan()
    sellers = []
    for each in (shop, other):
        mei = await each.distributor("mei")
        link = await each.link(mei)
        await each.tell(each.paid("1", line(), code=link.code), each.paid("2", line(), code=link.code))
        sellers.append((each, mei))
    async with store.write() as session:
        order = await order_by_ref(session, shop.merchant.id, "1")
        [bad] = await commissions_of(session, [order.id])
        stands = Transfer(
            merchant_id=shop.merchant.id,
            key=f"release:{order.id}:{bad.distributor_id}:{bad.id}",
            digest="",
            kind=TransferKind.RELEASE,
            at=now,
            written_at=now,
        )
        await insert_all(session, TransferRow, [stands])

    with capture_logs() as logs, pytest.raises(SettlementIncomplete, match="1 commissions were skipped"):
        await settle(context, now + HOLD)

    assert [await available(each, mei.id) for each, mei in sellers] == [100, 200]
    [report] = [entry for entry in logs if entry["log_level"] == "error"]
    assert report["commission"] == bad.id


async def test_an_event_parked_for_a_passing_failure_is_told_when_its_time_comes(
    context: JobContext, shop: Shop, store: Store, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    bought = shop.paid("1", line(), code=link.code, key="e1")
    async with store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await park(session, merchant, bought, "StoreBusy", now)

    await retry_parked(context, now + timedelta(seconds=9))
    early = (await event(shop, "e1")).state
    await retry_parked(context, now + timedelta(seconds=10))

    assert (early, (await event(shop, "e1")).state) == (EventState.PARKED, EventState.ACCEPTED)
    async with store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, "1")
        assert len(await commissions_of(session, [order.id])) == 1


async def test_an_event_that_fails_again_waits_longer_each_time_and_at_last_for_a_person(
    context: JobContext, shop: Shop, store: Store, now: datetime
) -> None:
    for key in ("poison", "good"):
        async with store.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            await park(session, merchant, shop.paid(key, line(), key=key), "StoreBusy", now)
    async with store.write() as session:
        received = table_of(ReceivedEventRow)
        await session.execute(update(received).where(received.c.event_id == "poison").values(content="{}"))

    waits, at = [], now
    for _ in range(MOST_TRIES):
        due = (await event(shop, "poison")).next_try_at
        assert due is not None
        waits.append((due - at).total_seconds())
        at = due
        await retry_parked(context, at)

    assert waits[:5] == [10, 40, 160, 640, 2560]
    assert max(waits) == 6 * 3600
    poison = await event(shop, "poison")
    assert (poison.state, poison.tries, poison.next_try_at) == (EventState.PARKED, MOST_TRIES, None)
    assert (poison.detail or "").startswith("failed 20 times: ValidationError")
    assert (await event(shop, "good")).state is EventState.ACCEPTED


async def test_the_nightly_purge_forgets_what_is_old_and_keeps_the_rest(
    context: JobContext, shop: Shop, store: Store, now: datetime
) -> None:
    for ref, age in (("old", ADDRESSES_KEPT + timedelta(days=1)), ("young", timedelta(days=1))):
        await shop.tell(shop.paid(ref, line(), buyer=Buyer(ip="a" * 32), at=now - age))
    async with store.write() as session:
        await ip_salt(session, now - timedelta(days=40))
        await ip_salt(session, now)
    await keep_updates(store, 1, [(1, "{}"), (2, "{}"), (3, "{}")], now - timedelta(days=9))
    await mark_handled(store, 1, [1], now - timedelta(days=8))
    await mark_handled(store, 1, [2], now)

    await purge(context, now)

    async with store.read() as session:
        hashes = await session.execute(select(table_of(OrderRow).c.order_ref, table_of(OrderRow).c.ip_hash))
        assert {row.order_ref: row.ip_hash for row in hashes} == {"old": None, "young": "a" * 32}
        assert set((await session.execute(select(table_of(ChatUpdate).c.update_id))).scalars()) == {2, 3}
        salts = select(table_of(Kept).c.key).where(table_of(Kept).c.key.startswith("ip-salt:"))
        assert len((await session.execute(salts)).all()) == 1


async def test_the_nightly_verification_reports_each_finding_and_shows_how_many(
    context: JobContext, shop: Shop, store: Store, clock: SetClock, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code))
    await verify_books(context, now)
    healthy = context.findings._value.get()
    account = table_of(AccountRow)
    async with store.write() as session:
        await session.execute(
            update(account).where(account.c.kind == AccountKind.HELD).values(balance_minor=1)
        )

    with capture_logs() as logs:
        await verify_books(context, now)

    assert (healthy, context.findings._value.get()) == (0, 3)
    assert {entry["kind"] for entry in logs} == {"trial_balance", "cached_balance", "held_differs"}
