"""Typefaces with fallback: which font draws which character, how wide it is, and its mask."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bot.media.fonts.coverage import characters

_FONTS = Path(__file__).parent / "fonts"


class Weight(StrEnum):
    """How heavy the strokes are."""

    REGULAR = "regular"
    BOLD = "bold"


_SHIPPED = {
    Weight.REGULAR: _FONTS / "NotoSansSC-Regular.otf",
    Weight.BOLD: _FONTS / "NotoSansSC-Bold.otf",
}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One drawn character: its mask, where the mask lies from pen and baseline, and the step to the next."""

    mask: Image.Image | None
    left: int
    top: int
    advance: int


@dataclass(frozen=True, slots=True)
class Typefaces:
    """The shipped fonts and, where they lack a glyph, one more font file (the setting `FONT_PATH`)."""

    extra: Path | None = None

    def can_draw(self, character: str) -> bool:
        """Whether some font here has a glyph for the character (both shipped weights cover the same)."""
        return self._font(character, Weight.REGULAR) is not None

    def glyph(self, character: str, weight: Weight, size: int) -> Glyph:
        """The character's mask at `size` pixels per em; a character no font has is empty and has no width."""
        path = self._font(character, weight)
        return _glyph(path, size, character) if path else Glyph(None, 0, 0, 0)

    def width(self, text: str, weight: Weight, size: int) -> int:
        """Pixels from the first pen position to the last."""
        return sum(self.glyph(character, weight, size).advance for character in text)

    def _font(self, character: str, weight: Weight) -> Path | None:
        code = ord(character)
        if code in characters(_SHIPPED[weight]):
            return _SHIPPED[weight]
        if self.extra is not None and code in characters(self.extra):
            return self.extra
        return None


SHIPPED = Typefaces()
"""What every installation has."""


@lru_cache(maxsize=64)
def _sized(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _glyph(path: Path, size: int, character: str) -> Glyph:
    font = _sized(path, size)
    left, top, right, bottom = (round(edge) for edge in font.getbbox(character, anchor="ls"))
    advance = round(font.getlength(character))
    if right <= left or bottom <= top:
        return Glyph(None, 0, 0, advance)
    mask = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(mask).text((-left, -top), character, fill=255, font=font, anchor="ls")
    return Glyph(mask, left, top, advance)
