"""What runs when: the one table. Times are UTC; what follows a merchant's zone decides so itself (D4)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from jobs.cases import find_cases
from jobs.closing import close_periods
from jobs.context import JobContext
from jobs.heat import measure
from jobs.parked import retry_parked
from jobs.payouts import give_up_waiting
from jobs.purge import purge
from jobs.refresh_cards import refresh_cards
from jobs.settlement import settle
from jobs.store_pictures import store_pictures
from jobs.verify import verify_books
from models.store.types import EPOCH


class CatchUp(StrEnum):
    """What is done at start-up about ticks that came while nobody was there (operations D3)."""

    ONCE = "once"
    """The latest missed tick runs, whatever the number missed."""
    NEVER = "never"
    """The next tick is soon enough."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job by its name, which is also its name in the database."""

    name: str
    every: timedelta
    run: Callable[[JobContext, datetime], Awaitable[None]]
    catch_up: CatchUp
    offset: timedelta = timedelta(0)
    """How long after midnight UTC (or the full minute) it is due."""

    @property
    def begins(self) -> datetime:
        """A time at which it was due once; all others are whole periods away."""
        return EPOCH + self.offset

    def due_at(self, now: datetime) -> datetime:
        """Its latest tick at or before `now`: the same for every process that asks."""
        return now - (now - self.begins) % self.every


MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
SCHEDULE: Final = (
    Job("release", MINUTE, settle, CatchUp.ONCE),
    Job("retry_parked", MINUTE, retry_parked, CatchUp.NEVER, offset=timedelta(seconds=30)),
    Job("refresh_cards", MINUTE, refresh_cards, CatchUp.ONCE, offset=timedelta(seconds=15)),
    Job("store_pictures", MINUTE, store_pictures, CatchUp.ONCE, offset=timedelta(seconds=45)),
    Job("payouts", MINUTE, give_up_waiting, CatchUp.ONCE, offset=timedelta(seconds=50)),
    Job("heat", 10 * MINUTE, measure, CatchUp.ONCE, offset=timedelta(seconds=20)),
    Job("cases", HOUR, find_cases, CatchUp.ONCE, offset=timedelta(minutes=7)),
    Job("close_periods", 10 * MINUTE, close_periods, CatchUp.ONCE, offset=timedelta(seconds=40)),
    Job("purge", DAY, purge, CatchUp.ONCE, offset=timedelta(hours=3, minutes=10)),
    Job("verify", DAY, verify_books, CatchUp.ONCE, offset=timedelta(hours=4, minutes=10)),
)
