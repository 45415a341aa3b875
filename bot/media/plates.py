"""Plates: boxes with smooth corners, filled, blended, printed, bordered, with a soft shadow."""

from __future__ import annotations

from functools import lru_cache

from PIL import Image, ImageChops, ImageColor, ImageDraw, ImageFilter

from bot.media.css import Gradient, Paint, RectCss, Shadow
from bot.media.patterns import pattern_mask

_SMOOTH = 4
_OPAQUE = 255


def paint_plate(canvas: Image.Image, css: RectCss) -> None:
    """Paint a filled box as its css says."""
    if css.shadow is not None:
        _paint_shadow(canvas, css, css.shadow)
    mask = rounded(css.width, css.height, css.radius)
    if css.gradient is None:
        _pour(canvas, css, mask, css.color)
    else:
        _blend(canvas, css, mask, css.gradient)
    if css.pattern is not None:
        print_ = pattern_mask(css.pattern, (css.width, css.height))
        _pour(canvas, css, ImageChops.multiply(print_, mask), css.pattern.color)
    if css.border is not None:
        inner = rounded(
            css.width - 2 * css.border.width,
            css.height - 2 * css.border.width,
            max(0, css.radius - css.border.width),
        )
        ring = mask.copy()
        ring.paste(0, (css.border.width, css.border.width), inner)
        canvas.paste(css.border.color, (css.left, css.top), ring)


def rounded(width: int, height: int, radius: int) -> Image.Image:
    """A mask with smooth corners, full when the radius is 0; a radius beyond half a side makes a round end."""
    radius = min(radius, width // 2, height // 2)
    mask = Image.new("L", (width, height), _OPAQUE)
    for corner, at in _corners(width, height, radius):
        mask.paste(corner, at)
    return mask


def keep_corners(canvas: Image.Image, box: tuple[int, int, int, int], radius: int) -> list[Corner]:
    """What lies under the corners of a round box, before something square is pasted there."""
    left, top, right, bottom = box
    radius = min(radius, (right - left) // 2, (bottom - top) // 2)
    kept = []
    for corner, (x, y) in _corners(right - left, bottom - top, radius):
        at = (left + x, top + y)
        under = canvas.crop((*at, at[0] + radius, at[1] + radius))
        kept.append((under, at, ImageChops.invert(corner)))
    return kept


def put_back(canvas: Image.Image, corners: list[Corner]) -> None:
    """Paste the corners that were kept, so that the box looks round."""
    for under, at, outside in corners:
        canvas.paste(under, at, outside)


Corner = tuple[Image.Image, tuple[int, int], Image.Image]
"""What lay there, where, and the mask of what lies outside the round box."""


def _corners(width: int, height: int, radius: int) -> list[tuple[Image.Image, tuple[int, int]]]:
    if radius == 0:
        return []
    first = _corner(radius)
    flipped = first.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    turned = first.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    both = first.transpose(Image.Transpose.ROTATE_180)
    right, bottom = width - radius, height - radius
    return [(first, (0, 0)), (flipped, (right, 0)), (turned, (0, bottom)), (both, (right, bottom))]


@lru_cache(maxsize=32)
def _corner(radius: int) -> Image.Image:
    """The upper left quarter of a disc, smooth."""
    large = Image.new("L", (radius * _SMOOTH, radius * _SMOOTH))
    reach = 2 * radius * _SMOOTH - 1
    ImageDraw.Draw(large).ellipse((0, 0, reach, reach), fill=_OPAQUE)
    return large.resize((radius, radius), Image.Resampling.BOX)


def parted(paint: Paint) -> tuple[tuple[int, int, int], int]:
    """A colour's red, green and blue, and its cover from 0 to 255."""
    channels = ImageColor.getrgb(paint)
    return (channels[0], channels[1], channels[2]), channels[3] if len(channels) == 4 else _OPAQUE


def _pour(canvas: Image.Image, css: RectCss, mask: Image.Image, paint: Paint) -> None:
    color, cover = parted(paint)
    if cover < _OPAQUE:
        mask = mask.point([value * cover // _OPAQUE for value in range(256)])
    canvas.paste(color, (css.left, css.top), mask)


def _blend(canvas: Image.Image, css: RectCss, mask: Image.Image, gradient: Gradient) -> None:
    """Both colours mixed along the gradient, and both covers likewise."""
    way = _way(gradient, (css.width, css.height))
    (start, start_cover), (end, end_cover) = parted(css.color), parted(gradient.to)
    bands = [
        way.point([first + (last - first) * step // _OPAQUE for step in range(256)])
        for first, last in zip((*start, start_cover), (*end, end_cover), strict=True)
    ]
    cover = mask if start_cover == end_cover == _OPAQUE else ImageChops.multiply(mask, bands[3])
    canvas.paste(Image.merge("RGB", bands[:3]), (css.left, css.top), cover)


def _way(gradient: Gradient, size: tuple[int, int]) -> Image.Image:
    """From 0 where the plate has its own colour to 255 where it has the other."""
    down = Image.linear_gradient("L")
    match gradient.direction:
        case "right":
            way = down.transpose(Image.Transpose.ROTATE_90)
        case "diagonal":
            way = ImageChops.add(down, down.transpose(Image.Transpose.ROTATE_90), scale=2)
        case "out":
            # Pillow's is full at the corners; here it is at the edges already.
            way = Image.radial_gradient("L").point([min(_OPAQUE, step * 256 // 179) for step in range(256)])
        case _:
            way = down
    return way.resize(size, Image.Resampling.BICUBIC)


def _paint_shadow(canvas: Image.Image, css: RectCss, shadow: Shadow) -> None:
    margin = shadow.blur * 2
    at = (css.left - margin, css.top - margin + shadow.offset)
    canvas.paste(shadow.color, at, _shadow(css.width, css.height, css.radius, shadow.blur))


@lru_cache(maxsize=4)
def _shadow(width: int, height: int, radius: int, blur: int) -> Image.Image:
    margin = blur * 2
    mask = Image.new("L", (width + 2 * margin, height + 2 * margin))
    mask.paste(rounded(width, height, radius), (margin, margin))
    return mask.filter(ImageFilter.GaussianBlur(blur))
