"""Words of the catalogue as they are looked for: without case, width or accents, Chinese without spaces."""

from __future__ import annotations

import re
import unicodedata

MOST_TERMS = 8
MOST_CHARS = 100
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")


def searchable(*parts: str | None) -> str:
    """What a product is found by: its words in their plainest form, one space between them."""
    return plainest(" ".join(part for part in parts if part))


def plainest(text: str) -> str:
    """Case, width and accents taken off, so that `Ｃａｆé` is found by `cafe`."""
    # Words are told apart first: a line break is a control character, which would else go without a trace.
    spaced = " ".join(text.split())
    taken_apart = unicodedata.normalize("NFKD", spaced).casefold()
    kept = "".join(char for char in taken_apart if not unicodedata.category(char).startswith(("M", "C")))
    return " ".join(kept.split())


def terms(typed: str) -> list[str]:
    """The words that somebody looks for, each of which a product must have."""
    return plainest(typed[:MOST_CHARS]).split()[:MOST_TERMS]


def pairs(words: list[str]) -> list[str]:
    """The same with runs of Chinese taken to pairs of characters, for those who write words in another order."""
    return _taken_apart(words, 2)


def characters(words: list[str]) -> list[str]:
    """The same with runs of Chinese taken to single characters, where words of odd length put pairs out of step."""
    return _taken_apart(words, 1)


def _taken_apart(words: list[str], length: int) -> list[str]:
    wider: list[str] = []
    for word in words:
        runs = _CJK.findall(word)
        wider += [rest for rest in _CJK.sub(" ", word).split() if rest]
        wider += [run[start : start + length] for run in runs for start in range(0, len(run), length)]
    return list(dict.fromkeys(wider))[: 2 * MOST_TERMS]
