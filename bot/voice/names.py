"""Names and titles that people typed, made safe to stand inside our sentences (chat.md 2, rule 16).

They may hold anything: tags, marks that turn the line around, towers of accents, two hundred letters.
Invisible characters go, what is left is cut by display width at whole letters, then isolated, so that its
direction of writing never reaches the words around it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from markupsafe import Markup, escape

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"
ELLIPSIS = "…"

# Longer texts are never shown whole, and normalising endless accents is slow.
_READ_CHARS = 1_000
# Real writing stacks fewer; more is a tower that covers the lines above.
_MARKS_PER_LETTER = 4

_JOINERS = frozenset("\u200c\u200d")
# Letters and symbols that print nothing: Hangul fillers and the empty Braille cell.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
_UNSHOWN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_MARKS = frozenset({"Mn", "Me", "Mc"})
_NO_COLUMN = frozenset({"Mn", "Me", "Cc", "Cf"})
# Chinese characters for rare names are added here faster than Python's tables learn them.
_IDEOGRAPHIC_PLANES = range(0x20000, 0x3FFFE)

_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u2460-\u24ff\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_DRESSED = f"{_PICTOGRAPH}\ufe0f?[\U0001f3fb-\U0001f3ff]?"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"  # a country's flag
    "|\U0001f3f4[\U000e0020-\U000e007e]{1,6}\U000e007f"  # a region's flag
    "|[0-9#*]\ufe0f?\u20e3"  # a keycap
    f"|{_DRESSED}(?:\u200d{_DRESSED}){{0,9}}"  # one picture, or several joined into one
    "|[\U0001f3fb-\U0001f3ff]"
)
# Scripts where the joiners between letters are spelling: Arabic to Sinhala.
_JOINING = re.compile("[\u0600-\u0dff]")


def person_name(raw: str | None, width: int, otherwise: str) -> Markup:
    """A name (or title) for HTML: escaped, isolated, at most `width` columns (a Chinese character takes two).

    A name with nothing to show gives `otherwise`, the caller's neutral word, escaped.
    """
    return escape(plain_name(raw, width, otherwise))


def plain_name(raw: str | None, width: int, otherwise: str) -> str:
    """The same for places without HTML: button labels and toasts."""
    shown = cut(raw or "", width)
    if not shown:
        return otherwise
    return f"{FIRST_STRONG_ISOLATE}{shown}{POP_DIRECTIONAL_ISOLATE}"


def is_visible(raw: str) -> bool:
    """Whether there is anything in a typed text that a reader sees."""
    return bool(cut(raw, 1))


@lru_cache(maxsize=4096)  # shops and products are shown again and again
def cut(raw: str, width: int) -> str:
    """The visible part of a typed text in one line of at most `width` columns; bare, for pictures and files.

    May be empty. Raises ValueError when `width` is under 1.
    """
    if width < 1:
        raise ValueError(f"a width of {width} columns")
    letters = list(_letters(_visible(raw)))
    if sum(map(_columns, letters)) <= width:
        return "".join(letters)
    kept: list[str] = []
    room = width - _columns(ELLIPSIS)
    for letter in letters:
        room -= _columns(letter)
        if room < 0:
            break
        kept.append(letter)
    return "".join(kept).rstrip() + ELLIPSIS


def display_width(text: str) -> int:
    """Columns of a text: East Asian wide letters and emoji two, marks and joiners none, others one."""
    return sum(map(_columns, _letters(text)))


def _visible(raw: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", raw[:_READ_CHARS]).split())
    shown = "".join(map(_cleaned, _letters(text)))
    return " ".join(shown.split())


def _cleaned(letter: str) -> str:
    """The letter without what can't be seen; a letter that can't be seen itself takes its marks along."""
    emoji = _EMOJI.match(letter)
    head = emoji[0] if emoji else letter[0]
    if emoji is None and not _is_shown(head):
        return ""
    if head == " ":
        return head
    spelled = _JOINING.match(head) is not None
    tail = [char for char in letter[len(head) :] if spelled or char not in _JOINERS]
    return head + "".join(tail[:_MARKS_PER_LETTER])


def _is_shown(char: str) -> bool:
    if ord(char) in _IDEOGRAPHIC_PLANES:
        return True
    category = unicodedata.category(char)
    return char not in _BLANKS and category not in _UNSHOWN and category not in _MARKS


def _letters(text: str) -> Iterator[str]:
    """What a reader takes for one letter each: an emoji with all its parts, or a letter, with marks on it."""
    start = 0
    while start < len(text):
        emoji = _EMOJI.match(text, start)
        end = emoji.end() if emoji else start + 1
        while end < len(text) and _is_attached(text[end]):
            end += 1
        yield text[start:end]
        start = end


def _is_attached(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) in _MARKS


def _columns(letter: str) -> int:
    emoji = _EMOJI.match(letter)
    if emoji and (len(emoji[0]) > 1 or ord(letter[0]) >= 0x1F300):
        return 2
    return sum(map(_char_columns, letter))


def _char_columns(char: str) -> int:
    if ord(char) in _IDEOGRAPHIC_PLANES or unicodedata.east_asian_width(char) in "WF":
        return 2
    return 0 if unicodedata.category(char) in _NO_COLUMN else 1
