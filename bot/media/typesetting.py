"""Sets a text view's words: a paragraph broken into lines, or a row that shrinks until it fits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.media.facts import Word
from bot.media.template import LetterCss, Span, TextCss, TextView
from bot.media.text import shorten, wrap
from bot.media.typefaces import Typefaces

_SHRINK_PERCENT = 60
"""How small the letters of a row that is too wide get before its optional words go."""
_SMALLEST_PERCENT = 24
"""How small the rest gets then: a part of a price must not be left out."""
_SHRINK_STEP = 4

Words = Mapping[Word, str]


@dataclass(frozen=True, slots=True)
class Box:
    """A box in pixels of the poster; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class PlacedText:
    """Letters on a baseline from a pen position; `box` is the place they take, with the pill behind them."""

    text: str
    x: int
    baseline: int
    size: int
    css: LetterCss
    box: Box


class Setter:
    """Sets one text view: a paragraph when it is one span, else a row."""

    def __init__(self, view: TextView, css: TextCss, words: Words, typefaces: Typefaces) -> None:
        self.view = view
        self.css = css
        self.words = words
        self.typefaces = typefaces
        self.spans = view.spans
        self.lines = self._paragraph() if len(view.spans) == 1 else ()
        self.height = css.line_height * max(1, len(self.lines))

    def placed(self, top: int) -> Iterator[PlacedText]:
        """The view's letters, its first line starting at `top`."""
        if len(self.spans) > 1:
            yield from self._row(top)
            return
        span = self.spans[0]
        for number, line in enumerate(self.lines):
            width = self._advance(line, span, span.css.font_size)
            line_top = top + number * self.css.line_height
            yield self._letters(line, span, span.css.font_size, (self._start(width), line_top))

    def _paragraph(self) -> tuple[str, ...]:
        span = self.spans[0]
        room = self.css.width - 2 * span.css.padding_x
        return wrap(
            self.words[span.bind],
            room,
            self.css.max_lines,
            lambda text: self._text_width(text, span, span.css.font_size),
        ).lines

    def _row(self, top: int) -> Iterator[PlacedText]:
        spans = [span for span in self.spans if self.words[span.bind]]
        while not (percent := self._fitting(spans, _SHRINK_PERCENT)) and any(s.optional for s in spans):
            spans.remove(next(span for span in reversed(spans) if span.optional))
        percent = percent or self._fitting(spans, _SMALLEST_PERCENT)
        if percent:
            yield from self._set_row(spans, percent, top)
        else:
            yield from self._cut(spans[0], top)

    def _fitting(self, spans: list[Span], smallest: int) -> int:
        """The largest percentage of the letters' size at which a row fits, 0 when none does."""
        steps = range(100, smallest - 1, -_SHRINK_STEP)
        return next((step for step in steps if self._row_width(spans, step) <= self.css.width), 0)

    def _cut(self, span: Span, top: int) -> Iterator[PlacedText]:
        size = span.css.font_size * _SMALLEST_PERCENT // 100
        room = self.css.width - 2 * span.css.padding_x
        text = shorten(self.words[span.bind], room, lambda text: self._text_width(text, span, size))
        yield self._letters(text, span, size, (self.css.left, top))

    def _row_width(self, spans: list[Span], percent: int) -> int:
        gaps = sum(span.gap for span in spans[1:])
        return gaps + sum(
            self._advance(self.words[span.bind], span, span.css.font_size * percent // 100) for span in spans
        )

    def _set_row(self, spans: list[Span], percent: int, top: int) -> Iterator[PlacedText]:
        x = self._start(self._row_width(spans, percent))
        for number, span in enumerate(spans):
            size = span.css.font_size * percent // 100
            x += span.gap if number else 0
            yield self._letters(self.words[span.bind], span, size, (x, top))
            x += self._advance(self.words[span.bind], span, size)

    def _start(self, width: int) -> int:
        spare = self.css.width - width
        return self.css.left + {"left": 0, "center": spare // 2, "right": spare}[self.css.text_align]

    def _text_width(self, text: str, span: Span, size: int) -> int:
        spacing = span.css.letter_spacing * len(text)
        return spacing + self.typefaces.width(text, span.css.font_weight, size)

    def _advance(self, text: str, span: Span, size: int) -> int:
        return self._text_width(text, span, size) + 2 * span.css.padding_x

    def _letters(self, text: str, span: Span, size: int, at: tuple[int, int]) -> PlacedText:
        x, top = at
        # Capitals of these fonts are 0.73 em tall, Chinese letters reach from 0.88 above to 0.12 below the
        # baseline: the row's largest letters sit in the middle of the line.
        largest = max(other.css.font_size for other in self.spans)
        baseline = top + (self.css.line_height + largest * 73 // 100) // 2 - span.rise
        rise = size * 88 // 100 + span.css.padding_y
        drop = size * 12 // 100 + span.css.padding_y
        box = Box(x, baseline - rise, x + self._advance(text, span, size), baseline + drop)
        return PlacedText(text, x + span.css.padding_x, baseline, size, span.css, box)
