"""What the bot offers to somebody who typed after its name."""

from __future__ import annotations

from dataclasses import dataclass

from bot.sandbox.chat.entities import Formatted
from bot.sandbox.chat.files import Document, Photo
from bot.sandbox.chat.keyboards import InlineKeyboard


@dataclass(frozen=True, slots=True)
class InlineResult:
    """One offer, and the message that it becomes when it is chosen; `query` is what was typed."""

    id: str
    kind: str
    title: str
    description: str
    thumbnail: str | None
    body: Formatted
    media: Photo | Document | None = None
    keyboard: InlineKeyboard | None = None
    query: str = ""

    @property
    def photo(self) -> str | None:
        """Where a client finds the picture."""
        if not isinstance(self.media, Photo):
            return None
        return self.media.url or f"/control/files/{self.media.file_id}"


@dataclass(frozen=True, slots=True)
class ResultsButton:
    """The button above the offers: into the chat with the bot, or into a Mini App."""

    text: str
    start_parameter: str | None = None
    web_app: str | None = None


@dataclass(frozen=True, slots=True)
class InlineAnswer:
    """All offers to one query; `cache_time` in seconds."""

    results: tuple[InlineResult, ...]
    next_offset: str = ""
    cache_time: int = 300
    is_personal: bool = False
    button: ResultsButton | None = None
