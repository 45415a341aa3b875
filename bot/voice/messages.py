"""Finds every message in the source, so that catalogues can be held to it.

A message is the literal in `….say("…")`, `….plain("…")`, `….plural("…", "…", n)` or `Phrase("…")`; whatever
object these methods hang on is taken for a Voice. The business has no voice, but its errors carry sentences that a
card says again: there, and anywhere, the literal in `Sentence("…")` is a message too.
"""

from __future__ import annotations

import ast
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SPEAKING_ROOMS = ("bot", "handlers", "jobs")
BUSINESS_ROOM = "models"
SILENT_ROOM = "bot/sandbox"
"""It imitates another's server and has words of its own."""


class Saying(StrEnum):
    """The ways to say a message; `say` and `plural` hold HTML, the others none."""

    SAY = "say"
    PLAIN = "plain"
    PLURAL = "plural"
    PHRASE = "Phrase"
    SENTENCE = "Sentence"


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the source says it; `many` is there for plurals alone."""

    one: str
    many: str | None
    saying: Saying
    where: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was found: the messages, and the places whose message can't be read off the source."""

    messages: list[Message] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def extract_messages(root: Path = ROOT) -> Extraction:
    """All messages of the rooms that speak and of the business, in the order of files and lines."""
    found = Extraction()
    for room in (*SPEAKING_ROOMS, BUSINESS_ROOM):
        sayings = frozenset({Saying.SENTENCE} if room == BUSINESS_ROOM else Saying)
        for source in sorted((root / room).rglob("*.py")):
            if source.is_relative_to(root / SILENT_ROOM):
                continue
            read_source(source.read_text(encoding="utf-8"), str(source.relative_to(root)), found, sayings)
    return found


def read_source(
    source: str, name: str, found: Extraction, sayings: Collection[Saying] = frozenset(Saying)
) -> None:
    """Adds the messages of one file that are said in one of these ways; `name` is how its places are called."""
    for call in ast.walk(ast.parse(source, filename=name)):
        if not isinstance(call, ast.Call):
            continue
        saying = _saying(call)
        if saying is None or saying not in sayings:
            continue
        where = f"{name}:{call.lineno}"
        literals = [_literal(argument) for argument in call.args[: 2 if saying is Saying.PLURAL else 1]]
        match literals:
            case [str() as one] if saying is not Saying.PLURAL:
                found.messages.append(Message(one, None, saying, where))
            case [str() as one, str() as many]:
                found.messages.append(Message(one, many, saying, where))
            case _:
                found.unreadable.append(f"{where}: {saying} takes its message as a literal")


def _saying(call: ast.Call) -> Saying | None:
    match call.func:
        case ast.Attribute(attr="say" | "plain" | "plural" as name):
            return Saying(name)
        case ast.Name(id="Phrase") | ast.Attribute(attr="Phrase"):
            return Saying.PHRASE
        case ast.Name(id="Sentence"):
            return Saying.SENTENCE
    return None


def _literal(argument: ast.expr) -> str | None:
    match argument:
        case ast.Constant(value=str() as text):
            return text
    return None
