"""A trend's line and the area under it, parted where it crosses zero: above is gain, below is loss."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

Place = tuple[float, float]
"""Pixels to the right and down."""
Stretch = tuple[bool, tuple[Place, ...]]
"""Whether it is a loss, and its points."""


def strokes(places: tuple[Place, ...], zero: float) -> Iterator[Stretch]:
    """The line in stretches that lie wholly at or above zero, or wholly below."""
    line = _with_crossings(places, zero)
    stretch: list[Place] = [line[0]]
    is_loss = any(y > zero for _, y in line[:2])
    for before, place in itertools.pairwise(line):
        below = max(before[1], place[1]) > zero
        if below is not is_loss and len(stretch) > 1:
            yield is_loss, tuple(stretch)
            stretch = [before]
        is_loss = below
        stretch.append(place)
    yield is_loss, tuple(stretch)


def areas(places: tuple[Place, ...], zero: float) -> Iterator[Stretch]:
    """Each stretch closed along the zero line; flat ones have no area."""
    for is_loss, line in strokes(places, zero):
        if any(y != zero for _, y in line):
            yield is_loss, ((line[0][0], zero), *line, (line[-1][0], zero))


def _with_crossings(places: tuple[Place, ...], zero: float) -> list[Place]:
    """The places with one more wherever the line goes through zero between two of them."""
    line = [places[0]]
    for (x1, y1), (x2, y2) in itertools.pairwise(places):
        if (y1 - zero) * (y2 - zero) < 0:
            share = (zero - y1) / (y2 - y1)
            line.append((round(x1 + share * (x2 - x1), 1), zero))
        line.append((x2, y2))
    return line
