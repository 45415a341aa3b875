"""Prints for plates: each pattern as a mask, drawn large and reduced, the same every time."""

from __future__ import annotations

import random
from collections.abc import Callable
from math import cos, pi, sin

from PIL import Image, ImageDraw

from bot.media.css import Pattern, PatternKind

_SMOOTH = 2
_FINE = 4
_RAYS = 20
_FULL = 255

Draw = Callable[[ImageDraw.ImageDraw, int, int], None]
"""Draws one tile, given the step and the size in its own pixels."""


def pattern_mask(pattern: Pattern, size: tuple[int, int]) -> Image.Image:
    """The print's mask for a plate of this size in pixels."""
    tile = _TILES.get(pattern.kind)
    if tile is not None:
        return _tiled(_drawn_tile(tile, pattern), size)
    large = Image.new("L", (size[0] * _SMOOTH, size[1] * _SMOOTH))
    pen = ImageDraw.Draw(large)
    if pattern.kind is PatternKind.RAYS:
        _rays(pen, large.size)
    else:
        _scatter(pen, large.size, pattern)
    return large.reduce(_SMOOTH)


def _drawn_tile(draw: Draw, pattern: Pattern) -> Image.Image:
    side = pattern.step * _FINE
    tile = Image.new("L", (side, side))
    draw(ImageDraw.Draw(tile), side, pattern.size * _FINE)
    return tile.reduce(_FINE)


def _tiled(tile: Image.Image, size: tuple[int, int]) -> Image.Image:
    mask = Image.new("L", size)
    for y in range(0, size[1], tile.height):
        for x in range(0, size[0], tile.width):
            mask.paste(tile, (x, y))
    return mask


def _dots(pen: ImageDraw.ImageDraw, step: int, size: int) -> None:
    """One in the middle and one at the corners, so that rows are offset."""
    for x, y in ((step / 2, step / 2), (0, 0), (step, 0), (0, step), (step, step)):
        pen.ellipse((x - size / 2, y - size / 2, x + size / 2, y + size / 2), fill=_FULL)


def _grid(pen: ImageDraw.ImageDraw, step: int, size: int) -> None:
    pen.rectangle((0, 0, step, size - 1), fill=_FULL)
    pen.rectangle((0, 0, size - 1, step), fill=_FULL)


def _lines(pen: ImageDraw.ImageDraw, step: int, size: int) -> None:
    pen.rectangle((0, 0, step, size - 1), fill=_FULL)


def _stripes(pen: ImageDraw.ImageDraw, step: int, size: int) -> None:
    """At 45 degrees; the second stripe goes on where the first leaves the tile."""
    for shift in (-step, 0, step):
        pen.polygon(
            [(shift, step), (shift + size, step), (shift + size + step, 0), (shift + step, 0)], fill=_FULL
        )


def _scallops(pen: ImageDraw.ImageDraw, step: int, size: int) -> None:
    """Rows of fish scales, each row over the one above it, shifted by half a scale; rows are a quarter apart."""
    radius = step // 2
    for row in range(-3, 6):
        y = row * step / 4 + radius
        for column in range(-1, 3):
            x = column * step + (row % 2) * step / 2
            for ring in range(3):
                reach = radius * (3 - ring) // 3
                edge = (x - reach, y - reach, x + reach, y + reach)
                pen.ellipse(edge, fill=0, outline=_FULL, width=size)


_TILES: dict[PatternKind, Draw] = {
    PatternKind.DOTS: _dots,
    PatternKind.GRID: _grid,
    PatternKind.LINES: _lines,
    PatternKind.STRIPES: _stripes,
    PatternKind.SCALLOPS: _scallops,
}


def _rays(pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    """Rays from the middle, as wide as the gaps between them."""
    x, y = size[0] / 2, size[1] / 2
    reach = size[0] + size[1]
    for ray in range(_RAYS):
        angles = (2 * pi * ray / _RAYS, 2 * pi * (ray + 0.5) / _RAYS)
        pen.polygon(
            [(x, y), *((x + reach * cos(angle), y + reach * sin(angle)) for angle in angles)], fill=_FULL
        )


def _scatter(pen: ImageDraw.ImageDraw, size: tuple[int, int], pattern: Pattern) -> None:
    """Stars or confetti, one in every square of a `step`, each somewhere in its square."""
    chance = random.Random(pattern.kind)  # noqa: S311 - figures, not secrets
    step = pattern.step * _SMOOTH
    for top in range(0, size[1], step):
        for left in range(0, size[0], step):
            at = (left + chance.random() * step, top + chance.random() * step)
            reach = pattern.size * _SMOOTH * (0.3 + 0.7 * chance.random()) / 2
            if pattern.kind is PatternKind.STARS:
                _star(pen, at, reach, points=4 if chance.random() < 0.4 else 0)
            else:
                _scrap(pen, at, reach, chance.random() * pi)


def _star(pen: ImageDraw.ImageDraw, at: tuple[float, float], reach: float, *, points: int) -> None:
    x, y = at
    if not points:
        dot = reach * 0.3
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=_FULL)
        return
    tips = [(reach if tip % 2 == 0 else reach * 0.2, pi * tip / points) for tip in range(2 * points)]
    pen.polygon([(x + far * cos(angle), y + far * sin(angle)) for far, angle in tips], fill=_FULL)


def _scrap(pen: ImageDraw.ImageDraw, at: tuple[float, float], reach: float, turn: float) -> None:
    x, y = at
    corners = ((1, 0.45), (-1, 0.45), (-1, -0.45), (1, -0.45))
    pen.polygon(
        [
            (x + reach * (a * cos(turn) - b * sin(turn)), y + reach * (a * sin(turn) + b * cos(turn)))
            for a, b in corners
        ],
        fill=_FULL,
    )
