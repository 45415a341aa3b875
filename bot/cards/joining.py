"""Coming in: the list of shops, an invitation, a staff link, and what to say when a link is of no use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plans import Shown, plan_in_two_sentences
from bot.cards.words import NAME_COLUMNS, ROLES_HELD, dated, home_button, shop_name
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from bot.voice.names import person_name, plain_name
from models.people.staff import Role
from models.plans.document import PlanDocument

LANGUAGE_NAMES = {Language.EN: "English", Language.ZH: "中文"}
"""Each language by its own name, so that everybody finds theirs."""
MOST_SHOPS = 20


@dataclass(frozen=True, slots=True)
class ShopChoice:
    """A shop to choose from: `payload` is its start payload."""

    payload: str
    name: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """An open door: whose shop, who invited (None for the shop itself), under which plan, `shown` as in its picture."""

    payload: str
    shop: str
    currency: str
    inviter: str | None
    plan: PlanDocument | None
    is_demo: bool
    shown: Shown | None = None
    coming: datetime | None = None
    """When new terms begin that were published already; whoever joins now was not told of them."""


def invitation_card(facts: Invitation, voice: Voice) -> Card:
    """Join: who invites, whose shop, the plan in two sentences, the terms."""
    shop = shop_name(facts.shop, voice)
    head = (
        voice.say(
            "👋 <b>{inviter}</b> invites you to promote <b>{shop}</b>.",
            inviter=person_name(facts.inviter, NAME_COLUMNS, voice.plain("A friend")),
            shop=shop,
        )
        if facts.inviter is not None
        else voice.say("👋 <b>{shop}</b> invites you to promote its goods.", shop=shop)
    )
    parts = [
        head,
        plan_in_two_sentences(facts.plan, facts.currency, voice, facts.shown),
        *_coming(facts, voice),
        voice.say(
            "<i>Joining is free and you need not buy anything. The shop sees your name here and the orders "
            "of your links; buyers' names stay with the shop.</i>"
        ),
    ]
    if facts.is_demo:
        parts.insert(0, demo_ribbon(voice))
    rows: tuple[Row, ...] = (
        (Tap(voice.plain("✅ Join"), f"join:yes:{facts.payload}"),),
        tuple(
            Tap(f"🌐 {LANGUAGE_NAMES[language]}", f"join:{language}:{facts.payload}")
            for language in Language
            if language is not voice.language
        ),
    )
    return Card(Markup("\n\n").join(parts), rows)


def _coming(facts: Invitation, voice: Voice) -> list[Markup]:
    if facts.coming is None or facts.shown is None:
        return []
    date = dated(facts.coming, facts.shown.zone, voice)
    return [voice.say("📅 New terms hold from {date} on.", date=date)]


def demo_ribbon(voice: Voice) -> Markup:
    """What stands above everything that is not real."""
    return voice.say("🎗 <b>Demo data</b>: nobody here is real and no money moves.")


def shops_card(shops: Sequence[ShopChoice], voice: Voice, *, at_work: bool = False) -> Card:
    """Welcome: the shops that anybody may join; who works for one (`at_work`) has a way to its desk."""
    desk: tuple[Row, ...] = ((Tap(voice.plain("🏪 Manage the shop"), "manage:open"),),) if at_work else ()
    if not shops:
        text = voice.say(
            "👋 <b>Welcome!</b>\n\nHere you share shops' goods and earn commission. No shop is open to join "
            "right now: ask a friend who promotes one for their invite link and tap it."
        )
        return Card(text, (*desk, (Tap(voice.plain("🔄 Look again"), "home:open"), _help(voice))))
    text = voice.say(
        "👋 <b>Welcome!</b>\n\nHere you share shops' goods and earn commission. Which shop will you promote?"
    )
    rows: list[Row] = [
        (Tap(f"🏬 {plain_name(shop.name, NAME_COLUMNS, voice.plain('a shop'))}", f"join:see:{shop.payload}"),)
        for shop in shops[:MOST_SHOPS]
    ]
    return Card(text, (*rows, *desk, (_help(voice),)))


def useless_link_card(voice: Voice) -> Card:
    """An invitation that is unknown, withdrawn or misspelt."""
    text = voice.say(
        "🔗 <b>This invite link doesn't work (any more).</b>\n\nPerhaps a part of it got lost on the way. "
        "Ask for it again, or go on without it."
    )
    return Card(text, ((home_button(voice), _help(voice)),))


def closed_shop_card(shop: str, voice: Voice) -> Card:
    """A shop that takes only those whom somebody invited."""
    text = voice.say(
        "🚪 <b>{shop}</b> can be joined by invitation only. Ask somebody who promotes it for their invite link.",
        shop=shop_name(shop, voice),
    )
    return Card(text, ((home_button(voice), _help(voice)),))


def staff_welcome_card(shop: str, role: Role, payload: str, voice: Voice) -> Card:
    """The staff link worked."""
    text = voice.say(
        "🔑 <b>You are now {role} at {shop}.</b>\n\nTo see what the distributors see, join the shop as one.",
        role=voice.phrase(ROLES_HELD[role]),
        shop=shop_name(shop, voice),
    )
    rows = (
        (Tap(voice.plain("🏪 Manage the shop"), f"manage:enter:{payload}"),),
        (Tap(voice.plain("👀 See the invitation"), f"join:see:{payload}"),),
        (home_button(voice),),
    )
    return Card(text, rows)


def staff_already_card(
    shop: str,
    role: Role,
    payload: str,
    voice: Voice,
    *,
    is_open: bool,
) -> Card:
    """One of the staff opened a link that was not for them; `is_open` says whether somebody else can still use it."""
    head = (
        voice.say("🔑 <b>This staff link is for somebody who isn't of the staff yet.</b> It stays open.")
        if is_open
        else voice.say("🔑 <b>This staff link was used already or has expired.</b>")
    )
    standing = voice.say(
        "Nothing has changed for you: you are {role} at {shop}.",
        role=voice.phrase(ROLES_HELD[role]),
        shop=shop_name(shop, voice),
    )
    rows = ((Tap(voice.plain("🏪 Manage the shop"), f"manage:enter:{payload}"),), (home_button(voice),))
    return Card(Markup("\n\n").join((head, standing)), rows)


def staff_link_used_card(voice: Voice) -> Card:
    """A staff link is for one person and seven days."""
    text = voice.say(
        "🔑 <b>This staff link was used already or has expired.</b>\n\nIf it was you who used it, you are in. "
        "Otherwise ask the shop's owner for a new one."
    )
    return Card(text, ((home_button(voice), _help(voice)),))


def _help(voice: Voice) -> Tap:
    return Tap(voice.plain("❓ Help"), "help:open")
