"""The forms in which a poster leaves: a JPEG for chats, a PNG as drawn, a PDF for print."""

from __future__ import annotations

import io
from enum import StrEnum

from PIL import Image

from bot.media.pdf import JPEG_IN_COLOUR, PagePicture, document
from bot.media.profiles import Profile, Sheet

CHAT_QUALITY = 85
_PRINT_QUALITY = 92
_PREVIEW_WIDTH_PX = 1240
"""A sheet for print is shown in chats at half its size."""


class PosterForm(StrEnum):
    """What a poster is encoded as; the value is the file's usual ending."""

    JPEG = "jpg"
    PNG = "png"
    PDF = "pdf"


def encode(poster: Image.Image, profile: Profile, sheet: Sheet, form: PosterForm) -> bytes:
    """The poster's bytes; the same poster gives the same bytes."""
    match form:
        case PosterForm.JPEG:
            return _jpeg(_for_chat(poster, profile), CHAT_QUALITY)
        case PosterForm.PNG:
            out = io.BytesIO()
            poster.save(out, "PNG", dpi=(sheet.dpi, sheet.dpi), compress_level=4)
            return out.getvalue()
        case PosterForm.PDF:
            return _pdf(poster, sheet)


def _for_chat(poster: Image.Image, profile: Profile) -> Image.Image:
    return poster.reduce(poster.width // _PREVIEW_WIDTH_PX) if profile is Profile.A4 else poster


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _pdf(poster: Image.Image, sheet: Sheet) -> bytes:
    """One page that is the poster."""
    printed = io.BytesIO()
    poster.save(printed, "JPEG", quality=_PRINT_QUALITY, subsampling=0, dpi=(sheet.dpi, sheet.dpi))
    return document([PagePicture(*poster.size, sheet.dpi, JPEG_IN_COLOUR, printed.getvalue())])
