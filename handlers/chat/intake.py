"""Chat updates on their way in: written down first, then handled, then marked (operations.md B4).

Updates of one chat are handled in their order, those of different chats side by side. Whatever was
written down and not marked when the process ended is handled at the next start.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog
from telegram import Bot, Update

from bot.clock import Clock
from models.errors import StoreBusy
from models.store.engine import Store
from models.store.group import GroupCommit
from models.store.updates import keep_updates, mark_handled, unhandled_updates

log = structlog.get_logger(__name__)

Handle = Callable[[Update], Awaitable[None]]
Pause = Callable[[float], Awaitable[None]]

ALLOWED: Final = (
    "message",
    "callback_query",
    "my_chat_member",
    "inline_query",
    "chosen_inline_result",
)
"""The kinds of updates that we ask the chat server for."""
AT_ONCE: Final = 64
RETRY_PAUSES: Final = (0.5, 2.0)
"""Seconds before the second and the third try of an update whose handler failed."""
BUSY_SECONDS: Final = 0.5
GRACE_SECONDS: Final = 5.0
_GROUP: Final = 200
_EVERYTHING: Final = 1_000_000


class Intake:
    """Keeps and handles the updates of one bot; `handle` answers a person, `pause` waits for some seconds."""

    def __init__(
        self,
        store: Store,
        bot: Bot,
        clock: Clock,
        handle: Handle,
        *,
        pause: Pause = asyncio.sleep,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._bot = bot
        self._bot_id = int(bot.token.partition(":")[0])
        self._clock = clock
        self._handle = handle
        self._pause = pause
        self._seats = asyncio.Semaphore(at_once)
        self._kept: GroupCommit[tuple[int, str], bool] = GroupCommit(self._keep_group, most=_GROUP)
        self._handled: GroupCommit[int, None] = GroupCommit(self._mark_group, most=_GROUP)
        self._chats: dict[int, deque[tuple[int, Update]]] = {}
        self._workers: set[asyncio.Task[None]] = set()

    @property
    def waiting(self) -> int:
        """How many updates wait for their turn, those being handled not counted."""
        return sum(len(updates) for updates in self._chats.values())

    async def resume(self) -> int:
        """Take up what an earlier process left behind; answers how much. To be called before anything new comes."""
        async with self._store.read() as session:
            left = await unhandled_updates(session, self._bot_id, _EVERYTHING)
        for key, content in left:
            self._take(key, content)
        return len(left)

    async def keep(self, updates: Sequence[tuple[int, str]]) -> None:
        """Write updates (id, JSON) down, then set them going; when this returns, the server may forget them.

        What is known already was taken up before and is not taken twice. Raises StoreBusy, with nothing lost:
        the server still has them.
        """
        kept = [self._kept.submit(update) for update in updates]
        await asyncio.gather(*kept, return_exceptions=True)
        for (key, content), future in zip(updates, kept, strict=True):
            # What was committed is taken up even when a later group failed: it will not be new again.
            if future.exception() is None and future.result():
                self._take(key, content)
        for future in kept:
            future.result()

    async def drain(self) -> None:
        """Wait until everything taken so far is handled and marked."""
        while self._workers:
            await asyncio.wait(set(self._workers))
        await self._handled.drain()

    async def stop(self) -> None:
        """Give what is being handled a moment to end; the rest is handled at the next start."""
        self._chats.clear()
        if self._workers:
            await asyncio.wait(set(self._workers), timeout=GRACE_SECONDS)
        for worker in list(self._workers):
            worker.cancel()
        await asyncio.gather(*self._workers, return_exceptions=True)
        await self._handled.drain()

    def _take(self, key: int, content: str) -> None:
        try:
            update = Update.de_json(json.loads(content), self._bot)
        except Exception:  # the library raises whatever a strange shape leads it to
            log.exception("an update can't be read; it is left out", update=key)
            self._spawn(self._mark(key))
            return
        chat = update.effective_chat or update.effective_user
        chat_id = chat.id if chat is not None else 0
        if chat_id in self._chats:
            self._chats[chat_id].append((key, update))
            return
        self._chats[chat_id] = deque([(key, update)])
        self._spawn(self._work(chat_id))

    def _spawn(self, work: Awaitable[None]) -> None:
        worker = asyncio.ensure_future(work)
        self._workers.add(worker)
        worker.add_done_callback(self._workers.discard)

    async def _work(self, chat_id: int) -> None:
        """Handle what waits in one chat, in its order, until nothing does."""
        while waiting := self._chats.get(chat_id):
            async with self._seats:
                key, update = waiting.popleft()
                await self._try(key, update)
                await self._mark(key)
        self._chats.pop(chat_id, None)

    async def _try(self, key: int, update: Update) -> None:
        """Handle an update, again when that fails; one that keeps failing must not block its chat."""
        for number, pause in enumerate((*RETRY_PAUSES, None), start=1):
            try:
                await self._handle(update)
            except Exception:  # a handler's fault must not stop the intake
                log.exception("an update could not be handled", update=key, tries=number)
            else:
                return
            if pause is not None:
                await self._pause(pause)
        log.error("an update is given up", update=key)

    async def _mark(self, key: int) -> None:
        try:
            await self._handled.submit(key)
        except Exception:  # unmarked, it is handled again at the next start; its chat goes on
            log.exception("a handled update could not be marked", update=key)

    async def _keep_group(self, updates: Sequence[tuple[int, str]]) -> list[bool]:
        fresh = await keep_updates(self._store, self._bot_id, updates, self._clock.now())
        seen: set[int] = set()
        new = []
        for key, _ in updates:
            new.append(key in fresh and key not in seen)
            seen.add(key)
        return new

    async def _mark_group(self, keys: Sequence[int]) -> list[None]:
        """The answers are out, so a busy store is waited for."""
        while True:
            try:
                await mark_handled(self._store, self._bot_id, keys, self._clock.now())
            except StoreBusy as error:
                log.warning("handled updates wait for the store", error=str(error))
                await self._pause(BUSY_SECONDS)
            else:
                return [None] * len(keys)
