"""Invite cashback: once an invitee, when the first order that they sold is released (docs/plans.md)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from models.money.commissions import Commission, CommissionKind, CommissionRow, CommissionState, Reason
from models.money.ledger import TransferKind, TransferRow
from models.money.releases import release_calendar
from models.money.settlement import chunk_rows, settle_due
from models.money.verify import FindingKind, verify
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import lock_merchant
from models.people.profiles import set_profile
from models.store.engine import Store
from models.store.outbox import NoticeKind, NoticeRow
from models.store.sql import table_of, values_of
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.models.books import Money, money, order_of, release

DUE = timedelta(days=10)
PLAN = BASE_PLAN.replace(
    "rates:",
    """profiles:
  - {key: fan, title: {zh: 铁粉, en: Loyal fan}, invite_cashback: "5.00"}
  - {key: kol, title: {zh: 达人, en: KOL}}
bonuses: {invite_cashback: "3.00"}
rates:""",
)


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    """A merchant whose plan pays 3.00 for an invitee, and 5.00 to loyal fans."""
    shop = await open_shop(store, now)
    await shop.plan(PLAN)
    return shop


async def invited(shop: Shop, name: str, sponsor: Distributor) -> Distributor:
    made = await shop.distributor(name)
    await change(shop, made, sponsor_id=sponsor.id)
    return made


async def change(shop: Shop, who: Distributor, **values: object) -> None:
    table = table_of(Distributor)
    async with shop.store.write() as session:
        await session.execute(update(table).where(table.c.id == who.id).values(values))


async def sell(shop: Shop, who: Distributor, ref: str) -> None:
    await shop.tell(shop.paid(ref, line(), code=(await shop.link(who)).code))


async def cashbacks(shop: Shop) -> list[Commission]:
    table = table_of(CommissionRow)
    async with shop.store.read() as session:
        rows = await session.execute(
            select(table).where(table.c.kind == CommissionKind.INVITE_CASHBACK).order_by(table.c.id)
        )
        return [values_of(row, Commission) for row in rows]


async def test_the_sponsor_is_paid_once_with_the_invitees_first_release_and_told_in_one_notice(
    shop: Shop, now: datetime
) -> None:
    ann = await shop.distributor("ann", person=await shop.person(1))
    mei = await invited(shop, "mei", ann)
    for ref in ("1", "2"):
        await sell(shop, mei, ref)
    await sell(shop, ann, "own")

    await release(shop, now + DUE)
    await sell(shop, mei, "3")
    await release(shop, now + 2 * DUE)

    [paid] = await cashbacks(shop)
    assert (paid.distributor_id, paid.invitee_id, paid.amount_minor) == (ann.id, mei.id, 300)
    assert (paid.state, paid.rule, paid.plan_version) == (CommissionState.AVAILABLE, "invite_cashback", 1)
    assert await money(shop, ann) == Money(0, 400)
    notice, transfer = table_of(NoticeRow), table_of(TransferRow)
    async with shop.store.read() as session:
        told = select(notice.c.facts).where(notice.c.kind == NoticeKind.RELEASED)
        [facts] = (await session.execute(told)).scalars()
        keys = await session.execute(select(transfer.c.key).where(transfer.c.kind == TransferKind.BONUS))
        assert list(keys.scalars()) == [f"cashback:{mei.id}"]
        found = await verify(session, shop.merchant)
    assert (facts["amount_minor"], facts["orders"], facts["bonuses"]) == (400, 1, 1)
    assert [one for one in found if one.kind is not FindingKind.ORPHAN] == []


@pytest.mark.parametrize("is_broken", [False, True], ids=["whole", "with a bad row"])
async def test_a_run_reports_what_reached_peoples_accounts_the_cashback_too(
    shop: Shop, now: datetime, *, is_broken: bool
) -> None:
    ann, zoe = await shop.distributor("ann"), await shop.distributor("zoe")
    mei, bo = await invited(shop, "mei", ann), await invited(shop, "bo", zoe)
    await change(shop, zoe, on_hold=True)
    for ref, who in (("1", mei), ("2", bo), ("3", ann)):
        await sell(shop, who, ref)
    table = table_of(CommissionRow)
    async with shop.store.write() as session:
        if is_broken:
            await session.execute(
                update(table).where(table.c.distributor_id == ann.id).values(amount_minor=999_999)
            )
        done = await settle_due(session, await lock_merchant(session, shop.merchant.id), now + DUE)
        rows = await chunk_rows(session, done)

    reached = sum([(await money(shop, who)).available for who in (ann, zoe, mei, bo)])
    assert reached == 500 if is_broken else 600
    assert (done.amount_minor, done.cashback_minor, len(done.skipped)) == (reached, 300, int(is_broken))
    skipped = {one.commission_id for one in done.skipped}
    went = [row for row in rows if row.commission_id not in skipped]
    assert sum(row.amount_minor for row in went) == reached
    assert len(went) == done.commissions
    assert [(row.distributor, row.kind, row.order_id) for row in rows[-1:]] == [
        ("ann", CommissionKind.INVITE_CASHBACK, "1")
    ]
    async with shop.store.read() as session:
        [day] = (await release_calendar(session, shop.merchant, now + DUE)).lately
    assert (day.commissions, day.amount_minor) == (done.commissions, reached)


async def test_of_orders_released_at_one_moment_the_one_paid_first_is_the_first_however_they_were_told(
    shop: Shop, now: datetime
) -> None:
    ann = await shop.distributor("ann")
    mei, bo = await invited(shop, "mei", ann), await invited(shop, "bo", ann)
    of_mei, of_bo = (await shop.link(mei)).code, (await shop.link(bo)).code
    hour = timedelta(hours=1)
    await shop.tell(
        shop.paid("1", line(), code=of_mei, at=now + hour),
        shop.paid("9", line(), code=of_mei, at=now),
        shop.paid("8", line(), code=of_bo, at=now),
        shop.paid("7", line(), code=of_bo, at=now),
        *(shop.received(ref, at=now + 2 * hour) for ref in ("1", "9", "8", "7")),
    )

    await release(shop, now + DUE)

    paid = {one.invitee_id: one.order_id for one in await cashbacks(shop)}
    assert paid == {mei.id: (await order_of(shop, "9")).id, bo.id: (await order_of(shop, "7")).id}


@pytest.mark.parametrize(
    ("profiles", "amount"),
    [
        ([("fan", -1)], 500),
        ([("kol", -1)], 300),
        ([("gone", -1)], 300),
        ([("fan", -2), (None, -1)], 300),
        ([("fan", 0)], 300),
    ],
    ids=["its own amount", "none of its own", "not in the plan", "no longer", "at the very moment"],
)
async def test_the_sponsors_profile_as_it_stood_before_the_order_was_paid_may_name_its_own_amount(
    shop: Shop, now: datetime, profiles: list[tuple[str | None, int]], amount: int
) -> None:
    ann = await shop.distributor("ann")
    mei = await invited(shop, "mei", ann)
    async with shop.store.write() as session:
        for profile, days in profiles:
            await set_profile(
                session,
                merchant_id=shop.merchant.id,
                distributor_id=ann.id,
                profile=profile,
                since=now + timedelta(days=days),
            )
    await sell(shop, mei, "1")

    await release(shop, now + DUE)

    assert [one.amount_minor for one in await cashbacks(shop)] == [amount]


@pytest.mark.parametrize("state", [DistributorState.SUSPENDED, DistributorState.LEFT])
async def test_a_sponsor_who_is_no_longer_there_earns_nothing_and_nobody_gets_it_later(
    shop: Shop, now: datetime, state: DistributorState
) -> None:
    ann = await shop.distributor("ann")
    mei = await invited(shop, "mei", ann)
    await change(shop, ann, state=state)
    await sell(shop, mei, "1")
    await release(shop, now + DUE)
    await change(shop, ann, state=DistributorState.ACTIVE)
    await sell(shop, mei, "2")

    await release(shop, now + 2 * DUE)

    assert await cashbacks(shop) == []


async def test_the_cashback_of_a_sponsor_on_hold_waits_under_review(shop: Shop, now: datetime) -> None:
    ann = await shop.distributor("ann", person=await shop.person(1))
    mei = await invited(shop, "mei", ann)
    await change(shop, ann, on_hold=True)
    await sell(shop, mei, "1")

    await release(shop, now + DUE)

    [waits] = await cashbacks(shop)
    assert (waits.state, waits.reason, waits.released_at) == (CommissionState.REVIEW, Reason.CASE, None)
    assert await money(shop, ann) == Money(300, 0)


async def test_without_cashback_in_the_orders_plan_nothing_is_paid_whatever_a_later_plan_says(
    store: Store, now: datetime
) -> None:
    shop = await open_shop(store, now)
    await shop.plan()
    ann = await shop.distributor("ann")
    mei = await invited(shop, "mei", ann)
    await sell(shop, mei, "1")
    await shop.plan(PLAN.replace("2010-12-01T00:00:00Z", "2026-03-05T00:00:00Z"))

    await release(shop, now + DUE)

    assert await cashbacks(shop) == []


async def test_what_was_sold_by_others_is_no_first_sale(shop: Shop, now: datetime) -> None:
    """A sponsor who only earned of their team has sold nothing yet."""
    top, ann = await shop.distributor("top"), await shop.distributor("ann")
    await change(shop, ann, sponsor_id=top.id)
    await sell(shop, ann, "1")
    table = table_of(CommissionRow)
    async with shop.store.write() as session:
        await session.execute(update(table).values(kind=CommissionKind.TEAM))

    await release(shop, now + DUE)

    assert await cashbacks(shop) == []
    async with shop.store.read() as session:
        first = select(table_of(Distributor).c.first_release_at)
        assert set((await session.execute(first)).scalars()) == {None}
