"""Read text with HTML markup, with the server's own complaints (Bot API, HTML style)."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.chat.entities import Entity
from bot.sandbox.chat.refusals import unparsable
from bot.sandbox.wire import utf16_length

KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
LANGUAGE = "language-"


@dataclass(frozen=True, slots=True)
class _Tag:
    name: str
    attributes: dict[str, str]
    start: int
    """UTF-16 offset of what the tag covers."""
    position: int
    """Length of the output when the tag opened, in characters."""


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    written: int = 0
    open_tags: list[_Tag] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)

    def peek(self) -> str:
        return self.source[self.at] if self.at < len(self.source) else ""

    def write(self, text: str) -> None:
        self.out.append(text)
        self.written += utf16_length(text)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def skip_spaces(self) -> None:
        while self.peek().isspace():
            self.at += 1

    def word(self, stops: str) -> str:
        begin = self.at
        while (char := self.peek()) and not char.isspace() and char not in stops:
            self.at += 1
        return self.source[begin : self.at].lower()


def parse_html(source: str) -> tuple[str, list[Entity]]:
    """Text without tags, and its entities; raises RefusedError as the real server does."""
    reader = _Reader(source)
    while char := reader.peek():
        if char == "&":
            reader.write(_character(reader))
        elif char == "<" and source.startswith("</", reader.at):
            _close(reader)
        elif char == "<":
            _open(reader)
        else:
            reader.write(char)
            reader.at += 1
    if reader.open_tags:
        raise unparsable(f'Can\'t find end tag corresponding to start tag "{reader.open_tags[-1].name}"')
    return "".join(reader.out), reader.entities


def _character(reader: _Reader) -> str:
    end = reader.source.find(";", reader.at, reader.at + 12)
    name = reader.source[reader.at + 1 : end] if end > 0 else ""
    decoded = NAMED.get(name) or _numbered(name)
    if decoded is None:
        reader.at += 1
        return "&"
    reader.at = end + 1
    return decoded


def _numbered(name: str) -> str | None:
    if not name.startswith("#"):
        return None
    try:
        code = int(name[2:], 16) if name[1:2] in {"x", "X"} else int(name[1:])
    except ValueError:
        return None
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else None


def _open(reader: _Reader) -> None:
    begin = reader.at
    reader.at += 1
    name = reader.word(">")
    if not reader.peek():
        raise unparsable(f"Unclosed start tag at byte offset {reader.byte(begin)}")
    if name not in KINDS:
        raise unparsable(f'Unsupported start tag "{name}" at byte offset {reader.byte(begin)}')
    attributes = _attributes(reader, name, begin)
    if name == "span" and attributes.get("class") != "tg-spoiler":
        reason = f'Tag "span" must have class "tg-spoiler" at byte offset {reader.byte(begin)}'
        raise unparsable(reason)
    reader.open_tags.append(_Tag(name, attributes, reader.written, len(reader.out)))


def _attributes(reader: _Reader, tag: str, begin: int) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        reader.skip_spaces()
        if not reader.peek():
            raise unparsable(f"Unclosed start tag at byte offset {reader.byte(begin)}")
        if reader.peek() == ">":
            reader.at += 1
            return found
        place = reader.at
        name = reader.word("=>")
        if not name:
            where = reader.byte(place)
            raise unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        reader.skip_spaces()
        if reader.peek() != "=":
            found[name] = ""
            continue
        reader.at += 1
        reader.skip_spaces()
        found[name] = _value(reader, begin)


def _value(reader: _Reader, begin: int) -> str:
    quote = reader.peek()
    if quote not in {'"', "'"}:
        return reader.word(">")
    reader.at += 1
    parts: list[str] = []
    while (char := reader.peek()) != quote:
        if not char:
            raise unparsable(f"Unclosed start tag at byte offset {reader.byte(begin)}")
        if char == "&":
            parts.append(_character(reader))
            continue
        parts.append(char)
        reader.at += 1
    reader.at += 1
    return "".join(parts)


def _close(reader: _Reader) -> None:
    begin = reader.at
    if not reader.open_tags:
        raise unparsable(f"Unexpected end tag at byte offset {reader.byte(begin)}")
    reader.at += 2
    name = reader.word(">")
    reader.skip_spaces()
    if reader.peek() != ">":
        raise unparsable(f"Unclosed end tag at byte offset {reader.byte(begin)}")
    reader.at += 1
    tag = reader.open_tags.pop()
    if name and name != tag.name:
        where = reader.byte(begin)
        reason = f'Unmatched end tag at byte offset {where}, expected "</{tag.name}>", found "</{name}>"'
        raise unparsable(reason)
    length = reader.written - tag.start
    if length > 0:
        _add(reader, tag, length)


def _add(reader: _Reader, tag: _Tag, length: int) -> None:
    kind = KINDS[tag.name]
    if kind == "text_link":
        covered = "".join(reader.out[tag.position :])
        url = tag.attributes.get("href") or covered
        if "." in url or ":" in url:
            reader.entities.append(Entity(kind, tag.start, length, url=url))
        return
    if kind == "blockquote" and "expandable" in tag.attributes:
        kind = "expandable_blockquote"
    if kind == "pre" and _is_code_inside(reader, tag, length):
        inner = reader.entities.pop()
        reader.entities.append(Entity("pre", tag.start, length, language=inner.language))
        return
    language = tag.attributes.get("class", "")
    reader.entities.append(
        Entity(
            kind,
            tag.start,
            length,
            language=language.removeprefix(LANGUAGE) if language.startswith(LANGUAGE) else None,
            custom_emoji_id=tag.attributes.get("emoji-id"),
        )
    )


def _is_code_inside(reader: _Reader, tag: _Tag, length: int) -> bool:
    if not reader.entities:
        return False
    last = reader.entities[-1]
    return last.kind == "code" and (last.offset, last.length) == (tag.start, length)
