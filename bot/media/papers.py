"""Papers to print: words and tables set on A4 pages, as a PDF, in the letters of the posters.

Set in black and white at 300 dots an inch: letters are as sharp as print, and a page takes some 40 kB.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from bot.media.pdf import PACKED_BLACK_AND_WHITE, PagePicture, document
from bot.media.text import shorten, wrap
from bot.media.typefaces import SHIPPED, Typefaces, Weight

_DPI = 300
_WIDTH, _HEIGHT = 2480, 3508
_SIDE, _TOP, _FOOT = 190, 200, 3320
_ROOM = _WIDTH - 2 * _SIDE
_GAP = 30
_INK, _PAPER = 0, 255
_MOST_LINES = 12
"""Of one paragraph."""


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph of its own, at a size in pixels (42 is ten points)."""

    text: str
    size: int = 38
    weight: Weight = Weight.REGULAR
    above: int = 0
    """Room before it, in pixels."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the table: a cell for each of the paper's columns, cut where it is too long.

    `is_head`: it is said again where its table goes on on another page.
    """

    cells: tuple[str, ...]
    weight: Weight = Weight.REGULAR
    is_head: bool = False
    ruled: bool = False
    """A rule above it."""


@dataclass(frozen=True, slots=True)
class Column:
    """How much of the width (in hundredths) a column has, and whether its cells stand at its right."""

    share: int
    at_right: bool = False


Part = Words | Line


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed, from top to bottom; `foot` stands on each page with its number."""

    parts: tuple[Part, ...]
    columns: tuple[Column, ...]
    foot: str


def printed(paper: Paper, typefaces: Typefaces = SHIPPED) -> bytes:
    """The PDF; the same paper gives the same bytes."""
    pages = list(_pages(paper, typefaces))
    pictures = []
    for number, page in enumerate(pages, 1):
        picture = _Sheet(paper, typefaces)
        y = _TOP
        for part in page:
            y = picture.put(part, y)
        picture.foot(f"{paper.foot}    {number} / {len(pages)}")
        pictures.append(picture.done())
    return document(pictures)


def _pages(paper: Paper, typefaces: Typefaces) -> Iterator[list[Part]]:
    """Parts by page; a heading never stands alone at the end of one."""
    page: list[Part] = []
    used, head = _TOP, None
    for index, part in enumerate(paper.parts):
        needed = _height(part, typefaces)
        following = paper.parts[index + 1 : index + 3]
        stays = isinstance(part, Words) or part.is_head
        together = needed + (sum(_height(each, typefaces) for each in following) if stays else 0)
        if page and used + together > _FOOT:
            yield page
            page, used = [], _TOP
            if isinstance(part, Line) and not part.is_head and head is not None:
                page.append(head)
                used += _height(head, typefaces)
        if isinstance(part, Line) and part.is_head:
            head = part
        page.append(part)
        used += needed
    if page:
        yield page


_LINE_SIZE = 36
_LINE_HEIGHT = 58


def _height(part: Part, typefaces: Typefaces) -> int:
    if isinstance(part, Line):
        return _LINE_HEIGHT + (14 if part.ruled else 0)
    return part.above + len(_broken(part, typefaces)) * _step(part)


def _step(part: Words) -> int:
    return part.size * 3 // 2


def _broken(part: Words, typefaces: Typefaces) -> tuple[str, ...]:
    return wrap(part.text, _ROOM, _MOST_LINES, _measure(typefaces, part.weight, part.size)).lines


def _measure(typefaces: Typefaces, weight: Weight, size: int) -> Callable[[str], int]:
    return lambda text: typefaces.width(text, weight, size)


class _Sheet:
    """One page while it is set."""

    def __init__(self, paper: Paper, typefaces: Typefaces) -> None:
        self._typefaces = typefaces
        self._canvas = Image.new("L", (_WIDTH, _HEIGHT), _PAPER)
        self._places = tuple(_places(paper.columns))

    def put(self, part: Part, y: int) -> int:
        """Set a part at a height; answers where the next one begins."""
        if isinstance(part, Line):
            return self._line(part, y)
        y += part.above
        for text in _broken(part, self._typefaces):
            self._letters(text, _SIDE, y + part.size, part.weight, part.size)
            y += _step(part)
        return y

    def _line(self, part: Line, y: int) -> int:
        if part.ruled:
            self._canvas.paste(_INK, (_SIDE, y + 6, _WIDTH - _SIDE, y + 8))
            y += 14
        measure = _measure(self._typefaces, part.weight, _LINE_SIZE)
        for cell, (left, width, at_right) in zip(part.cells, self._places, strict=True):
            text = shorten(cell, width, measure)
            x = left + (width - measure(text) if at_right else 0)
            self._letters(text, x, y + _LINE_SIZE, part.weight, _LINE_SIZE)
        return y + _LINE_HEIGHT

    def foot(self, text: str) -> None:
        """The last line of the page."""
        self._canvas.paste(_INK, (_SIDE, _FOOT + 20, _WIDTH - _SIDE, _FOOT + 22))
        self._letters(text, _SIDE, _FOOT + 66, Weight.REGULAR, 28)

    def _letters(self, text: str, x: int, baseline: int, weight: Weight, size: int) -> None:
        for character in text:
            glyph = self._typefaces.glyph(character, weight, size)
            if glyph.mask is not None:
                self._canvas.paste(_INK, (x + glyph.left, baseline + glyph.top), glyph.mask)
            x += glyph.advance

    def done(self) -> PagePicture:
        """The page as the file takes it."""
        packed = self._canvas.convert("1", dither=Image.Dither.NONE).tobytes()
        return PagePicture(_WIDTH, _HEIGHT, _DPI, PACKED_BLACK_AND_WHITE, zlib.compress(packed, 9))


def _places(columns: Sequence[Column]) -> Iterator[tuple[int, int, bool]]:
    left = _SIDE
    for column in columns:
        width = _ROOM * column.share // 100
        yield left, width - _GAP, column.at_right
        left += width
