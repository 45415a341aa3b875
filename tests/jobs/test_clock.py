"""Each tick is done once, by one process, whatever happened while nobody was there (operations D1 to D5)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from bot.clock import SetClock
from jobs.clock import JobClock
from jobs.context import JobContext
from jobs.schedule import DAY, MINUTE, SCHEDULE, CatchUp, Job
from models.store.engine import Store
from models.store.sql import table_of
from models.store.ticks import Tick


class Diary:
    """A job that writes down when it ran."""

    def __init__(self) -> None:
        self.ran: list[datetime] = []

    async def run(self, _: JobContext, now: datetime) -> None:
        self.ran.append(now)


def nothing() -> None:
    """There is no outbox to wake."""


def job(run: Callable[[JobContext, datetime], Awaitable[None]], *, catch_up: CatchUp = CatchUp.ONCE) -> Job:
    return Job("diary", MINUTE, run, catch_up)


async def ticks(store: Store) -> list[Tick]:
    table = table_of(Tick)
    async with store.read() as session:
        rows = await session.execute(select(table).order_by(table.c.due_at))
        return [Tick(**row._mapping) for row in rows]


async def test_four_workers_do_sixty_ticks_each_once(
    database_url: str, context: JobContext, now: datetime
) -> None:
    done: Counter[datetime] = Counter()
    stores = [Store(database_url) for _ in range(4)]

    async def work(store: Store) -> None:
        clock = SetClock(now)

        async def note(_: JobContext, at: datetime) -> None:
            done[at] += 1

        mine = JobClock(replace(context, store=store, clock=clock), nothing, [job(note)])
        for minute in range(60):
            clock.set(now + minute * MINUTE + timedelta(seconds=1))
            await mine.tick("diary")

    await asyncio.gather(*(work(store) for store in stores))
    for store in stores:
        await store.close()

    assert len(done) == 60
    assert set(done.values()) == {1}


async def test_without_the_claim_the_same_workers_would_do_a_tick_four_times(
    context: JobContext, now: datetime
) -> None:
    diary = Diary()
    workers = [JobClock(context, nothing, [job(diary.run)]) for _ in range(4)]

    for number, worker in enumerate(workers):
        await worker.fire("diary", now + timedelta(microseconds=number))

    assert len(diary.ran) == 4


@pytest.mark.parametrize(("catch_up", "runs"), [(CatchUp.ONCE, 1), (CatchUp.NEVER, 0)])
async def test_after_three_days_down_what_was_missed_is_made_up_for_once_or_not_at_all(
    context: JobContext, clock: SetClock, now: datetime, catch_up: CatchUp, runs: int
) -> None:
    diary = Diary()
    await JobClock(context, nothing, [job(Diary().run, catch_up=catch_up)]).fire("diary", now)

    clock.set(now + timedelta(days=3))
    await JobClock(context, nothing, [job(diary.run, catch_up=catch_up)]).catch_up()
    await JobClock(context, nothing, [job(diary.run, catch_up=catch_up)]).catch_up()

    assert len(diary.ran) == runs


async def test_a_restart_within_the_same_minute_makes_up_for_nothing(
    context: JobContext, clock: SetClock, now: datetime
) -> None:
    diary = Diary()
    await JobClock(context, nothing, [job(Diary().run)]).tick("diary")

    clock.set(now + timedelta(seconds=59))
    await JobClock(context, nothing, [job(diary.run)]).catch_up()

    assert diary.ran == []


async def test_a_job_that_takes_as_long_as_five_leases_runs_once(
    context: JobContext, clock: SetClock, now: datetime
) -> None:
    started, ending, runs = asyncio.Event(), asyncio.Event(), Counter[str]()

    async def long(_: JobContext, __: datetime) -> None:
        runs["long"] += 1
        started.set()
        await ending.wait()

    slow, other = (JobClock(context, nothing, [job(long)]) for _ in range(2))
    running = asyncio.create_task(slow.fire("diary", now))
    await started.wait()

    clock.set(now + timedelta(minutes=5))
    rescued = await other.fire("diary", now)
    ending.set()

    assert (await running, rescued, runs["long"]) == (True, False, 1)


async def test_a_job_that_fails_is_reported_and_its_tick_keeps_the_reason(
    context: JobContext, store: Store, now: datetime
) -> None:
    async def fail(_: JobContext, __: datetime) -> None:
        raise LookupError("the moon")

    with capture_logs() as logs:
        assert await JobClock(context, nothing, [job(fail)]).fire("diary", now)

    [tick] = await ticks(store)
    assert (tick.error, tick.finished_at) == ("LookupError: the moon", now)
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("a job failed", "error")]


async def test_a_job_that_nobody_knows_is_parked_with_its_name_and_reported(
    context: JobContext, store: Store, now: datetime
) -> None:
    with capture_logs() as logs:
        await JobClock(context, nothing, []).fire("retired", now)

    [tick] = await ticks(store)
    assert (tick.job, tick.error) == ("retired", "there is no job 'retired'")
    assert [entry["log_level"] for entry in logs] == ["error"]


async def test_the_outbox_is_woken_after_each_run(context: JobContext, now: datetime) -> None:
    woken: list[str] = []
    clock = JobClock(context, lambda: woken.append("woken"), [job(Diary().run)])

    await clock.fire("diary", now)
    await clock.fire("diary", now)

    assert woken == ["woken"]


def test_names_are_unique_and_fit_their_column() -> None:
    names = [each.name for each in SCHEDULE]
    assert len(set(names)) == len(names)
    assert all(len(name) <= 60 for name in names)


def test_every_process_finds_the_same_time_for_a_tick() -> None:
    by_name = {each.name: each for each in SCHEDULE}
    late = datetime(2026, 3, 4, 4, 10, 59, 999_999, tzinfo=UTC)

    assert by_name["release"].due_at(late) == datetime(2026, 3, 4, 4, 10, tzinfo=UTC)
    assert by_name["retry_parked"].due_at(late) == datetime(2026, 3, 4, 4, 10, 30, tzinfo=UTC)
    assert by_name["verify"].due_at(late) == datetime(2026, 3, 4, 4, 10, tzinfo=UTC)
    assert by_name["verify"].due_at(late - MINUTE) == datetime(2026, 3, 3, 4, 10, tzinfo=UTC)
    assert by_name["purge"].every == DAY


async def test_the_scheduler_starts_and_stops_with_the_shipped_table(context: JobContext) -> None:
    clock = JobClock(context, nothing)

    clock.start()
    await clock.stop()


async def test_the_scheduler_fires_by_itself(context: JobContext) -> None:
    ran = asyncio.Event()

    async def note(_: JobContext, __: datetime) -> None:
        ran.set()

    clock = JobClock(context, nothing, [Job("diary", timedelta(seconds=1), note, CatchUp.NEVER)])
    clock.start()
    async with asyncio.timeout(20):
        await ran.wait()
    await clock.stop()
