"""The long-running parts of a program: one that fails ends the program with its error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager


class Tasks:
    """Tasks that live as long as the program."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()
        self._ends = asyncio.Event()
        self._error: BaseException | None = None

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Tasks]:
        """No tasks yet; those that still run at the end are cancelled and waited for."""
        tasks = cls()
        try:
            yield tasks
        finally:
            await tasks._cancel()

    def begin(self, work: Coroutine[object, object, None], name: str) -> asyncio.Task[None]:
        """Run some work beside the others."""
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def stop(self) -> None:
        """Let `ended` return."""
        self._ends.set()

    async def ended(self) -> None:
        """Wait until someone says stop. Raises what a task failed with, when one does before."""
        await self._ends.wait()
        if self._error is not None:
            raise self._error

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._error = self._error or error
            self._ends.set()

    async def _cancel(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
