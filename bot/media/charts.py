"""Trend charts: facts in, SVG out. The same SVG stands on a web page and, as a PNG, in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType

from bot.media.scale import Scale, value_scale
from bot.media.svg import FONT_FAMILIES, Attributes, element, letters, png
from bot.media.text import drawable, shorten, wrap
from bot.media.trend_line import Place, areas, strokes
from bot.media.trends import COLORS, Colors, Theme, Tick, TrendFacts, TrendPoint
from bot.media.typefaces import SHIPPED, Weight

__all__ = ["Theme", "Tick", "TrendFacts", "TrendPoint", "trend_png", "trend_svg"]

WIDTH, HEIGHT = 1080, 720

_MARGIN = 56
_TITLE_PX, _SUBTITLE_PX, _SMALL_PX, _SHOWN_PX = 42, 27, 25, 30
_TITLE_LINE = 54
_PLOT_BOTTOM = HEIGHT - 92
_GAP = 18
_TICK_ROOM, _SHOWN_ROOM = 240, 420
_MANY = 45
"""Points from which on a thinner line keeps them apart."""


def trend_png(facts: TrendFacts, theme: Theme) -> bytes:
    """The trend as a PNG of 1080 x 720 pixels."""
    return png(trend_svg(facts, theme))


def trend_svg(facts: TrendFacts, theme: Theme) -> str:
    """The trend as an SVG of 1080 x 720 units that refers to nothing outside itself."""
    chart = _Chart(facts, COLORS[theme])
    frame: Attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {WIDTH} {HEIGHT}",
        "width": WIDTH,
        "height": HEIGHT,
        "role": "img",
        "font-family": FONT_FAMILIES,
    }
    name = element("title", {}, letters(facts.title) or "—")
    ground = element("rect", {"width": WIDTH, "height": HEIGHT, "fill": chart.colors.ground})
    return element("svg", frame, name, ground, *chart.parts())


class _Chart:
    """One chart's geometry and its parts from back to front."""

    def __init__(self, facts: TrendFacts, colors: Colors) -> None:
        self.facts = facts
        self.colors = colors
        self.title = wrap(drawable(facts.title, SHIPPED), WIDTH - 2 * _MARGIN, 2, _bold_width).lines
        self.ticks = [
            (tick.value, shorten(_clean(tick.text), _TICK_ROOM, _small_width)) for tick in facts.ticks
        ]
        self.left = _MARGIN + max((_small_width(text) for _, text in self.ticks), default=0) + _GAP
        self.right = WIDTH - _MARGIN
        # Above the highest point there is room for what is written beside it.
        top = 60 + len(self.title) * _TITLE_LINE + (48 if facts.subtitle else 0) + 56
        values = [point.value for point in facts.points]
        # And below the lowest, which has its value under it.
        bottom = _PLOT_BOTTOM - (_SHOWN_PX + _GAP if min(values) < 0 else 0)
        self.rows = value_scale([*values, *(tick.value for tick in facts.ticks)], bottom, top)
        self.zero = self.rows.at(0)
        last = len(facts.points) - 1
        self.columns = Scale(0, max(1, last), self.left + _GAP, self.right - _GAP)
        self.places = tuple(
            (self.columns.at(number) if last else (self.left + self.right) / 2, self.rows.at(point.value))
            for number, point in enumerate(facts.points)
        )

    def parts(self) -> Iterator[str]:
        yield from self._heading()
        yield from self._ticks()
        yield from self._line()
        yield from self._labels()
        yield from self._shown()

    def _heading(self) -> Iterator[str]:
        y = 56 + _TITLE_PX * 3 // 4
        for line in self.title:
            fit = _fitted(_bold_width(line))
            yield self._text(line, _MARGIN, y, _TITLE_PX, self.colors.ink, weight=700, more=fit)
            y += _TITLE_LINE
        if self.facts.subtitle:
            line = shorten(_clean(self.facts.subtitle), WIDTH - 2 * _MARGIN, _subtitle_width)
            fit = _fitted(_subtitle_width(line))
            yield self._text(line, _MARGIN, y - 4, _SUBTITLE_PX, self.colors.soft, more=fit)

    def _ticks(self) -> Iterator[str]:
        for value, text in self.ticks:
            y = self.rows.at(value)
            yield self._rule(y, self.colors.grid)
            yield self._text(
                text, self.left - _GAP, y + _SMALL_PX * 0.36, _SMALL_PX, self.colors.soft, anchor="end"
            )
        yield self._rule(self.zero, self.colors.zero)

    def _rule(self, y: float, color: str) -> str:
        ends = {"x1": self.left, "x2": self.right, "y1": y, "y2": y}
        return element("line", {**ends, "stroke": color, "stroke-width": 2})

    def _line(self) -> Iterator[str]:
        if len(self.places) == 1:
            yield from self._stem(self.places[0])
            return
        for is_loss, outline in areas(self.places, self.zero):
            fill = self.colors.loss if is_loss else self.colors.gain
            yield element("polygon", {"points": _written(outline), "fill": fill, "fill-opacity": 0.16})
        for is_loss, line in strokes(self.places, self.zero):
            color = self.colors.loss if is_loss else self.colors.gain
            width = 5 if len(self.places) <= _MANY else 3
            look: Attributes = {"fill": "none", "stroke": color, "stroke-width": width}
            ends = {"stroke-linejoin": "round", "stroke-linecap": "round"}
            yield element("polyline", {"points": _written(line), **look, **ends})

    def _stem(self, place: Place) -> Iterator[str]:
        """One point alone has no line: a pillar shows how high it is."""
        x, y = place
        color = self.colors.loss if y > self.zero else self.colors.gain
        box = {"x": x - 40, "width": 80, "y": min(y, self.zero), "height": max(2, abs(y - self.zero))}
        yield element("rect", {**box, "fill": color, "fill-opacity": 0.16})
        yield self._dot(place)

    def _labels(self) -> Iterator[str]:
        """Labels below the chart: the first, the last, and as many between as have room."""
        texts = [shorten(_clean(point.label), _TICK_ROOM, _small_width) for point in self.facts.points]
        widest = max(_small_width(text) for text in texts)
        room = self.columns.at(1) - self.columns.at(0)
        every = max(1, -(-(widest + 2 * _GAP) // max(1, int(room))))
        last = len(texts) - 1
        for number in range(last, -1, -every):
            # Counted from the last, which everybody looks for; the first gives way when it has no room.
            x = self.places[number][0]
            half = _small_width(texts[number]) / 2
            x = min(max(x, _MARGIN / 2 + half), WIDTH - _MARGIN / 2 - half)
            yield self._text(
                texts[number], x, _PLOT_BOTTOM + 48, _SMALL_PX, self.colors.soft, anchor="middle"
            )

    def _shown(self) -> Iterator[str]:
        """Values written beside their points, the last first; what would meet one that stands is left out."""
        taken: list[tuple[float, float, float, float]] = []
        for number in range(len(self.facts.points) - 1, -1, -1):
            text = shorten(_clean(self.facts.points[number].shown), _SHOWN_ROOM, _shown_width)
            if not text:
                continue
            x, y = self.places[number]
            yield self._dot((x, y))
            half = _shown_width(text) / 2
            middle = min(max(x, self.left + half), self.right - half)
            baseline = y + _SHOWN_PX + 14 if y > self.zero else y - 22
            box = (middle - half - 8, baseline - _SHOWN_PX, middle + half + 8, baseline + 8)
            if any(_meet(box, other) for other in taken):
                continue
            taken.append(box)
            # A rim in the ground's colour keeps the letters apart from the line behind them.
            rim: Attributes = {
                "paint-order": "stroke",
                "stroke": self.colors.ground,
                "stroke-width": 8,
                "stroke-linejoin": "round",
            }
            yield self._text(
                text, middle, baseline, _SHOWN_PX, self.colors.ink, anchor="middle", weight=700, more=rim
            )

    def _dot(self, place: Place) -> str:
        x, y = place
        color = self.colors.loss if y > self.zero else self.colors.gain
        return element(
            "circle",
            {"cx": x, "cy": y, "r": 9, "fill": color, "stroke": self.colors.ground, "stroke-width": 4},
        )

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        color: str,
        *,
        anchor: str = "start",
        weight: int = 400,
        more: Attributes = MappingProxyType({}),
    ) -> str:
        place: Attributes = {"x": round(x, 1), "y": round(y, 1), "text-anchor": anchor}
        look: Attributes = {"font-size": size, "font-weight": weight, "fill": color}
        return element("text", {**place, **look, **more}, letters(text))


def _fitted(width: int) -> Attributes:
    """Holds a long line to its width, since a page without the shipped fonts may have wider ones."""
    if width * 4 < (WIDTH - 2 * _MARGIN) * 3:
        return {}
    return {"textLength": width, "lengthAdjust": "spacingAndGlyphs"}


def _written(line: tuple[Place, ...]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in line)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _clean(text: str) -> str:
    return drawable(text, SHIPPED)


def _bold_width(text: str) -> int:
    return SHIPPED.width(text, Weight.BOLD, _TITLE_PX)


def _subtitle_width(text: str) -> int:
    return SHIPPED.width(text, Weight.REGULAR, _SUBTITLE_PX)


def _small_width(text: str) -> int:
    return SHIPPED.width(text, Weight.REGULAR, _SMALL_PX)


def _shown_width(text: str) -> int:
    return SHIPPED.width(text, Weight.BOLD, _SHOWN_PX)
