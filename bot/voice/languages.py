"""The languages that Tuike speaks, and whose wish decides between them (chat.md 2, rule 17)."""

from __future__ import annotations

from enum import StrEnum
from functools import cache

from babel import Locale


class Language(StrEnum):
    """A language with a complete catalogue; the value is its Babel locale."""

    EN = "en"
    ZH = "zh_CN"

    @property
    def locale(self) -> Locale:
        """Babel's locale, parsed once: parsing a name looks through every file of Babel's."""
        return _locale(self.value)

    @property
    def code(self) -> str:
        """Two letters (ISO 639-1), as commands on the chat server and titles in a plan are keyed."""
        return self.value[:2]

    @property
    def tag(self) -> str:
        """The BCP 47 tag, as a web page's `lang` wants it."""
        return self.value.replace("_", "-")


DEFAULT = Language.EN

# Keyed by primary subtag. Babel knows no `zh-hans` without a region, and who asks for any Chinese
# (traditional script and other tongues of it included) reads our one Chinese better than English.
_UNDERSTOOD = {
    "en": Language.EN,
    "zh": Language.ZH,
    "cmn": Language.ZH,
    "yue": Language.ZH,
}


def negotiate(*wishes: str | None) -> Language:
    """The first wish that is understood, else English.

    Give the wishes by precedence: the person's (or group's) setting, then the client's language code.
    Tags may use `-` or `_` and any case (`zh-hans`, `zh_CN`, `en-GB`).
    """
    for wish in wishes:
        primary = (wish or "").strip().replace("_", "-").partition("-")[0].lower()
        if primary in _UNDERSTOOD:
            return _UNDERSTOOD[primary]
    return DEFAULT


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)
