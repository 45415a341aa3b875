"""Masks of boxes with smooth round corners."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageDraw

_SMOOTH = 4


@lru_cache(maxsize=256)
def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask with smooth corners, full when the radius is 0."""
    if radius == 0:
        return Image.new("L", (width, height), 255)
    large = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    edge = (0, 0, width * _SMOOTH - 1, height * _SMOOTH - 1)
    ImageDraw.Draw(large).rounded_rectangle(edge, radius * _SMOOTH, fill=255)
    return large.resize((width, height), Image.Resampling.BOX)
