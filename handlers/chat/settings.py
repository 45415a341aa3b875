"""Language, and help."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.settings import help_card, settings_card
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from handlers.chat.visit import Answer, Visit
from models.errors import NotFound
from models.people.persons import choose_language


async def show(visit: Visit) -> Answer:
    """What can be set."""
    return Answer(settings_card(visit.voice))


async def speak(visit: Visit) -> Answer:
    """Another language, from this very card on."""
    if visit.subject not in set(Language):
        raise NotFound("language", visit.subject)
    language = Language(visit.subject)
    await choose_language(visit.session, visit.person.id, language)
    voice = Voice(language)
    return Answer(settings_card(voice), Toast(voice.plain("I speak English now.")))


async def show_help(visit: Visit) -> Answer:
    """How it works."""
    return Answer(help_card(visit.voice))
