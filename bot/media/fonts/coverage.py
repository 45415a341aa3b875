"""Reads from a font file which characters it can draw, so that no poster shows empty boxes."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

_UNICODE_TABLES = {(3, 10), (0, 6), (0, 4), (3, 1), (0, 3)}


@lru_cache(maxsize=16)
def characters(path: Path) -> frozenset[int]:
    """Code points with a glyph in the OpenType or TrueType file at `path`; in a collection, its first face.

    Reads `cmap` formats 4 and 12 (OpenType specification, "cmap"), the two that Unicode fonts use.
    """
    font = path.read_bytes()
    start = struct.unpack_from(">I", font, 12)[0] if font[:4] == b"ttcf" else 0
    for record in range(struct.unpack_from(">H", font, start + 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", font, start + 12 + record * 16)
        if tag == b"cmap":
            return frozenset(_cmap(font, offset))
    return frozenset()


def _cmap(font: bytes, offset: int) -> Iterator[int]:
    for record in range(struct.unpack_from(">H", font, offset + 2)[0]):
        platform, encoding, at = struct.unpack_from(">HHI", font, offset + 4 + record * 8)
        if (platform, encoding) not in _UNICODE_TABLES:
            continue
        kind = struct.unpack_from(">H", font, offset + at)[0]
        if kind == 4:
            yield from _segments(font, offset + at)
        elif kind == 12:
            yield from _groups(font, offset + at)


def _segments(font: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", font, at + 6)[0] // 2
    shape = f">{count}H"
    ends = struct.unpack_from(shape, font, at + 14)
    starts = struct.unpack_from(shape, font, at + 16 + count * 2)
    deltas = struct.unpack_from(shape, font, at + 16 + count * 4)
    ranges_at = at + 16 + count * 6
    for index, (start, end, delta) in enumerate(zip(starts, ends, deltas, strict=True)):
        here = ranges_at + index * 2
        jump = struct.unpack_from(">H", font, here)[0]
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = struct.unpack_from(">H", font, here + jump + (code - start) * 2)[0] if jump else code
            if glyph and (glyph + delta) % 0x10000:
                yield code


def _groups(font: bytes, at: int) -> Iterator[int]:
    for group in range(struct.unpack_from(">I", font, at + 12)[0]):
        start, end, glyph = struct.unpack_from(">III", font, at + 16 + group * 12)
        yield from range(start if glyph else start + 1, end + 1)
