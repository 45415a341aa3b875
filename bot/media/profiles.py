"""What a poster is for: its size in pixels, the bands that stay free and how large its code must be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Profile(StrEnum):
    """The shapes of a poster (design, chat 6)."""

    PORTRAIT_3X4 = "3:4"
    STORY_9X16 = "9:16"
    SQUARE = "1:1"
    WIDE = "1.91:1"
    A4 = "A4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A profile's measures; `free_px` at top and bottom is covered by the apps that show stories.

    `code_px` is the least width of the code itself, without its quiet zone; `most_code_px` the largest, where
    there is one.
    """

    size: tuple[int, int]
    code_px: int
    most_code_px: int | None = None
    free_px: int = 0
    dpi: int = 144


_MM_A4 = 2480 / 210

SHEETS = {
    # The code takes at least 26 % of the width at 1080 pixels, and nowhere less than 22 % (design, chat 6).
    Profile.PORTRAIT_3X4: Sheet(size=(1080, 1440), code_px=281),
    Profile.STORY_9X16: Sheet(size=(1080, 1920), code_px=281, free_px=250),
    Profile.SQUARE: Sheet(size=(1080, 1080), code_px=281),
    Profile.WIDE: Sheet(size=(1200, 630), code_px=264),
    # 40 to 50 mm on paper: 22 % of the width are 46 mm.
    Profile.A4: Sheet(size=(2480, 3508), code_px=546, most_code_px=int(50 * _MM_A4), dpi=300),
}
