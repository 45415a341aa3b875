"""Settings: language, what is pushed and when, the clock, and how I show on posters (chat.md 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.joining import LANGUAGE_NAMES
from bot.cards.words import NAME_COLUMNS, back_button, home_button
from bot.voice.catalogue import Phrase, Voice
from bot.voice.languages import Language
from bot.voice.names import person_name
from bot.voice.zones import zone_name
from models.people.preferences import NameShown, Quiet
from models.store.outbox import Topic

TOPICS = {
    Topic.FLASH_SALES: Phrase("⚡ Flash sales"),
    Topic.SETTLEMENT: Phrase("💰 Settlements"),
    Topic.TASKS: Phrase("🎯 Tasks"),
    Topic.NEWS: Phrase("📰 News of the shop"),
}
"""Those that can be muted. Orders, refunds and whatever else concerns money or security always come."""
NAMES_SHOWN = {
    NameShown.NAMED: Phrase("name and picture"),
    NameShown.AVATAR: Phrase("picture only"),
    NameShown.ANONYMOUS: Phrase("nothing of me"),
}
ON, OFF = "on", "off"
"""What a topic's switch turns it to; buttons name it, so that a doubled tap changes nothing twice."""
QUIET_CHOICES = (Quiet(22 * 60, 8 * 60), Quiet(21 * 60, 9 * 60), Quiet(23 * 60, 7 * 60), Quiet(0, 8 * 60))
ZONES = (
    "Asia/Shanghai",
    "Asia/Hong_Kong",
    "Asia/Singapore",
    "Asia/Tokyo",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Australia/Sydney",
)


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    """One person's choices; `zone` None is the shop's, which is `shop_zone`. `at_work`: they work for a shop."""

    muted: Collection[str]
    quiet: Quiet | None
    zone: str | None
    shop_zone: ZoneInfo | None
    name_shown: NameShown
    shops: int
    at_work: bool = False


def settings_card(facts: SettingsFacts, voice: Voice) -> Card:
    """Everything that can be set, with what it is set to; a button's label is its state."""
    languages: Row = tuple(
        Tap(
            ("● " if language is voice.language else "○ ") + LANGUAGE_NAMES[language],
            f"settings:language:{language}",
        )
        for language in Language
    )
    on = sum(topic not in facts.muted for topic in TOPICS)
    lines = [
        voice.say("⚙️ <b>Settings</b>"),
        voice.say("🔔 Topics that reach you: {on} of {all}", on=on, all=len(TOPICS)),
        voice.say("🌙 Quiet hours: {hours}", hours=_hours(facts.quiet, voice)),
        voice.say("🕒 Time zone: {zone}", zone=_zone(facts, voice)),
        voice.say("🖼 On my posters: {shown}", shown=voice.phrase(NAMES_SHOWN[facts.name_shown])),
    ]
    rows: list[Row] = [
        languages,
        (
            Tap(voice.plain("🔔 Topics"), "settings:topics"),
            Tap(voice.plain("🌙 Quiet hours"), "settings:quiet"),
        ),
        (Tap(voice.plain("🕒 Time zone"), "settings:zone"), _name_button(facts.name_shown, voice)),
    ]
    if facts.shops:
        rows.append((Tap(voice.plain("🏦 Payout account"), "account:open"),))
    rows.append((Tap(voice.plain("🗄 My data"), "data:open"),))
    if facts.shops > 1:
        rows.append((Tap(voice.plain("🔀 Other shop"), "shop:list"),))
    if facts.at_work:
        rows.append((Tap(voice.plain("🏪 Manage the shop"), "manage:open"),))
    return Card(Markup("\n").join(lines), (*rows, (back_button("home:open", voice),)))


def _name_button(shown: NameShown, voice: Voice) -> Tap:
    """Its label is its state; a tap goes on to the next."""
    return Tap(
        voice.plain("🖼 Posters: {shown}", shown=voice.phrase(NAMES_SHOWN[shown])),
        f"settings:name:{following(shown)}",
    )


def following(shown: NameShown) -> NameShown:
    """The way of showing that comes next; buttons name it, so that a doubled tap changes nothing twice."""
    order = list(NameShown)
    return order[(order.index(shown) + 1) % len(order)]


def _hours(quiet: Quiet | None, voice: Voice) -> str:
    return _span(quiet) if quiet is not None else voice.plain("none")


def _span(quiet: Quiet) -> str:
    return f"{_clock(quiet.start)}–{_clock(quiet.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _zone(facts: SettingsFacts, voice: Voice) -> str:
    if facts.zone is not None:
        return zone_name(facts.zone, voice.language)
    if facts.shop_zone is None:
        return voice.plain("the shop's")
    return voice.plain("the shop's ({zone})", zone=zone_name(facts.shop_zone.key, voice.language))


def topics_card(facts: SettingsFacts, voice: Voice) -> Card:
    """What is pushed: each topic is a switch that shows how it stands."""
    text = voice.say(
        "🔔 <b>Topics</b>\n\nWhat may reach you by itself. Orders, refunds and whatever else concerns your "
        "money always come."
    )
    rows: list[Row] = [
        (
            Tap(
                ("🔕 " if topic in facts.muted else "✅ ") + voice.phrase(phrase),
                f"settings:mute:{topic}:{ON if topic in facts.muted else OFF}",
            ),
        )
        for topic, phrase in TOPICS.items()
    ]
    return Card(text, (*rows, (back_button("settings:open", voice), home_button(voice))))


def quiet_card(facts: SettingsFacts, voice: Voice) -> Card:
    """Quiet hours: what can wait comes after them."""
    text = voice.say(
        "🌙 <b>Quiet hours</b>: {hours}\n\nWhat can wait is kept until they are over, by the clock of {zone}. "
        "Orders and refunds come at once.",
        hours=_hours(facts.quiet, voice),
        zone=_zone(facts, voice),
    )
    choices = [
        Tap(
            ("● " if facts.quiet == quiet else "○ ") + _span(quiet),
            f"settings:hush:{quiet.start}-{quiet.end}",
        )
        for quiet in QUIET_CHOICES
    ]
    rows: list[Row] = [tuple(choices[start : start + 2]) for start in range(0, len(choices), 2)]
    rows.append(
        (Tap(("● " if facts.quiet is None else "○ ") + voice.plain("No quiet hours"), "settings:hush:none"),)
    )
    return Card(text, (*rows, (back_button("settings:open", voice), home_button(voice))))


def zone_card(facts: SettingsFacts, voice: Voice) -> Card:
    """The person's own clock; any zone can be typed."""
    text = voice.say(
        "🕒 <b>Time zone</b>: {zone}\n\nYour quiet hours go by it. Money, days and months stay the shop's. "
        "Choose one, or send me its name, such as Asia/Shanghai.",
        zone=_zone(facts, voice),
    )
    choices = [
        Tap(("● " if facts.zone == zone else "○ ") + zone_name(zone, voice.language), f"settings:live:{zone}")
        for zone in ZONES
    ]
    rows: list[Row] = [tuple(choices[start : start + 2]) for start in range(0, len(choices), 2)]
    rows.append(
        (Tap(("● " if facts.zone is None else "○ ") + voice.plain("The shop's"), "settings:live:shop"),)
    )
    return Card(text, (*rows, (back_button("settings:open", voice), home_button(voice))))


def no_zone_card(typed: str, voice: Voice) -> Card:
    """What was typed is no zone."""
    text = voice.say(
        "🕒 I know no time zone <b>{typed}</b>. Names look like Asia/Shanghai or Europe/London; "
        "send me one, or choose from the list.",
        typed=person_name(typed, NAME_COLUMNS, voice.plain("this")),
    )
    return Card(text, ((Tap(voice.plain("🕒 Time zone"), "settings:zone"), home_button(voice)),))
