"""The terms card: what a new plan changes in words and numbers, from when on, and that it was read."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup

from bot.cards.all_changes import all_changes_button, all_changes_card
from bot.cards.card import Card, Row, Tap
from bot.cards.plan_changes import Setting, changes_words
from bot.cards.plans import plan_in_two_sentences
from bot.cards.words import dated, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from models.money.terms import TermsTold

MOST_CHANGES = 12


def terms_card(facts: TermsTold, read_at: datetime | None, voice: Voice) -> Card:
    """New terms; whoever has read them (`read_at`) sees when."""
    shop = facts.shop
    parts = [
        voice.say("📜 <b>New terms at {shop}</b>", shop=shop_name(shop.name, voice)),
        voice.say(
            "They hold for orders paid from <b>{moment}</b> on.",
            moment=moment(facts.starts_at, shop.zone, voice.language),
        ),
    ]
    parts += [
        voice.say(
            "The terms that you were told of for {date} don't come: these take their place.",
            date=dated(start, shop.zone, voice),
        )
        for start in facts.instead_of
    ]
    if facts.before is None:
        parts.append(plan_in_two_sentences(facts.plan, shop.currency, voice))
    else:
        setting = _setting(facts)
        if facts.changes:
            parts.append(Markup("\n").join(changes_words(facts.changes, setting, MOST_CHANGES, voice)))
        else:
            parts.append(voice.say("They pay the same as those that hold until then."))
        parts.append(_until_then(facts, voice))
    every = _every_change(facts, voice)
    if read_at is not None:
        parts.append(voice.say("✅ You read this on {date}.", date=dated(read_at, shop.zone, voice)))
        rows: tuple[Row, ...] = (*every, (Tap(voice.plain("📜 Rules"), "plan:rules"), home_button(voice)))
        return Card(Markup("\n\n").join(parts), rows)
    rows = (
        *every,
        (Tap(voice.plain("✅ Got it"), f"terms:read:{facts.plan_version_id}"),),
        (Tap(voice.plain("📜 Rules"), "plan:rules"), home_button(voice)),
    )
    return Card(Markup("\n\n").join(parts), rows)


def _setting(facts: TermsTold) -> Setting:
    shop = facts.shop
    return Setting.of(shop.currency, shop.zone, facts.before, facts.plan, titles=facts.titles)


def _every_change(facts: TermsTold, voice: Voice) -> tuple[Row, ...]:
    if len(facts.changes) <= MOST_CHANGES:
        return ()
    return ((all_changes_button(f"terms:all:{facts.plan_version_id}", len(facts.changes), voice),),)


def terms_changes_card(facts: TermsTold, page: int, voice: Voice) -> Card:
    """Everything that new terms change, a page of it."""
    key = facts.plan_version_id
    return all_changes_card(
        facts.changes, _setting(facts), page, place=f"terms:all:{key}", back=f"terms:show:{key}", voice=voice
    )


def _until_then(facts: TermsTold, voice: Voice) -> Markup:
    """That earlier orders stay as they are, and how long ahead it is told."""
    days = max((facts.starts_at - facts.published_at).days, 0)
    if days == 0:
        return voice.say("<i>Orders paid before keep the terms they were paid under.</i>")
    return voice.plural(
        "<i>You are told {n} day ahead. Orders paid before keep the terms they were paid under.</i>",
        "<i>You are told {n} days ahead. Orders paid before keep the terms they were paid under.</i>",
        days,
    )
