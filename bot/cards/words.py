"""Words that several screens share: states, reasons, channels, what an order was about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Tap
from bot.voice.catalogue import Phrase, Voice
from bot.voice.moments import day, month_day, month_name
from bot.voice.names import person_name, plain_name
from models.funnel.links import Channel
from models.money.commissions import CommissionKind, CommissionState, Reason
from models.money.earnings import Goods
from models.people.staff import Role
from models.plans.periods import read_period
from models.plans.rules import PeriodLength

NAME_COLUMNS = 32
TITLE_COLUMNS = 60
REF_COLUMNS = 40

OTHER_CURRENCY = Phrase("That is another currency. This shop counts in {currency}: write it like 12.50.")
STATES = {
    CommissionState.ESTIMATED: Phrase("Estimated"),
    CommissionState.AWAITING: Phrase("Awaiting receipt"),
    CommissionState.HELD: Phrase("In hold"),
    CommissionState.AVAILABLE: Phrase("Available"),
    CommissionState.REFUNDED: Phrase("Refunded"),
    CommissionState.VOID: Phrase("Void"),
    CommissionState.REVIEW: Phrase("Under review"),
}
SIGNS = {
    CommissionState.ESTIMATED: "◌",
    CommissionState.AWAITING: "🚚",
    CommissionState.HELD: "🔒",
    CommissionState.AVAILABLE: "✅",
    CommissionState.REFUNDED: "↩️",
    CommissionState.VOID: "✖️",
    CommissionState.REVIEW: "🔎",
}
REASONS = {
    Reason.SELF_PURCHASE: Phrase("the buyer seems to be you"),
    Reason.ORDER_CANCELLED: Phrase("the order was cancelled"),
    Reason.CASE: Phrase("the shop's review"),
}
KINDS = {
    CommissionKind.LINE: Phrase("Commission"),
    CommissionKind.TEAM: Phrase("Team reward"),
    CommissionKind.FIRST_ORDER: Phrase("First-order bonus"),
    CommissionKind.INVITE_CASHBACK: Phrase("Invite cashback"),
    CommissionKind.LADDER: Phrase("Ladder bonus"),
    CommissionKind.TEAM_TARGET: Phrase("Team target bonus"),
}
_CAPS = {
    "order_percent": Phrase("the cap on one order"),
    "margin": Phrase("the margin guard"),
    "day": Phrase("the cap on one day"),
    "budget": Phrase("the month's budget"),
}
CHANNELS = {
    Channel.INLINE: Phrase("Shared card"),
    Channel.POSTER: Phrase("Poster"),
    Channel.COPIED: Phrase("Copied link"),
    Channel.BOARD: Phrase("Group board"),
    Channel.BROADCAST: Phrase("Broadcast"),
    Channel.MINIAPP: Phrase("Mini app"),
    Channel.VIDEO: Phrase("Short video"),
    Channel.OTHER: Phrase("Other"),
}
ROLES = {
    Role.OWNER: Phrase("owner"),
    Role.OPERATOR: Phrase("operator"),
    Role.FINANCE: Phrase("finance"),
    Role.VIEWER: Phrase("viewer"),
}
ROLES_HELD = {
    Role.OWNER: Phrase("an owner"),
    Role.OPERATOR: Phrase("an operator"),
    Role.FINANCE: Phrase("in finance"),
    Role.VIEWER: Phrase("a viewer"),
}
"""What somebody is, behind "You are"."""
_NO_CHANNEL = Phrase("Coupon")


def state_word(state: CommissionState, voice: Voice) -> str:
    """A state with its sign, so that neither colour nor picture is the only mark."""
    return f"{SIGNS[state]} {voice.phrase(STATES[state])}"


def channel_word(channel: Channel | None, voice: Voice) -> str:
    """Where the order came from."""
    return voice.phrase(CHANNELS[channel] if channel is not None else _NO_CHANNEL)


def kind_words(kinds: Iterable[CommissionKind], voice: Voice) -> str:
    """What something was earned for, such as `Commission + First-order bonus`."""
    return " + ".join(voice.phrase(KINDS[kind]) for kind in kinds)


def cap_word(cap: str, voice: Voice) -> str:
    """Which cap of the plan cut a commission."""
    return voice.phrase(_CAPS[cap]) if cap in _CAPS else cap


def team_line(depth: int, voice: Voice) -> Markup:
    """How near the seller of a team's order is; never who it is."""
    if depth == 1:
        return voice.say("Sold by a direct member of your team")
    return voice.say("Sold in your team, {n} levels below you", n=depth)


def suspended_line(voice: Voice) -> Markup:
    """What somebody who is suspended is told wherever they would read what they earn."""
    return voice.say("⛔ <b>You are suspended at this shop.</b> What you earn stays under review.")


def shop_name(name: str, voice: Voice) -> Markup:
    """A merchant's name for HTML."""
    return person_name(name, NAME_COLUMNS, voice.plain("the shop"))


def title(text: str, voice: Voice) -> Markup:
    """A product's title for HTML."""
    return person_name(text, TITLE_COLUMNS, voice.plain("a product"))


def goods_line(goods: Goods, voice: Voice) -> Markup:
    """What an order was about."""
    if goods.others == 0:
        return title(goods.title, voice)
    return voice.plural(
        "{title} and {n} more item",
        "{title} and {n} more items",
        goods.others,
        title=title(goods.title, voice),
    )


def goods_label(goods: Goods, columns: int, voice: Voice) -> str:
    """The same in few columns, for a button."""
    shown = plain_name(goods.title, columns, voice.plain("a product"))
    return f"{shown} +{goods.others}" if goods.others else shown


def order_ref(ref: str) -> Markup:
    """The shop's order number, as text to copy."""
    return Markup("<code>{}</code>").format(person_name(ref, REF_COLUMNS, "?"))


def dated(at: datetime | None, zone: ZoneInfo, voice: Voice) -> str:
    """A date in the merchant's zone; a dash where there is none."""
    return day(at, zone, voice.language) if at is not None else "—"


def period_words(key: str, voice: Voice) -> str:
    """A period of the plan in words: `November 2026`, `quarter 4 of 2026`, `week 48 of 2026 (from Nov 23)`."""
    length, first = read_period(key)
    match length:
        case PeriodLength.MONTH:
            return month_name(first, voice.language)
        case PeriodLength.QUARTER:
            return voice.plain("quarter {n} of {year}", n=(first.month + 2) // 3, year=first.year)
        case PeriodLength.WEEK:
            year, week, _ = (
                first.isocalendar()
            )  # the year of the week's Thursday, not always that of its Monday
            start = month_day(first, voice.language)
            return voice.plain("week {n} of {year} (from {day})", n=week, year=year, day=start)


def home_button(voice: Voice) -> Tap:
    """🏠: the way home from anywhere."""
    return Tap(voice.plain("🏠 Home"), "home:open")


def back_button(data: str, voice: Voice) -> Tap:
    """◀: one screen up."""
    return Tap(voice.plain("◀ Back"), data)


def other_currency(currency: str, voice: Voice) -> str:
    """Why an amount with another currency's sign is not taken."""
    return voice.phrase(OTHER_CURRENCY, currency=currency)
