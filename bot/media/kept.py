"""Keeps what was made, within a number of bytes; the least used goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Kept(Generic[K, V]):
    """Values by key, up to `most_bytes` in all as `weigh` tells; a value heavier than that is not kept."""

    def __init__(self, most_bytes: int, weigh: Callable[[V], int]) -> None:
        self._most_bytes = most_bytes
        self._weigh = weigh
        self._values: OrderedDict[K, V] = OrderedDict()
        self.held_bytes = 0

    def get(self, key: K) -> V | None:
        """The value, which becomes the latest, or nothing."""
        value = self._values.get(key)
        if value is not None:
            self._values.move_to_end(key)
        return value

    def put(self, key: K, value: V) -> None:
        """Keep a value; the least used ones make room, unless it is so heavy that all would go for nothing."""
        before = self._values.pop(key, None)
        if before is not None:
            self.held_bytes -= self._weigh(before)
        weight = self._weigh(value)
        if weight > self._most_bytes:
            return
        self.held_bytes += weight
        self._values[key] = value
        while self.held_bytes > self._most_bytes:
            _, dropped = self._values.popitem(last=False)
            self.held_bytes -= self._weigh(dropped)

    def get_or_make(self, key: K, make: Callable[[], V]) -> V:
        """The value kept under the key, else a new one, kept from now on."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value
