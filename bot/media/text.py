"""Words for pictures: what can be drawn of them, and how they break into lines.

CJK breaks at any character but for the rules of line start and end (kinsoku); Latin breaks at spaces.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.media.typefaces import Typefaces

LONGEST_TEXT = 400
"""Characters looked at; more never fit a poster, and what people send has no other bound."""

Measure = Callable[[str], int]

_NOT_AT_START = set("，。、；：？！）》」』】〕％…—～·”’,.;:?!)]}%°℃ー々〜")
_NOT_AT_END = set("（《「『【〔“‘([{¥$£€#@")
_EAST_ASIAN = re.compile("[⺀-鿿豈-﫿︰-﹏＀-￯]")
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_LOOSE_END = " ，。、,.;:；：!！?？-（("
_ORPHAN_SHARE = 5
"""A last line shorter than a fifth of the width is evened out."""


@dataclass(frozen=True, slots=True)
class Lines:
    """A text broken to a width; `cut` tells that words were left out and an ellipsis stands for them."""

    lines: tuple[str, ...]
    cut: bool


def drawable(text: str, typefaces: Typefaces) -> str:
    """The part of a text that our fonts can draw, in one line.

    Control and direction marks, joiners and scripts without a font are dropped, so no empty boxes appear and
    nothing turns the writing direction; emoji are drawn one by one. Curly quotes of Latin text become straight
    ones, since Chinese fonts have them full-width.
    """
    return _drawable(text[:LONGEST_TEXT], typefaces)


@lru_cache(maxsize=1024)
def _drawable(text: str, typefaces: Typefaces) -> str:
    composed = unicodedata.normalize("NFC", text)
    if not _EAST_ASIAN.search(composed):
        composed = composed.translate(_QUOTES)
    spaced = (" " if character.isspace() else character for character in composed)
    kept = "".join(
        character for character in spaced if _is_plain(character) and typefaces.can_draw(character)
    )
    return " ".join(kept.split())


def _is_plain(character: str) -> bool:
    return not unicodedata.category(character).startswith("C")


def initial(name: str) -> str:
    """The letter for an avatar disc: the first letter or digit, in upper case, else the first emoji, else empty."""
    letter = next((character.upper()[0] for character in name if character.isalnum()), "")
    return letter or next((character for character in name if unicodedata.category(character) == "So"), "")


def wrap(text: str, width: int, most_lines: int, measure: Measure) -> Lines:
    """Break a text to at most `most_lines` lines of `width` pixels, ending in an ellipsis when cut."""
    lines = _fill(text, width, measure)
    if len(lines) > most_lines:
        last = _ellipsis(lines[most_lines - 1], width, measure)
        return Lines((*lines[: most_lines - 1], last), cut=True)
    if len(lines) > 1 and measure(lines[-1]) * _ORPHAN_SHARE < width:
        lines = _evened(text, width, len(lines), measure)
    return Lines(tuple(lines), cut=False)


def shorten(line: str, width: int, measure: Measure) -> str:
    """A line within `width` pixels: as it is, or its beginning and an ellipsis."""
    return line if measure(line) <= width else _ellipsis(line, width, measure)


def _ellipsis(line: str, width: int, measure: Measure) -> str:
    """The line's beginning with an ellipsis; Latin ends at a whole word if half the line remains.

    Latin words get three points, since the ellipsis of a Chinese font floats at half height.
    """
    for end in range(len(line), 0, -1):
        kept = line[:end].rstrip(_LOOSE_END)
        dots = "…" if kept and _EAST_ASIAN.match(kept[-1]) else "..."
        if kept and measure(kept + dots) <= width:
            whole = kept.rpartition(" ")[0].rstrip(_LOOSE_END)
            in_word = dots == "..." and line[len(kept) : len(kept) + 1].isalnum()
            return (whole if in_word and len(whole) * 2 > len(kept) else kept) + dots
    return ""


def _fill(text: str, width: int, measure: Measure) -> list[str]:
    lines: list[str] = []
    line, used = "", 0
    for cluster in _pieces(text, width, measure):
        if line and used + measure(cluster.rstrip()) > width:
            lines.append(line.rstrip())
            line, used = "", 0
        piece = cluster if line else cluster.lstrip()
        line += piece
        used += measure(piece)
    if line.strip():
        lines.append(line.rstrip())
    return lines


def _evened(text: str, width: int, count: int, measure: Measure) -> list[str]:
    """The same number of lines at a smaller width, so that no word or two stand alone in the last."""
    best = _fill(text, width, measure)
    low, high = width // 2, width
    while high - low > width // 50:
        middle = (low + high) // 2
        lines = _fill(text, middle, measure)
        if len(lines) <= count:
            best, high = lines, middle
        else:
            low = middle
    return best


def _pieces(text: str, width: int, measure: Measure) -> Iterator[str]:
    for cluster in _clusters(text):
        if measure(cluster.strip()) <= width:
            yield cluster
        else:
            yield from cluster


def _clusters(text: str) -> Iterator[str]:
    """What may not be broken: a Latin word with its space, a CJK character with its marks."""
    cluster = ""
    for character in text:
        if cluster and _may_break(cluster[-1], character):
            yield cluster
            cluster = ""
        cluster += character
    if cluster:
        yield cluster


def _may_break(before: str, after: str) -> bool:
    if after == " " or after in _NOT_AT_START or before in _NOT_AT_END:
        return False
    return before == " " or bool(_EAST_ASIAN.match(before) or _EAST_ASIAN.match(after))
