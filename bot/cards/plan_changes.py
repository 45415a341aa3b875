"""Parts of plans and their differences in words and numbers: for the terms card, the staff's desk, the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from bot.cards.plan_words import (
    amount,
    bands_words,
    conditions_words,
    level_title,
    percent_text,
    privilege_words,
    targets_words,
)
from bot.cards.words import NAME_COLUMNS
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import month_day
from bot.voice.names import person_name
from models.plans.changes import Change, Topic, Way
from models.plans.changes_kinds import Value
from models.plans.document import PlanDocument
from models.plans.parts import Title
from models.plans.ranks import Conditions, Privilege
from models.plans.rules import Boost, BoostMode, Ladder, Rate, Selector, TeamTarget

_TICK = timedelta(microseconds=1)
SIGNS = {Way.BETTER: "🔺", Way.WORSE: "🔻", Way.MIXED: "🔀", Way.NEUTRAL: "▫️"}
_WHAT = {
    Topic.LADDER: Phrase("Extra on the sales of a period"),
    Topic.SAME_PERSON: Phrase("When sponsor and seller are one person, the team reward is"),
    Topic.FIRST_ORDER: Phrase("Bonus for a customer's first order"),
    Topic.INVITE_CASHBACK: Phrase("Cashback for an invitation"),
    Topic.TEAM_TARGET: Phrase("Bonus for the team's sales"),
    Topic.ORDER_CAP: Phrase("The most that one order pays in all"),
    Topic.MARGIN_CAP: Phrase("The most of the margin that an order pays"),
    Topic.DAY_CAP: Phrase("The most that a day pays you"),
    Topic.BUDGET: Phrase("The most that a month pays everybody together"),
    Topic.HOLD: Phrase("Hold after the buyer has the goods"),
    Topic.DELIVERY: Phrase("Without a receipt, goods count as delivered after"),
    Topic.MINIMUM: Phrase("Smallest withdrawal"),
    Topic.FEE: Phrase("Fee of a withdrawal"),
    Topic.FEE_PERCENT: Phrase("Fee of a withdrawal, as a share"),
    Topic.ARRIVAL: Phrase("A withdrawal arrives within"),
    Topic.NOTICE: Phrase("Notice before anything is lowered"),
    Topic.WINDOW: Phrase("A click counts for"),
    Topic.CLICK: Phrase("Of several clicks, the one that counts is"),
    Topic.OWN_PURCHASE: Phrase("Your own purchases"),
    Topic.PROTECTION: Phrase("A customer is yours alone for"),
    Topic.VALIDITY: Phrase("A customer stays bound to you for"),
    Topic.COUPON_ORDER: Phrase("A bound customer who uses another's coupon"),
}
_OF_TEAM = {
    "1": Phrase("Of what your members sell you earn"),
    "2": Phrase("Of what your members' members sell you earn"),
}
_OF_RANKS = {
    Topic.LEVEL_WHEN: Phrase("reached by"),
    Topic.LEVEL_GRACE: Phrase("kept after a warning for"),
    Topic.LEVEL_PRIVILEGES: Phrase("gives besides"),
    Topic.PROFILE_CASHBACK: Phrase("cashback for an invitation"),
}
_CHOICES = {
    "skip": Phrase("not paid"),
    "pay": Phrase("paid"),
    "review": Phrase("held for review"),
    "last": Phrase("the last one"),
    "first": Phrase("the first one"),
    True: Phrase("stays with the binding"),
    False: Phrase("counts for the coupon's owner"),
}
_AMOUNTS = frozenset(
    {
        *(Topic.FIRST_ORDER, Topic.INVITE_CASHBACK, Topic.PROFILE_CASHBACK, Topic.DAY_CAP, Topic.BUDGET),
        *(Topic.MINIMUM, Topic.FEE),
    }
)
_PERCENTS = frozenset({Topic.TEAM, Topic.ORDER_CAP, Topic.MARGIN_CAP, Topic.FEE_PERCENT})
_CAPS = frozenset({Topic.ORDER_CAP, Topic.MARGIN_CAP, Topic.DAY_CAP, Topic.BUDGET})


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a plan holds: its currency and zone, and what its levels, profiles and (by number) products are called."""

    currency: str
    zone: ZoneInfo
    names: Mapping[str, Title] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        currency: str,
        zone: ZoneInfo,
        *plans: PlanDocument | None,
        titles: Mapping[str, str] | None = None,
    ) -> Setting:
        """With the names of these plans, the last one's before those of the others."""
        names: dict[str, Title] = {}
        for plan in plans:
            if plan is not None:
                names |= {level.key: level.title for level in plan.levels}
                names |= {profile.key: profile.title for profile in plan.profiles}
        return cls(currency, zone, names, titles or {})


def change_words(change: Change, setting: Setting, voice: Voice) -> Markup:
    """One difference: its sign, what it is about, what was and what will be."""
    sign = SIGNS[change.way]
    if change.topic in {Topic.LEVEL, Topic.PROFILE}:
        return voice.say("{sign} {what}", sign=sign, what=_came_or_went(change, voice))
    return voice.say(
        "{sign} {what}: {before} → <b>{after}</b>",
        sign=sign,
        what=_what(change, setting, voice),
        before=_value(change.topic, change.before, setting, voice),
        after=_value(change.topic, change.after, setting, voice),
    )


def changes_words(changes: Sequence[Change], setting: Setting, most: int, voice: Voice) -> list[Markup]:
    """The first of some differences, and how many more there are."""
    lines = [change_words(change, setting, voice) for change in changes[:most]]
    if len(changes) > most:
        lines.append(voice.plural("… and {n} more", "… and {n} more", len(changes) - most))
    return lines


def part_words(
    topic: Topic, value: object, setting: Setting, voice: Voice, about: str | None = None
) -> tuple[Markup, Markup]:
    """A part of a plan as it stands: what it is, in the words of a change, and what it says."""
    stands = Change(topic, Way.NEUTRAL, about, None, cast("Value", value))
    return _what(stands, setting, voice), _value(topic, value, setting, voice)


def _came_or_went(change: Change, voice: Voice) -> Markup:
    title = cast("Title", change.before or change.after)
    name = person_name(level_title(title, voice), NAME_COLUMNS, "?")
    if change.topic is Topic.LEVEL:
        if change.after is None:
            return voice.say(
                "Level <b>{level}</b> is no more; who holds it counts as the first level.", level=name
            )
        return voice.say("New level: <b>{level}</b>", level=name)
    if change.after is None:
        return voice.say("The agreement <b>{profile}</b> is no more.", profile=name)
    return voice.say("New kind of agreement: <b>{profile}</b>", profile=name)


def _what(change: Change, setting: Setting, voice: Voice) -> Markup:
    match change.topic:
        case Topic.RATE:
            return _rated(change, setting, voice)
        case Topic.BOOST:
            about = selector_words(cast("Selector", change.about), setting, voice)
            return voice.say("Boost for {about}", about=about)
        case Topic.TEAM:
            return escape(voice.phrase(_OF_TEAM[str(change.about)]))
        case topic if topic in _OF_RANKS:
            name = named(str(change.about), setting, voice)
            return voice.say("{rank}: {what}", rank=name, what=voice.phrase(_OF_RANKS[topic]))
        case topic:
            return escape(voice.phrase(_WHAT[topic]))


def _rated(change: Change, setting: Setting, voice: Voice) -> Markup:
    selector = cast("Selector", change.about)
    if not any(selector):
        return voice.say("You earn")
    return voice.say("For {about} you earn", about=selector_words(selector, setting, voice))


def named(key: str, setting: Setting, voice: Voice) -> Markup:
    """A level or profile by its title; by its key where it has none here."""
    title = setting.names.get(key)
    return person_name(level_title(title, voice) if title is not None else key, NAME_COLUMNS, "?")


def selector_words(selector: Selector, setting: Setting, voice: Voice) -> Markup:
    """For what and for whom a rule is."""
    parts = []
    if selector.product is not None:
        parts.append(_product(selector.product, setting, voice))
    if selector.category is not None:
        name = person_name(selector.category, NAME_COLUMNS, "?")
        parts.append(voice.say("category {category}", category=name))
    parts += [named(key, setting, voice) for key in (selector.profile, selector.level) if key is not None]
    return Markup(" · ").join(parts) if parts else voice.say("everything")


def _product(sku: str, setting: Setting, voice: Voice) -> Markup:
    """A product as buyers call it; by its number where the catalogue doesn't know it."""
    title = setting.titles.get(sku)
    if title is not None:
        return person_name(title, NAME_COLUMNS, sku)
    return voice.say("product {sku}", sku=person_name(sku, NAME_COLUMNS, "?"))


def rule_words(rule: Rate | Boost, setting: Setting, voice: Voice) -> Markup:
    """What a rate or boost pays."""
    if rule.percent is not None:
        return escape(f"{percent_text(rule.percent)}%")
    return voice.say("{amount} apiece", amount=amount(rule.fixed or "0", setting.currency, voice))


def last_day(boost: Boost, zone: ZoneInfo, voice: Voice) -> str:
    """The last day on which a boost holds; one that ends at midnight does not reach the day that begins then."""
    return month_day((boost.ends - _TICK).astimezone(zone).date(), voice.language)


def _boost(boost: Boost, setting: Setting, voice: Voice) -> Markup:
    paid = rule_words(boost, setting, voice)
    first = month_day(boost.starts.astimezone(setting.zone).date(), voice.language)
    last = last_day(boost, setting.zone, voice)
    if boost.mode is BoostMode.ADD:
        return voice.say("{paid} on top from {first} until {last}", paid=paid, first=first, last=last)
    return voice.say("{paid} instead from {first} until {last}", paid=paid, first=first, last=last)


def _value(topic: Topic, value: object, setting: Setting, voice: Voice) -> Markup:
    if value is None or value == ():
        return voice.say("no cap") if topic in _CAPS else voice.say("nothing")
    if isinstance(value, str):
        return escape(_text(topic, value, setting, voice))
    if isinstance(value, bool):
        return escape(voice.phrase(_CHOICES[value]))
    if isinstance(value, int):
        return voice.plural("{n} day", "{n} days", value)
    return _part(value, setting, voice)


def _text(topic: Topic, value: str, setting: Setting, voice: Voice) -> str:
    if topic in _AMOUNTS:
        return amount(value, setting.currency, voice)
    return f"{percent_text(value)}%" if topic in _PERCENTS else voice.phrase(_CHOICES[value])


def _part(value: object, setting: Setting, voice: Voice) -> Markup:
    match value:
        case Rate():
            return rule_words(value, setting, voice)
        case Boost():
            return _boost(value, setting, voice)
        case Ladder():
            return bands_words(value, setting.currency, voice)
        case Conditions():
            return conditions_words(value, setting.currency, voice)
        case (TeamTarget(), *_):
            return targets_words(cast("Sequence[TeamTarget]", value), setting.currency, voice)
        case _:
            return escape(privilege_words(cast("Sequence[Privilege]", value), voice))
