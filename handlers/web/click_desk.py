"""Takes clicks in: committed before the answer, or spooled when the store keeps buyers waiting (F2)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from handlers.web.metrics import Metrics
from handlers.web.spool import Spool
from models.errors import StoreBusy
from models.funnel.clicks import NewClick, land_clicks
from models.store.engine import Store
from models.store.group import GroupCommit

log = structlog.get_logger(__name__)
PATIENCE_SECONDS = 0.05
"""A buyer waits no longer for the store than this."""
MOST_A_GROUP = 1_000
LAND_EVERY_SECONDS = 1.0


class ClickDesk:
    """One at a process. `land` ends when the click is safe, in the store or in the spool."""

    def __init__(self, store: Store, spool: Spool, metrics: Metrics) -> None:
        self._store = store
        self._spool = spool
        self._metrics = metrics
        self._group: GroupCommit[NewClick, None] = GroupCommit(self._commit, most=MOST_A_GROUP)
        self._young: list[tuple[NewClick, asyncio.Future[None]]] = []
        self._old: list[tuple[NewClick, asyncio.Future[None]]] = []
        self._watch: asyncio.TimerHandle | None = None
        self._landing: asyncio.Task[None] | None = None
        self._spilling: set[asyncio.Task[None]] = set()
        self._spool_turn = asyncio.Lock()

    def land(self, click: NewClick) -> asyncio.Future[None]:
        """Hand a click in; the future never fails: a click that can be kept nowhere is counted as lost."""
        future = self._group.submit(click)
        self._young.append((click, future))
        if self._watch is None:
            self._watch = asyncio.get_running_loop().call_later(PATIENCE_SECONDS / 2, self._look)
        return future

    async def _commit(self, clicks: Sequence[NewClick]) -> Sequence[None]:
        try:
            await land_clicks(self._store, clicks)
        except StoreBusy as busy:
            log.warning("clicks_spooled", count=len(clicks), cause=busy.cause)
            await self._keep(clicks)
        return [None] * len(clicks)

    def _look(self) -> None:
        """Two generations, so that one timer serves all clicks: none waits longer than its patience."""
        late = [(click, future) for click, future in self._old if not future.done()]
        if late:
            spilling = asyncio.get_running_loop().create_task(self._spill(late))
            self._spilling.add(spilling)
            spilling.add_done_callback(self._spilling.discard)
        self._old, self._young = self._young, []
        self._watch = None
        if self._old:
            self._watch = asyncio.get_running_loop().call_later(PATIENCE_SECONDS / 2, self._look)

    async def _spill(self, late: Sequence[tuple[NewClick, asyncio.Future[None]]]) -> None:
        await self._keep([click for click, _ in late])
        for _, future in late:
            if not future.done():
                future.set_result(None)

    async def _keep(self, clicks: Sequence[NewClick]) -> None:
        try:
            # In a thread: the disk that made the store slow would make the whole loop wait here.
            async with self._spool_turn:
                await asyncio.to_thread(self._spool.keep, clicks)
        except OSError:
            log.exception("clicks_lost", count=len(clicks))
            self._metrics.clicks_lost.inc(len(clicks))
        else:
            self._metrics.clicks_spooled.inc(len(clicks))

    async def start(self) -> None:
        """Land what an earlier life left in the spool, and whatever will wait there, every second."""
        self._landing = asyncio.create_task(self._land_spooled())

    async def _land_spooled(self) -> None:
        first = True
        while True:
            if first or not self._spool.is_empty:
                first = False
                try:
                    async with self._spool_turn:
                        self._spool.close()
                    landed = await self._spool.land(lambda clicks: land_clicks(self._store, clicks))
                except StoreBusy:
                    first = True
                else:
                    if landed:
                        log.info("spooled_clicks_landed", count=landed)
            await asyncio.sleep(LAND_EVERY_SECONDS)

    async def stop(self) -> None:
        """Commit what is on its way and let the spool go."""
        await self._group.drain()
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        await asyncio.gather(*self._spilling)
        if self._landing is not None:
            self._landing.cancel()
            await asyncio.gather(self._landing, return_exceptions=True)
        self._spool.close()
