"""Paints a poster: placed pieces in, JPEG out, its code read back before it leaves."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import lru_cache
from itertools import accumulate

import structlog
import zxingcpp
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from bot.media import qr
from bot.media.errors import CodeUnreadableError, LinkTooLongError, PictureError
from bot.media.facts import PosterFacts
from bot.media.layout import PlacedCode, PlacedPicture, PlacedRect, PlacedText, lay_out
from bot.media.pictures import open_picture
from bot.media.template import ImageCss, QrCss, RectCss, RectView, Template
from bot.media.typefaces import SHIPPED, Glyph, Typefaces, Weight

JPEG_QUALITY = 85
_SMOOTH = 4
_EDGE_SAMPLES = 9
_EVEN_EDGE = 18
"""Largest difference of edge samples (of 255) at which a picture's ground counts as one colour."""

_REDUCING_GAP = 1.0
"""Pictures twice too large or more are halved by averaging before the fine resize: no visible loss."""

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
                _paint_picture(canvas, piece.css, facts.picture, template)
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


@lru_cache(maxsize=256)
def _rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask with smooth corners, full when the radius is 0."""
    if radius == 0:
        return Image.new("L", (width, height), 255)
    large = Image.new("L", (width * _SMOOTH, height * _SMOOTH))
    edge = (0, 0, width * _SMOOTH - 1, height * _SMOOTH - 1)
    ImageDraw.Draw(large).rounded_rectangle(edge, radius * _SMOOTH, fill=255)
    return large.resize((width, height), Image.Resampling.BOX)


def _paint_rect(canvas: Image.Image, css: RectCss) -> None:
    if css.shadow is not None:
        margin = css.shadow.blur * 2
        at = (css.left - margin, css.top - margin + css.shadow.offset)
        canvas.paste(css.shadow.color, at, _shadow(css.width, css.height, css.radius, css.shadow.blur))
    canvas.paste(css.color, (css.left, css.top), _rounded(css.width, css.height, css.radius))


@lru_cache(maxsize=16)
def _shadow(width: int, height: int, radius: int, blur: int) -> Image.Image:
    margin = blur * 2
    mask = Image.new("L", (width + 2 * margin, height + 2 * margin))
    mask.paste(_rounded(width, height, radius), (margin, margin))
    return mask.filter(ImageFilter.GaussianBlur(blur))


def _paint_text(canvas: Image.Image, piece: PlacedText, typefaces: Typefaces) -> None:
    css, box = piece.css, piece.box
    if css.background is not None:
        pill = _rounded(box.right - box.left, box.bottom - box.top, css.radius)
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


def _paint_picture(canvas: Image.Image, css: ImageCss, raw: bytes | None, template: Template) -> None:
    place = (css.left, css.top)
    size = (css.width, css.height)
    photo = _photo(raw, size)
    if photo is None:
        canvas.paste(_neutral_plate(css), place)
    else:
        _paste_photo(canvas, photo, css)
    corners = _corners(css.width, css.height, css.radius)
    for corner, mask in corners:
        canvas.paste(template.background, (css.left + corner[0], css.top + corner[1]), mask)


def _photo(raw: bytes | None, size: tuple[int, int]) -> Image.Image | None:
    if raw is None:
        return None
    try:
        return open_picture(raw, at_least=size)
    except PictureError as error:
        log.warning("poster.picture_refused", reason=str(error))
        return None


def _paste_photo(canvas: Image.Image, photo: Image.Image, css: ImageCss) -> None:
    """Whole on its own ground when that ground is one colour, else filling the box, cut at the sides."""
    ground = _even_ground(photo)
    by_width, by_height = css.width / photo.width, css.height / photo.height
    scale = max(by_width, by_height) if ground is None else min(by_width, by_height)
    width = max(1, min(round(css.width / scale), photo.width))
    height = max(1, min(round(css.height / scale), photo.height))
    left, top = (photo.width - width) // 2, (photo.height - height) // 2
    target = (min(css.width, max(1, round(width * scale))), min(css.height, max(1, round(height * scale))))
    sized = photo.resize(
        target,
        Image.Resampling.BICUBIC,
        box=(left, top, left + width, top + height),
        reducing_gap=_REDUCING_GAP,
    )
    if ground is not None:
        canvas.paste(ground, (css.left, css.top, css.left + css.width, css.top + css.height))
    canvas.paste(sized, (css.left + (css.width - target[0]) // 2, css.top + (css.height - target[1]) // 2))


def _even_ground(photo: Image.Image) -> tuple[int, int, int] | None:
    """The colour around a picture's edge when it is one colour, as on a studio photo."""
    width, height = photo.size
    edges = (
        (0, 0, width, 1),
        (0, height - 1, width, height),
        (0, 0, 1, height),
        (width - 1, 0, width, height),
    )
    samples = [_sample(photo.crop(edge)) for edge in edges]
    colors = [color for sample in samples for color in sample]
    channels = tuple(zip(*colors, strict=True))
    if any(max(channel) - min(channel) > _EVEN_EDGE for channel in channels):
        return None
    red, green, blue = (sum(channel) // len(channel) for channel in channels)
    return red, green, blue


def _sample(strip: Image.Image) -> list[tuple[int, int, int]]:
    size = (_EDGE_SAMPLES, 1) if strip.width > strip.height else (1, _EDGE_SAMPLES)
    flat = strip.resize(size, Image.Resampling.NEAREST).tobytes()
    return [(flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3)]


@lru_cache(maxsize=8)
def _neutral_plate(css: ImageCss) -> Image.Image:
    """A calm plate with a framed landscape, for a product without a picture."""
    plate = Image.new("RGB", (css.width * 2, css.height * 2), css.plate)
    pen = ImageDraw.Draw(plate)
    x, y, unit = css.width, css.height, min(css.width, css.height) // 4
    frame = (x - unit * 5 // 4, y - unit, x + unit * 5 // 4, y + unit)
    pen.rounded_rectangle(frame, unit // 5, outline=css.plate_mark, width=unit // 10)
    pen.ellipse((x - unit * 3 // 4, y - unit * 5 // 8, x - unit // 3, y - unit // 5), fill=css.plate_mark)
    base = y + unit * 5 // 8
    pen.polygon(
        [(x - unit * 7 // 8, base), (x - unit // 4, y), (x + unit * 3 // 8, base)], fill=css.plate_mark
    )
    peak = (x + unit * 3 // 8, y - unit // 3)
    pen.polygon([(x - unit // 8, base), peak, (x + unit * 7 // 8, base)], fill=css.plate_mark)
    return plate.resize((css.width, css.height), Image.Resampling.BOX)


@lru_cache(maxsize=8)
def _corners(width: int, height: int, radius: int) -> tuple[tuple[tuple[int, int], Image.Image], ...]:
    """The four places outside a rounded box's corners, with their masks."""
    if radius == 0:
        return ()
    outside = ImageChops.invert(_rounded(width, height, radius))
    spots = [(x, y) for x in (0, width - radius) for y in (0, height - radius)]
    return tuple((spot, outside.crop((*spot, spot[0] + radius, spot[1] + radius))) for spot in spots)


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
