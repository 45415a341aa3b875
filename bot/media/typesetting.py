"""Sets a text view's words: a paragraph broken into lines, or a row that shrinks until it fits.

A view with a disc puts it before the letters and stands in the middle of its height beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.media.css import DiscCss, LetterCss, TextCss
from bot.media.facts import Word
from bot.media.text import shorten, wrap
from bot.media.typefaces import Typefaces, Weight
from bot.media.views import Span, TextView

_SHRINK_PERCENT = 60
"""How small the letters of a row that is too wide get before its optional words go."""
_SMALLEST_PERCENT = 24
"""How small the rest gets then: a part of a price must not be left out."""
_SHRINK_STEP = 4
_INITIAL_PERCENT = 48
"""Size of an initial's letter, of its disc's."""

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


@dataclass(frozen=True, slots=True)
class PlacedDisc:
    """The sharer's disc, with the letter that stands on it while there is no avatar."""

    css: DiscCss
    box: Box
    letter: PlacedText | None


class Setter:
    """Sets one text view: a paragraph when it is one span, else a row. `disc` is the one to show, if any."""

    def __init__(
        self, view: TextView, css: TextCss, words: Words, typefaces: Typefaces, *, disc: DiscCss | None = None
    ) -> None:
        self.view = view
        self.css = css
        self.words = words
        self.typefaces = typefaces
        self.disc = disc
        self.spans = view.spans
        self.lead = disc.size + disc.gap if disc is not None else 0
        self.lines = self._paragraph() if len(view.spans) == 1 else ()
        text_height = css.line_height * max(1, len(self.lines))
        self.height = max(text_height, disc.size) if disc is not None else text_height
        self.text_top = (self.height - text_height) // 2

    def placed(self, top: int) -> Iterator[PlacedText | PlacedDisc]:
        """The view's letters and disc, their box starting at `top`."""
        if self.disc is not None:
            yield self._placed_disc(self.disc, top + (self.height - self.disc.size) // 2)
        if len(self.spans) > 1:
            yield from self._row(top + self.text_top)
            return
        span = self.spans[0]
        for number, line in enumerate(self.lines):
            width = self._advance(line, span, span.css.font_size)
            line_top = top + self.text_top + number * self.css.line_height
            # Beside a disc, lines start together.
            start = self._start(self._widest() if self.disc is not None else width)
            yield self._letters(line, span, span.css.font_size, (start, line_top))

    def _widest(self) -> int:
        span = self.spans[0]
        return max((self._advance(line, span, span.css.font_size) for line in self.lines), default=0)

    def _placed_disc(self, disc: DiscCss, top: int) -> PlacedDisc:
        # Alone, the disc takes its own place; before letters, the gap and the letters count too.
        width = self._widest() if self.lines else -disc.gap
        left = self._start(width) - self.lead
        box = Box(left, top, left + disc.size, top + disc.size)
        letter = self.words[Word.INITIAL]
        if not letter:
            return PlacedDisc(disc, box, None)
        size = disc.size * _INITIAL_PERCENT // 100
        css = LetterCss(font_size=size, font_weight=Weight.BOLD, color=disc.letter_color)
        advance = self.typefaces.width(letter, Weight.BOLD, size)
        at = (left + (disc.size - advance) // 2, top + (disc.size + size * 73 // 100) // 2)
        return PlacedDisc(disc, box, PlacedText(letter, *at, size, css, box))

    def _paragraph(self) -> tuple[str, ...]:
        span = self.spans[0]
        room = self.css.width - 2 * span.css.padding_x - self.lead
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
        spare = self.css.width - width - self.lead
        return (
            self.css.left + self.lead + {"left": 0, "center": spare // 2, "right": spare}[self.css.text_align]
        )

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
