"""The gateway's time: passed in, so that tests run on a clock of their own."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Seconds that only go forward."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        ...

    async def sleep_until(self, when: float) -> None:
        """Return at about `when`; who needs it exact looks at `monotonic()` again."""
        ...


class SystemClock:
    """The machine's clock."""

    def monotonic(self) -> float:
        """Seconds since an arbitrary start."""
        return time.monotonic()

    async def sleep_until(self, when: float) -> None:
        """Return at about `when`; who needs it exact looks at `monotonic()` again."""
        await asyncio.sleep(max(0.0, when - time.monotonic()))
