"""Which of the sandbox's two languages a reader sees."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Ribbon:
    """The strip that says that nothing here is real."""

    zh: str = "演示数据"
    en: str = "Demo data"

    def text(self, language: str) -> str:
        """The strip's words in a reader's language."""
        return self.zh if language == "zh" else self.en


def language_of(request: web.Request) -> str:
    """`?lang=` first, then the choice kept in a cookie, then the browser's first language of ours."""
    asked = request.query.get("lang") or request.cookies.get("lang") or ""
    wishes = [asked, *request.headers.get("Accept-Language", "").split(",")]
    for wish in wishes:
        code = wish.strip()[:2].lower()
        if code in LANGUAGES:
            return code
    return "en"
