"""Claimed notices on their way: sent, judged, and off the list once their ending is kept."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.cards.card import Card
from bot.clock import Clock
from bot.gateway.errors import Migrated, Outcome, Refused, Then, TokenRefused, is_uneditable
from bot.gateway.speed import Lane
from jobs.endings import Attempt, Endings, Pause
from jobs.letters import Later, Letter
from jobs.verdicts import dropped, ending, failed, put_off
from models.store.engine import Store
from models.store.outbox import Notice

log = structlog.get_logger(__name__)

GRACE_SECONDS: Final = 5.0
HALT: Final = timedelta(minutes=1)
"""How long the lane rests after the server has refused the bot's token."""


class Courier(Protocol):
    """Brings a card to a chat; the gateway does."""

    async def send(self, chat_id: int, card: Card, *, lane: Lane) -> Outcome:
        """Send the card as a new message."""
        ...

    async def amend(self, chat_id: int, message_id: int, card: Card, *, lane: Lane) -> Outcome:
        """Make a message show the card, where it still can."""
        ...


class Delivery:
    """Everything claimed and not yet ended, each in a task of its own.

    `most` is how many that may be; `ended` is called after each that leaves.
    """

    def __init__(
        self,
        store: Store,
        courier: Courier,
        clock: Clock,
        *,
        pause: Pause,
        most: int,
        ended: Callable[[], None],
    ) -> None:
        self.endings = Endings(store, clock, under_way=lambda: len(self._tasks), pause=pause, most=most)
        self._courier = courier
        self._clock = clock
        self._ended = ended
        self._tasks: dict[int, tuple[Notice, asyncio.Task[None]]] = {}
        self._halted_until = clock.now()

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def notices(self) -> list[Notice]:
        """What is under way."""
        return [notice for notice, _ in self._tasks.values()]

    def is_halted(self, now: datetime) -> bool:
        """Whether the server has just refused the bot's token."""
        return now < self._halted_until

    def post(self, notice: Notice, letter: Letter | Later | None) -> None:
        """Set a notice on its way, or put it back for later; without a letter it ends here."""
        if isinstance(letter, Letter):
            self._start(notice, self._send(notice, letter))
            return
        if letter is not None:
            self._start(notice, self.endings.keep(Attempt(put_off(notice, letter.not_before))))
            return
        words = dropped(notice, self._clock.now(), "nobody to tell, or nothing left to tell of")
        self._start(notice, self.endings.keep(Attempt(words)))

    def fail(self, notice: Notice, error: Exception) -> None:
        """End a notice that can't be written."""
        log.error("a notice can't be written", notice=notice.id, kind=notice.kind, exc_info=error)
        words = failed(notice, self._clock.now(), f"{type(error).__name__}: {error}")
        self._start(notice, self.endings.keep(Attempt(words)))

    async def wait(self) -> None:
        """Wait until everything that is under way now has ended."""
        await asyncio.gather(*(task for _, task in self._tasks.values()))

    async def close(self) -> None:
        """Wait a moment for what is under way, leave the rest to its lease, and keep what has ended."""
        tasks = [task for _, task in self._tasks.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=GRACE_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.endings.drain()

    def _start(self, notice: Notice, work: Awaitable[None]) -> None:
        self._tasks[notice.id] = (notice, asyncio.ensure_future(self._carry(notice, work)))

    async def _carry(self, notice: Notice, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception:  # its lease runs out and it is claimed again
            log.exception("a notice was lost on its way", notice=notice.id)
        finally:
            del self._tasks[notice.id]
            self._ended()

    async def _send(self, notice: Notice, letter: Letter) -> None:
        outcome = await self._bring(letter.chat_id, letter)
        if letter.beside is not None and outcome.then is Then.DONE:
            # A courtesy beside the message that has just told of it: whatever becomes of it is not tried again.
            await self._courier.amend(letter.chat_id, *letter.beside, lane=Lane.NOTICE)
        moved_to = None
        if isinstance(outcome, Migrated):
            moved_to = outcome.new_chat_id
            outcome = await self._bring(moved_to, letter)
        if isinstance(outcome, TokenRefused):
            self._halt()
        if letter.into is not None and is_uneditable(outcome):
            await self.endings.keep(Attempt(dropped(notice, self._clock.now(), "the message is gone")))
            return
        if isinstance(outcome, Refused):
            log.error(
                "a notice was refused", notice=notice.id, kind=notice.kind, description=outcome.description
            )
        end = ending(notice, outcome, self._clock.now(), random.random())  # noqa: S311 - spreads repeats
        await self.endings.keep(Attempt(end, outcome.then is Then.DEACTIVATE, moved_to))

    async def _bring(self, chat_id: int, letter: Letter) -> Outcome:
        if letter.into is None:
            return await self._courier.send(chat_id, letter.card, lane=Lane.NOTICE)
        return await self._courier.amend(chat_id, letter.into, letter.card, lane=Lane.NOTICE)

    def _halt(self) -> None:
        now = self._clock.now()
        if not self.is_halted(now):
            log.error("the chat server refuses the bot's token: notices wait; mend BOT_TOKEN and restart")
        self._halted_until = now + HALT
