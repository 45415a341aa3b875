"""The forms in which a poster leaves: a JPEG for chats, a PNG as drawn, a PDF for print."""

from __future__ import annotations

import io
from enum import StrEnum

from PIL import Image

from bot.media.profiles import Profile, Sheet

CHAT_QUALITY = 85
_PRINT_QUALITY = 92
_PREVIEW_WIDTH_PX = 1240
"""A sheet for print is shown in chats at half its size."""
_POINTS_PER_INCH = 72


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
    """One page that is the poster (ISO 32000-1): written here, since libraries put the time of day into theirs."""
    printed = io.BytesIO()
    poster.save(printed, "JPEG", quality=_PRINT_QUALITY, subsampling=0, dpi=(sheet.dpi, sheet.dpi))
    picture = printed.getvalue()
    width, height = (f"{side * _POINTS_PER_INCH / sheet.dpi:.2f}" for side in poster.size)
    content = f"{width} 0 0 {height} 0 0 cm /Poster Do".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents 4 0 R "
        "/Resources << /XObject << /Poster 5 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 "
        b"/Filter /DCTDecode /Length %d >>\nstream\n%s\nendstream" % (*poster.size, len(picture), picture),
    )
    written = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    written += (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
        % (
            size,
            table,
            size,
            len(written),
        )
    )
    return bytes(written)
