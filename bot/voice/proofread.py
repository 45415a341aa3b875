"""Holds a catalogue to the source: every message translated, with the same placeholders and the same tags."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from string import Formatter

from babel.messages.pofile import read_po

from bot.voice.languages import Language
from bot.voice.messages import Message, Saying

# What the chat server reads (Bot API, HTML style) and what we use of it.
ALLOWED_TAGS = frozenset({"b", "i", "u", "s", "code", "pre", "a", "blockquote", "tg-spoiler"})
_HTML = frozenset({Saying.SAY, Saying.PLURAL})
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|#[0-9]+|#x[0-9a-fA-F]+);)")


def proofread(po: str, messages: list[Message], language: Language) -> list[str]:
    """One sentence for each fault of the catalogue's text against the messages; none is good."""
    catalogue = read_po(StringIO(po), locale=str(language))
    faults = [fault for message in messages for fault in _source_faults(message)]
    said: set[str] = set()
    for message in messages:
        said.add(message.one)
        entry = catalogue.get(message.one)
        if entry is None or entry.fuzzy:
            faults.append(f"{message.where}: {message.one!r} is not in {language}")
            continue
        if message.many is not None and entry.id != (message.one, message.many):
            faults.append(f"{message.where}: {message.one!r} has another plural in {language}")
            continue
        if message.many is None and entry.pluralizable:
            faults.append(
                f"{message.where}: {message.one!r} is also said as a plural; word one of them differently"
            )
            continue
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string or ("",))
        faults.extend(_translation_faults(message, forms))
    stale = (entry for entry in catalogue if entry.id and _first(entry.id) not in said)
    faults.extend(f"{language}: {_first(entry.id)!r} is said nowhere" for entry in stale)
    return faults


def placeholders(text: str) -> Counter[str]:
    """The `{names}` of a message and how often each stands there. ValueError when braces don't match."""
    return Counter(
        name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
        for _, name, spec, conversion in Formatter().parse(text)
        if name is not None
    )


def tags(text: str) -> Counter[str]:
    """The tags of a message with their attributes, opening and closing, each as often as it stands there."""
    reader = _Tags()
    reader.feed(text)
    reader.close()
    return Counter(reader.seen)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.seen: list[str] = []
        self.open: list[str] = []
        self.balanced = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(" ".join([tag, *(f"{name}={value}" for name, value in attrs)]))
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        self.seen.append("/" + tag)
        if not self.open or self.open.pop() != tag:
            self.balanced = False


def _source_faults(message: Message) -> Iterator[str]:
    for text in filter(None, (message.one, message.many)):
        for fault in _text_faults(text, message.saying):
            yield f"{message.where}: {text!r} {fault}"


def _translation_faults(message: Message, forms: list[str]) -> Iterator[str]:
    wanted = placeholders(message.many or message.one)
    for form in forms:
        name = f"{message.where}: the translation {form!r} of {message.one!r}"
        if not form.strip():
            yield f"{message.where}: {message.one!r} is not translated"
            continue
        broken = list(_text_faults(form, message.saying))
        yield from (f"{name} {fault}" for fault in broken)
        if broken:
            continue
        if placeholders(form) != wanted:
            yield f"{name} has other placeholders"
        if message.saying in _HTML and tags(form) != tags(message.many or message.one):
            yield f"{name} has other tags"


def _text_faults(text: str, saying: Saying) -> Iterator[str]:
    try:
        names = placeholders(text)
    except ValueError as error:
        yield f"has broken braces: {error}"
        return
    if not all(name.isidentifier() for name in names):
        yield "has a placeholder that is more than a name"
    if saying not in _HTML:
        if "<" in text:
            yield "is plain, but holds a tag"
        return
    yield from _html_faults(text)


def _html_faults(text: str) -> Iterator[str]:
    reader = _Tags()
    reader.feed(text)
    reader.close()
    if reader.open or not reader.balanced:
        yield "has tags that don't close in order"
    unknown = {seen.split()[0].lstrip("/") for seen in reader.seen} - ALLOWED_TAGS
    if unknown:
        yield f"has tags the chat server doesn't know: {', '.join(sorted(unknown))}"
    if _BARE_AMPERSAND.search(text):
        yield "has a bare &, write &amp;"


def _first(identity: str | list[str] | tuple[str, ...]) -> str:
    return identity if isinstance(identity, str) else identity[0]
