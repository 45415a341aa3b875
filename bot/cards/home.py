"""Home: how today goes, what can be withdrawn, my level, and the one best thing to do next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, CopyText, GoOnInline, Row, SendToChat, Tap
from bot.cards.joining import demo_ribbon
from bot.cards.levels import home_bar
from bot.cards.plans import level_title
from bot.cards.words import NAME_COLUMNS, back_button, dated, shop_name, suspended_line
from bot.voice.catalogue import Phrase, Voice
from bot.voice.money import approx_money, money
from bot.voice.names import plain_name
from models.growth.progress import Progress
from models.money.earnings import Earnings
from models.plans.parts import Title


class NextStep(StrEnum):
    """The one best action."""

    WAIT_FOR_PLAN = "wait_for_plan"
    SHARE_SHOP = "share_shop"
    FIRST_SHARE = "first_share"
    SHARE_MORE = "share_more"
    EARN_BACK = "earn_back"
    SUSPENDED = "suspended"


_STEPS = {
    NextStep.WAIT_FOR_PLAN: Phrase(
        "The shop's commission plan is not out yet. Look around the goods meanwhile."
    ),
    NextStep.SHARE_SHOP: Phrase("Send the shop's link to one person who would like it."),
    NextStep.FIRST_SHARE: Phrase("Pick something you like and send its link or poster to one person."),
    NextStep.SHARE_MORE: Phrase("Share one more product today."),
    NextStep.EARN_BACK: Phrase("Your next commissions fill the gap first: share one more product today."),
    NextStep.SUSPENDED: Phrase("See the review: why, what is kept for you, and where you can say something."),
}


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """A distributor's standing at one shop; `shops` counts how many they belong to.

    `back_to` is what they asked for in another chat before they came here to join; None when they did not.
    """

    shop: str
    currency: str
    zone: ZoneInfo
    level: Title | None
    earnings: Earnings
    step: NextStep
    now: datetime
    shops: int
    is_demo: bool
    back_to: str | None = None
    case_id: int | None = None
    """The distributor's own case, where they are suspended for one."""
    progress: Progress | None = None
    """How far they are on the way to the next level, where conditions lead to one."""


@dataclass(frozen=True, slots=True)
class ShareFacts:
    """The distributor's own ways in: the shop's short link, and the invitation for others to promote."""

    shop: str
    url: str
    code: str
    invite_url: str


@dataclass(frozen=True, slots=True)
class MyShop:
    """A shop that a person belongs to."""

    merchant_id: int
    name: str
    is_current: bool


def home_card(facts: HomeFacts, voice: Voice) -> Card:
    """The screen where everything begins."""
    sums = facts.earnings
    lines = [
        voice.say("🏬 <b>{shop}</b>", shop=shop_name(facts.shop, voice)),
        voice.say(
            "Today, {date} (estimate): <b>{amount}</b>",
            date=dated(facts.now, facts.zone, voice),
            amount=approx_money(sums.today_minor, facts.currency, voice.language),
        ),
        voice.say(
            "Available now: <b>{amount}</b>",
            amount=money(sums.available_minor, facts.currency, voice.language),
        ),
    ]
    if facts.level is not None:
        lines.append(voice.say("Level: {level}", level=level_title(facts.level, voice)))
    bar = home_bar(facts.progress, facts.currency, voice) if facts.progress is not None else None
    if bar is not None:
        lines.append(bar)
    parts = [Markup("\n").join(lines), voice.say("👉 {step}", step=voice.phrase(_STEPS[facts.step]))]
    if facts.step is NextStep.SUSPENDED:
        parts.insert(0, suspended_line(voice))
    if facts.is_demo:
        parts.insert(0, demo_ribbon(voice))
    rows: tuple[Row, ...] = (
        (SendToChat(voice.plain("📤 Send to chat")), Tap(voice.plain("🛍 Goods"), "goods:open")),
        (Tap(voice.plain("💰 Earnings"), "earn:open"), Tap(voice.plain("🔗 My links"), "link:open")),
        (
            Tap(voice.plain("🤝 Share the shop"), "share:open"),
            Tap(voice.plain("⚙️ Settings"), "settings:open"),
        ),
        (Tap(voice.plain("🏅 Level"), "level:open"), Tap(voice.plain("👥 Team"), "team:open")),
        (Tap(voice.plain("📜 Rules"), "plan:rules"), Tap(voice.plain("❓ Help"), "help:open")),
    )
    if facts.case_id is not None:
        rows = ((Tap(voice.plain("🔎 The review"), f"case:mine:{facts.case_id}"),), *rows)
    if facts.back_to is not None:
        rows = ((GoOnInline(voice.plain("↩️ Back to your chat, to share"), facts.back_to),), *rows)
    if facts.shops > 1:
        rows = (*rows, (Tap(voice.plain("🔀 Other shop"), "shop:list"),))
    return Card(Markup("\n\n").join(parts), rows)


def share_card(facts: ShareFacts, voice: Voice) -> Card:
    """The links of the shop as a whole: for buyers, and for those who would promote it too."""
    parts = (
        voice.say("🔗 <b>Share {shop}</b>", shop=shop_name(facts.shop, voice)),
        voice.say(
            "For buyers, with your code <b>{code}</b>:\n<code>{url}</code>", code=facts.code, url=facts.url
        ),
        voice.say("For friends who want to promote it too:\n<code>{url}</code>", url=facts.invite_url),
        voice.say("Whatever is bought through your link counts for you."),
    )
    rows: tuple[Row, ...] = (
        (CopyText(voice.plain("📋 Copy link"), facts.url),),
        (CopyText(voice.plain("📋 Copy invitation"), facts.invite_url),),
        (Tap(voice.plain("🛍 Goods"), "goods:open"),),
        (back_button("home:open", voice),),
    )
    return Card(Markup("\n\n").join(parts), rows)


def my_shops_card(shops: Sequence[MyShop], voice: Voice) -> Card:
    """The switcher of those who belong to several shops."""
    rows: list[Row] = [
        (
            Tap(
                ("● " if shop.is_current else "○ ")
                + plain_name(shop.name, NAME_COLUMNS, voice.plain("a shop")),
                f"shop:enter:{shop.merchant_id}",
            ),
        )
        for shop in shops
    ]
    return Card(
        voice.say("🔀 <b>Your shops</b>\nWhich one will you look at?"),
        (*rows, (back_button("home:open", voice),)),
    )
