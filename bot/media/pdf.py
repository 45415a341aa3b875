"""PDF files (ISO 32000-1) whose pages are pictures: written here, since libraries put the time of day into theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_POINTS_PER_INCH = 72
_HEAD = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"


@dataclass(frozen=True, slots=True)
class PagePicture:
    """One page that is a picture: its size in pixels at `dpi`, how its bytes are coded, and the bytes."""

    width: int
    height: int
    dpi: int
    coding: bytes
    content: bytes


JPEG_IN_COLOUR = b"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode"
PACKED_BLACK_AND_WHITE = b"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode"


def document(pages: Sequence[PagePicture]) -> bytes:
    """The file; the same pages give the same bytes."""
    keys = [3 + 3 * number for number in range(len(pages))]
    kids = b" ".join(b"%d 0 R" % key for key in keys)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
    ]
    for key, page in zip(keys, pages, strict=True):
        objects.extend(_page(key, page))
    return _written(objects)


def _page(key: int, page: PagePicture) -> list[bytes]:
    width, height = (f"{side * _POINTS_PER_INCH / page.dpi:.2f}" for side in (page.width, page.height))
    content = f"{width} 0 0 {height} 0 0 cm /Page Do".encode()
    return [
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {key + 1} 0 R "
        f"/Resources << /XObject << /Page {key + 2} 0 R >> >> >>".encode(),
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /XObject /Subtype /Image /Width %d /Height %d %s /Length %d >>\nstream\n%s\nendstream"
        % (page.width, page.height, page.coding, len(page.content), page.content),
    ]


def _written(objects: Sequence[bytes]) -> bytes:
    written = bytearray(_HEAD)
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size, begins = len(objects) + 1, len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    written += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, begins)
    return bytes(written)
