"""Paints placed letters: a whole line as one mask, with the pill behind it and the line through it."""

from __future__ import annotations

from itertools import accumulate

from PIL import Image

from bot.media.kept import Kept
from bot.media.plates import rounded
from bot.media.typefaces import Glyph, Typefaces, Weight, weight_of
from bot.media.typesetting import PlacedText

_LINE_BYTES = 8 * 1024 * 1024

LineKey = tuple[Typefaces, str, Weight, int, int]


def paint_text(canvas: Image.Image, piece: PlacedText, typefaces: Typefaces) -> None:
    """Paint a line where it was placed."""
    css, box = piece.css, piece.box
    if css.background is not None:
        pill = rounded(box.right - box.left, box.bottom - box.top, css.radius)
        canvas.paste(css.background, (box.left, box.top), pill)
    key = (typefaces, piece.text, css.font_weight, piece.size, css.letter_spacing)
    line = _LINES.get_or_make(key, lambda: _line(*key))
    if line.mask is not None:
        canvas.paste(css.color, (piece.x + line.left, piece.baseline + line.top), line.mask)
    if css.text_decoration == "line-through":
        middle = piece.baseline - piece.size * 36 // 100
        end = piece.x + line.advance
        canvas.paste(css.color, (piece.x, middle, end, middle + max(2, piece.size // 16)))


def _line(typefaces: Typefaces, text: str, weight: Weight, size: int, spacing: int) -> Glyph:
    """A whole line as one mask, since brands, hints and captions come again and again."""
    glyphs = [typefaces.glyph(character, weight, size) for character in text]
    pens = list(accumulate((glyph.advance + spacing for glyph in glyphs), initial=0))
    drawn = [
        (pen + glyph.left, glyph.top, glyph.mask)
        for pen, glyph in zip(pens, glyphs, strict=False)
        if glyph.mask
    ]
    if not drawn:
        return Glyph(None, 0, 0, pens[-1])
    left, top = min(x for x, _, _ in drawn), min(y for _, y, _ in drawn)
    right = max(x + mask.width for x, _, mask in drawn)
    bottom = max(y + mask.height for _, y, mask in drawn)
    line = Image.new("L", (right - left, bottom - top))
    for x, y, mask in drawn:
        line.paste(255, (x - left, y - top), mask)
    return Glyph(line, left, top, pens[-1])


_LINES: Kept[LineKey, Glyph] = Kept(_LINE_BYTES, weight_of)
