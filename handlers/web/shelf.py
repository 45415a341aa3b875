"""What the web side remembers for a moment, so that the hot paths read nothing.

In one process a change is told (`forget`); with several processes on one store, the others see it
when the memory runs out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from models.errors import NotFound
from models.funnel.destinations import Destination, destination
from models.people.merchants import Merchant, merchant_by_public_id
from models.store.engine import Store

Value = TypeVar("Value")
DESTINATION_SECONDS = 30.0
MERCHANT_SECONDS = 5.0
MOST_REMEMBERED = 200_000


class Shelf(Generic[Value]):
    """Remembers answers, `None` for "there is none" included, for some seconds each and not too many."""

    def __init__(self, read: Callable[[str], Awaitable[Value | None]], seconds: float) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: dict[str, tuple[float, Value | None]] = {}

    def at_hand(self, key: str) -> tuple[Value | None] | None:
        """The remembered answer in a one-tuple, or None when the store must be asked."""
        found = self._kept.get(key)
        if found is None or found[0] < asyncio.get_running_loop().time():
            return None
        return (found[1],)

    async def get(self, key: str) -> Value | None:
        """The answer, remembered or read."""
        near = self.at_hand(key)
        if near is not None:
            return near[0]
        value = await self._read(key)
        if len(self._kept) >= MOST_REMEMBERED:
            self._kept.clear()
        self._kept[key] = (asyncio.get_running_loop().time() + self._seconds, value)
        return value

    def forget(self) -> None:
        """Something changed: ask the store again."""
        self._kept.clear()


DestinationShelf = Shelf[Destination]
MerchantShelf = Shelf[Merchant]


def destination_shelf(store: Store) -> DestinationShelf:
    """Where codes lead."""

    async def read(code: str) -> Destination | None:
        async with store.read() as session:
            return await destination(session, code)

    return Shelf(read, DESTINATION_SECONDS)


def merchant_shelf(store: Store) -> MerchantShelf:
    """Merchants by their public id."""

    async def read(public_id: str) -> Merchant | None:
        async with store.read() as session:
            try:
                return await merchant_by_public_id(session, public_id)
            except NotFound:
                return None

    return Shelf(read, MERCHANT_SECONDS)
