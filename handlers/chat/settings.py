"""Settings: language, topics, quiet hours, zone, name on posters; and help."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.answers import help_card
from bot.cards.card import Toast
from bot.cards.settings import (
    NAMES_SHOWN,
    OFF,
    ON,
    TOPICS,
    SettingsFacts,
    no_zone_card,
    quiet_card,
    settings_card,
    topics_card,
    zone_card,
)
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from bot.voice.zones import zone_called
from handlers.chat.visit import Answer, NoSeat, Visit, seats
from models.errors import NotFound
from models.people.permissions import posts
from models.people.persons import ask_person, choose_language
from models.people.preferences import (
    MINUTES_A_DAY,
    NameShown,
    Preference,
    UnknownZone,
    prefer,
    preference_of,
    quiet_of,
    toggled,
    zone_named,
)
from models.store.outbox import Topic


async def show(visit: Visit) -> Answer:
    """What can be set."""
    return Answer(settings_card(await _facts(visit), visit.voice))


async def speak(visit: Visit) -> Answer:
    """Another language, from this very card on."""
    if visit.subject not in set(Language):
        raise NotFound("language", visit.subject)
    language = Language(visit.subject)
    await choose_language(visit.session, visit.person.id, language)
    voice = Voice(language)
    shown = settings_card(await _facts(visit), voice)
    return Answer(shown, Toast(voice.plain("I speak English now.")))


async def show_topics(visit: Visit) -> Answer:
    """What may be pushed."""
    return Answer(topics_card(await _facts(visit), visit.voice))


async def turn_topic(visit: Visit) -> Answer:
    """Mute a topic, or let it come again, as the button says; one that does not say turns it over."""
    word, _, wanted = visit.subject.partition(":")
    preference, topic = await _mine(visit), _topic(word)
    before = OFF if topic in preference.muted else ON
    if wanted != before:
        preference.muted = toggled(preference.muted, topic)
        await prefer(visit.session, preference)
    name = visit.voice.phrase(TOPICS[topic])
    words = (
        visit.voice.plain("{topic}: off", topic=name)
        if topic in preference.muted
        else visit.voice.plain("{topic}: on", topic=name)
    )
    return Answer(topics_card(await _facts(visit), visit.voice), Toast(words))


async def mute_topic(visit: Visit) -> Answer:
    """The one-tap opt-out under a push (chat.md 2, rule 14): off, however often it is tapped; the push stays."""
    preference, topic = await _mine(visit), _topic(visit.subject)
    if topic not in preference.muted:
        preference.muted = toggled(preference.muted, topic)
        await prefer(visit.session, preference)
    name = visit.voice.phrase(TOPICS[topic])
    words = visit.voice.plain("{topic}: off. Settings turn it on again.", topic=name)
    return Answer(toast=Toast(words, alert=True))


def _topic(word: str) -> Topic:
    if word not in set(TOPICS):
        raise NotFound("topic", word)
    return Topic(word)


async def show_quiet(visit: Visit) -> Answer:
    """Quiet hours."""
    return Answer(quiet_card(await _facts(visit), visit.voice))


async def choose_quiet(visit: Visit) -> Answer:
    """Other quiet hours, or none."""
    preference = await _mine(visit)
    preference.quiet_from, preference.quiet_until = _hours(visit.subject)
    await prefer(visit.session, preference)
    return Answer(quiet_card(await _facts(visit), visit.voice), Toast(visit.voice.plain("Kept.")))


def _hours(word: str) -> tuple[int, int] | tuple[None, None]:
    start, _, end = word.partition("-")
    if word == "none":
        return None, None
    if not (start.isascii() and start.isdecimal() and end.isascii() and end.isdecimal()):
        raise NotFound("hours", word)
    if int(start[:5]) >= MINUTES_A_DAY or int(end[:5]) >= MINUTES_A_DAY:
        raise NotFound("hours", word)
    return int(start), int(end)


async def show_zone(visit: Visit) -> Answer:
    """The person's clock; the next text may name one."""
    await ask_person(visit.session, visit.person.id, "settings:zone", visit.now)
    return Answer(zone_card(await _facts(visit), visit.voice))


async def choose_zone(visit: Visit) -> Answer:
    """A zone from the list, or the shop's."""
    preference = await _mine(visit)
    try:
        preference.zone = None if visit.subject == "shop" else zone_named(visit.subject)
    except UnknownZone as error:
        raise NotFound("zone", visit.subject) from error
    await prefer(visit.session, preference)
    return Answer(zone_card(await _facts(visit), visit.voice), Toast(visit.voice.plain("Kept.")))


async def type_zone(visit: Visit) -> Answer:
    """A zone that the person typed."""
    try:
        zone = zone_named(zone_called(visit.text) or visit.text)
    except UnknownZone:
        await ask_person(visit.session, visit.person.id, "settings:zone", visit.now)
        return Answer(no_zone_card(visit.text, visit.voice))
    preference = await _mine(visit)
    preference.zone = zone
    await prefer(visit.session, preference)
    return await show(visit)


async def choose_name_shown(visit: Visit) -> Answer:
    """How the person shows on their posters."""
    if visit.subject not in set(NameShown):
        raise NotFound("way", visit.subject)
    preference = await _mine(visit)
    preference.name_shown = NameShown(visit.subject)
    await prefer(visit.session, preference)
    shown = visit.voice.phrase(NAMES_SHOWN[preference.name_shown])
    words = Toast(visit.voice.plain("On my posters: {shown}", shown=shown))
    return replace(await show(visit), toast=words)


async def show_help(visit: Visit) -> Answer:
    """How it works."""
    return Answer(help_card(visit.voice))


async def _mine(visit: Visit) -> Preference:
    return await preference_of(visit.session, visit.person.id)


async def _facts(visit: Visit) -> SettingsFacts:
    preference = await _mine(visit)
    try:
        places = await seats(visit)
    except NoSeat:
        places = []
    return SettingsFacts(
        muted=preference.muted,
        quiet=quiet_of(preference),
        zone=preference.zone,
        shop_zone=places[0].merchant.zone if places else None,
        name_shown=preference.name_shown,
        shops=len(places),
        at_work=bool(await posts(visit.session, visit.person.id)),
    )
