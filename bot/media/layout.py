"""Where everything on a poster goes: template and facts in, placed pieces out; no pixel is painted here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.media.facts import PosterFacts, Word
from bot.media.template import (
    ImageCss,
    ImageView,
    LetterCss,
    QrCss,
    QrView,
    RectCss,
    RectView,
    Span,
    Stack,
    Template,
    TextCss,
    TextView,
)
from bot.media.text import drawable, initial, shorten, wrap
from bot.media.typefaces import Typefaces

_SHRINK_STEPS = (100, 92, 84, 76, 68, 60)
"""Percentages at which a row that is too wide is tried before its last spans go."""

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
class PlacedRect:
    """A plate to paint."""

    css: RectCss


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """The product picture's box."""

    css: ImageCss


@dataclass(frozen=True, slots=True)
class PlacedCode:
    """The square for the code."""

    css: QrCss


Piece = PlacedText | PlacedRect | PlacedPicture | PlacedCode


def words_of(facts: PosterFacts, typefaces: Typefaces) -> Words:
    """The facts under the names that templates bind, each reduced to what can be drawn."""
    sharer = drawable(facts.sharer, typefaces)
    brand = drawable(facts.brand, typefaces)
    named = facts.recommendation if initial(sharer) else facts.recommendation_unnamed
    price = facts.price
    words = {
        Word.BRAND: brand,
        Word.BRAND_INITIAL: initial(brand),
        Word.AD_LABEL: facts.ad_label,
        Word.BADGE: facts.badge,
        Word.PRICE_BEFORE: price.before,
        Word.PRICE_WHOLE: price.whole,
        Word.PRICE_AFTER: price.after,
        Word.STRIKE: price.strike,
        Word.SAVING: price.saving,
        Word.TITLE: facts.title,
        Word.SELLING_POINT: facts.selling_point,
        Word.INITIAL: initial(sharer) or initial(brand),
        Word.RECOMMENDATION: named,
        Word.HINT: facts.hint,
        Word.CODE_CAPTION: facts.code_caption,
        Word.SHORT_CODE: facts.short_code,
        Word.DEADLINE: facts.deadline,
    }
    return {word: drawable(text, typefaces) for word, text in words.items()}


def lay_out(template: Template, facts: PosterFacts, typefaces: Typefaces) -> tuple[Piece, ...]:
    """Every piece of the poster in painting order. All words are drawable, broken and cut to their places."""
    words = words_of(facts, typefaces)
    tops = {
        id(view): top
        for stack in template.stacks
        for view, top in _stacked(stack, template, words, typefaces)
    }
    stacks = {stack.name: stack for stack in template.stacks}
    pieces: list[Piece] = []
    for view in template.views:
        match view:
            case RectView():
                if _shown(view, words):
                    pieces.append(PlacedRect(view.css))
            case ImageView():
                pieces.append(PlacedPicture(view.css))
            case QrView():
                pieces.append(PlacedCode(view.css))
            case TextView() if _shown(view, words):
                css = _in_stack(view, stacks[view.stack], tops[id(view)]) if view.stack else view.css
                pieces.extend(_Setter(view.spans, css, words, typefaces).placed())
    return tuple(pieces)


def _shown(view: RectView | TextView, words: Words) -> bool:
    if view.when is not None and not words[view.when]:
        return False
    return isinstance(view, RectView) or any(words[span.bind] for span in view.spans)


def _in_stack(view: TextView, stack: Stack, top: int) -> TextCss:
    return view.css.model_copy(update={"left": stack.left, "top": top, "width": stack.width})


def _stacked(
    stack: Stack, template: Template, words: Words, typefaces: Typefaces
) -> Iterator[tuple[TextView, int]]:
    """Each shown text of a stack with its top, the column placed as its `align` says."""
    views = [
        view
        for view in template.views
        if isinstance(view, TextView) and view.stack == stack.name and _shown(view, words)
    ]
    heights = [_Setter(v.spans, _in_stack(v, stack, 0), words, typefaces).height() for v in views]
    margins = [0 if number == 0 else view.css.margin_top for number, view in enumerate(views)]
    spare = max(0, stack.height - sum(heights) - sum(margins))
    top = stack.top + {"start": 0, "center": spare // 2, "end": spare}[stack.align]
    for view, height, margin in zip(views, heights, margins, strict=True):
        yield view, top + margin
        top += margin + height


@dataclass(frozen=True, slots=True)
class _Setter:
    """Sets one text view: a paragraph when it is one span, else a row."""

    spans: tuple[Span, ...]
    css: TextCss
    words: Words
    typefaces: Typefaces

    def height(self) -> int:
        return self.css.line_height * (len(self._paragraph()) if len(self.spans) == 1 else 1)

    def placed(self) -> Iterator[PlacedText]:
        if len(self.spans) > 1:
            yield from self._row()
            return
        span = self.spans[0]
        for number, line in enumerate(self._paragraph()):
            width = self._advance(line, span, span.css.font_size)
            yield self._letters(line, span, span.css.font_size, self._start(width), number)

    def _paragraph(self) -> tuple[str, ...]:
        span = self.spans[0]
        room = self.css.width - 2 * span.css.padding_x
        return wrap(
            self.words[span.bind],
            room,
            self.css.max_lines,
            lambda text: self._text_width(text, span, span.css.font_size),
        ).lines

    def _row(self) -> Iterator[PlacedText]:
        spans = [span for span in self.spans if self.words[span.bind]]
        while spans:
            for percent in _SHRINK_STEPS:
                if self._row_width(spans, percent) <= self.css.width:
                    yield from self._set_row(spans, percent)
                    return
            if len(spans) == 1:
                break
            spans.pop()
        yield from self._cut(spans[0])

    def _cut(self, span: Span) -> Iterator[PlacedText]:
        size = span.css.font_size * _SHRINK_STEPS[-1] // 100
        room = self.css.width - 2 * span.css.padding_x
        text = shorten(self.words[span.bind], room, lambda text: self._text_width(text, span, size))
        yield self._letters(text, span, size, self.css.left, 0)

    def _row_width(self, spans: list[Span], percent: int) -> int:
        gaps = sum(span.gap for span in spans[1:])
        return gaps + sum(
            self._advance(self.words[span.bind], span, span.css.font_size * percent // 100) for span in spans
        )

    def _set_row(self, spans: list[Span], percent: int) -> Iterator[PlacedText]:
        x = self._start(self._row_width(spans, percent))
        for number, span in enumerate(spans):
            size = span.css.font_size * percent // 100
            x += span.gap if number else 0
            yield self._letters(self.words[span.bind], span, size, x, 0)
            x += self._advance(self.words[span.bind], span, size)

    def _start(self, width: int) -> int:
        spare = self.css.width - width
        return self.css.left + {"left": 0, "center": spare // 2, "right": spare}[self.css.text_align]

    def _text_width(self, text: str, span: Span, size: int) -> int:
        spacing = span.css.letter_spacing * max(0, len(text) - 1)
        return spacing + self.typefaces.width(text, span.css.font_weight, size)

    def _advance(self, text: str, span: Span, size: int) -> int:
        return self._text_width(text, span, size) + 2 * span.css.padding_x

    def _letters(self, text: str, span: Span, size: int, x: int, line: int) -> PlacedText:
        top = self.css.top + line * self.css.line_height
        # Capitals of these fonts are 0.73 em tall, Chinese letters reach from 0.88 above to 0.12 below the
        # baseline: the row's largest letters sit in the middle of the line.
        largest = max(other.css.font_size for other in self.spans)
        baseline = top + (self.css.line_height + largest * 73 // 100) // 2 - span.rise
        rise = size * 88 // 100 + span.css.padding_y
        drop = size * 12 // 100 + span.css.padding_y
        box = Box(x, baseline - rise, x + self._advance(text, span, size), baseline + drop)
        return PlacedText(text, x + span.css.padding_x, baseline, size, span.css, box)
