"""Weeks, months, quarters and days of a zone, as docs/plans.md names them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LENGTHS = ("week", "month", "quarter")
CLOSES_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Span:
    """One period: its length, its name, and its half-open time in UTC."""

    length: str
    name: str
    begins: datetime
    ends: datetime

    def has(self, moment: datetime) -> bool:
        return self.begins <= moment < self.ends


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def span_of(moment: datetime, length: str, zone: ZoneInfo) -> Span:
    day = local_day(moment, zone)
    if length == "week":
        first = day - timedelta(days=day.weekday())
        year, week, _ = first.isocalendar()
        return _span(length, f"{year}-W{week:02}", first, first + timedelta(days=7), zone)
    if length == "month":
        first = day.replace(day=1)
        return _span(length, f"{first:%Y-%m}", first, _months_on(first, 1), zone)
    quarter = (day.month - 1) // 3
    first = day.replace(month=quarter * 3 + 1, day=1)
    return _span(length, f"{first.year}-Q{quarter + 1}", first, _months_on(first, 3), zone)


def _months_on(first: date, months: int) -> date:
    passed = first.year * 12 + first.month - 1 + months
    return date(passed // 12, passed % 12 + 1, 1)


def _span(length: str, name: str, first: date, after: date, zone: ZoneInfo) -> Span:
    begins, ends = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, after))
    return Span(length, name, begins, ends)
