"""What can be made to go wrong: refusals, errors, lost answers and silence, by count or by share."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

EVERY_METHOD = "*"


class FaultKind(StrEnum):
    """How a request fails. `DROPPED` has its effect, then the connection ends without an answer."""

    FORBIDDEN = "forbidden"
    TOO_MANY = "too_many"
    SERVER_ERROR = "server_error"
    DROPPED = "dropped"
    HANG = "hang"


class Scope(StrEnum):
    """What a `TOO_MANY` closes: the chat that was written to, or the whole bot."""

    CHAT = "chat"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class Fault:
    """A plan to fail: the next `times` calls of a method, or a `share` of them chosen by `seed`."""

    kind: FaultKind
    method: str = EVERY_METHOD
    times: int | None = None
    share: float = 1.0
    seed: int = 0
    retry_after: int = 1
    scope: Scope = Scope.CHAT
    code: int = 502
    description: str = "Forbidden: bot was blocked by the user"
    chat_id: int | None = None


@dataclass(slots=True)
class _Planned:
    fault: Fault
    left: int | None
    dice: random.Random


@dataclass(slots=True)
class Faults:
    """The plans in force, in the order in which they were made."""

    released: asyncio.Event = field(default_factory=asyncio.Event)
    _plans: dict[int, _Planned] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def plan(self, fault: Fault) -> int:
        """Put a plan in force; the number takes it back."""
        number = next(self._ids)
        self._plans[number] = _Planned(fault, fault.times, random.Random(fault.seed))  # noqa: S311 - dice
        return number

    def cancel(self, number: int) -> None:
        """Take one plan back; hanging requests are let go."""
        self._plans.pop(number, None)
        self.release()

    def clear(self) -> None:
        """Take all plans back; hanging requests are let go."""
        self._plans.clear()
        self.release()

    def release(self) -> None:
        """Let hanging requests end."""
        self.released.set()
        self.released = asyncio.Event()

    def listed(self) -> dict[int, Fault]:
        """The plans in force by number."""
        return {number: planned.fault for number, planned in self._plans.items()}

    def strike(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that this call meets, if any."""
        for number, planned in list(self._plans.items()):
            fault = planned.fault
            if fault.method.lower() not in {EVERY_METHOD, method.lower()}:
                continue
            if fault.chat_id is not None and fault.chat_id != chat_id:
                continue
            if fault.share < 1.0 and planned.dice.random() >= fault.share:
                continue
            if planned.left is not None:
                planned.left -= 1
                if planned.left <= 0:
                    del self._plans[number]
            return fault
        return None
