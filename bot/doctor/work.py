"""What the worker does by itself: jobs tick, notices leave."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.doctor.check import Check, Group, Subject
from bot.doctor.patient import Patient
from bot.doctor.words import span
from jobs.schedule import SCHEDULE, Job
from models.store.outbox import NoticeRow, NoticeState
from models.store.ticks import Tick

WORKER = Subject(Group.WORK, "worker")
JOB = Subject(Group.WORK, "job")
OUTBOX = Subject(Group.WORK, "notices")

GRACE: Final = timedelta(minutes=5)
LONGEST_RUN: Final = timedelta(hours=1)
START: Final = "Is `tuike run` running with the worker role? Its log says more."


async def look(patient: Patient) -> list[Check]:
    """The last tick of each job, and the notice that waits the longest."""
    if patient.store is None:
        return []
    now = patient.clock.now()
    async with patient.store.read() as session:
        ticks = [(job, await _last(session, job)) for job in SCHEDULE]
        began = (await session.execute(select(func.min(col(Tick.taken_at))))).scalar_one()
        outbox = await _outbox(session, now)
    if began is None:
        return [WORKER.warned("It never ran on this store.", START), outbox]
    jobs = (_never(job, now - began) if tick is None else _job(job, tick, now) for job, tick in ticks)
    return [*jobs, outbox]


async def _last(session: AsyncSession, job: Job) -> Tick | None:
    statement = select(Tick).where(col(Tick.job) == job.name).order_by(col(Tick.due_at).desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


def _never(job: Job, since: timedelta) -> Check:
    """What it means that a job never ran, on a store where others did since so long."""
    subject = JOB.of(job.name)
    if since <= job.every + GRACE:
        return subject.passed("It was not due yet.")
    return subject.warned("It never ran on this store.", START)


def _job(job: Job, tick: Tick, now: datetime) -> Check:
    subject = JOB.of(job.name)
    if tick.due_at + job.every + GRACE < now:
        return subject.warned(
            f"It last ran {span(now - tick.taken_at)} ago, and is to run every {span(job.every)}: "
            "the worker seems to have stopped.",
            START,
        )
    if tick.error is not None:
        # Only the error's kind: its words may tell what a statement was given.
        kind = tick.error.partition(":")[0][:60]
        return subject.warned(f"Its last run failed ({kind}).", "The worker's log says why.")
    if tick.finished_at is None and tick.taken_at + LONGEST_RUN < now:
        return subject.warned(
            f"It began {span(now - tick.taken_at)} ago and has not ended.", "Start the worker again."
        )
    return subject.passed(f"It last ran {span(now - tick.taken_at)} ago.")


async def _outbox(session: AsyncSession, now: datetime) -> Check:
    statement = select(func.count(), func.min(col(NoticeRow.not_before))).where(
        col(NoticeRow.state).in_([NoticeState.QUEUED, NoticeState.SENDING]), col(NoticeRow.not_before) <= now
    )
    number, oldest = (await session.execute(statement)).one()
    if not number:
        return OUTBOX.passed("None waits to be sent.")
    waited = now - oldest
    if waited > GRACE:
        return OUTBOX.warned(
            f"Waiting to be sent: {number:,}, the oldest for {span(waited)}.",
            f"{START} Without BOT_TOKEN they wait for ever.",
        )
    return OUTBOX.passed(f"About to be sent: {number:,}.")
