"""What a trend chart tells, and the colours of the grounds it stands on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_POINTS = 92


class Theme(StrEnum):
    """On what ground the chart stands."""

    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Colors:
    """A theme's colours; each of text has 4.5:1 and more to the ground, lines 3:1."""

    ground: str
    ink: str
    soft: str
    grid: str
    zero: str
    gain: str
    loss: str


COLORS = {
    Theme.LIGHT: Colors("#FFFFFF", "#1D2330", "#596273", "#E4E8EF", "#98A2B3", "#0F7A6C", "#B93822"),
    Theme.DARK: Colors("#12161F", "#F1F4F9", "#A9B3C4", "#2A3241", "#6B778C", "#4FD1B8", "#FF8F78"),
}


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A value at its day or week; `shown` is written beside it where it isn't empty, as for the last and the peak."""

    label: str
    value: int
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A round value beside the chart and how it is written (`scale.round_ticks` finds the values)."""

    value: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFacts:
    """A trend in the reader's language: a title that says its finding, 1 to 92 points, ticks already written.

    Values may be negative, as on days of refunds.
    """

    title: str
    subtitle: str
    points: tuple[TrendPoint, ...]
    ticks: tuple[Tick, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.points) <= MOST_POINTS:
            raise ValueError(f"A trend has 1 to {MOST_POINTS} points, not {len(self.points)}.")
