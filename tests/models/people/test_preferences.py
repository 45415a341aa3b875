"""Quiet hours over midnight and across summer time, topics, and zones that people type."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.people.preferences import (
    NameShown,
    Preference,
    Quiet,
    Theme,
    UnknownZone,
    is_muted,
    prefer,
    preference_of,
    preferences_of,
    quiet_of,
    toggled,
    zone_named,
    zone_of,
)
from models.store.engine import Store
from models.store.outbox import MUTABLE, Topic
from tests.builders import Shop

SHANGHAI, LONDON = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/London")
NIGHT = Quiet(22 * 60, 8 * 60)
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/London", "America/New_York", "America/Santiago", "Australia/Lord_Howe", "UTC"]
).map(ZoneInfo)
MINUTES = st.integers(0, 24 * 60 - 1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "zone", "over"),
    [
        # Evening and night, by the clock in Shanghai (eight hours ahead)
        ("2026-03-04T13:59", SHANGHAI, None),
        ("2026-03-04T14:00", SHANGHAI, "2026-03-05T00:00"),
        ("2026-03-04T23:59", SHANGHAI, "2026-03-05T00:00"),
        ("2026-03-05T00:00", SHANGHAI, None),
        # The night in which London's clocks go forward: seven o'clock UTC is eight there
        ("2026-03-28T22:30", LONDON, "2026-03-29T07:00"),
        ("2026-03-29T03:00", LONDON, "2026-03-29T07:00"),
        # And the one in which they go back
        ("2026-10-24T21:30", LONDON, "2026-10-25T08:00"),
        ("2026-10-25T03:00", LONDON, "2026-10-25T08:00"),
    ],
)
def test_quiet_hours_over_midnight(now: str, zone: ZoneInfo, over: str | None) -> None:
    assert NIGHT.over_at(utc(now), zone) == (utc(over) if over is not None else None)


def test_quiet_hours_within_a_day() -> None:
    nap = Quiet(13 * 60, 14 * 60 + 30)
    assert nap.over_at(utc("2026-03-04T12:59"), LONDON) is None
    assert nap.over_at(utc("2026-03-04T13:00"), LONDON) == utc("2026-03-04T14:30")
    assert nap.over_at(utc("2026-03-04T14:30"), LONDON) is None


def test_an_end_that_comes_twice_is_over_at_its_first() -> None:
    # Given quiet until half past one, on the night when it is half past one twice
    early = Quiet(0, 90)
    assert early.over_at(utc("2026-10-25T00:15"), LONDON) == utc("2026-10-25T00:30")
    # When the clock shows a quarter past one for the second time, the quiet hours have ended
    assert early.over_at(utc("2026-10-25T01:15"), LONDON) is None


def test_an_end_that_is_skipped_is_where_the_clock_lands() -> None:
    assert Quiet(0, 90).over_at(utc("2026-03-29T00:30"), LONDON) == utc("2026-03-29T01:30")


@given(now=MOMENTS, zone=ZONES, start=MINUTES, end=MINUTES)
def test_quiet_hours_end_in_the_future_and_within_a_day_or_so(
    now: datetime, zone: ZoneInfo, start: int, end: int
) -> None:
    if start == end:
        return
    over = Quiet(start, end).over_at(now, zone)
    assert over is None or now < over <= now + timedelta(hours=25)


async def test_who_chose_nothing_has_the_usual(shop: Shop, store: Store) -> None:
    mei = await shop.person(1)
    async with store.read() as session:
        usual = await preference_of(session, mei.id)
    assert (usual.muted, usual.name_shown, usual.theme) == ([], NameShown.NAMED, Theme.LIGHT)
    assert quiet_of(usual) == NIGHT
    assert zone_of(usual, SHANGHAI) is SHANGHAI


async def test_choices_are_kept_each_persons_own(shop: Shop, store: Store) -> None:
    mei, lee = await shop.person(1), await shop.person(2)
    for muted in (["news"], ["news", "tasks"]):
        async with store.write() as session:
            await prefer(
                session,
                Preference(
                    person_id=mei.id, muted=muted, quiet_from=None, quiet_until=None, zone="Asia/Tokyo"
                ),
            )
    async with store.read() as session:
        found = await preferences_of(session, [mei.id, lee.id])
    assert found[mei.id].muted == ["news", "tasks"]
    assert quiet_of(found[mei.id]) is None
    assert zone_of(found[mei.id], SHANGHAI) == ZoneInfo("Asia/Tokyo")
    assert found[lee.id].muted == []


def test_hours_that_begin_when_they_end_are_none() -> None:
    assert quiet_of(Preference(person_id=1, quiet_from=480, quiet_until=480)) is None


@pytest.mark.parametrize("topic", list(Topic))
def test_money_is_never_muted(topic: Topic) -> None:
    everything = Preference(person_id=1, muted=[each.value for each in Topic])
    assert is_muted(everything, topic) is (topic in MUTABLE)
    assert (Topic.MONEY in MUTABLE) is False


def test_a_switch_turns_and_turns_back() -> None:
    off = toggled(["tasks"], Topic.NEWS)
    assert off == ["tasks", "news"]
    assert toggled(off, Topic.NEWS) == ["tasks"]


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Shanghai", "Asia/Shanghai"),
        (" asia/shanghai ", "Asia/Shanghai"),
        ("london", "Europe/London"),
        ("New York", "America/New_York"),
        ("new_york", "America/New_York"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("UTC", "UTC"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city(typed: str, zone: str) -> None:
    assert ZoneInfo(zone_named(typed)).utcoffset(utc("2026-03-04T00:00")) == ZoneInfo(zone).utcoffset(
        utc("2026-03-04T00:00")
    )


@pytest.mark.parametrize("typed", ["", "  ", "Atlantis", "../etc/passwd", "x" * 4096, "localtime", "Factory"])
def test_what_is_no_zone_says_so(typed: str) -> None:
    with pytest.raises(UnknownZone) as refused:
        zone_named(typed)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("typed", ["GMT+8", "Etc/GMT+8", "etc/gmt-8", "GMT-0"])
def test_a_difference_is_no_zone_for_its_sign_is_the_other_way_round_there(typed: str) -> None:
    # Etc/GMT+8 is eight hours behind, while whoever types it means eight hours ahead
    with pytest.raises(UnknownZone):
        zone_named(typed)
