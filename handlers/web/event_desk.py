"""Takes shop events in: gathered from all requests, told in groups, answered once they are committed (B1, B2)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.clock import Clock
from handlers.web.metrics import Metrics
from models.errors import StoreBusy
from models.funnel.events import Receipt, ShopEvent
from models.people.merchants import lock_merchant
from models.sales import park, receive
from models.store.deployment import ip_salt
from models.store.engine import Store
from models.store.group import GroupCommit

log = structlog.get_logger(__name__)
MOST_A_GROUP = 50
"""Events told in one transaction: enough to share its cost, few enough that nobody else waits long for it."""


@dataclass(frozen=True, slots=True)
class _Handed:
    merchant_id: int
    event: ShopEvent


class EventDesk:
    """One at a process; merchants share the groups, each merchant's events are one transaction."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._group: GroupCommit[_Handed, Receipt] = GroupCommit(self._tell, most=MOST_A_GROUP)
        self._salt: tuple[tuple[int, int], str] | None = None

    async def tell(self, merchant_id: int, events: Sequence[ShopEvent]) -> list[Receipt]:
        """Tell a merchant's events in their order; ends when all are committed. Raises StoreBusy."""
        handed = [self._group.submit(_Handed(merchant_id, event)) for event in events]
        answers = await asyncio.gather(*handed, return_exceptions=True)
        receipts = []
        for answer in answers:
            if isinstance(answer, BaseException):
                raise answer
            self._metrics.events[answer.status].inc()
            receipts.append(answer)
        return receipts

    async def salt(self) -> str:
        """The salt of this week's IP hashes."""
        now = self._clock.now()
        week = now.isocalendar()[:2]
        if self._salt is None or self._salt[0] != week:
            async with self._store.write() as session:
                self._salt = (week, await ip_salt(session, now))
        return self._salt[1]

    async def _tell(self, group: Sequence[_Handed]) -> Sequence[Receipt]:
        places: dict[int, list[int]] = defaultdict(list)
        for place, handed in enumerate(group):
            places[handed.merchant_id].append(place)
        receipts: dict[int, Receipt] = {}
        with self._metrics.event_seconds.time():
            for merchant_id, mine in places.items():
                told = await self._tell_merchant(merchant_id, [group[place].event for place in mine])
                receipts.update(zip(mine, told, strict=True))
        return [receipts[place] for place in range(len(group))]

    async def _tell_merchant(self, merchant_id: int, events: Sequence[ShopEvent]) -> Sequence[Receipt]:
        """All at once; when that fails for a reason of ours, one by one, and what fails alone is parked."""
        try:
            return await self._commit(merchant_id, events)
        except StoreBusy:
            raise
        except Exception as error:
            if len(events) == 1:
                log.exception("event_failed", merchant=merchant_id, event_type=events[0].what.type)
                return [await self._park(merchant_id, events[0], type(error).__name__, self._clock.now())]
            return [
                receipt for event in events for receipt in await self._tell_merchant(merchant_id, [event])
            ]

    async def _commit(self, merchant_id: int, events: Sequence[ShopEvent]) -> Sequence[Receipt]:
        async with self._store.write() as session:
            merchant = await lock_merchant(session, merchant_id)
            return await receive(session, merchant, events, self._clock.now())

    async def _park(self, merchant_id: int, event: ShopEvent, cause: str, now: datetime) -> Receipt:
        async with self._store.write() as session:
            merchant = await lock_merchant(session, merchant_id)
            return await park(session, merchant, event, cause, now)

    async def drain(self) -> None:
        """Wait until everything handed in is committed."""
        await self._group.drain()
