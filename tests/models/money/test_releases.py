"""The calendar of releases: each commission stands on one day, or with what it waits for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import update

from models.funnel.events import Buyer
from models.money.releases import ReleaseCalendar, release_calendar
from models.money.waiting import WaitReason, not_yet_due, waiting_rows
from models.people.distributors import Distributor, DistributorState
from models.store.engine import Store
from models.store.sql import table_of
from tests.builders import Shop, line, open_shop
from tests.models.books import release


async def calendar(shop: Shop, at: datetime) -> ReleaseCalendar:
    async with shop.store.read() as session:
        return await release_calendar(session, shop.merchant, at)


async def test_days_are_the_merchants_and_everything_is_counted_once(store: Store, now: datetime) -> None:
    """Shanghai is eight hours ahead: what is due at 17:00 UTC is due on the next day there."""
    shop = await open_shop(store, now, currency="CNY", timezone="Asia/Shanghai")
    await shop.plan()
    mei, ann = await shop.distributor("mei"), await shop.distributor("ann")
    own = await shop.distributor("own", email_hash="e" * 32)
    gone = await shop.distributor("gone")
    code, hers, theirs, last = [(await shop.link(who)).code for who in (mei, ann, own, gone)]
    evening = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)
    await shop.tell(
        shop.paid("early", line(), code=code, at=now - timedelta(days=10)),
        shop.paid("a", line(price="20.00"), code=code, at=now),
        shop.paid("b", line(price="30.00"), code=code, at=evening),
        shop.paid("held", line(), code=hers, at=now),
        shop.paid("gone", line(price="40.00"), code=last, at=now),
        shop.paid("own", line(), code=theirs, buyer=Buyer(email="e" * 32), at=now - timedelta(days=10)),
    )
    table = table_of(Distributor)
    async with store.write() as session:
        await session.execute(update(table).where(table.c.id == ann.id).values(on_hold=True))
        left = update(table).where(table.c.id == gone.id).values(state=DistributorState.LEFT)
        await session.execute(left)

    found = await calendar(shop, now)
    later = await calendar(shop, now - timedelta(days=6))
    await release(shop, now)
    after = await calendar(shop, now)

    assert {day.day: day.amount_minor for day in found.days if day.commissions} == {
        date(2026, 3, 14): 200,
        date(2026, 3, 15): 300,
    }
    assert (found.days[0].day, len(found.days)) == (date(2026, 3, 4), 14)
    assert (found.due.amount_minor, found.on_hold.amount_minor, found.review.amount_minor) == (100, 100, 100)
    assert (found.given_up.commissions, found.given_up.amount_minor) == (1, 400)
    assert (found.later.commissions, later.later.amount_minor, found.coming_minor) == (0, 500, 600)
    assert (after.due.commissions, [(day.day, day.amount_minor) for day in after.lately]) == (
        0,
        [("2026-03-04", 100)],
    )


async def test_what_is_due_and_waits_is_listed_with_its_reason(shop: Shop, now: datetime) -> None:
    mei, own = await shop.distributor("mei"), await shop.distributor("own", email_hash="e" * 32)
    code, theirs = (await shop.link(mei)).code, (await shop.link(own)).code
    await shop.tell(
        shop.paid("1", line(), code=code),
        shop.paid("own", line(), code=theirs, buyer=Buyer(email="e" * 32)),
        shop.paid("2", line(), code=code, at=now + timedelta(hours=1)),
    )
    table, due = table_of(Distributor), now + timedelta(days=10)
    async with shop.store.write() as session:
        await session.execute(update(table).where(table.c.id == mei.id).values(on_hold=True))

    rows = [row async for row in waiting_rows(shop.store, shop.merchant, due)]

    assert [(row.order_id, row.distributor, row.amount_minor, row.reason) for row in rows] == [
        ("own", "own", 100, WaitReason.UNDER_REVIEW),
        ("1", "mei", 100, WaitReason.ON_HOLD),
    ]
    async with shop.store.read() as session:
        later = await not_yet_due(session, shop.merchant, due)
    assert (later.commissions, later.amount_minor, later.next_at) == (1, 100, due + timedelta(hours=1))
