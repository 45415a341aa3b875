"""Paints the link's code into its square and reads it back before the poster leaves."""

from __future__ import annotations

import io
from collections.abc import Callable

import structlog
import zxingcpp
from PIL import Image

from bot.media import qr
from bot.media.css import QrCss
from bot.media.errors import CodeUnreadableError, LinkTooLongError
from bot.media.profiles import Sheet

Reader = Callable[[bytes, str], bool]

_SHRUNK_PX = 480
"""Long side of a poster on a small screen: what a code must bear (design, chat 6)."""
_QUALITY = 75

log = structlog.get_logger(__name__)


def decodes(picture: bytes, expected: str) -> bool:
    """Whether an independent decoder reads exactly this text from the picture's code."""
    with Image.open(io.BytesIO(picture)) as opened:
        return _reads(opened.convert("L"), expected)


def _reads(picture: Image.Image, expected: str) -> bool:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return any(code.text == expected for code in found)


def place_code(canvas: Image.Image, css: QrCss, link: str, sheet: Sheet, reads: Reader = decodes) -> None:
    """Paint the link's code as large as its square allows; when `reads` can't read it back, larger.

    It is read as a phone's small picture shows it: shrunk with the whole poster, after JPEG.

    Raises:
        LinkTooLongError: the code would not scan in its square.
        CodeUnreadableError: no size in the square could be read back.
    """
    code = qr.encode(link, css.correction)
    smallest = qr.smallest_module(code, sheet.code_px)
    first = qr.largest_module(code, css.width, sheet.most_code_px)
    if first < smallest:
        raise LinkTooLongError(len(link))
    middle = (css.left + css.width // 2, css.top + css.width // 2)
    shrink = max(1, max(canvas.size) // _SHRUNK_PX)
    for module_px in range(first, max(first, qr.largest_module(code, css.max_width)) + 1):
        drawn = qr.draw(code, module_px)
        canvas.paste(drawn, (middle[0] - drawn.width // 2, middle[1] - drawn.height // 2))
        if reads(_shrunk(drawn, shrink), link):
            return
        log.warning("poster.code_unreadable", module_px=module_px, modules=code.modules)
    raise CodeUnreadableError(link)


def _shrunk(drawn: Image.Image, factor: int) -> bytes:
    out = io.BytesIO()
    drawn.convert("L").reduce(factor).save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
