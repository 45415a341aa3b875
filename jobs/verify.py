"""Every night: the books of every merchant are held against themselves (operations A9)."""

from __future__ import annotations

from datetime import datetime

import structlog

from jobs.context import JobContext
from models.money.verify import Finding, verify
from models.money.verify.stuck import find_stuck, find_stuck_ticks
from models.people.merchants import all_merchants

log = structlog.get_logger(__name__)


async def verify_books(context: JobContext, now: datetime) -> None:
    """Verify, log each finding by its row and show how many there are."""
    found: list[Finding] = []
    async with context.store.read() as session:
        merchants = await all_merchants(session)
        found.extend(await find_stuck_ticks(session, now))
    for merchant in merchants:
        async with context.store.read() as session:
            found.extend(await verify(session, merchant))
            found.extend(await find_stuck(session, merchant, now))
    for finding in found:
        log.error(
            "verification",
            kind=finding.kind,
            subject=finding.subject,
            name=finding.name,
            sentence=finding.sentence,
        )
    context.findings.set(len(found))
