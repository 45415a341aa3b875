"""Paints a poster: placed pieces in, JPEG out, its code read back before it leaves."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

import structlog
import zxingcpp
from PIL import Image, ImageFilter

from bot.media import qr
from bot.media.errors import CodeUnreadableError, LinkTooLongError
from bot.media.facts import PosterFacts
from bot.media.layout import PlacedCode, PlacedPicture, PlacedRect, lay_out
from bot.media.photo import paint_picture
from bot.media.plates import rounded
from bot.media.template import QrCss, RectCss, RectView, Template
from bot.media.typefaces import SHIPPED, Glyph, Typefaces, Weight
from bot.media.typesetting import PlacedText

JPEG_QUALITY = 85

Reader = Callable[[bytes, str], bool]

log = structlog.get_logger(__name__)


def render_poster(template: Template, facts: PosterFacts, typefaces: Typefaces = SHIPPED) -> bytes:
    """A poster as JPEG; pure but for its caches.

    A missing or refused picture gives a neutral plate. The code is read back after JPEG; when that fails
    it is drawn larger, and logged.

    Raises:
        LinkTooLongError: the link's code would not scan in the template's square.
        CodeUnreadableError: no size in the square could be read back.
    """
    canvas = _ground(template).copy()
    code_css: QrCss | None = None
    for piece in lay_out(template, facts, typefaces)[_standing(template) :]:
        match piece:
            case PlacedRect():
                _paint_rect(canvas, piece.css)
            case PlacedText():
                _paint_text(canvas, piece, typefaces)
            case PlacedPicture():
                paint_picture(canvas, piece.css, facts.picture, template.background)
            case PlacedCode():
                code_css = piece.css
    if code_css is not None:
        place_code(canvas, code_css, facts.link)
    return _jpeg(canvas)


def decodes(jpeg: bytes, expected: str) -> bool:
    """Whether an independent decoder reads exactly this text from the picture's code."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        return _reads(picture.convert("L"), expected)


def _reads(picture: Image.Image, expected: str) -> bool:
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))
    return any(code.text == expected for code in found)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=JPEG_QUALITY)
    return out.getvalue()


@lru_cache(maxsize=8)
def _ground(template: Template) -> Image.Image:
    """The background with the plates that stand on every poster before anything else is painted."""
    ground = Image.new("RGB", template.size, template.background)
    for view in template.views[: _standing(template)]:
        if isinstance(view, RectView):
            _paint_rect(ground, view.css)
    return ground


def _standing(template: Template) -> int:
    """How many views at the beginning are plates without a condition."""
    changing = (n for n, view in enumerate(template.views) if not isinstance(view, RectView) or view.when)
    return next(changing, len(template.views))


def _paint_rect(canvas: Image.Image, css: RectCss) -> None:
    if css.shadow is not None:
        margin = css.shadow.blur * 2
        at = (css.left - margin, css.top - margin + css.shadow.offset)
        canvas.paste(css.shadow.color, at, _shadow(css.width, css.height, css.radius, css.shadow.blur))
    canvas.paste(css.color, (css.left, css.top), rounded(css.width, css.height, css.radius))


@lru_cache(maxsize=16)
def _shadow(width: int, height: int, radius: int, blur: int) -> Image.Image:
    margin = blur * 2
    mask = Image.new("L", (width + 2 * margin, height + 2 * margin))
    mask.paste(rounded(width, height, radius), (margin, margin))
    return mask.filter(ImageFilter.GaussianBlur(blur))


def _paint_text(canvas: Image.Image, piece: PlacedText, typefaces: Typefaces) -> None:
    css, box = piece.css, piece.box
    if css.background is not None:
        pill = rounded(box.right - box.left, box.bottom - box.top, css.radius)
        canvas.paste(css.background, (box.left, box.top), pill)
    line = _line(typefaces, piece.text, css.font_weight, (piece.size, css.letter_spacing))
    if line.mask is not None:
        canvas.paste(css.color, (piece.x + line.left, piece.baseline + line.top), line.mask)
    if css.text_decoration == "line-through":
        middle = piece.baseline - piece.size * 36 // 100
        end = piece.x + line.advance
        canvas.paste(css.color, (piece.x, middle, end, middle + max(2, piece.size // 16)))


@lru_cache(maxsize=128)
def _line(typefaces: Typefaces, text: str, weight: Weight, size_and_spacing: tuple[int, int]) -> Glyph:
    """A whole line as one mask, since brands, hints and captions come again and again."""
    size, spacing = size_and_spacing
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


def place_code(canvas: Image.Image, css: QrCss, link: str, reads: Reader = decodes) -> None:
    """Paint the link's code in the smallest size that scans and that `reads` reads back, else larger.

    It is read as a phone's screen shows it: at a third of the size, after JPEG.

    Raises:
        LinkTooLongError: the code would not scan in its square.
        CodeUnreadableError: no size in the square could be read back.
    """
    code = qr.encode(link, css.correction)
    if not qr.fits(code, css.width, canvas.width):
        raise LinkTooLongError(len(link))
    middle = (css.left + css.width // 2, css.top + css.width // 2)
    for module_px in range(qr.smallest_module(code, canvas.width), css.max_width // code.span + 1):
        drawn = qr.draw(code, module_px)
        canvas.paste(drawn, (middle[0] - drawn.width // 2, middle[1] - drawn.height // 2))
        if reads(_jpeg(drawn.convert("L").reduce(3)), link):
            return
        log.warning("poster.code_unreadable", module_px=module_px, modules=code.modules)
    raise CodeUnreadableError(link)
