"""Jobs and notices under the doctor's eyes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.clock import SetClock
from jobs.schedule import SCHEDULE
from models.store.outbox import Notice, NoticeKind, queue_notices
from models.store.ticks import claim_tick
from tests.bot.doctor.ward import Findings, Ward, passed, ran, warned
from tests.builders import open_shop

MINUTES = timedelta(minutes=1)


async def seen_at(ward: Ward, moment: datetime) -> Findings:
    return await ward.examine(clock=SetClock(moment))


async def test_a_worker_that_never_ran(ward: Ward) -> None:
    seen = await ward.examine()

    assert warned(seen["worker"], "never ran on this store")
    assert passed(seen["notices"])


async def test_jobs_that_tick(ward: Ward, now: datetime) -> None:
    await ran(ward, now)

    seen = await seen_at(ward, now + timedelta(seconds=50))

    assert "worker" not in seen
    assert all(passed(seen[f"job {job.name}"]) for job in SCHEDULE)
    assert seen["job release"].sentence == "It last ran 50 seconds ago."


async def test_a_worker_that_stopped_is_seen_by_the_job_that_runs_most_often(
    ward: Ward, now: datetime
) -> None:
    await ran(ward, now)

    soon = await seen_at(ward, now + 5 * MINUTES)
    later = await seen_at(ward, now + 7 * MINUTES)
    much_later = await seen_at(ward, now + timedelta(days=2))

    assert passed(soon["job release"])
    assert warned(later["job release"], "seems to have stopped")
    assert "worker role" in str(later["job release"].fix)
    assert passed(later["job verify"])
    assert warned(much_later["job verify"], "2 days ago, and is to run every 1 day")


async def test_a_job_that_failed_is_told_without_its_words(ward: Ward, now: datetime) -> None:
    await ran(ward, now, error="IntegrityError: INSERT INTO person VALUES ('Mei')")

    seen = await seen_at(ward, now + MINUTES)

    assert warned(seen["job release"], "Its last run failed (IntegrityError).")


async def test_a_job_that_does_not_end(ward: Ward, now: datetime) -> None:
    await ran(ward, now, ended=False)

    soon = await seen_at(ward, now + MINUTES)
    later = await seen_at(ward, now + timedelta(hours=2))

    assert passed(soon["job verify"])
    assert warned(later["job verify"], "began 2 hours ago and has not ended")


async def test_a_job_that_never_ran_beside_others_that_did(ward: Ward, now: datetime) -> None:
    later = now + timedelta(hours=25)
    async with ward.store.write() as session:
        await claim_tick(session, "release", now, "worker", now)
    soon = await seen_at(ward, now + MINUTES)
    async with ward.store.write() as session:
        await claim_tick(session, "release", later, "worker", later)

    much_later = await seen_at(ward, later)

    assert passed(soon["job retry_parked"])
    assert passed(soon["job verify"])
    assert passed(much_later["job release"])
    assert warned(much_later["job verify"], "never ran")


@pytest.mark.parametrize(("minutes", "well"), [(0, True), (4, True), (6, False)])
async def test_notices_that_nobody_sends(ward: Ward, now: datetime, minutes: int, well: bool) -> None:
    shop = await open_shop(ward.store, now)
    person = await shop.person(7)
    waiting = [
        Notice(
            merchant_id=shop.merchant.id,
            person_id=person.id,
            key=f"k{number}",
            kind=NoticeKind.ORDER_PAID,
            not_before=now + timedelta(hours=number),
            created_at=now,
        )
        for number in range(2)
    ]
    async with ward.store.write() as session:
        await queue_notices(session, waiting)

    check = (await seen_at(ward, now + minutes * MINUTES))["notices"]

    if well:
        assert passed(check)
        assert check.sentence == "About to be sent: 1."
    else:
        assert warned(check, "Waiting to be sent: 1, the oldest for 6 minutes")
