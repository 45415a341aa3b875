"""What is wrong in a file that somebody sent, in the reader's words; the command line says the same in English."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from bot.voice.catalogue import Voice
from bot.voice.names import plain_name
from models.errors import Sentence
from models.files.findings import Finding

_PATH_COLUMNS = 60
_SENTENCE_COLUMNS = 240
_MOST_FINDINGS = 8


def refusal_words(findings: Sequence[Finding], voice: Voice) -> list[Markup]:
    """Why a file is refused, place by place."""
    said = findings[:_MOST_FINDINGS]
    lines = [
        voice.say("• {said}", said=placed_words(found.line, found.path, found.sentence, voice))
        for found in said
    ]
    if len(said) < len(findings):
        lines.append(voice.plural("… and {n} more", "… and {n} more", len(findings) - len(said)))
    return lines


def placed_words(line: int | None, path: str, sentence: Sentence, voice: Voice) -> Markup:
    """A sentence about a place of a plan; without a path it is about the whole, without a line there is no file."""
    words = plain_name(voice.sentence(sentence), _SENTENCE_COLUMNS, "?")
    if not path:
        return escape(words) if line is None else voice.say("line {line}: {words}", line=line, words=words)
    place = plain_name(path, _PATH_COLUMNS, "?")
    if line is None:
        return voice.say("<code>{path}</code>: {words}", path=place, words=words)
    return voice.say("line {line}, <code>{path}</code>: {words}", line=line, path=place, words=words)
