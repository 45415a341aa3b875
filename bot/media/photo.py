"""Places the product's picture on a poster: whole on its own ground, or filling the box, or a neutral plate."""

from __future__ import annotations

from functools import lru_cache

import structlog
from PIL import Image, ImageDraw

from bot.media.css import ImageCss
from bot.media.errors import PictureError
from bot.media.pictures import open_picture
from bot.media.plates import keep_corners, put_back

_EDGE_SAMPLES = 9
_EVEN_EDGE = 18
"""Largest difference of edge samples (of 255) at which a picture's ground counts as one colour."""
_REDUCING_GAP = 1.0
"""Pictures twice too large or more are halved by averaging before the fine resize: no visible loss."""

log = structlog.get_logger(__name__)


def paint_picture(canvas: Image.Image, css: ImageCss, raw: bytes | None) -> None:
    """Place a product picture, or a neutral plate when there is none or it is refused (which is logged)."""
    place = (css.left, css.top)
    size = (css.width, css.height)
    photo = _photo(raw, size)
    corners = keep_corners(canvas, (*place, place[0] + css.width, place[1] + css.height), css.radius)
    if photo is None:
        canvas.paste(_neutral_plate(css), place)
    else:
        _paste_photo(canvas, photo, css)
    put_back(canvas, corners)


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


@lru_cache(maxsize=2)
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
