"""The plan as a picture: an order flows from its buyer to all who get a share, then waits, then can be withdrawn.

Facts in, SVG out, as wide as a phone shows it and as tall as it needs to be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from bot.media.plan_flow import Part, PlanFlow, Row, Section, Share
from bot.media.svg import FONT_FAMILIES, Attributes, element, letters, png
from bot.media.text import drawable, shorten, wrap
from bot.media.trends import COLORS, Colors, Theme
from bot.media.typefaces import SHIPPED, Weight

WIDTH = 1080

_MARGIN = 56
_INNER = WIDTH - 2 * _MARGIN
_GAP = 24
_PAD = 24
_ROUND = 18
_TITLE, _SENTENCE, _LABEL, _AMOUNT, _NOTE, _HEADING = 44, 33, 29, 42, 27, 35
_BUYER_HIGH, _RIBBON_HIGH, _ARROW_HIGH = 104, 96, 64
_LINE = 1.36
_THINNEST = 4
"""A share of nearly nothing is still seen."""

_PART_COLORS = {
    Theme.LIGHT: {Part.YOU: "#0F7A6C", Part.SPONSOR: "#2B5FC0", Part.SHOP: "#7A8496"},
    Theme.DARK: {Part.YOU: "#4FD1B8", Part.SPONSOR: "#8DB2FF", Part.SHOP: "#8894A8"},
}


def plan_png(flow: PlanFlow, theme: Theme) -> bytes:
    """The drawing as a PNG, 1080 pixels wide."""
    return png(plan_svg(flow, theme))


def plan_svg(flow: PlanFlow, theme: Theme) -> str:
    """The drawing as an SVG that refers to nothing outside itself."""
    drawing = _Drawing(flow, theme)
    parts = list(drawing.parts())
    high = round(drawing.y + _MARGIN)
    frame: Attributes = {
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": f"0 0 {WIDTH} {high}",
        "width": WIDTH,
        "height": high,
        "role": "img",
        "font-family": FONT_FAMILIES,
    }
    name = element("title", {}, letters(flow.title) or "—")
    ground = element("rect", {"width": WIDTH, "height": high, "fill": drawing.colors.ground})
    return element("svg", frame, name, ground, *parts)


@dataclass(frozen=True, slots=True)
class _Box:
    """A place on the drawing, in pixels."""

    x: float
    y: float
    wide: float
    high: float

    @property
    def middle(self) -> float:
        return self.x + self.wide / 2

    @property
    def bottom(self) -> float:
        return self.y + self.high


class _Drawing:
    """Draws from top to bottom; `y` is where the next thing goes."""

    def __init__(self, flow: PlanFlow, theme: Theme) -> None:
        self.flow = flow
        self.colors: Colors = COLORS[theme]
        self.part_colors = _PART_COLORS[theme]
        self.y: float = _MARGIN

    def parts(self) -> Iterator[str]:
        yield from self._heading()
        yield from self._order()
        for section in self.flow.sections:
            yield from self._section(section)

    def _heading(self) -> Iterator[str]:
        yield from self._lines(self.flow.title, _MARGIN, _INNER, _TITLE, self.colors.ink, most=2, bold=True)
        self.y += 6
        for sentence in self.flow.sentences:
            yield from self._lines(sentence, _MARGIN, _INNER, _SENTENCE, self.colors.soft, most=4)
            self.y += 8
        self.y += 20

    def _order(self) -> Iterator[str]:
        buyer = _Box(_MARGIN, self.y, _INNER, _BUYER_HIGH)
        yield self._frame(buyer, self.colors.ink, 0.06)
        middle = buyer.y + buyer.high / 2
        paid = _clean(self.flow.paid)
        room = int(_INNER - 3 * _PAD - _wide(paid, _AMOUNT, bold=True))
        label = shorten(_clean(self.flow.buyer), room, partial(_wide, size=_LABEL + 3))
        yield self._text(label, buyer.x + _PAD, middle + 11, _LABEL + 3, self.colors.ink)
        yield self._text(
            paid, buyer.x + buyer.wide - _PAD, middle + 15, _AMOUNT, self.colors.ink, anchor="end", bold=True
        )
        self.y = buyer.bottom + _RIBBON_HIGH
        count = len(self.flow.shares)
        wide = (_INNER - _GAP * (count - 1)) / count
        texts = [self._share_lines(share, wide) for share in self.flow.shares]
        high = max(self._share_high(lines) for lines in texts)
        boxes = [_Box(_MARGIN + (wide + _GAP) * place, self.y, wide, high) for place in range(count)]
        yield from self._ribbons(buyer, boxes)
        for share, box, lines in zip(self.flow.shares, boxes, texts, strict=True):
            yield from self._share(share, box, lines)
        self.y += high
        yield from self._waiting(boxes[0])

    def _ribbons(self, buyer: _Box, boxes: list[_Box]) -> Iterator[str]:
        """What the buyer pays, parted as wide as each share is."""
        whole = max(self.flow.paid_minor, 1)
        spare = buyer.wide - _THINNEST * len(boxes)
        left = buyer.x
        for share, box in zip(self.flow.shares, boxes, strict=True):
            wide = _THINNEST + spare * share.minor / whole
            top, end, bend = buyer.bottom, box.y, (buyer.bottom + box.y) / 2
            right = left + wide
            path = (
                f"M{left:.1f},{top:.1f} C{left:.1f},{bend:.1f} {box.x:.1f},{bend:.1f} {box.x:.1f},{end:.1f} "
                f"L{box.x + box.wide:.1f},{end:.1f} C{box.x + box.wide:.1f},{bend:.1f} "
                f"{right:.1f},{bend:.1f} {right:.1f},{top:.1f} Z"
            )
            color = self.part_colors[share.part]
            yield element("path", {"d": path, "fill": color, "fill-opacity": 0.34})
            left = right

    def _share_lines(self, share: Share, wide: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
        room = int(wide - 2 * _PAD)
        label = wrap(_clean(share.label), room, 2, partial(_wide, size=_LABEL)).lines
        notes = (wrap(_clean(note), room, 2, partial(_wide, size=_NOTE)).lines for note in share.notes)
        return label, tuple(line for lines in notes for line in lines)

    def _share_high(self, lines: tuple[tuple[str, ...], tuple[str, ...]]) -> float:
        label, note = lines
        return 2 * _PAD + (len(label) * _LABEL + _AMOUNT + len(note) * _NOTE) * _LINE + 4

    def _share(
        self, share: Share, box: _Box, lines: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> Iterator[str]:
        color = self.part_colors[share.part]
        yield self._frame(box, color, 0.16, stroke=color, is_mine=share.part is Part.YOU)
        label, note = lines
        y = box.y + _PAD + _LABEL
        for line in label:
            yield self._text(line, box.middle, y, _LABEL, self.colors.ink, anchor="middle")
            y += _LABEL * _LINE
        amount = _clean(share.amount)
        size = _AMOUNT
        while size > _NOTE and _wide(amount, size, bold=True) > box.wide - 16:
            size -= 2
        y += _AMOUNT - _LABEL + 6
        yield self._text(amount, box.middle, y, size, self.colors.ink, anchor="middle", bold=True)
        y += _NOTE * _LINE + 6
        for line in note:
            yield self._text(line, box.middle, y, _NOTE, self.colors.soft, anchor="middle")
            y += _NOTE * _LINE

    def _waiting(self, mine: _Box) -> Iterator[str]:
        """From the reader's share to the hold, and from there to the release."""
        yield self._arrow(mine.middle, self.y + 4, mine.middle, self.y + _ARROW_HIGH - 4)
        self.y += _ARROW_HIGH
        between = 72
        wide = (_INNER - between) / 2
        steps = ((self.flow.hold, self.flow.hold_note), (self.flow.release, self.flow.release_note))
        room = int(wide - 2 * _PAD)
        texts = [
            (
                wrap(_clean(head), room, 2, partial(_wide, size=_LABEL, bold=True)).lines,
                wrap(_clean(note), room, 3, partial(_wide, size=_NOTE)).lines if note else (),
            )
            for head, note in steps
        ]
        high = max(2 * _PAD + (len(h) * _LABEL + len(n) * _NOTE) * _LINE - 6 for h, n in texts)
        for place, (head, note) in enumerate(texts):
            box = _Box(_MARGIN + (wide + between) * place, self.y, wide, high)
            color = self.part_colors[Part.YOU]
            yield self._frame(box, color, 0.08 if place == 0 else 0.16, stroke=color)
            y = box.y + _PAD + _LABEL - 3
            for line in head:
                yield self._text(line, box.x + _PAD, y, _LABEL, self.colors.ink, bold=True)
                y += _LABEL * _LINE
            for line in note:
                yield self._text(line, box.x + _PAD, y, _NOTE, self.colors.soft)
                y += _NOTE * _LINE
        center = self.y + high / 2
        yield self._arrow(_MARGIN + wide + 6, center, _MARGIN + wide + between - 6, center)
        self.y += high

    def _section(self, section: Section) -> Iterator[str]:
        self.y += 40
        yield from self._lines(section.heading, _MARGIN, _INNER, _HEADING, self.colors.ink, most=2, bold=True)
        self.y += 8
        for row in section.rows:
            yield from self._row(row)

    def _row(self, row: Row) -> Iterator[str]:
        value = shorten(_clean(row.value), _INNER * 3 // 5, partial(_wide, size=_LABEL + 2, bold=True))
        room = int(_INNER - 2 * _PAD - 20 - _wide(value, _LABEL + 2, bold=True))
        label = wrap(_clean(row.label), room, 2, partial(_wide, size=_LABEL, bold=row.is_mine)).lines
        note = (
            wrap(_clean(row.note), _INNER - 2 * _PAD, 2, partial(_wide, size=_NOTE)).lines if row.note else ()
        )
        high = 26 + (len(label) * _LABEL + len(note) * _NOTE) * _LINE
        box = _Box(_MARGIN, self.y, _INNER, high)
        if row.is_mine:
            color = self.part_colors[Part.YOU]
            yield self._frame(box, color, 0.16, stroke=color)
        y = self.y + 13 + _LABEL
        yield self._text(
            value, box.x + box.wide - _PAD, y, _LABEL + 2, self.colors.ink, anchor="end", bold=True
        )
        for line in label:
            yield self._text(line, box.x + _PAD, y, _LABEL, self.colors.ink, bold=row.is_mine)
            y += _LABEL * _LINE
        for line in note:
            yield self._text(line, box.x + _PAD, y, _NOTE, self.colors.soft)
            y += _NOTE * _LINE
        self.y += high
        if not row.is_mine:
            ends = {"x1": box.x, "x2": box.x + box.wide, "y1": self.y, "y2": self.y}
            yield element("line", {**ends, "stroke": self.colors.grid, "stroke-width": 2})

    def _lines(
        self, text: str, x: float, wide: int, size: int, color: str, *, most: int, bold: bool = False
    ) -> Iterator[str]:
        for line in wrap(_clean(text), wide, most, partial(_wide, size=size, bold=bold)).lines:
            yield self._text(line, x, self.y + size * 0.86, size, color, bold=bold)
            self.y += size * _LINE

    def _frame(
        self, box: _Box, color: str, opacity: float, *, stroke: str = "none", is_mine: bool = False
    ) -> str:
        place: Attributes = {"x": box.x, "y": box.y, "width": box.wide, "height": box.high, "rx": _ROUND}
        # The ground comes first, so that what flows in behind it does not shine through the words.
        under = element("rect", {**place, "fill": self.colors.ground})
        look: Attributes = {
            "fill": color,
            "fill-opacity": opacity,
            "stroke": stroke,
            "stroke-width": 5 if is_mine else 3,
        }
        return under + element("rect", {**place, **look})

    def _arrow(self, x1: float, y1: float, x2: float, y2: float) -> str:
        color = self.part_colors[Part.YOU]
        line = element("line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": color, "stroke-width": 5})
        down = x1 == x2
        tip = (
            f"{x2 - 13:.1f},{y2 - 16:.1f} {x2 + 13:.1f},{y2 - 16:.1f} {x2:.1f},{y2 + 4:.1f}"
            if down
            else f"{x2 - 16:.1f},{y2 - 13:.1f} {x2 - 16:.1f},{y2 + 13:.1f} {x2 + 4:.1f},{y2:.1f}"
        )
        return line + element("polygon", {"points": tip, "fill": color})

    def _text(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        color: str,
        *,
        anchor: str = "start",
        bold: bool = False,
    ) -> str:
        place: Attributes = {"x": round(x, 1), "y": round(y, 1), "text-anchor": anchor}
        look: Attributes = {"font-size": size, "font-weight": 700 if bold else 400, "fill": color}
        return element("text", {**place, **look}, letters(text))


def _clean(text: str) -> str:
    return drawable(text, SHIPPED)


def _wide(text: str, size: int, *, bold: bool = False) -> int:
    return SHIPPED.width(text, Weight.BOLD if bold else Weight.REGULAR, size)
