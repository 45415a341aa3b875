"""Read text with MarkdownV2 markup, with the server's own complaints (Bot API, MarkdownV2 style)."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.sandbox.chat.entities import Entity
from bot.sandbox.chat.refusals import unparsable
from bot.sandbox.wire import utf16_length

RESERVED = "_*[]()~`>#+-=|{}.!"
PAIRED = (("```", "pre"), ("`", "code"), ("||", "spoiler"), ("__", "underline"))
SINGLE = {"*": "bold", "_": "italic", "~": "strikethrough"}
NAMES = {
    "pre": "Pre",
    "code": "Code",
    "spoiler": "Spoiler",
    "underline": "Underline",
    "bold": "Bold",
    "italic": "Italic",
    "strikethrough": "Strikethrough",
    "text_link": "TextUrl",
}


@dataclass(frozen=True, slots=True)
class _Open:
    kind: str
    mark: str
    start: int
    begin: int
    language: str | None = None


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    out: list[str] = field(default_factory=list)
    written: int = 0
    stack: list[_Open] = field(default_factory=list)
    entities: list[Entity] = field(default_factory=list)
    quote: int | None = None

    def ahead(self, text: str) -> bool:
        return self.source.startswith(text, self.at)

    def write(self, text: str) -> None:
        self.out.append(text)
        self.written += utf16_length(text)

    def byte(self, position: int) -> int:
        return len(self.source[:position].encode())

    def at_line_start(self) -> bool:
        return self.at == 0 or self.source[self.at - 1] == "\n"


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Text without marks, and its entities; raises RefusedError as the real server does."""
    reader = _Reader(source)
    while reader.at < len(source):
        _step(reader)
    if reader.stack:
        last = reader.stack[-1]
        name, where = NAMES[last.kind], reader.byte(last.begin)
        raise unparsable(f"Can't find end of {name} entity at byte offset {where}")
    _end_quote(reader)
    return "".join(reader.out), reader.entities


def _step(reader: _Reader) -> None:
    char = reader.source[reader.at]
    following = reader.source[reader.at + 1 : reader.at + 2]
    if char == "\\" and following and 0 < ord(following) <= 126:
        reader.write(following)
        reader.at += 2
        return
    if reader.at_line_start() and not reader.stack and _start_line(reader):
        return
    inside_code = bool(reader.stack) and reader.stack[-1].kind in {"code", "pre"}
    if char not in (RESERVED if not inside_code else "`"):
        reader.write(char)
        reader.at += 1
        return
    if reader.stack and _try_close(reader):
        return
    _try_open(reader, char)


def _start_line(reader: _Reader) -> bool:
    mark = next((mark for mark in ("**>", ">") if reader.ahead(mark)), None)
    if mark is None:
        _end_quote(reader)
        return False
    if reader.quote is None or mark == "**>":
        _end_quote(reader)
        reader.quote = reader.written
    reader.at += len(mark)
    return True


def _end_quote(reader: _Reader) -> None:
    if reader.quote is None:
        return
    text = "".join(reader.out)
    length = reader.written - reader.quote - (1 if text.endswith("\n") else 0)
    if length > 0:
        reader.entities.append(Entity("blockquote", reader.quote, length))
    reader.quote = None


def _try_close(reader: _Reader) -> bool:
    last = reader.stack[-1]
    if not reader.ahead(last.mark):
        return False
    if last.mark == "_" and reader.ahead("__"):
        return False
    reader.at += len(last.mark)
    reader.stack.pop()
    length = reader.written - last.start
    url = _address(reader, last) if last.kind == "text_link" else None
    if length > 0 and (last.kind != "text_link" or url):
        reader.entities.append(Entity(last.kind, last.start, length, url=url, language=last.language))
    return True


def _address(reader: _Reader, last: _Open) -> str:
    if not reader.ahead("("):
        return ""
    parts: list[str] = []
    position = reader.at + 1
    while position < len(reader.source) and reader.source[position] != ")":
        if reader.source[position] == "\\":
            position += 1
        parts.append(reader.source[position : position + 1])
        position += 1
    if position >= len(reader.source):
        where = reader.byte(last.begin)
        raise unparsable(f"Can't find end of a URL at byte offset {where}")
    reader.at = position + 1
    return "".join(parts)


def _try_open(reader: _Reader, char: str) -> None:
    if _ends_expandable(reader):
        return
    begin = reader.at
    paired = next(((mark, kind) for mark, kind in PAIRED if reader.ahead(mark)), None)
    if paired is not None:
        mark, kind = paired
    elif char in SINGLE:
        mark, kind = char, SINGLE[char]
    elif char == "[":
        mark, kind = "]", "text_link"
    elif reader.ahead("!["):
        reader.at += 1
        mark, kind = "]", "text_link"
    else:
        reason = f"Character '{char}' is reserved and must be escaped with the preceding '\\'"
        raise unparsable(reason)
    reader.at += 1 if kind == "text_link" else len(mark)
    language = _language(reader) if kind == "pre" else None
    reader.stack.append(_Open(kind, mark, reader.written, begin, language))


def _ends_expandable(reader: _Reader) -> bool:
    """`||` at a quotation's end makes it expandable."""
    rest = reader.source[reader.at + 2 : reader.at + 3]
    if reader.quote is None or not reader.ahead("||") or rest not in {"", "\n"}:
        return False
    length = reader.written - reader.quote
    reader.entities.append(Entity("expandable_blockquote", reader.quote, length))
    reader.quote = None
    reader.at += 2
    return True


def _language(reader: _Reader) -> str | None:
    end = reader.source.find("\n", reader.at)
    word = reader.source[reader.at : end] if end >= 0 else ""
    if end < 0 or "`" in word or (word and " " in word):
        return None
    reader.at = end + 1
    return word or None
