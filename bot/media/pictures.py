"""Pictures from merchants, who are strangers: limits first, decoding after (operations F7)."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.media.errors import (
    PictureBrokenError,
    PictureFormatError,
    PictureShapeError,
    PictureTooHeavyError,
    PictureTooManyPixelsError,
)

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_RATIO = 20
"""The longer side over the shorter: the chat server takes no longer picture (Bot API, sendPhoto)."""
STORED_SIDE_PX = 1600
"""Long side of what we keep: enough for every profile but print."""
STORED_QUALITY = 88
_FORMATS = ("JPEG", "PNG", "WEBP")


def open_picture(raw: bytes, *, at_least: tuple[int, int] | None = None) -> Image.Image:
    """Decode an untrusted picture to upright RGB on white; animated ones give their first frame.

    `at_least` (pixels) lets a JPEG decode at a smaller scale that still covers that size.

    Raises:
        PictureTooHeavyError: more than 5 MB.
        PictureFormatError: by content no JPEG, PNG or WebP.
        PictureTooManyPixelsError: more than 25 megapixels by its header; nothing is decoded then.
        PictureBrokenError: damaged after the header.
    """
    if len(raw) > MOST_BYTES:
        raise PictureTooHeavyError(MOST_BYTES)
    picture = _header(raw)
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureTooManyPixelsError(MOST_PIXELS)
    if at_least is not None and picture.format == "JPEG":
        picture.draft("RGB", at_least)
    try:
        return _upright(picture)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PictureBrokenError from error


def take_in(raw: bytes) -> bytes:
    """A stranger's picture as our own JPEG: re-encoded, without metadata, at most 1600 pixels long.

    Raises:
        PictureShapeError: more than twenty times as long as wide.
        PictureError: as `open_picture`.
    """
    picture = open_picture(raw)
    picture.thumbnail((STORED_SIDE_PX, STORED_SIDE_PX), Image.Resampling.LANCZOS)
    if max(picture.size) > MOST_RATIO * min(picture.size):
        raise PictureShapeError(MOST_RATIO)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=STORED_QUALITY)
    return out.getvalue()


def _header(raw: bytes) -> Image.Image:
    # Pillow's own guard against bombs warns and raises at other limits; ours decides, from the same header.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        try:
            return Image.open(io.BytesIO(raw), formats=_FORMATS)
        except Image.DecompressionBombError as error:
            raise PictureTooManyPixelsError(MOST_PIXELS) from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            raise PictureFormatError from error


def _upright(picture: Image.Image) -> Image.Image:
    picture.load()
    if picture.mode == "RGB" and not picture.getexif():
        return picture
    turned = ImageOps.exif_transpose(_in_eight_bits(picture))
    if turned.mode not in {"RGBA", "LA", "PA"} and "transparency" not in turned.info:
        return turned.convert("RGB")
    layered = turned.convert("RGBA")
    plate = Image.new("RGB", layered.size, "white")
    plate.paste(layered, mask=layered)
    return plate


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 bits scaled down; Pillow's own conversion would cut it off, which leaves white."""
    if not picture.mode.startswith("I"):
        return picture
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
