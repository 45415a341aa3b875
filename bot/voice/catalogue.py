"""What Tuike says, in the reader's language: English in the source, the others in `locale/*.po`.

A message is written where it is said, as a literal: `voice.say("Hello, <b>{name}</b>.", name=…)`.
`bot/voice/messages.py` finds it there, and a test holds every catalogue to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO, StringIO

import structlog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from bot.voice.languages import Language
from models.errors import Sentence

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Phrase:
    """Plain words kept in a table (names of states, descriptions of commands) for `Voice.phrase` to say."""

    message: str


@dataclass(frozen=True, slots=True)
class Voice:
    """Speaks one language. Placeholders are `{name}`; a literal brace is doubled."""

    language: Language

    def say(self, message: str, /, **values: object) -> Markup:
        """`message` (simple HTML) with the values filled in, each escaped unless it is Markup.

        Raises KeyError when a placeholder has no value.
        """
        return _trusted(self._translated(message)).format(**values)

    def plural(self, one: str, many: str, n: int, /, **values: object) -> Markup:
        """`one` or `many` (simple HTML), as the language counts `n`, which fills `{n}` in groups (1,284)."""
        translated = _translations(self.language).ngettext(one, many, n)
        return _trusted(translated).format(n=f"{n:,}", **values)

    def plain(self, message: str, /, **values: object) -> str:
        """`message` without HTML, for button labels and toasts; values that are Markup lose their tags."""
        return self._filled(message, values)

    def phrase(self, phrase: Phrase, /, **values: object) -> str:
        """Plain words from a table, as `plain` says them."""
        return self._filled(phrase.message, values)

    def listed(self, parts: Iterable[str], /) -> Markup:
        """Names or words one after the other, each escaped unless it is Markup: `a, b`, `a、b`."""
        return self.say(", ").join(parts)

    def sentence(self, sentence: Sentence, /) -> str:
        """What an error of the business says; sentences within it are said in the same language."""
        values = {
            name: self.sentence(value) if isinstance(value, Sentence) else value
            for name, value in sentence.values.items()
        }
        return self._filled(sentence.template, values)

    def _translated(self, message: str) -> str:
        return _translations(self.language).gettext(message)

    def _filled(self, message: str, values: dict[str, object]) -> str:
        bare = {
            name: value.striptags() if isinstance(value, Markup) else value for name, value in values.items()
        }
        return self._translated(message).format(**bare)


def _trusted(message: str) -> Markup:
    # Source and catalogue are ours, and a test reads their tags; people's words come in as values alone.
    return Markup(message)  # noqa: S704


class _Untranslated(NullTranslations):
    """Answers in English where a catalogue has a gap, and says so."""

    def __init__(self, language: Language) -> None:
        super().__init__()
        self._language = language

    def gettext(self, message: str) -> str:
        _report(self._language, message)
        return super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        _report(self._language, msgid1)
        return super().ngettext(msgid1, msgid2, n)


@cache
def _report(language: Language, message: str) -> None:
    """Logs a gap; cached, so that each is told once per process."""
    log.warning("untranslated_message", language=str(language), message=message)


@cache
def _translations(language: Language) -> NullTranslations:
    if language is Language.EN:
        return NullTranslations()
    return compiled(po_text(language), language)


def po_text(language: Language) -> str:
    """The catalogue's file as it lies in the tree."""
    return (files("bot.voice") / "locale" / f"{language}.po").read_text(encoding="utf-8")


def compiled(po: str, language: Language) -> GNUTranslations:
    """A catalogue's text as translations, compiled in memory; gaps fall back to English and are reported."""
    compiled_file = BytesIO()
    write_mo(compiled_file, read_po(StringIO(po), locale=str(language)))
    compiled_file.seek(0)
    translations = GNUTranslations(compiled_file)
    translations.add_fallback(_Untranslated(language))
    return translations
