"""The studio: posters and charts for async code, drawn in one process beside us, kept, never drawn twice at once."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import structlog

from bot.media.charts import Theme, TrendFacts, trend_png
from bot.media.comparisons import ComparisonFacts, comparison_png
from bot.media.facts import PosterFacts
from bot.media.forms import PosterForm
from bot.media.plan_flow import PlanFlow
from bot.media.plan_picture import plan_png
from bot.media.poster import render_poster
from bot.media.shelf import DiskShelf, MemoryShelf
from bot.media.template import DEFAULT_FAMILY, Profile, Template, shipped_template
from bot.media.typefaces import SHIPPED, Typefaces

ENGINE = 2
"""Part of every key: raised when the same facts come to look different, so that no old poster is served."""

Drawing = Callable[[], bytes]
"""What the drawing process is to do; it travels there, so it is made of functions and values alone."""

log = structlog.get_logger(__name__)


class PosterStudio:
    """Makes posters and charts. `folder` keeps posters over restarts; without it only memory does.

    The drawing process starts with the first picture that is not kept.
    """

    def __init__(
        self,
        template: Template | None = None,
        *,
        folder: Path | None = None,
        typefaces: Typefaces = SHIPPED,
        memory: MemoryShelf | None = None,
    ) -> None:
        self._template = template or shipped_template(DEFAULT_FAMILY, Profile.PORTRAIT_3X4)
        self._typefaces = typefaces
        self._memory = memory or MemoryShelf()
        self._disk = DiskShelf(folder) if folder is not None else None
        self._pool: ProcessPoolExecutor | None = None
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self.drawn = 0
        """Pictures drawn since the start; the rest came from memory, disk or a drawing under way."""

    async def poster(
        self, facts: PosterFacts, *, template: Template | None = None, form: PosterForm = PosterForm.JPEG
    ) -> bytes:
        """The poster as a file, by the studio's own template when none is named.

        The same poster asked for at once is drawn once. As JPEG, a sheet of A4 has half its size.

        Raises:
            LinkTooLongError, CodeUnreadableError: as `render_poster`.
        """
        chosen = template or self._template
        key = _key(
            f"poster|{form}|{chosen.model_dump_json()}|{self._typefaces.extra}|{facts!r}",
            facts.picture,
            facts.avatar,
        )
        work = partial(render_poster, chosen, facts, self._typefaces, form)
        return await self._kept_or_drawn(f"{key}.{form}", work, self._disk)

    async def chart(self, facts: TrendFacts, theme: Theme) -> bytes:
        """The trend as a PNG; kept in memory only, since tomorrow's is another.

        The same chart asked for at once is drawn once.
        """
        work = partial(trend_png, facts, theme)
        return await self._kept_or_drawn(f"{_key(f'chart|{theme}|{facts!r}')}.png", work, None)

    async def comparison(self, facts: ComparisonFacts, theme: Theme) -> bytes:
        """Two plans side by side as a PNG; kept in memory only."""
        work = partial(comparison_png, facts, theme)
        return await self._kept_or_drawn(f"{_key(f'comparison|{theme}|{facts!r}')}.png", work, None)

    async def plan(self, flow: PlanFlow, theme: Theme) -> bytes:
        """A plan's drawing as a PNG; kept in memory, since many readers share a level."""
        work = partial(plan_png, flow, theme)
        return await self._kept_or_drawn(f"{_key(f'plan|{theme}|{flow!r}')}.png", work, None)

    async def close(self) -> None:
        """Let drawings under way end, then stop the drawing process."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)

    async def _kept_or_drawn(self, key: str, work: Drawing, disk: DiskShelf | None) -> bytes:
        kept = self._memory.get(key)
        if kept is not None:
            return kept
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._find_or_draw(key, work, disk))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # One asker going away must not take the picture from the others.
        return await asyncio.shield(task)

    def _finished(self, key: str, task: asyncio.Task[bytes]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def _find_or_draw(self, key: str, work: Drawing, disk: DiskShelf | None) -> bytes:
        picture = await asyncio.to_thread(disk.get, key) if disk is not None else None
        if picture is None:
            picture = await self._draw(work)
            self.drawn += 1
            if disk is not None:
                await asyncio.to_thread(disk.put, key, picture)
        self._memory.put(key, picture)
        return picture

    async def _draw(self, work: Drawing) -> bytes:
        pool = self._running_pool()
        try:
            return await _draw_in(pool, work)
        except BrokenProcessPool:
            log.warning("posters.process_lost")
            # Another picture may have seen the loss first and started a new process already.
            if self._pool is pool:
                self._pool = None
            return await _draw_in(self._running_pool(), work)

    def _running_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_prepare_process)
        return self._pool


async def _draw_in(pool: ProcessPoolExecutor, work: Drawing) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(pool, work)


def _key(shown: str, *pictures: bytes | None) -> str:
    """A digest of everything that shows; each picture goes in with its length, so that none runs into the next."""
    digest = hashlib.blake2b(f"{ENGINE}|{shown}".encode("utf-8", "surrogatepass"), digest_size=20)
    for picture in pictures:
        digest.update(b"|none" if picture is None else b"|%d|" % len(picture) + picture)
    return digest.hexdigest()


def _prepare_process() -> None:
    """The parent decides when to stop, and standard output belongs to commands that print JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
