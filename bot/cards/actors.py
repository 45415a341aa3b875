"""Who did something, by the word that is kept of them: a person, somebody at the command line, a clock, a provider."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from bot.cards.words import NAME_COLUMNS
from bot.voice.catalogue import Voice
from bot.voice.names import person_name
from models.store.audit import COMMAND, Actor

_RAW_COLUMNS = 40
_PROVIDER = "provider "
_BY_ITSELF = frozenset({"tuike", "clock"})
"""Names of the program where it acts without anybody (`models/money/cases/opening.py`, `jobs/payouts.py`)."""


def actor_words(actor: str, names: Mapping[str, str], voice: Voice) -> Markup:
    """A person by name (`names` by the word, `person 17` or `command person 17`), the shell, the program itself, a
    provider of payouts, or the word itself."""
    known = names.get(actor)
    if known is not None:
        who = person_name(known, NAME_COLUMNS, voice.plain("somebody"))
        return voice.say("{who} (command line)", who=who) if Actor(actor).is_shell else who
    if actor == COMMAND.name:
        return escape(voice.plain("the command line"))
    if actor in _BY_ITSELF:
        return escape(voice.plain("Tuike itself"))
    if actor.startswith(_PROVIDER):
        provider = person_name(actor.removeprefix(_PROVIDER), _RAW_COLUMNS, "?")
        return voice.say("the provider {name}", name=provider)
    if Actor(actor).person_key is not None:
        return escape(voice.plain("somebody"))
    return person_name(actor, _RAW_COLUMNS, "?")
