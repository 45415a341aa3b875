"""From values to places on a chart, and the round values that are marked beside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values from `low` to `high` to pixels from `start` to `end`."""

    low: int
    high: int
    start: float
    end: float

    def at(self, value: float) -> float:
        """The pixel of a value, to a tenth."""
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 1)


def value_scale(values: Iterable[int], start: float, end: float) -> Scale:
    """A scale that holds zero and all values; one of nothing but zeros has them at its start."""
    low, high = _bounds(values)
    return Scale(low, high, start, end)


def round_ticks(values: Sequence[int]) -> tuple[int, ...]:
    """Round values from the lowest to the highest, zero among them, for callers to write as money or counts.

    Steps are 1, 2 or 5 times a power of ten, five of them at most; all zeros give zero alone.
    """
    low, high = min(0, *values, 0), max(0, *values, 0)
    if low == high:
        return (0,)
    step = next(step for step in _steps() if -(-high // step) + -(low // step) <= _MOST_STEPS)
    return tuple(range(low // step * step, -(-high // step) * step + 1, step))


def _steps() -> Iterable[int]:
    power = 1
    while True:
        yield from (power, 2 * power, 5 * power)
        power *= 10


def _bounds(values: Iterable[int]) -> tuple[int, int]:
    known = (0, *values)
    low, high = min(known), max(known)
    return (low, high) if high > low else (0, 1)
