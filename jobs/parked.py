"""Every minute: events that were parked for a passing failure are told again (operations B3)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import structlog

from jobs.context import JobContext
from models.people.merchants import lock_merchant
from models.sales import retry
from models.store.engine import Store
from models.store.inbox import (
    EventState,
    ReceivedEvent,
    due_retries,
    known_events,
    next_try,
    update_received,
)

log = structlog.get_logger(__name__)

MOST_TRIES: Final = 20
"""After so many tries (about four days) an event is left for staff to look at."""


async def retry_parked(context: JobContext, now: datetime) -> None:
    """Tell each due event in a transaction of its own; one that fails again waits longer and stops no other."""
    async with context.store.read() as session:
        due = await due_retries(session, now)
    for event in due:
        try:
            await _tell_again(context.store, event, now)
        except Exception as error:  # whatever it was, the event keeps its place and its content
            log.exception("a parked event failed again", event_id=event.event_id, merchant=event.merchant_id)
            await _put_back(context.store, event, f"{type(error).__name__}: {error}", now)


async def _tell_again(store: Store, due: ReceivedEvent, now: datetime) -> None:
    async with store.write() as session:
        merchant = await lock_merchant(session, due.merchant_id)
        # Read again under the lock: its order may have come meanwhile and woken it.
        event = (await known_events(session, merchant.id, [due.event_id]))[due.event_id]
        if event.state is EventState.PARKED:
            receipt = await retry(session, merchant, event, now)
            log.info("a parked event was told", event_id=event.event_id, status=receipt.status)


async def _put_back(store: Store, due: ReceivedEvent, cause: str, now: datetime) -> None:
    async with store.write() as session:
        merchant = await lock_merchant(session, due.merchant_id)
        event = (await known_events(session, merchant.id, [due.event_id]))[due.event_id]
        if event.state is not EventState.PARKED:
            return
        event.tries += 1
        event.detail = f"failed {event.tries} times: {cause}"
        event.next_try_at = next_try(event.tries, now) if event.tries < MOST_TRIES else None
        await update_received(session, [event])
