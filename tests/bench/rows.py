"""One line of the bench's report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measure: `ratio` against its bare reference where there is one, `absolute` with its unit, its goal.

    `met` is None where a measure has no goal.
    """

    name: str
    ratio: float | None
    absolute: str
    goal: str
    met: bool | None = None
