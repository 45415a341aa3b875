"""Dates and times in the merchant's zone, with the zone named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.voice.languages import Language
from bot.voice.moments import day, moment, relative

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
NOW = datetime(2011, 4, 1, 8, 26, tzinfo=UTC)
EN, ZH = Language.EN, Language.ZH


def test_a_moment_names_its_zone() -> None:
    assert moment(NOW, SHANGHAI, EN) == "Apr 1, 2011, 16:26 China Standard Time"
    assert moment(NOW, SHANGHAI, ZH) == "2011年4月1日 16:26 中国标准时间"
    assert moment(NOW, LONDON, EN) == "Apr 1, 2011, 09:26 British Summer Time"


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2011, 10, 30, 0, 30, tzinfo=UTC)
    second = first + timedelta(hours=1)
    assert moment(first, LONDON, EN) == "Oct 30, 2011, 01:30 British Summer Time"
    assert moment(second, LONDON, EN) == "Oct 30, 2011, 01:30 Greenwich Mean Time"


def test_the_day_turns_at_the_merchants_midnight() -> None:
    last_minute = datetime(2011, 3, 31, 15, 59, tzinfo=UTC)
    assert day(last_minute, SHANGHAI, EN) == "Mar 31, 2011"
    assert day(last_minute + timedelta(minutes=1), SHANGHAI, EN) == "Apr 1, 2011"
    assert day(last_minute + timedelta(minutes=1), SHANGHAI, ZH) == "2011年4月1日"


@pytest.mark.parametrize(
    ("distance", "english", "chinese"),
    [
        (timedelta(days=3), "in 3 days", "3 天后"),
        (timedelta(days=-3), "3 days ago", "3 天前"),
        (timedelta(hours=5), "in 5 hours", "5 小时后"),
        (timedelta(minutes=-1), "1 minute ago", "1 分钟前"),
        (timedelta(seconds=59), "now", "现在"),
        (timedelta(), "now", "现在"),
        (timedelta(seconds=-59), "now", "现在"),
    ],
)
def test_how_far_off_something_is(distance: timedelta, english: str, chinese: str) -> None:
    assert relative(NOW + distance, NOW, EN) == english
    assert relative(NOW + distance, NOW, ZH) == chinese


def test_zones_do_not_change_how_far_off_something_is() -> None:
    assert relative((NOW + timedelta(days=2)).astimezone(SHANGHAI), NOW.astimezone(LONDON), EN) == "in 2 days"


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(ValueError, match="without its zone"):
        moment(naive, SHANGHAI, EN)
    with pytest.raises(ValueError, match="without its zone"):
        day(naive, SHANGHAI, EN)
    with pytest.raises(ValueError, match="without its zone"):
        relative(NOW, naive, EN)


def test_every_zone_a_merchant_may_choose_has_a_name() -> None:
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        clock = f"{NOW.astimezone(zone):%H:%M}"
        for language in Language:
            before, _, named = moment(NOW, zone, language).partition(clock)
            assert before, name
            assert named.strip(), name
