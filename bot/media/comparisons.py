"""Two plans side by side as bars: facts in, SVG out. The same SVG stands on a web page and, as a PNG, in the chat."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.media.svg import FONT_FAMILIES, Attributes, element, letters, png
from bot.media.text import drawable, shorten, wrap
from bot.media.trends import COLORS, Colors, Theme
from bot.media.typefaces import SHIPPED, Weight

WIDTH = 1080
_MARGIN, _GAP = 56, 14
_TITLE_PX, _TITLE_LINE, _SMALL_PX, _VALUE_PX = 42, 54, 25, 27
_BAR, _BETWEEN, _LABEL = 30, 34, 36
_VALUE_ROOM = 260
MOST_GROUPS = 12


@dataclass(frozen=True, slots=True)
class Bars:
    """One subject and what it comes to under both plans, as numbers and as they are written."""

    label: str
    before: int
    after: int
    before_text: str
    after_text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonFacts:
    """A comparison in the reader's language: a title that says its finding, names of both plans, 1 to 12 groups.

    Values may be below zero; their bars then have no length.
    """

    title: str
    subtitle: str
    before: str
    after: str
    groups: tuple[Bars, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.groups) <= MOST_GROUPS:
            raise ValueError(f"A comparison has 1 to {MOST_GROUPS} groups, not {len(self.groups)}.")


def comparison_png(facts: ComparisonFacts, theme: Theme) -> bytes:
    """The comparison as a PNG, 1080 pixels wide and as high as its groups need."""
    return png(comparison_svg(facts, theme))


def comparison_svg(facts: ComparisonFacts, theme: Theme) -> str:
    """The comparison as an SVG that refers to nothing outside itself."""
    drawn = _Drawing(facts, COLORS[theme])
    parts = list(drawn.parts())
    frame: Attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {WIDTH} {drawn.height}",
        "width": WIDTH,
        "height": drawn.height,
        "role": "img",
        "font-family": FONT_FAMILIES,
    }
    name = element("title", {}, letters(facts.title) or "—")
    ground = element("rect", {"width": WIDTH, "height": drawn.height, "fill": drawn.colors.ground})
    return element("svg", frame, name, ground, *parts)


class _Drawing:
    """The parts from top to bottom; `height` is known once all of them are drawn."""

    def __init__(self, facts: ComparisonFacts, colors: Colors) -> None:
        self.facts = facts
        self.colors = colors
        self.height = _MARGIN
        values = [value for group in facts.groups for value in (group.before, group.after)]
        self._most = max(*values, 1)

    def parts(self) -> Iterator[str]:
        """Heading, key, and two bars for each group."""
        for line in wrap(drawable(self.facts.title, SHIPPED), WIDTH - 2 * _MARGIN, 2, _bold_width).lines:
            self.height += _TITLE_PX
            yield self._text(line, _MARGIN, self.height, _TITLE_PX, self.colors.ink, weight=700)
            self.height += _TITLE_LINE - _TITLE_PX
        self.height += _SMALL_PX + 6
        subtitle = shorten(_clean(self.facts.subtitle), WIDTH - 2 * _MARGIN, _small_width)
        yield self._text(subtitle, _MARGIN, self.height, _SMALL_PX, self.colors.soft)
        yield from self._key()
        for group in self.facts.groups:
            yield from self._group(group)
        self.height += _MARGIN

    def _key(self) -> Iterator[str]:
        """Which colour is which plan; the names stand beside them, so that colour is not the only sign."""
        self.height += 50
        room = (WIDTH - 2 * _MARGIN) // 2
        for place, (name, color) in enumerate(self._plans()):
            x = _MARGIN + place * room
            yield element("rect", {"x": x, "y": self.height - 20, "width": 26, "height": 20, "fill": color})
            shown = shorten(_clean(name), room - 60, _small_width)
            yield self._text(shown, x + 26 + _GAP, self.height - 2, _SMALL_PX, self.colors.ink)
        self.height += 14

    def _plans(self) -> tuple[tuple[str, str], tuple[str, str]]:
        return (self.facts.before, self.colors.zero), (self.facts.after, self.colors.gain)

    def _group(self, group: Bars) -> Iterator[str]:
        self.height += _BETWEEN + _SMALL_PX
        label = shorten(_clean(group.label), WIDTH - 2 * _MARGIN, _small_width)
        yield self._text(label, _MARGIN, self.height, _SMALL_PX, self.colors.soft)
        self.height += _LABEL - _SMALL_PX
        values = ((group.before, group.before_text), (group.after, group.after_text))
        for (value, text), (_, color) in zip(values, self._plans(), strict=True):
            yield from self._bar(value, text, color)

    def _bar(self, value: int, text: str, color: str) -> Iterator[str]:
        room = WIDTH - 2 * _MARGIN - _VALUE_ROOM
        length = max(room * max(value, 0) // self._most, 2)
        yield element(
            "rect", {"x": _MARGIN, "y": self.height, "width": length, "height": _BAR, "fill": color}
        )
        shown = shorten(_clean(text), _VALUE_ROOM - _GAP, _value_width)
        yield self._text(
            shown, _MARGIN + length + _GAP, self.height + _BAR - 6, _VALUE_PX, self.colors.ink, weight=700
        )
        self.height += _BAR + 4

    def _text(self, text: str, x: int, y: int, size: int, color: str, *, weight: int = 400) -> str:
        place: Attributes = {"x": x, "y": y, "font-size": size, "font-weight": weight, "fill": color}
        return element("text", place, letters(text))


def _clean(text: str) -> str:
    return drawable(text, SHIPPED)


def _bold_width(text: str) -> int:
    return SHIPPED.width(text, Weight.BOLD, _TITLE_PX)


def _small_width(text: str) -> int:
    return SHIPPED.width(text, Weight.REGULAR, _SMALL_PX)


def _value_width(text: str) -> int:
    return SHIPPED.width(text, Weight.BOLD, _VALUE_PX)
