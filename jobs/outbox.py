"""The sender: takes notices out of the outbox and sends them, at most one process a bot (operations C2 to C7).

Not a tick: it wakes when someone says that there is something to send, else looks each second. Notices
are claimed a windowful at a time, written together when they are claimed, and their endings are committed
in groups. So a letter tells what stood at most a window's sending before it leaves (WINDOW), and what was
sent and not yet recorded when the process dies, which goes out again, is at most what was under way.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from jobs.delivery import Courier, Delivery
from jobs.endings import Pause
from jobs.letters import Later, Letter, write_letters
from models.errors import StoreBusy
from models.store.deployment import drop_lease, hold_lease
from models.store.engine import Store
from models.store.ids import new_code
from models.store.outbox import LEASE, Notice, NoticeState, any_due, claim_notices, extend_leases

log = structlog.get_logger(__name__)

WINDOW: Final = 200
"""Notices claimed and not yet ended: seven seconds of sending at full pace."""
POLL_SECONDS: Final = 1.0
BEAT_SECONDS: Final = LEASE.total_seconds() / 4

Writer = Callable[[AsyncSession, Sequence[Notice], datetime], Awaitable[Mapping[int, Letter | Later]]]
"""Writes the notices' letters of a moment, by the notice's key; one that there is nothing to write for is left out."""


class Sender:
    """Sends the notices of one bot token while it holds the token's lease.

    `name` is who claims: new at each start of the process, so that a process never takes a predecessor's
    claims for its own. `pause` waits for some seconds.
    """

    def __init__(
        self,
        store: Store,
        courier: Courier,
        clock: Clock,
        *,
        bot_id: int,
        write: Writer = write_letters,
        pause: Pause = asyncio.sleep,
        window: int = WINDOW,
    ) -> None:
        self.name = new_code(16)
        self._store = store
        self._clock = clock
        self._lease = f"sender:{bot_id}"
        self._write = write
        self._pause = pause
        self._window = window
        self._delivery = Delivery(store, courier, clock, pause=pause, most=window, ended=self._one_ended)
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def counts(self) -> Counter[NoticeState]:
        """How many notices this process has ended, by how."""
        return self._delivery.endings.counts

    def wake(self) -> None:
        """There may be something to send."""
        self._woken.set()

    async def run(self) -> None:
        """Send until stopped; then wait a moment for what is under way."""
        beats = asyncio.create_task(self._beats(), name="sender-heartbeat")
        try:
            while not self._stopping:
                self._woken.clear()
                if not await self._fill_calmly():
                    await self._rest()
        finally:
            beats.cancel()
            await self._delivery.close()
            with suppress(StoreBusy):
                async with self._store.write() as session:
                    await drop_lease(session, self._lease, self.name)

    def stop(self) -> None:
        """Claim nothing more; `run` ends soon."""
        self._stopping = True
        self.wake()

    async def drain(self) -> None:
        """Send what is due now and wait until it has ended."""
        while True:
            idle = not self._delivery
            if not await self.fill() and idle:
                return
            await self._delivery.wait()

    async def fill(self) -> int:
        """Claim what fits into the window and set it on its way; answers how much that was."""
        room, now = self._window - len(self._delivery), self._clock.now()
        if (
            room < max(1, self._window // 2)
            or self._delivery.is_halted(now)
            or not await self._anything_due()
        ):
            return 0
        busy = {notice.person_id for notice in self._delivery.notices}
        async with self._store.write() as session:
            if not await hold_lease(session, self._lease, self.name, now, LEASE):
                return 0
            claimed = await claim_notices(session, self.name, now, room, busy=busy)
        if claimed:
            await self._dispatch(claimed)
        return len(claimed)

    async def beat(self) -> None:
        """Keep what is under way ours, however long it waits for its turn."""
        notices = self._delivery.notices
        if not notices:
            return
        now = self._clock.now()
        async with self._store.write() as session:
            await hold_lease(session, self._lease, self.name, now, LEASE)
            await extend_leases(session, notices, now)

    async def _anything_due(self) -> bool:
        async with self._store.read() as session:
            return await any_due(session, self._clock.now())

    async def _fill_calmly(self) -> int:
        try:
            return await self.fill()
        except StoreBusy as error:
            log.warning("the outbox waits for the store", error=str(error))
            return 0

    async def _rest(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(POLL_SECONDS):
                await self._woken.wait()

    async def _beats(self) -> None:
        while True:
            await self._pause(BEAT_SECONDS)
            try:
                await self.beat()
            except StoreBusy as error:
                log.warning("the heartbeat missed the store", error=str(error))

    async def _dispatch(self, notices: Sequence[Notice]) -> None:
        """Write and send these; where that fails each half is tried, so that a bad one ends there alone."""
        try:
            async with self._store.read() as session:
                letters = await self._write(session, notices, self._clock.now())
        except StoreBusy:
            raise
        except Exception as error:  # one card's fault must not hold up everybody's messages
            half = len(notices) // 2
            if half == 0:
                self._delivery.fail(notices[0], error)
                return
            await self._dispatch(notices[:half])
            await self._dispatch(notices[half:])
            return
        for notice in notices:
            self._delivery.post(notice, letters.get(notice.id))

    def _one_ended(self) -> None:
        if len(self._delivery) <= self._window // 2:
            self.wake()
