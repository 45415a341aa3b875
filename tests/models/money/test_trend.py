"""What each day brought, by the merchant's calendar; and today beside yesterday at this hour."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.funnel.events import RefundedLine
from models.money.earnings import earnings
from models.money.trend import days_earned
from models.people.distributors import Distributor
from models.store.engine import Store
from tests.builders import Shop, line, open_shop


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def abroad(store: Store, zone: str) -> Shop:
    """A shop that keeps that zone's days; its plan pays ten per cent."""
    shop = await open_shop(store, utc("2026-01-01"), timezone=zone)
    await shop.plan()
    return shop


async def sold(shop: Shop, code: str, *moments: str, price: str = "10.00") -> None:
    await shop.tell(
        *(shop.paid(f"{price}-{moment}", line(price=price), code=code, at=utc(moment)) for moment in moments),
        now=utc("2026-12-31"),
    )


async def trend(shop: Shop, who: Distributor, now: str, days: int) -> dict[date, int]:
    async with shop.store.read() as session:
        found = await days_earned(session, shop.merchant, who.id, utc(now), days)
    assert len(found) == days
    assert [each.day for each in found] == sorted(each.day for each in found)
    return {each.day: each.minor for each in found}


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Shanghai", "2026-03-03T16:00"),
        ("Asia/Kathmandu", "2026-03-03T18:15"),
        ("America/St_Johns", "2026-03-04T03:30"),
        ("Pacific/Kiritimati", "2026-03-03T10:00"),
    ],
)
async def test_a_day_begins_at_the_merchants_midnight(store: Store, zone: str, midnight: str) -> None:
    shop = await abroad(store, zone)
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    at = utc(midnight)
    await sold(shop, code, (at - timedelta(seconds=1)).isoformat()[:19], at.isoformat()[:19])
    found = await trend(
        shop, mei, "2026-03-04T12:00" if zone != "Pacific/Kiritimati" else "2026-03-04T09:59", 2
    )
    assert found == {date(2026, 3, 3): 100, date(2026, 3, 4): 100}


@pytest.mark.parametrize(
    ("zone", "change", "before", "after"),
    [
        # London, forward: 29 March has 23 hours, from midnight UTC to eleven at night
        ("Europe/London", date(2026, 3, 29), "2026-03-28T23:59:59", "2026-03-29T23:00:00"),
        # London, back: 25 October has 25 hours
        ("Europe/London", date(2026, 10, 25), "2026-10-24T22:59:59", "2026-10-26T00:00:00"),
        # Santiago goes forward at midnight: 6 September begins at one o'clock
        ("America/Santiago", date(2026, 9, 6), "2026-09-06T03:59:59", "2026-09-07T03:00:00"),
    ],
)
async def test_days_of_23_and_25_hours_are_one_day_each(
    store: Store, zone: str, change: date, before: str, after: str
) -> None:
    shop = await abroad(store, zone)
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    first, last = utc(before) + timedelta(seconds=1), utc(after) - timedelta(seconds=1)
    await sold(shop, code, before, first.isoformat()[:19], last.isoformat()[:19], after)
    found = await trend(shop, mei, (utc(after) + timedelta(hours=12)).isoformat()[:19], 7)
    around = {change - timedelta(days=1): 100, change: 200, change + timedelta(days=1): 100}
    assert {day: minor for day, minor in found.items() if minor} == around


async def test_refunds_are_taken_off_the_day_of_the_order_and_what_was_cancelled_never_was(
    store: Store,
) -> None:
    shop = await abroad(store, "Europe/London")
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    code = (await shop.link(mei)).code
    await shop.tell(
        shop.paid("half", line(quantity=2), code=code, at=utc("2026-03-01T12:00")),
        shop.paid("whole", line(price="40.00"), code=code, at=utc("2026-03-02T12:00")),
        shop.paid("void", line(price="60.00"), code=code, at=utc("2026-03-02T12:00"), placed=True),
        shop.paid("lees", line(), code=(await shop.link(lee)).code, at=utc("2026-03-02T12:00")),
        shop.refunded("half", lines=[RefundedLine(line_ref="1", quantity=1)], at=utc("2026-03-03T12:00")),
        shop.refunded("whole", full=True, at=utc("2026-03-03T12:00")),
        shop.cancelled("void", at=utc("2026-03-03T12:00")),
        now=utc("2026-03-03T12:00"),
    )
    found = await trend(shop, mei, "2026-03-04T12:00", 7)
    assert {day: minor for day, minor in found.items() if minor} == {date(2026, 3, 1): 100}


@pytest.mark.parametrize("days", [7, 30, 90])
async def test_spans_end_today_and_begin_so_many_days_ago(store: Store, days: int) -> None:
    shop = await abroad(store, "Asia/Shanghai")
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    today = utc("2026-06-30T04:00")
    await sold(
        shop, code, *((today - timedelta(days=ago)).isoformat()[:19] for ago in (0, 6, 7, 29, 30, 89, 90))
    )
    found = await trend(shop, mei, "2026-06-30T04:00", days)
    assert min(found) == date(2026, 6, 30) - timedelta(days=days - 1)
    assert sum(found.values()) == {7: 200, 30: 400, 90: 600}[days]
    nobody = await shop.distributor("nobody")
    assert set((await trend(shop, nobody, "2026-06-30T04:00", days)).values()) == {0}


async def so_far(shop: Shop, who: Distributor, now: str) -> tuple[int, int]:
    """Today, and yesterday by this hour."""
    async with shop.store.read() as session:
        sums = await earnings(session, shop.merchant, who.id, utc(now))
    return sums.today_minor, sums.yesterday_minor


async def test_yesterday_counts_up_to_this_hour(store: Store) -> None:
    shop = await abroad(store, "Asia/Shanghai")
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    # Shanghai's 3 March: from 16:00 UTC on the 2nd
    await sold(
        shop, code, "2026-03-02T15:59:59", "2026-03-02T16:00", "2026-03-03T04:00", "2026-03-03T04:00:01"
    )
    await sold(shop, code, "2026-03-03T16:00", price="50.00")
    assert await so_far(shop, mei, "2026-03-03T16:00") == (500, 100)
    assert await so_far(shop, mei, "2026-03-04T04:00") == (500, 200)
    assert await so_far(shop, mei, "2026-03-04T15:59:59") == (500, 300)
    assert await so_far(shop, mei, "2026-03-04T16:00") == (0, 500)


@pytest.mark.parametrize(
    ("now", "counted"),
    [
        # The day after London's clocks went forward: by 10:00 BST yesterday, that is 09:00 UTC
        ("2026-03-30T09:00", ["2026-03-29T00:00", "2026-03-29T09:00"]),
        # The very day: by 10:00 BST it is 10:00 GMT the day before, one UTC hour later
        ("2026-03-29T09:00", ["2026-03-28T00:00", "2026-03-28T10:00"]),
        # The day on which they go back, in the hour that comes a second time: by half past one
        ("2026-10-25T01:30", ["2026-10-23T23:00", "2026-10-24T00:30"]),
        # And the day after, by half past one: both hours, up to the first half past one
        ("2026-10-26T01:30", ["2026-10-24T23:00", "2026-10-25T00:30"]),
    ],
)
async def test_this_hour_of_yesterday_is_by_the_merchants_clock(
    store: Store, now: str, counted: list[str]
) -> None:
    shop = await abroad(store, "Europe/London")
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    first, last = map(utc, counted)
    beyond = [first - timedelta(seconds=1), last + timedelta(seconds=1)]
    await sold(shop, code, *counted, *(at.isoformat()[:19] for at in beyond))
    assert (await so_far(shop, mei, now))[1] == 200


async def test_a_refund_today_is_taken_off_the_day_that_it_belongs_to(store: Store) -> None:
    shop = await abroad(store, "Europe/London")
    mei = await shop.distributor("mei")
    code = (await shop.link(mei)).code
    await sold(shop, code, "2026-03-03T08:00", "2026-03-04T08:00")
    await shop.tell(
        shop.refunded("10.00-2026-03-03T08:00", full=True, at=utc("2026-03-04T08:30")),
        now=utc("2026-03-04T08:30"),
    )
    assert await so_far(shop, mei, "2026-03-04T09:00") == (100, 0)
