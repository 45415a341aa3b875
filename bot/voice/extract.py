"""Keeps `locale/*.po` in step with the source: `python -m bot.voice.extract`, then translate in the file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from bot.voice.catalogue import po_text
from bot.voice.languages import DEFAULT, Language
from bot.voice.messages import Message, extract_messages
from bot.voice.proofread import proofread

_PLURAL_RULES = {Language.ZH: "nplurals=1; plural=0;"}


def in_step(po: str, messages: list[Message], language: Language) -> str:
    """The catalogue's text with an entry for each message and no other, sorted; translations are kept."""
    before = read_po(StringIO(po), locale=str(language), ignore_obsolete=True)
    after = Catalog(locale=str(language))
    for identity in _identities(messages):
        known = before.get(identity)
        fits = known is not None and known.id == identity
        after.add(
            identity,
            string=known.string if known and fits else "",
            user_comments=known.user_comments if known else (),
        )
    body = BytesIO()
    write_po(body, after, width=0, no_location=True, omit_header=True, sort_output=True)
    entries = body.getvalue().decode().strip("\n")
    return _header(language) + (f"\n{entries}\n" if entries else "")


def _identities(messages: list[Message]) -> Iterator[str | tuple[str, str]]:
    # A plural entry serves the singular said alone as well, so it comes last and wins.
    for message in sorted(messages, key=lambda message: message.many is not None):
        yield message.one if message.many is None else (message.one, message.many)


def _header(language: Language) -> str:
    lines = (
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {_PLURAL_RULES[language]}",
    )
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def main() -> int:
    """Brings every catalogue into step; says what is still to translate or can't be read."""
    found = extract_messages()
    for problem in found.unreadable:
        sys.stderr.write(problem + "\n")
    for language in Language:
        if language is DEFAULT:
            continue
        updated = in_step(po_text(language), found.messages, language)
        path = Path(__file__).parent / "locale" / f"{language}.po"
        fresh = path.with_suffix(".po.new")
        fresh.write_text(updated, encoding="utf-8")
        fresh.replace(path)
        sys.stdout.write(f"{path.name}: {updated.count('msgid ') - 1} messages, to translate:\n")
        sys.stdout.writelines(f"  {fault}\n" for fault in proofread(updated, found.messages, language))
    return 1 if found.unreadable else 0


if __name__ == "__main__":
    sys.exit(main())
