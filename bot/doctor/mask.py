"""Keeps secrets out of everything that the doctor says (operations.md F9)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from bot.doctor.check import Check
from bot.settings import Settings

HIDDEN = "***"
_SHAPES = re.compile(r"(?<!\d)\d{5,}:[\w-]{20,}|whsec_[\w+/=-]+|tk_[\w-]{20,}")
"""What bot tokens, webhook secrets and API keys look like."""
_LOGIN = re.compile(r"(?<=://)[^\s/@]*@")
_SHORTEST = 4
_OURS = frozenset({"data", "database", "postgres", "postgresql", "sqlite", "tuike"})
"""A password that is shorter, or one of these, hides nothing, and to hide it would blacken our own words."""


class Mask:
    """Knows the secrets of these settings, however they are written, and the looks of all others."""

    def __init__(self, settings: Settings) -> None:
        words = {word for word in _secrets(settings) if len(word) >= _SHORTEST and word not in _OURS}
        # The longest first, for one may be a part of another; in any case, for the chat library changes it.
        listed = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self._words = re.compile(listed, re.IGNORECASE) if listed else None

    def hide(self, text: str) -> str:
        """The text without secrets."""
        if self._words is not None:
            text = self._words.sub(HIDDEN, text)
        return _LOGIN.sub(f"{HIDDEN}@", _SHAPES.sub(HIDDEN, text))

    def over(self, check: Check) -> Check:
        """The check without secrets."""
        return check.model_copy(
            update={
                "name": self.hide(check.name),
                "sentence": self.hide(check.sentence),
                "fix": None if check.fix is None else self.hide(check.fix),
            }
        )


def _secrets(settings: Settings) -> Iterator[str]:
    if settings.bot_token is not None:
        token = settings.bot_token.get_secret_value()
        yield token
        yield token.partition(":")[2]
    for url in (settings.database_url, settings.public_url, settings.telegram_api_url):
        yield from _passwords(url or "")


def _passwords(url: str) -> Iterator[str]:
    """The password of an address, as it is written and as it is meant."""
    try:
        written = urlsplit(url).password or ""
    except ValueError:
        return
    yield written
    yield unquote(written)
    for key, _, value in (pair.partition("=") for pair in urlsplit(url).query.split("&")):
        if "pass" in key.lower() or "secret" in key.lower() or "token" in key.lower():
            yield value
            yield unquote(value)
