"""Weeks, months and quarters of a merchant's zone (docs/plans.md, "What a period pays")."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.plans.rules import PeriodLength

CLOSES_AFTER = timedelta(hours=1)
"""How long after its end a period is closed."""


@dataclass(frozen=True, slots=True)
class Period:
    """`[begins, ends)` in UTC, and its name: `2026-11`, `2026-W48`, `2026-Q4`."""

    length: PeriodLength
    key: str
    begins: datetime
    ends: datetime

    def holds(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.begins <= moment < self.ends


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """When a day begins in a zone, in UTC; where clocks skip midnight, the moment at which they do."""
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day of a zone in which a moment lies."""
    return moment.astimezone(zone).date()


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """The month's name, `2026-11`."""
    return f"{day_of(moment, zone):%Y-%m}"


def period_of(length: PeriodLength, moment: datetime, zone: ZoneInfo) -> Period:
    """The period of a zone in which a moment lies."""
    return _period(length, day_of(moment, zone), zone)


def next_period(period: Period, zone: ZoneInfo) -> Period:
    """The period that begins where this one ends."""
    return period_of(period.length, period.ends, zone)


def read_period(key: str) -> tuple[PeriodLength, date]:
    """A period's length and first day, from its name (`Period.key`). Raises ValueError for anything else."""
    year, _, part = key.partition("-")
    if part.startswith("W"):
        return PeriodLength.WEEK, date.fromisocalendar(int(year), int(part[1:]), 1)
    if part.startswith("Q"):
        return PeriodLength.QUARTER, date(int(year), 3 * int(part[1:]) - 2, 1)
    return PeriodLength.MONTH, date(int(year), int(part), 1)


def _period(length: PeriodLength, day: date, zone: ZoneInfo) -> Period:
    if length is PeriodLength.WEEK:
        first = day - timedelta(days=day.weekday())
        year, week, _ = first.isocalendar()
        key, after = f"{year}-W{week:02}", first + timedelta(days=7)
    elif length is PeriodLength.MONTH:
        first = day.replace(day=1)
        key, after = f"{first:%Y-%m}", _months_later(first, 1)
    else:
        first = day.replace(month=day.month - (day.month - 1) % 3, day=1)
        key, after = f"{first.year}-Q{(first.month + 2) // 3}", _months_later(first, 3)
    return Period(length, key, midnight(first, zone), midnight(after, zone))


def _months_later(first: date, months: int) -> date:
    month = first.month - 1 + months
    return date(first.year + month // 12, month % 12 + 1, 1)
