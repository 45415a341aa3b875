"""The pen for product pictures: flat shapes, printed, shaded and lit, drawn large and reduced."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import cos, radians, sin

from PIL import Image, ImageDraw, ImageFilter

UNITS = 1200
"""Motifs draw on a square of this many units a side, whatever the picture's pixels."""
_SMOOTH = 2
_SHADE_ALPHA = 34
_LIGHT_ALPHA = 46

Point = tuple[float, float]
Motif = Callable[["Pen"], None]


class Pattern(StrEnum):
    """What a surface is printed with."""

    PLAIN = "plain"
    DOTS = "dots"
    STRIPES = "stripes"
    GINGHAM = "gingham"
    SPRIGS = "sprigs"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that go together: ground and the disc on it, two for the thing, a dark and a light."""

    ground: str
    disc: str
    main: str
    second: str
    dark: str
    light: str


PALETTES = (
    Palette("#F7E9E1", "#F2D5C8", "#C9503F", "#F0A88F", "#5B2A26", "#FFF8F2"),
    Palette("#E4EFEA", "#CBE0D8", "#2F7F73", "#8CC3B2", "#1E433E", "#FAFFFC"),
    Palette("#E8EDF6", "#D0DBEE", "#3D5F9F", "#9DB6E0", "#22345C", "#FAFCFF"),
    Palette("#FBF0D9", "#F6E0B0", "#D9902F", "#F3C97E", "#6A4317", "#FFFBF0"),
    Palette("#F3E8F0", "#E6D0E0", "#93517F", "#CF9DBF", "#4A2440", "#FFF9FD"),
    Palette("#EEF0E0", "#DDE2C0", "#7B8B3A", "#BCC87F", "#3F4720", "#FDFEF6"),
    Palette("#EFEAE4", "#DFD5C9", "#8A5A3C", "#C99E7C", "#402A1D", "#FFFBF7"),
    Palette("#E3F0F4", "#C6E2EA", "#2B8CA6", "#8ECBDA", "#17444F", "#F8FEFF"),
)


class Pen:
    """Draws in units of a 1200-unit square on the palette's ground with a large disc behind."""

    def __init__(self, palette: Palette, pattern: Pattern, side_px: int) -> None:
        self.palette = palette
        self.pattern = pattern
        self._side_px = side_px
        self._scale = side_px * _SMOOTH / UNITS
        self._canvas = Image.new("RGB", (side_px * _SMOOTH, side_px * _SMOOTH), palette.ground)
        self._draw = ImageDraw.Draw(self._canvas)
        self.oval(600, 590, 470, 470, palette.disc)

    def finished(self) -> Image.Image:
        """The picture at its size."""
        return self._canvas.resize((self._side_px, self._side_px), Image.Resampling.BOX)

    def oval(self, x: float, y: float, rx: float, ry: float, color: str) -> None:
        """A filled ellipse around a point."""
        self._draw.ellipse(self._px(x - rx, y - ry, x + rx, y + ry), fill=color)

    def box(
        self, left: float, top: float, right: float, bottom: float, color: str, *, radius: float = 0
    ) -> None:
        """A filled box with round corners."""
        edge = self._px(left, top, right, bottom)
        self._draw.rounded_rectangle(edge, radius * self._scale, fill=color)

    def shape(self, points: Iterable[Point], color: str) -> None:
        """A filled polygon."""
        self._draw.polygon(self._points(points), fill=color)

    def line(self, points: Sequence[Point], color: str, width: float) -> None:
        """A line with round joints and ends."""
        self._draw.line(self._points(points), fill=color, width=round(width * self._scale))
        for x, y in points:
            self.oval(x, y, width / 2, width / 2, color)

    def ring(self, x: float, y: float, rx: float, ry: float, *, color: str, width: float) -> None:
        """The outline of an ellipse."""
        edge = self._px(x - rx, y - ry, x + rx, y + ry)
        self._draw.ellipse(edge, outline=color, width=round(width * self._scale))

    def shadow(self, x: float, y: float, rx: float, ry: float) -> None:
        """A soft shadow on the ground."""
        reach = 60
        left, top, right, bottom = (
            round(v) for v in self._px(x - rx - reach, y - ry - reach, x + rx + reach, y + ry + reach)
        )
        mask = Image.new("L", (right - left, bottom - top))
        inset = reach * self._scale
        ImageDraw.Draw(mask).ellipse((inset, inset, mask.width - inset, mask.height - inset), fill=70)
        soft = mask.filter(ImageFilter.GaussianBlur(18 * self._scale / 2))
        self._canvas.paste(self.palette.dark, (left, top), soft)

    def body(self, points: Sequence[Point], color: str, print_color: str | None = None) -> None:
        """A surface: filled, printed with the pattern when a print colour is given, lit from the left."""
        corners = self._points(points)
        left, top = (int(min(c[axis] for c in corners)) for axis in (0, 1))
        right, bottom = (int(max(c[axis] for c in corners)) + 1 for axis in (0, 1))
        size = (right - left, bottom - top)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in corners], fill=255)
        surface = Image.new("RGB", size, color)
        if print_color is not None:
            _print(surface, self.pattern, print_color, self._scale)
        width, height = size
        _glaze(surface, (round(width * 0.72), 0, width, height), self.palette.dark, _SHADE_ALPHA)
        _glaze(
            surface, (round(width * 0.10), 0, round(width * 0.17), height), self.palette.light, _LIGHT_ALPHA
        )
        self._canvas.paste(surface, (left, top), mask)

    def _px(self, *values: float) -> tuple[float, float, float, float]:
        left, top, right, bottom = (value * self._scale for value in values)
        return left, top, right, bottom

    def _points(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]


def ellipse(x: float, y: float, rx: float, ry: float, arc: tuple[float, float] = (0, 360)) -> list[Point]:
    """Points of an elliptic arc between two angles, degrees clockwise from three o'clock."""
    steps = 72
    start, end = arc
    angles = (radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(x + rx * cos(angle), y + ry * sin(angle)) for angle in angles]


def curve(start: Point, pull: Point, push: Point, end: Point) -> list[Point]:
    """Points of a cubic Bézier curve."""
    steps = 40
    points = []
    for step in range(steps + 1):
        t = step / steps
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        knots = (start, pull, push, end)
        points.append(
            (
                sum(w * knot[0] for w, knot in zip(weights, knots, strict=True)),
                sum(w * knot[1] for w, knot in zip(weights, knots, strict=True)),
            )
        )
    return points


def rounded(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    """Points of a box with round corners."""
    return [
        *ellipse(right - radius, top + radius, radius, radius, (270, 360)),
        *ellipse(right - radius, bottom - radius, radius, radius, (0, 90)),
        *ellipse(left + radius, bottom - radius, radius, radius, (90, 180)),
        *ellipse(left + radius, top + radius, radius, radius, (180, 270)),
    ]


def heart(x: float, y: float, size: float) -> list[Point]:
    """Points of a heart, `size` from its dip to its tip."""
    s = size
    return [
        *curve(
            (x, y), (x + s * 0.28, y - s * 0.52), (x + s * 0.98, y - s * 0.22), (x + s * 0.60, y + s * 0.36)
        ),
        *curve(
            (x + s * 0.60, y + s * 0.36),
            (x + s * 0.42, y + s * 0.62),
            (x + s * 0.16, y + s * 0.80),
            (x, y + s),
        ),
        *curve(
            (x, y + s),
            (x - s * 0.16, y + s * 0.80),
            (x - s * 0.42, y + s * 0.62),
            (x - s * 0.60, y + s * 0.36),
        ),
        *curve(
            (x - s * 0.60, y + s * 0.36), (x - s * 0.98, y - s * 0.22), (x - s * 0.28, y - s * 0.52), (x, y)
        ),
    ]


def _glaze(surface: Image.Image, edge: tuple[int, int, int, int], color: str, alpha: int) -> None:
    surface.paste(color, edge, Image.new("L", (edge[2] - edge[0], edge[3] - edge[1]), alpha))


def _print(surface: Image.Image, pattern: Pattern, color: str, scale: float) -> None:
    pen = ImageDraw.Draw(surface)
    step = round(84 * scale)
    width, height = surface.size
    if pattern is Pattern.STRIPES:
        for x in range(0, width, step):
            pen.rectangle((x, 0, x + step // 2 - 1, height), fill=color)
    if pattern is Pattern.GINGHAM:
        half = step // 2
        for x in range(0, width, step):
            _glaze(surface, (x, 0, min(x + half, width), height), color, 120)
        for y in range(0, height, step):
            _glaze(surface, (0, y, width, min(y + half, height)), color, 120)
    if pattern in {Pattern.DOTS, Pattern.SPRIGS}:
        for row, y in enumerate(range(step // 2, height + step, step)):
            for x in range((row % 2) * step // 2, width + step, step):
                _spot(pen, pattern, (x, y), step, color)


def _spot(pen: ImageDraw.ImageDraw, pattern: Pattern, at: tuple[int, int], step: int, color: str) -> None:
    x, y = at
    dot = step * 22 // 100
    if pattern is Pattern.DOTS:
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), fill=color)
        return
    petal = step * 11 // 100
    for dx, dy in ((0, -petal), (petal, 0), (0, petal), (-petal, 0)):
        pen.ellipse((x + dx - petal, y + dy - petal, x + dx + petal, y + dy + petal), fill=color)
