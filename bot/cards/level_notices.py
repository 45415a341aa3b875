"""Messages about levels that come by themselves: gained, about to be lost, lost; and a sponsor's reminder."""

from __future__ import annotations

from markupsafe import Markup, escape

from bot.cards.card import Card, Row, Tap
from bot.cards.levels import steps_left
from bot.cards.plan_words import privilege_words
from bot.cards.plans import level_title, percent_text
from bot.cards.words import NAME_COLUMNS, dated, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import person_name
from models.growth.notices import GrowthFacts, LevelAtRisk, LevelMoved, Reminded
from models.money.told import AtShop
from models.plans.parts import Title
from models.plans.rules import Rate
from models.store.currency import to_minor
from models.store.outbox import Topic

_MOST_RATES = 4
_GOODS_COLUMNS = 24


def growth_card(facts: GrowthFacts, voice: Voice) -> Card:
    """The notice as its reader sees it."""
    match facts:
        case LevelMoved():
            return _moved(facts, voice)
        case LevelAtRisk():
            return _at_risk(facts, voice)
        case Reminded():
            return _reminded(facts, voice)


def _moved(facts: LevelMoved, voice: Voice) -> Card:
    """A level gained or lost: from what to what, and what it gives from now on."""
    shop, after = facts.shop, rank_name(facts.after, voice)
    name = shop_name(shop.name, voice)
    lines = [
        voice.say("🏅 <b>You are {level} now</b> at {shop}", level=after, shop=name)
        if facts.is_up
        else voice.say("↘️ <b>Your level at {shop} is {level} now</b>", level=after, shop=name)
    ]
    if facts.before is not None:
        lines.append(voice.say("Before: {level}", level=rank_name(facts.before, voice)))
    if not facts.is_up:
        lines.append(voice.say("What you earned stays as it is; the new rates count for orders from now on."))
    rates = rates_words(facts.rates, shop.currency, voice)
    if rates:
        lines.append(voice.say("💰 Your rates: {rates}", rates=rates))
    if facts.privileges:
        lines.append(voice.say("🎁 Yours: {privileges}", privileges=privilege_words(facts.privileges, voice)))
    lines.append(escape(moment(facts.at, shop.zone, voice.language)))
    return Card(Markup("\n").join(lines), _rows(shop, voice))


def _at_risk(facts: LevelAtRisk, voice: Voice) -> Card:
    """A level will be lost: when, and what is missing to keep it."""
    shop = facts.shop
    lines = [
        voice.say(
            "⚠️ <b>{level} at {shop} is at risk</b>",
            level=rank_name(facts.level, voice),
            shop=shop_name(shop.name, voice),
        ),
        voice.say(
            "It ends on {date}, unless its conditions hold again by then:",
            date=dated(facts.due_at, shop.zone, voice),
        ),
    ]
    if facts.keep is not None:
        lines += steps_left(facts.keep, shop.currency, voice)
    lines.append(escape(moment(facts.at, shop.zone, voice.language)))
    return Card(Markup("\n").join(lines), _rows(shop, voice))


def _reminded(facts: Reminded, voice: Voice) -> Card:
    """A sponsor asks after a member, in our words; one button mutes them."""
    text = voice.say(
        "👋 {sponsor}, who invited you to {shop}, asks how it goes. 👉 Share one product today?",
        sponsor=person_name(facts.sponsor, NAME_COLUMNS, voice.plain("Somebody")),
        shop=shop_name(facts.shop.name, voice),
    )
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("🛍 Goods"), "goods:open"),),
        (Tap(voice.plain("🔕 No more of these"), f"topic:mute:{Topic.TASKS}"),),
    )
    return Card(text, rows)


def rates_words(rates: tuple[Rate, ...], currency: str, voice: Voice) -> str:
    """Rates in one line, each with what it is for."""
    shown = [_rate(rate, currency, voice) for rate in rates[:_MOST_RATES]]
    if len(rates) > _MOST_RATES:
        shown.append(voice.plain("{n} more", n=f"{len(rates) - _MOST_RATES:,}"))
    return voice.plain(", ").join(shown)


def _rate(rate: Rate, currency: str, voice: Voice) -> str:
    amount = (
        f"{percent_text(rate.percent)}%"
        if rate.percent is not None
        else money(to_minor(rate.fixed or "0", currency), currency, voice.language)
    )
    goods = rate.product or rate.category
    if goods is None:
        return amount
    return voice.plain("{amount} on {goods}", amount=amount, goods=person_name(goods, _GOODS_COLUMNS, "?"))


def rank_name(title: Title, voice: Voice) -> Markup:
    """A level's or profile's name."""
    return person_name(level_title(title, voice), NAME_COLUMNS, "?")


def _rows(shop: AtShop, voice: Voice) -> tuple[Row, ...]:
    return ((Tap(voice.plain("🏅 Level"), f"level:of:{shop.merchant_id}"),),)
