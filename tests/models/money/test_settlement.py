"""What has been held long enough becomes available, once, and no bad row stops another."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from models.funnel.events import Buyer
from models.funnel.orders import order_by_ref
from models.money.commissions import CommissionRow, CommissionState, commissions_of
from models.money.ledger import AccountKind, Transfer, TransferKind, TransferRow, balances_of
from models.money.settlement import CHUNK, LEAST_CHUNK, Settled, next_size, settle_due
from models.people.merchants import lock_merchant
from models.store.engine import Store
from models.store.outbox import NoticeKind, NoticeRow, claim_notices
from models.store.sql import insert_all, table_of, values_of
from models.store.types import to_micros
from tests.builders import Shop, line, open_shop
from tests.models.books import told_of_releases

RECEIPT_TO_RELEASE = timedelta(days=7)
PAYMENT_TO_RELEASE = timedelta(days=10)


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A merchant with the base plan: three days of delivery, seven of hold, ten percent."""
    shop = await open_shop(store, now)
    await shop.plan()
    return shop


async def release(shop: Shop, now: datetime, limit: int = 100) -> list[Settled]:
    """A whole run, chunk by chunk, as the job does it."""
    done: list[Settled] = []
    while not done or done[-1].reached is not None:
        async with shop.store.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            after = done[-1].reached if done else None
            done.append(await settle_due(session, merchant, now, limit=limit, after=after))
    return done


async def states(shop: Shop, order_ref: str) -> list[CommissionState]:
    async with shop.store.read() as session:
        order = await order_by_ref(session, shop.merchant.id, order_ref)
        return [item.state for item in await commissions_of(session, [order.id])]


async def held_and_available(shop: Shop, distributor_id: int) -> tuple[int, int]:
    async with shop.store.read() as session:
        balances = await balances_of(session, shop.merchant.id, "GBP", distributor_id)
    return balances[AccountKind.HELD], balances[AccountKind.AVAILABLE]


async def transfers(shop: Shop) -> list[Transfer]:
    table = table_of(TransferRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.kind == TransferKind.RELEASE).order_by(table.c.id)
        )
        return [values_of(row, Transfer) for row in rows]


async def test_an_order_is_released_when_its_hold_is_over_and_not_a_moment_before(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line("1"), line("2", price="5.00"), code=link.code))
    await shop.tell(shop.received("1", at=now))

    [early] = await release(shop, now + RECEIPT_TO_RELEASE - timedelta(microseconds=1))
    [due] = await release(shop, now + RECEIPT_TO_RELEASE)
    [again] = await release(shop, now + RECEIPT_TO_RELEASE)

    assert (early.commissions, due.commissions, again.commissions) == (0, 2, 0)
    assert due.amount_minor == 150
    assert await held_and_available(shop, mei.id) == (0, 150)
    assert await states(shop, "1") == [CommissionState.AVAILABLE] * 2
    assert len(await transfers(shop)) == 1


async def test_without_a_receipt_the_clock_starts_at_payment_plus_delivery(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code))

    assert (await release(shop, now + RECEIPT_TO_RELEASE))[0].commissions == 0
    assert (await release(shop, now + PAYMENT_TO_RELEASE))[0].amount_minor == 100


async def test_only_what_refunds_have_left_is_released(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line("1"), line("2"), code=link.code))
    await shop.tell(shop.refunded("1", amount_minor=1500))

    [done] = await release(shop, now + PAYMENT_TO_RELEASE)

    assert done.amount_minor == 50
    assert await held_and_available(shop, mei.id) == (0, 50)


async def test_a_commission_of_nothing_just_changes_its_state(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(price="0.01"), code=link.code))

    [done] = await release(shop, now + PAYMENT_TO_RELEASE)

    assert (done.commissions, done.amount_minor) == (1, 0)
    assert await states(shop, "1") == [CommissionState.AVAILABLE]
    assert await transfers(shop) == []
    assert await told_of_releases(shop) == []


async def test_what_is_under_review_stays(shop: Shop, now: datetime) -> None:
    own = await shop.distributor("own", email_hash="e" * 32)
    link = await shop.link(own)
    await shop.tell(shop.paid("1", line(), code=link.code, buyer=Buyer(email="e" * 32)))

    [done] = await release(shop, now + PAYMENT_TO_RELEASE)

    assert done.commissions == 0
    assert await states(shop, "1") == [CommissionState.REVIEW]


async def test_new_earnings_pay_a_debt_off_first(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line(), code=link.code))
    await release(shop, now + PAYMENT_TO_RELEASE)
    await shop.tell(shop.paid("2", line(price="4.00"), code=link.code))
    await shop.tell(shop.refunded("1", full=True))

    await release(shop, now + PAYMENT_TO_RELEASE)

    assert await held_and_available(shop, mei.id) == (0, 40)


async def test_a_distributor_is_told_once_a_run_however_many_chunks_it_takes(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    ann = await shop.distributor("ann")
    mine, hers = await shop.link(mei), await shop.link(ann)
    for number in range(5):
        at = now + timedelta(minutes=number)
        await shop.tell(shop.paid(f"m{number}", line(), code=mine.code, at=at))
    await shop.tell(shop.paid("a", line(), code=hers.code))

    done = await release(shop, now + PAYMENT_TO_RELEASE + timedelta(hours=1), limit=2)

    assert [chunk.commissions for chunk in done] == [2, 2, 2, 0]
    [notice] = await told_of_releases(shop)
    assert notice.facts == {
        "distributor_id": mei.id,
        "amount_minor": 500,
        "orders": 5,
        "bonuses": 0,
        "reversed_minor": 0,
        "earned_from": to_micros(now),
        "earned_until": to_micros(now + timedelta(minutes=4)),
    }


async def test_a_notice_that_is_under_way_keeps_its_words(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei", person=await shop.person(7))
    link = await shop.link(mei)
    later = now + PAYMENT_TO_RELEASE
    for number in range(2):
        await shop.tell(shop.paid(f"{number}", line(), code=link.code))
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        first = await settle_due(session, merchant, later, limit=1)
    async with shop.store.write() as session:
        release = table_of(NoticeRow).c.kind == NoticeKind.RELEASED
        await session.execute(table_of(NoticeRow).delete().where(~release))
        [taken] = await claim_notices(session, "sender", later)
    assert taken.kind is NoticeKind.RELEASED
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await settle_due(session, merchant, later, limit=1, after=first.reached)

    assert [notice.facts["amount_minor"] for notice in await told_of_releases(shop)] == [100, 100]


async def test_a_bad_row_stands_alone_with_its_reason_and_the_others_are_released(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    for number in range(9):
        await shop.tell(shop.paid(f"{number}", line(), code=link.code))
    async with shop.store.write() as session:
        order = await order_by_ref(session, shop.merchant.id, "4")
        [bad] = await commissions_of(session, [order.id])
        key = f"release:{order.id}:{mei.id}:{bad.id}"
        other = Transfer(
            merchant_id=shop.merchant.id,
            key=key,
            digest="0" * 64,
            kind=TransferKind.RELEASE,
            at=now,
            written_at=now,
        )
        await insert_all(session, TransferRow, [other])

    [done] = await release(shop, now + PAYMENT_TO_RELEASE)

    assert done.commissions == 8
    [skipped] = done.skipped
    assert (skipped.commission_id, skipped.reason) == (
        bad.id,
        f"The transfer {key} stands already with other content.",
    )
    assert await states(shop, "4") == [CommissionState.AWAITING]
    assert await held_and_available(shop, mei.id) == (100, 800)


async def test_nothing_is_released_beyond_what_is_on_hold(shop: Shop, now: datetime) -> None:
    mei, ann = await shop.distributor("mei"), await shop.distributor("ann")
    for who, count in ((mei, 3), (ann, 1)):
        code = (await shop.link(who)).code
        await shop.tell(*(shop.paid(f"{who.external_id}{n}", line(), code=code) for n in range(count)))
    async with shop.store.write() as session:
        order = await order_by_ref(session, shop.merchant.id, "mei1")
        [bad] = await commissions_of(session, [order.id])
        table = table_of(CommissionRow)
        await session.execute(table.update().where(table.c.id == bad.id).values(amount_minor=999_999))

    [done] = await release(shop, now + PAYMENT_TO_RELEASE)

    [skipped] = done.skipped
    assert (skipped.commission_id, done.commissions, done.amount_minor) == (bad.id, 3, 300)
    assert skipped.reason.startswith("Its amount is more than its distributor has on hold")
    assert await held_and_available(shop, mei.id) == (100, 200)
    assert await held_and_available(shop, ann.id) == (0, 100)


async def test_lines_of_one_order_that_are_due_at_different_times_never_share_a_key(
    shop: Shop, now: datetime
) -> None:
    mei = await shop.distributor("mei")
    link = await shop.link(mei)
    await shop.tell(shop.paid("1", line("1"), line("2"), code=link.code))

    done = await release(shop, now + PAYMENT_TO_RELEASE, limit=1)

    assert [chunk.amount_minor for chunk in done] == [100, 100, 0]
    assert len({transfer.key for transfer in await transfers(shop)}) == 2
    assert await held_and_available(shop, mei.id) == (0, 200)


@pytest.mark.parametrize(
    ("size", "milliseconds", "then"),
    [
        (CHUNK, 100, CHUNK),
        (CHUNK, 1_000, CHUNK),
        (CHUNK, 6_500, CHUNK // 2),
        (CHUNK // 2, 100, CHUNK),
        (CHUNK // 2, 800, CHUNK // 2),
        (LEAST_CHUNK, 60_000, LEAST_CHUNK),
    ],
)
def test_a_slow_chunk_is_followed_by_a_smaller_one_and_a_quick_one_by_a_larger(
    size: int, milliseconds: int, then: int
) -> None:
    assert next_size(size, milliseconds) == then
