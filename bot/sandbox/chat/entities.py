"""Formatted text: entities, their offsets in UTF-16 units, and those the server finds by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.sandbox.wire import Json, present, utf16_length


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of text with a meaning; offset and length in UTF-16 units (Bot API, MessageEntity)."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None

    @property
    def end(self) -> int:
        return self.offset + self.length

    def as_json(self) -> dict[str, Json]:
        """The Bot API's MessageEntity."""
        return present(
            type=self.kind,
            offset=self.offset,
            length=self.length,
            url=self.url,
            language=self.language,
            custom_emoji_id=self.custom_emoji_id,
        )


@dataclass(frozen=True, slots=True)
class Formatted:
    """Text without markup, and its entities in order."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    @property
    def length(self) -> int:
        """Length in UTF-16 units, as limits count it."""
        return utf16_length(self.text)

    def entities_json(self) -> list[Json] | None:
        """The entities for a Message, None when there are none."""
        return [entity.as_json() for entity in self.entities] or None


FOUND_BY_SERVER = (
    ("url", re.compile(r"https?://[^\s<>\"'，。！？、；：]+[^\s<>\"'，。！？、；：.,!?;:)\]]")),
    ("url", re.compile(r"(?<![\w/.@:])t\.me/[\w?=&/+-]+")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("bot_command", re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/])", re.ASCII)),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z]\w{2,31}", re.ASCII)),
    ("hashtag", re.compile(r"(?<!\w)#\w*[^\W\d]\w*")),
)
OPAQUE = {"code", "pre", "text_link", "url", "email"}
"""Inside these the server looks for nothing else."""


def finished(text: str, entities: Iterable[Entity]) -> Formatted:
    """Trim the text as the server does, mend the offsets and add the entities that it finds itself."""
    kept = text.rstrip()
    stripped = kept.lstrip()
    shift = utf16_length(kept) - utf16_length(stripped)
    end = utf16_length(stripped)
    moved = [_clipped(entity, shift, end) for entity in entities]
    given = [entity for entity in moved if entity.length > 0]
    given.extend(_found(stripped, given))
    return Formatted(stripped, tuple(sorted(given, key=lambda entity: (entity.offset, -entity.length))))


def _clipped(entity: Entity, shift: int, end: int) -> Entity:
    start = min(max(entity.offset - shift, 0), end)
    stop = min(max(entity.end - shift, 0), end)
    return replace(entity, offset=start, length=stop - start)


def _found(text: str, given: list[Entity]) -> list[Entity]:
    taken = [(entity.offset, entity.end) for entity in given if entity.kind in OPAQUE]
    found: list[Entity] = []
    for kind, pattern in FOUND_BY_SERVER:
        for match in pattern.finditer(text):
            start = utf16_length(text[: match.start()])
            stop = start + utf16_length(match.group())
            if any(start < right and left < stop for left, right in taken):
                continue
            taken.append((start, stop))
            found.append(Entity(kind, start, stop - start))
    return found
