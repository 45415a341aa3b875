"""The studio: posters for async code, drawn in one process beside us, kept, and never drawn twice at once."""

from __future__ import annotations

import asyncio
import hashlib
import signal
import sys
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path

import structlog

from bot.media.facts import PosterFacts
from bot.media.poster import render_poster
from bot.media.shelf import DiskShelf, MemoryShelf
from bot.media.template import Template, shipped_template
from bot.media.typefaces import SHIPPED, Typefaces

ENGINE = 1
"""Part of every key: raised when the same facts come to look different, so that no old poster is served."""

log = structlog.get_logger(__name__)


class PosterStudio:
    """Makes posters of one template. `folder` keeps them over restarts; without it only memory does.

    The drawing process starts with the first poster that is not kept.
    """

    def __init__(
        self,
        template: Template | None = None,
        *,
        folder: Path | None = None,
        typefaces: Typefaces = SHIPPED,
        memory: MemoryShelf | None = None,
    ) -> None:
        self._template = template or shipped_template("classic-3x4")
        self._typefaces = typefaces
        self._kind = f"{ENGINE}|{self._template.model_dump_json()}|{typefaces.extra}"
        self._memory = memory or MemoryShelf()
        self._disk = DiskShelf(folder) if folder is not None else None
        self._pool: ProcessPoolExecutor | None = None
        self._under_way: dict[str, asyncio.Task[bytes]] = {}
        self.drawn = 0
        """Posters drawn since the start; the rest came from memory, disk or a drawing under way."""

    async def poster(self, facts: PosterFacts) -> bytes:
        """The poster as JPEG; the same facts asked for at once are drawn once.

        Raises:
            LinkTooLongError, CodeUnreadableError: as `render_poster`.
        """
        key = self._key(facts)
        kept = self._memory.get(key)
        if kept is not None:
            return kept
        task = self._under_way.get(key)
        if task is None:
            task = asyncio.create_task(self._find_or_draw(key, facts))
            self._under_way[key] = task
            task.add_done_callback(lambda done: self._finished(key, done))
        # One asker going away must not take the poster from the others.
        return await asyncio.shield(task)

    async def close(self) -> None:
        """Let drawings under way end, then stop the drawing process."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)
        pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(pool.shutdown)

    def _key(self, facts: PosterFacts) -> str:
        digest = hashlib.blake2b(digest_size=20)
        digest.update(f"{self._kind}|{facts!r}|".encode("utf-8", "surrogatepass"))
        digest.update(b"none" if facts.picture is None else b"picture" + facts.picture)
        return digest.hexdigest()

    def _finished(self, key: str, task: asyncio.Task[bytes]) -> None:
        self._under_way.pop(key, None)
        if not task.cancelled():
            task.exception()

    async def _find_or_draw(self, key: str, facts: PosterFacts) -> bytes:
        poster = await asyncio.to_thread(self._disk.get, key) if self._disk is not None else None
        if poster is None:
            poster = await self._draw(facts)
            self.drawn += 1
            if self._disk is not None:
                await asyncio.to_thread(self._disk.put, key, poster)
        self._memory.put(key, poster)
        return poster

    async def _draw(self, facts: PosterFacts) -> bytes:
        pool = self._running_pool()
        try:
            return await self._draw_in(pool, facts)
        except BrokenProcessPool:
            log.warning("posters.process_lost")
            # Another poster may have seen the loss first and started a new process already.
            if self._pool is pool:
                self._pool = None
            return await self._draw_in(self._running_pool(), facts)

    def _running_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = get_context("spawn")
            self._pool = ProcessPoolExecutor(max_workers=1, mp_context=context, initializer=_prepare_process)
        return self._pool

    async def _draw_in(self, pool: ProcessPoolExecutor, facts: PosterFacts) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(pool, render_poster, self._template, facts, self._typefaces)


def _prepare_process() -> None:
    """The parent decides when to stop, and standard output belongs to commands that print JSON."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
