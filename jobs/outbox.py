"""The sender: takes notices out of the outbox and sends them, at most one process a bot (operations C2 to C7).

Not a tick: it wakes when someone says that there is something to send, else looks each second. Notices
are claimed a windowful at a time, written together when they are claimed, and their endings are committed
in groups. So a letter tells what stood at most a window's sending before it leaves (WINDOW), and what was
sent and not yet recorded when the process dies, which goes out again, is at most what was under way.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.cards.card import Card
from bot.clock import Clock
from bot.gateway.errors import Migrated, Outcome, Refused, Then, TokenRefused
from bot.gateway.speed import Lane
from jobs.endings import Attempt, keep_endings
from jobs.letters import Letter, write_letters
from jobs.verdicts import dropped, ending, failed
from models.errors import StoreBusy
from models.store.deployment import drop_lease, hold_lease
from models.store.engine import Store
from models.store.group import GroupCommit
from models.store.ids import new_code
from models.store.outbox import (
    LEASE,
    Notice,
    NoticeState,
    any_due,
    claim_notices,
    extend_leases,
)

log = structlog.get_logger(__name__)

WINDOW: Final = 200
"""Notices claimed and not yet ended: seven seconds of sending at full pace."""
POLL_SECONDS: Final = 1.0
BEAT_SECONDS: Final = LEASE.total_seconds() / 4
BUSY_SECONDS: Final = 0.5
GATHER_SECONDS: Final = 0.05
"""From one group of endings to the next while more is under way: what a crash may send twice stays small."""
GRACE_SECONDS: Final = 5.0
HALT: Final = timedelta(minutes=1)
"""How long the lane rests after the server has refused the bot's token."""


class Courier(Protocol):
    """Brings a card to a chat; the gateway does."""

    async def send(self, chat_id: int, card: Card, *, lane: Lane) -> Outcome:
        """Send the card as a new message."""
        ...


Writer = Callable[[AsyncSession, Sequence[Notice]], Awaitable[Mapping[int, Letter]]]
"""Writes the notices' letters, by the notice's key; one that there is nothing to write for is left out."""
Pause = Callable[[float], Awaitable[None]]


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
        self.counts: Counter[NoticeState] = Counter()
        self._store = store
        self._courier = courier
        self._clock = clock
        self._lease = f"sender:{bot_id}"
        self._write = write
        self._pause = pause
        self._window = window
        self._under_way: dict[int, tuple[Notice, asyncio.Task[None]]] = {}
        self._endings: GroupCommit[Attempt, bool] = GroupCommit(self._settle, most=window)
        self._settled_at = 0.0
        self._woken = asyncio.Event()
        self._stopping = False
        self._halted_until = clock.now()

    @property
    def under_way(self) -> int:
        """How many notices are claimed and not yet ended."""
        return len(self._under_way)

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
            await self._end()

    def stop(self) -> None:
        """Claim nothing more; `run` ends soon."""
        self._stopping = True
        self.wake()

    async def drain(self) -> None:
        """Send what is due now and wait until it has ended."""
        while True:
            idle = not self._under_way
            if not await self.fill() and idle:
                return
            await asyncio.gather(*(task for _, task in self._under_way.values()))

    async def fill(self) -> int:
        """Claim what fits into the window and set it on its way; answers how much that was."""
        room, now = self._window - len(self._under_way), self._clock.now()
        if room < max(1, self._window // 2) or now < self._halted_until or not await self._anything_due():
            return 0
        busy = {notice.person_id for notice, _ in self._under_way.values()}
        async with self._store.write() as session:
            if not await hold_lease(session, self._lease, self.name, now, LEASE):
                return 0
            claimed = await claim_notices(session, self.name, now, room, busy=busy)
        if claimed:
            await self._dispatch(claimed)
        return len(claimed)

    async def beat(self) -> None:
        """Keep what is under way ours, however long it waits for its turn."""
        notices = [notice for notice, _ in self._under_way.values()]
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
                letters = await self._write(session, notices)
        except StoreBusy:
            raise
        except Exception as error:  # one card's fault must not hold up everybody's messages
            half = len(notices) // 2
            if half == 0:
                self._fail(notices[0], error)
                return
            await self._dispatch(notices[:half])
            await self._dispatch(notices[half:])
            return
        for notice in notices:
            self._start(notice, self._post(notice, letters.get(notice.id)))

    def _fail(self, notice: Notice, error: Exception) -> None:
        log.error("a notice can't be written", notice=notice.id, kind=notice.kind, exc_info=error)
        words = failed(notice, self._clock.now(), f"{type(error).__name__}: {error}")
        self._start(notice, self._finish(Attempt(words)))

    async def _post(self, notice: Notice, letter: Letter | None) -> None:
        if letter is not None:
            await self._deliver(notice, letter)
            return
        words = dropped(notice, self._clock.now(), "nobody to tell, or nothing left to tell of")
        await self._finish(Attempt(words))

    def _start(self, notice: Notice, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._carry(notice, work))
        self._under_way[notice.id] = (notice, task)

    async def _carry(self, notice: Notice, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # its lease runs out and it is claimed again
            log.exception("a notice was lost on its way", notice=notice.id)
        finally:
            del self._under_way[notice.id]
            if len(self._under_way) <= self._window // 2:
                self._woken.set()

    async def _deliver(self, notice: Notice, letter: Letter) -> None:
        outcome = await self._courier.send(letter.chat_id, letter.card, lane=Lane.NOTICE)
        moved_to = None
        if isinstance(outcome, Migrated):
            moved_to = outcome.new_chat_id
            outcome = await self._courier.send(moved_to, letter.card, lane=Lane.NOTICE)
        if isinstance(outcome, TokenRefused):
            self._halt()
        if isinstance(outcome, Refused):
            log.error(
                "a notice was refused", notice=notice.id, kind=notice.kind, description=outcome.description
            )
        end = ending(notice, outcome, self._clock.now(), random.random())  # noqa: S311 - spreads repeats
        await self._finish(Attempt(end, outcome.then is Then.DEACTIVATE, moved_to))

    def _halt(self) -> None:
        now = self._clock.now()
        if now >= self._halted_until:
            log.error("the chat server refuses the bot's token: notices wait; mend BOT_TOKEN and restart")
        self._halted_until = now + HALT

    async def _finish(self, attempt: Attempt) -> None:
        if await self._endings.submit(attempt):
            self.counts[attempt.ending.state] += 1
        else:
            log.warning("a notice had been claimed by another sender", notice=attempt.ending.notice.id)

    async def _settle(self, attempts: Sequence[Attempt]) -> list[bool]:
        """Commit these endings; a busy store is waited for, since the messages are out already."""
        await self._gather(attempts)
        while True:
            try:
                async with self._store.write() as session:
                    return await keep_endings(session, attempts, self._clock.now())
            except StoreBusy as error:
                log.warning("endings wait for the store", error=str(error))
                await self._pause(BUSY_SECONDS)

    async def _gather(self, attempts: Sequence[Attempt]) -> None:
        """Let the next group grow while this one waits, if anything else is on its way."""
        loop = asyncio.get_running_loop()
        if len(self._under_way) > len(attempts):
            await asyncio.sleep(self._settled_at + GATHER_SECONDS - loop.time())
        self._settled_at = loop.time()

    async def _end(self) -> None:
        tasks = [task for _, task in self._under_way.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._endings.drain()
        with suppress(StoreBusy):
            async with self._store.write() as session:
                await drop_lease(session, self._lease, self.name)
