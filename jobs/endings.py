"""What came of notices, kept: their endings, committed in groups, and what those say of their readers."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.clock import Clock
from models.errors import StoreBusy
from models.people.persons import Person, mark_unreachable
from models.store.engine import Store
from models.store.group import GroupCommit
from models.store.outbox import Ending, NoticeState, settle_notices

log = structlog.get_logger(__name__)

Pause = Callable[[float], Awaitable[None]]

BUSY_SECONDS: Final = 0.5
GATHER_SECONDS: Final = 0.05
"""From one group to the next while more is under way: short, since what was sent and not yet kept when the
process dies is sent again; at full pace that is a notice or two."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """How a notice ended, what that says of its reader, and the reader's new chat where it moved."""

    ending: Ending
    unreachable: bool = False
    moved_to: int | None = None


class Endings:
    """Commits endings and counts those that counted; `under_way` says how many notices have yet to end or be kept."""

    def __init__(
        self, store: Store, clock: Clock, *, under_way: Callable[[], int], pause: Pause, most: int
    ) -> None:
        self.counts: Counter[NoticeState] = Counter()
        self._store = store
        self._clock = clock
        self._under_way = under_way
        self._pause = pause
        self._groups: GroupCommit[Attempt, bool] = GroupCommit(self._settle, most=most)
        self._settled_at = 0.0

    async def keep(self, attempt: Attempt) -> None:
        """Return when the ending is durable, or was refused since another sender has claimed the notice."""
        if await self._groups.submit(attempt):
            self.counts[attempt.ending.state] += 1
        else:
            log.warning("a notice had been claimed by another sender", notice=attempt.ending.notice.id)

    async def drain(self) -> None:
        """Wait until everything is kept."""
        await self._groups.drain()

    async def _settle(self, attempts: Sequence[Attempt]) -> list[bool]:
        """Commit these endings; a busy store is waited for, since the messages are out already."""
        await self._gather(attempts)
        while True:
            try:
                async with self._store.write() as session:
                    return await _keep(session, attempts, self._clock.now())
            except StoreBusy as error:
                log.warning("endings wait for the store", error=str(error))
                await self._pause(BUSY_SECONDS)

    async def _gather(self, attempts: Sequence[Attempt]) -> None:
        """Let the next group grow while this one waits, if anything else is on its way."""
        loop = asyncio.get_running_loop()
        if self._under_way() > len(attempts):
            await asyncio.sleep(self._settled_at + GATHER_SECONDS - loop.time())
        self._settled_at = loop.time()


async def _keep(session: AsyncSession, attempts: Sequence[Attempt], now: datetime) -> list[bool]:
    ours = await settle_notices(session, [attempt.ending for attempt in attempts])
    for attempt in attempts:
        person_id = attempt.ending.notice.person_id
        if attempt.moved_to is not None:
            await _readdress(session, person_id, attempt.moved_to)
        if attempt.unreachable:
            await mark_unreachable(session, person_id, now)
    return [attempt.ending.notice.id in ours for attempt in attempts]


async def _readdress(session: AsyncSession, person_id: int, chat_id: int) -> None:
    """Keep the chat's new number, unless somebody has it already."""
    other = aliased(Person)
    taken = exists(select(col(other.id)).where(col(other.chat_id) == chat_id))
    await session.execute(
        update(Person)
        .where(col(Person.id) == person_id, ~taken)
        .values(chat_id=chat_id)
        .execution_options(synchronize_session=False)
    )
