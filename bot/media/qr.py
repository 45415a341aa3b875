"""QR codes drawn by us from the encoder's matrix: one bit a pixel, whole modules, quiet zone on white."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError

from bot.media.errors import LinkTooLongError

QUIET_MODULES = 4
"""Free modules around a code (ISO/IEC 18004)."""
SMALLEST_MODULE_PX = 6
"""Design, chat 6."""
_SMALLEST_VERSION = 3
"""Shorter links get this version too (29 modules), so that all codes of a shop look and measure alike."""
_MASK = 2
"""One mask for all codes: choosing the best costs five times as much and all of them decode."""


class Correction(StrEnum):
    """How much of a code may be lost: Q when something may cover it, M without (design, chat 6)."""

    M = "M"
    Q = "Q"


_LEVELS = {Correction.M: ERROR_CORRECT_M, Correction.Q: ERROR_CORRECT_Q}


@dataclass(frozen=True, slots=True)
class Code:
    """A code of `modules` by `modules`; `matrix` has a bit a module, with the quiet zone."""

    modules: int
    matrix: Image.Image

    @property
    def span(self) -> int:
        """Modules of one side with the quiet zone."""
        return self.modules + 2 * QUIET_MODULES


@lru_cache(maxsize=512)
def encode(text: str, correction: Correction = Correction.M) -> Code:
    """The code of a text.

    Raises:
        LinkTooLongError: no code version holds the text.
    """
    maker = qrcode.QRCode(
        version=_SMALLEST_VERSION,
        error_correction=_LEVELS[correction],
        border=QUIET_MODULES,
        mask_pattern=_MASK,
    )
    maker.add_data(text, optimize=0)
    try:
        maker.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise LinkTooLongError(len(text)) from error
    rows = maker.get_matrix()
    matrix = Image.new("1", (len(rows), len(rows)), 1)
    matrix.putdata([0 if dark else 255 for row in rows for dark in row])
    return Code(len(rows) - 2 * QUIET_MODULES, matrix)


def smallest_module(code: Code, code_px: int) -> int:
    """Pixels a module needs at least, where the code itself has to be `code_px` wide; never under six."""
    return max(SMALLEST_MODULE_PX, -(-code_px // code.modules))


def largest_module(code: Code, box_px: int, most_code_px: int | None = None) -> int:
    """Pixels of a module with which the code and its quiet zone fill a square box."""
    module_px = box_px // code.span
    return module_px if most_code_px is None else min(module_px, most_code_px // code.modules)


def draw(code: Code, module_px: int) -> Image.Image:
    """The code with its quiet zone, black on white, `module_px` pixels a module."""
    side = code.span * module_px
    return code.matrix.resize((side, side), Image.Resampling.NEAREST)
