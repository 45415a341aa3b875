"""Messages about what the shop's people set by hand: level, profile, sponsor; and a new member to their sponsor."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.level_notices import rank_name, rates_words
from bot.cards.plan_words import percent_text, privilege_words
from bot.cards.words import NAME_COLUMNS, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.names import person_name
from models.growth.appointment_notices import (
    AppointmentFacts,
    LevelSet,
    MemberSet,
    ProfileSet,
    SponsorSet,
)
from models.money.told import AtShop


def appointment_card(facts: AppointmentFacts, voice: Voice) -> Card:
    """The notice as its reader sees it."""
    match facts:
        case LevelSet():
            return _card(_level(facts, voice), facts, voice)
        case ProfileSet():
            return _card(_profile(facts, voice), facts, voice)
        case SponsorSet():
            return _card(_sponsor(facts, voice), facts, voice)
        case MemberSet():
            return _card(_member(facts, voice), facts, voice)


def _card(lines: list[Markup], facts: AppointmentFacts, voice: Voice) -> Card:
    when = escape(moment(facts.at, facts.shop.zone, voice.language))
    return Card(Markup("\n").join([*lines, when]), _rows(facts.shop, voice))


def _rows(shop: AtShop, voice: Voice) -> tuple[Row, ...]:
    return ((Tap(voice.plain("🏅 Level"), f"level:of:{shop.merchant_id}"),),)


def _level(facts: LevelSet, voice: Voice) -> list[Markup]:
    shop, after = shop_name(facts.shop.name, voice), rank_name(facts.after, voice)
    if not facts.moved:
        return [
            voice.say("📌 <b>Your level {level} at {shop} is pinned now</b>", level=after, shop=shop)
            if facts.pinned
            else voice.say("🏅 <b>Your level {level} at {shop} moves again</b>", level=after, shop=shop),
            _moves(facts, voice),
        ]
    lines = [voice.say("🏅 <b>{shop} gave you the level {level}</b>", level=after, shop=shop)]
    if facts.before is not None:
        lines.append(voice.say("Before: {level}", level=rank_name(facts.before, voice)))
    lines += _since(facts, voice)
    if facts.privileges:
        lines.append(voice.say("🎁 Yours: {privileges}", privileges=privilege_words(facts.privileges, voice)))
    return [*lines, _moves(facts, voice)]


def _moves(facts: LevelSet, voice: Voice) -> Markup:
    if facts.pinned:
        return voice.say("It stays until the shop changes it.")
    return voice.say("It goes up and down by the plan's conditions.")


def _since(facts: LevelSet | ProfileSet, voice: Voice) -> list[Markup]:
    """The rates, and for which orders they count."""
    rates = rates_words(facts.rates, facts.shop.currency, voice)
    lines = [voice.say("💰 Your rates: {rates}", rates=rates)] if rates else []
    since = moment(facts.since, facts.shop.zone, voice.language)
    lines.append(
        voice.say("It counts for orders paid after {since}. What you earned stays as it is.", since=since)
    )
    return lines


def _profile(facts: ProfileSet, voice: Voice) -> list[Markup]:
    shop = shop_name(facts.shop.name, voice)
    if facts.after is None:
        head = voice.say("🎭 <b>You have no profile at {shop} any more</b>", shop=shop)
    else:
        after = rank_name(facts.after, voice)
        head = voice.say("🎭 <b>Your profile at {shop} is {profile} now</b>", shop=shop, profile=after)
    lines = [head]
    if facts.before is not None:
        lines.append(voice.say("Before: {level}", level=rank_name(facts.before, voice)))
    return [*lines, *_since(facts, voice)]


def _sponsor(facts: SponsorSet, voice: Voice) -> list[Markup]:
    shop = shop_name(facts.shop.name, voice)
    if facts.sponsor is None:
        return [voice.say("🧭 <b>You have no sponsor at {shop} any more</b>", shop=shop)]
    sponsor = person_name(facts.sponsor, NAME_COLUMNS, voice.plain("Somebody"))
    return [
        voice.say("🧭 <b>{sponsor} is your sponsor at {shop} now</b>", sponsor=sponsor, shop=shop),
        voice.say(
            "They see your name and what you sell as sums, never your orders or customers. "
            "What they earn comes on top of yours."
        ),
    ]


def _member(facts: MemberSet, voice: Voice) -> list[Markup]:
    shop = shop_name(facts.shop.name, voice)
    member = person_name(facts.member, NAME_COLUMNS, voice.plain("Somebody"))
    lines = [voice.say("👥 <b>{member} is in your team at {shop} now</b>", member=member, shop=shop)]
    if facts.percent is not None:
        lines.append(
            voice.say(
                "You earn {percent}% of what they sell from now on, on top of theirs.",
                percent=percent_text(facts.percent),
            )
        )
    return lines
