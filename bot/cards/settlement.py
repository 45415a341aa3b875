"""The shop's calendar of releases: what becomes available on which day, what waits, what was released lately."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Tap
from bot.cards.words import back_button, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment, month_day
from bot.voice.money import money
from models.money.releases import DAYS, ReleaseCalendar
from models.money.waiting import Sum


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """The calendar of one shop at a moment."""

    shop: str
    currency: str
    zone: ZoneInfo
    calendar: ReleaseCalendar
    now: datetime


def settlement_card(facts: SettlementFacts, voice: Voice) -> Card:
    """Days with nothing are left out; what waits for somebody stands apart from what comes by itself."""
    parts = [
        voice.say("🗓 <b>Releases</b> at {shop}", shop=shop_name(facts.shop, voice)),
        Markup("\n").join(_coming(facts, voice)),
    ]
    waits = list(_waits(facts, voice))
    if waits:
        parts.append(Markup("\n").join(waits))
    parts.append(Markup("\n").join(_lately(facts, voice)))
    parts.append(
        voice.say(
            "<i>As of {moment}. Days are the shop's.</i>",
            moment=moment(facts.now, facts.zone, voice.language),
        )
    )
    again = Tap(voice.plain("🔄 Look again"), "settlement:open")
    return Card(
        Markup("\n\n").join(parts), ((again,), (back_button("manage:open", voice), home_button(voice)))
    )


def _coming(facts: SettlementFacts, voice: Voice) -> Iterator[Markup]:
    calendar = facts.calendar
    yield voice.say(
        "Commissions on their way to distributors: <b>{amount}</b>",
        amount=money(calendar.coming_minor, facts.currency, voice.language),
    )
    if calendar.due.commissions:
        yield voice.say("⏳ Due now, with the next run: {sum}", sum=_sum(calendar.due, facts, voice))
    for day in calendar.days:
        if day.commissions:
            some = Sum(day.commissions, day.amount_minor, None)
            yield voice.say(
                "{day}: {sum}", day=month_day(day.day, voice.language), sum=_sum(some, facts, voice)
            )
    if not any(day.commissions for day in calendar.days):
        yield voice.say("Nothing becomes available in the next {days} days.", days=DAYS)
    if calendar.later.commissions:
        yield voice.say("Later: {sum}", sum=_sum(calendar.later, facts, voice))


def _waits(facts: SettlementFacts, voice: Voice) -> Iterator[Markup]:
    calendar = facts.calendar
    if calendar.review.commissions:
        yield voice.say("🔎 Under review, until you decide: {sum}", sum=_sum(calendar.review, facts, voice))
    if calendar.on_hold.commissions:
        yield voice.say(
            "✋ Their distributor is on hold for a case: {sum}", sum=_sum(calendar.on_hold, facts, voice)
        )
    if calendar.given_up.commissions:
        yield voice.say("🚪 Given up by people who left: {sum}", sum=_sum(calendar.given_up, facts, voice))


def _lately(facts: SettlementFacts, voice: Voice) -> Iterator[Markup]:
    if not facts.calendar.lately:
        yield voice.say("Nothing was released in the last {days} days.", days=DAYS)
        return
    yield voice.say("✅ Released lately:")
    for settled in facts.calendar.lately:
        some = Sum(settled.commissions, settled.amount_minor, None)
        day = month_day(date.fromisoformat(settled.day), voice.language)
        yield voice.say("{day}: {sum}", day=day, sum=_sum(some, facts, voice))


def _sum(some: Sum, facts: SettlementFacts, voice: Voice) -> Markup:
    return voice.plural(
        "{amount} ({n} commission)",
        "{amount} ({n} commissions)",
        some.commissions,
        amount=money(some.amount_minor, facts.currency, voice.language),
    )
