"""Making a card's HTML short enough for the chat server, and plain when it must be (operations C9)."""

from __future__ import annotations

import unicodedata
from html import escape
from html.parser import HTMLParser
from typing import Final

TEXT_UNITS: Final = 4096
CAPTION_UNITS: Final = 1024
TOAST_UNITS: Final = 200
"""Bot API limits, in UTF-16 code units of the text without its tags."""

_ELLIPSIS: Final = "…"
_WHOLE_UNITS: Final = 64
"""An entity up to this long is kept whole or left out: half an amount or half a name would mislead."""
_JOINER: Final = "\u200d"
_MODIFIERS: Final = range(0x1F3FB, 0x1F400)
_TAGS: Final = range(0xE0020, 0xE0080)
_REGIONAL: Final = range(0x1F1E6, 0x1F200)


def units(text: str) -> int:
    """The length of a text as the chat server counts it: UTF-16 code units."""
    return len(text) + sum(1 for char in text if ord(char) > 0xFFFF)


def fit(html: str, limit: int) -> str:
    """The HTML, cut with an ellipsis so that its text has at most `limit` UTF-16 units, every tag closed."""
    if units(html) <= limit:
        return html
    whole = _Reader(None)
    whole.feed_all(html)
    if whole.units <= limit:
        return html
    cut = _Reader(limit - units(_ELLIPSIS))
    cut.feed_all(html)
    return cut.html()


def fit_plain(text: str, limit: int) -> str:
    """A plain text of at most `limit` UTF-16 units, cut between the characters that a reader sees."""
    if units(text) <= limit:
        return text
    return _head(text, limit - units(_ELLIPSIS)) + _ELLIPSIS


def plain(html: str) -> str:
    """The text of the HTML without its tags; line breaks and spaces stay."""
    reader = _Reader(None)
    reader.feed_all(html)
    return reader.text()


class _Reader(HTMLParser):
    """Reads the HTML until the budget of units is used up."""

    def __init__(self, budget: int | None) -> None:
        super().__init__(convert_charrefs=True)
        self.units = 0
        self._budget = budget
        self._pieces: list[str] = []
        self._texts: list[str] = []
        # Per open tag: its name, where it starts in the pieces, and the units before it.
        self._open: list[tuple[str, int, int]] = []
        self._full = False

    def feed_all(self, html: str) -> None:
        self.feed(html)
        self.close()

    def html(self) -> str:
        closing = "".join(f"</{tag}>" for tag, _, _ in reversed(self._open))
        return "".join(self._pieces) + (_ELLIPSIS if self._full else "") + closing

    def text(self) -> str:
        return "".join(self._texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._full:
            return
        self._open.append((tag, len(self._pieces), self.units))
        self._pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if self._full or tag not in (name for name, _, _ in self._open):
            return
        while self._open:
            name, _, _ = self._open.pop()
            self._pieces.append(f"</{name}>")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._full:
            return
        size = units(data)
        if self._budget is None or self.units + size <= self._budget:
            self._take(data)
            return
        self._full = True
        if self._leave_out_entity(self.units + size):
            return
        self._take(_head(data, self._budget - self.units))

    def _take(self, data: str) -> None:
        self.units += units(data)
        self._pieces.append(escape(data, quote=False))
        self._texts.append(data)

    def _leave_out_entity(self, end: int) -> bool:
        """Go back to before the outermost short entity around the cut; false when there is none."""
        for depth, (_, piece, start) in enumerate(self._open):
            if end - start <= _WHOLE_UNITS:
                del self._pieces[piece:]
                del self._open[depth:]
                return True
        return False


def _head(text: str, budget: int) -> str:
    """As many whole visible characters from the start as the budget of units holds."""
    end = used = 0
    for index, char in enumerate(text):
        if not _belongs_to_last(text, index):
            end = index
        used += 2 if ord(char) > 0xFFFF else 1
        if used > budget:
            return text[:end]
    return text


def _belongs_to_last(text: str, index: int) -> bool:
    """Whether this code point forms one visible character with the one before it."""
    char, before = text[index], text[index - 1] if index else ""
    if not before:
        return False
    if _JOINER in {char, before} or unicodedata.category(char) in {"Mn", "Mc", "Me"}:
        return True
    if ord(char) in _MODIFIERS or ord(char) in _TAGS:
        return True
    return ord(char) in _REGIONAL and _regionals_before(text, index) % 2 == 1


def _regionals_before(text: str, index: int) -> int:
    """Flags are pairs of regional letters: an odd number before means that this one completes a flag."""
    count = 0
    while count < index and ord(text[index - 1 - count]) in _REGIONAL:
        count += 1
    return count
