"""Dates and times as people read them: in a stated zone, with the zone named (chat.md 2, rule 17)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta

from bot.voice.languages import Language

# `zzzz` is the zone's full name, summer time told apart, so that the hour that comes twice is unambiguous.
_MOMENT = {Language.EN: "MMM d, y, HH:mm zzzz", Language.ZH: "y年M月d日 HH:mm zzzz"}
_DAY = {Language.EN: "MMM d, y", Language.ZH: "y年M月d日"}
_MONTH_DAY = {Language.EN: "MMM d", Language.ZH: "M月d日"}
_MONTH = {Language.EN: "MMMM y", Language.ZH: "y年M月"}
_NOW = {Language.EN: "now", Language.ZH: "现在"}

_DIGIT_BEFORE_CHINESE = re.compile(r"(?<=[0-9])(?=[\u4e00-\u9fff])")


def moment(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Date and time in the zone: `Apr 1, 2011, 16:26 China Standard Time`. `at` is aware, else ValueError."""
    return format_datetime(_local(at, zone), _MOMENT[language], locale=language.locale)


def day(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """The date that `at` (aware, else ValueError) falls on in the zone: `Apr 1, 2011`, `2011年4月1日`."""
    return _day(_local(at, zone).date(), language)


@lru_cache(maxsize=4096)  # today is shown on every home card
def _day(local: date, language: Language) -> str:
    return format_date(local, _DAY[language], locale=language.locale)


def calendar_day(on: date, language: Language) -> str:
    """A day of the calendar: `Apr 1, 2011`, `2011年4月1日`."""
    return _day(on, language)


def month_name(on: date, language: Language) -> str:
    """The month that a day lies in: `April 2011`, `2011年4月`."""
    return format_date(on, _MONTH[language], locale=language.locale)


def month_day(on: date, language: Language) -> str:
    """A day of the year without the year, for series of days: `Apr 1`, `4月1日`."""
    return format_date(on, _MONTH_DAY[language], locale=language.locale)


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """Date and time in the zone for spreadsheets: `2011-04-01 16:26`, the same in every language."""
    return f"{_local(at, zone):%Y-%m-%d %H:%M}"


def relative(at: datetime, now: datetime, language: Language) -> str:
    """How far off `at` is, in its largest unit and rounded: `in 3 days`, `2 hours ago`, `3 天后`, `now`.

    Both are aware, else ValueError. Under a minute is now.
    """
    distance = _aware(at) - _aware(now)
    if abs(distance) < timedelta(minutes=1):
        return _NOW[language]
    spoken = format_timedelta(distance, granularity="minute", add_direction=True, locale=language.locale)
    return _DIGIT_BEFORE_CHINESE.sub(" ", spoken)


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    return _aware(at).astimezone(zone)


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"a moment without its zone: {at.isoformat()}")
    return at
