"""The clock: APScheduler says when, the database says who (operations D1, D2)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from jobs.context import JobContext
from jobs.schedule import SCHEDULE, CatchUp, Job
from models.store.ids import new_code
from models.store.ticks import claim_tick, finish_tick, last_tick

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 5.0


class JobClock:
    """Fires the jobs of a schedule in this process; of several processes one does each tick.

    `done` is called after each run, for there may be notices to send.
    """

    def __init__(
        self, context: JobContext, done: Callable[[], None], schedule: Sequence[Job] = SCHEDULE
    ) -> None:
        self.name = new_code(16)
        self._context = context
        self._done = done
        self._jobs = {job.name: job for job in schedule}
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._running: set[asyncio.Task[object]] = set()

    def start(self) -> None:
        """Begin to tick."""
        for job in self._jobs.values():
            self._scheduler.add_job(
                self.tick,
                IntervalTrigger(seconds=int(job.every.total_seconds()), start_date=job.begins, timezone=UTC),
                args=[job.name],
                id=job.name,
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
        self._scheduler.start()

    async def stop(self) -> None:
        """Tick no more and wait a moment for what runs; then it is cancelled and its transaction rolled back."""
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=GRACE_SECONDS)
        self._scheduler.shutdown(wait=False)

    async def catch_up(self) -> None:
        """Run once what was due while nobody was there, as each job wants it."""
        now = self._context.clock.now()
        for job in self._jobs.values():
            async with self._context.store.read() as session:
                last = await last_tick(session, job.name)
            if job.catch_up is CatchUp.ONCE and (last is None or last < job.due_at(now)):
                await self.fire(job.name, job.due_at(now))

    async def tick(self, name: str) -> None:
        """What the scheduler calls: the job's latest tick."""
        task = asyncio.current_task()
        assert task is not None  # we are in a coroutine
        self._running.add(task)
        try:
            await self.fire(name, self._jobs[name].due_at(self._context.clock.now()))
        except asyncio.CancelledError:  # by the scheduler's shutdown, which waits for nobody
            log.info("a tick was broken off", job=name)
        except Exception:  # most likely the store was busy: the next tick comes soon
            log.exception("a tick was lost", job=name)
        finally:
            self._running.discard(task)

    async def fire(self, name: str, due_at: datetime) -> bool:
        """Run one tick of a job, unless somebody took it before; answers whether it was ours.

        A job that fails, or whose name nobody knows any more, is reported and its tick keeps the reason.
        """
        context = self._context
        async with context.store.write() as session:
            if not await claim_tick(session, name, due_at, self.name, context.clock.now()):
                return False
        error = await self._run(name)
        async with context.store.write() as session:
            await finish_tick(session, name, due_at, context.clock.now(), error)
        self._done()
        return True

    async def _run(self, name: str) -> str | None:
        """Run the job; answers what went wrong."""
        job = self._jobs.get(name)
        if job is None:
            log.error("an unknown job was asked for; nothing was run", job=name)
            return f"there is no job {name!r}"
        try:
            await job.run(self._context, self._context.clock.now())
        except Exception as error:  # a job's fault must not stop the clock
            log.exception("a job failed", job=name)
            return f"{type(error).__name__}: {error}"
        return None
