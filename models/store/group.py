"""Group commit: many callers, one transaction, and nobody is answered before it is durable.

There is no timer. While one group is being written the next one gathers, so a lone caller waits for
one commit and a crowd shares it (libraries.md "clicks, events").
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Hands what gathered to `apply`, which returns one result an item, in the same order."""

    def __init__(self, apply: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]], *, most: int) -> None:
        self._apply = apply
        self._most = most
        self._gathered: list[tuple[Item, asyncio.Future[Result]]] = []
        self._writing: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """Join the next group. The future ends when the item is committed, or with the group's error."""
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._gathered.append((item, future))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_groups())
        return future

    async def _write_groups(self) -> None:
        try:
            while self._gathered:
                group, self._gathered = self._gathered[: self._most], self._gathered[self._most :]
                await self._write(group)
        finally:
            self._writing = None

    async def _write(self, group: Sequence[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._apply([item for item, _ in group])
        except Exception as error:  # every waiter of the group must hear of it
            for _, future in group:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), result in zip(group, results, strict=True):
            if not future.done():
                future.set_result(result)

    async def drain(self) -> None:
        """Wait until nothing is gathered or being written."""
        while self._writing is not None:
            await asyncio.shield(self._writing)
