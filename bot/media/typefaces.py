"""Typefaces with fallback: which font draws which character, how wide it is, and its mask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.media.fonts.coverage import characters
from bot.media.kept import Kept

_FONTS = Path(__file__).parent / "fonts"


class Weight(StrEnum):
    """How heavy the strokes are."""

    REGULAR = "regular"
    BOLD = "bold"


_SHIPPED = {
    Weight.REGULAR: _FONTS / "NotoSansSC-Regular.otf",
    Weight.BOLD: _FONTS / "NotoSansSC-Bold.otf",
}


_GLYPH_BYTES = 12 * 1024 * 1024
_GLYPH_OVERHEAD = 500
_EMOJI = _FONTS / "NotoEmoji-Medium.ttf"


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn character: its mask, where the mask lies from pen and baseline, and the step to the next."""

    mask: Image.Image | None
    left: int
    top: int
    advance: int


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The shipped letters, then one more font file (the setting `FONT_PATH`), then the shipped emoji."""

    extra: Path | None = None

    def can_draw(self, character: str) -> bool:
        """Whether some font here has a glyph for the character (both shipped weights cover the same)."""
        return self._font(character, Weight.REGULAR) is not None

    def glyph(self, character: str, weight: Weight, size: int) -> Glyph:
        """The character's mask at `size` pixels per em; a character no font has is empty and has no width."""
        path = self._font(character, weight)
        if path is None:
            return Glyph(None, 0, 0, 0)
        return _GLYPHS.get_or_make((path, size, character), lambda: _drawn(path, size, character))

    def width(self, text: str, weight: Weight, size: int) -> int:
        """Pixels from the first pen position to the last."""
        paths = ((self._font(character, weight), character) for character in text)
        return sum(_advance(path, size, character) for path, character in paths if path)

    def _font(self, character: str, weight: Weight) -> Path | None:
        code = ord(character)
        if code in characters(_SHIPPED[weight]):
            return _SHIPPED[weight]
        if self.extra is not None and code in characters(self.extra):
            return self.extra
        return _EMOJI if code in characters(_EMOJI) else None


SHIPPED = Typefaces()
"""What every installation has."""

FONT_FILES = (*_SHIPPED.values(), _EMOJI)
"""The shipped font files, for engines that set text themselves."""


@lru_cache(maxsize=64)
def _sized(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=16384)
def _advance(path: Path, size: int, character: str) -> int:
    return round(_sized(path, size).getlength(character))


def _drawn(path: Path, size: int, character: str) -> Glyph:
    font = _sized(path, size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(character, anchor="ls"))
    advance = _advance(path, size, character)
    if right <= left or bottom <= top:
        return Glyph(None, 0, 0, advance)
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), character, fill=255, font=font, anchor="ls")
    return Glyph(mask, left, top, advance)


def weight_of(glyph: Glyph) -> int:
    """Bytes that a glyph takes in memory, about."""
    return _GLYPH_OVERHEAD + (glyph.mask.width * glyph.mask.height if glyph.mask else 0)


_GLYPHS: Kept[tuple[Path, int, str], Glyph] = Kept(_GLYPH_BYTES, weight_of)
