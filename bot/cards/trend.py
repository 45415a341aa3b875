"""The trend picture: what each day brought, told by a title that says its finding (chat.md 5)."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.words import back_button, home_button, shop_name
from bot.media.scale import round_ticks
from bot.media.trends import Tick, TrendFacts, TrendPoint
from bot.voice.catalogue import Voice
from bot.voice.moments import month_day
from bot.voice.money import approx_money, money
from models.money.trend import DayEarned
from models.people.preferences import Theme

SPANS = (7, 30, 90)


@dataclass(frozen=True, slots=True)
class TrendWish:
    """Some days of one distributor at one shop, and on which ground they are drawn."""

    shop: str
    currency: str
    days: tuple[DayEarned, ...]
    theme: Theme

    @property
    def total_minor(self) -> int:
        """What all of them brought."""
        return sum(day.minor for day in self.days)

    @property
    def change_minor(self) -> int:
        """The second half against the first; the middle day of an odd number counts for neither."""
        half = len(self.days) // 2
        return sum(day.minor for day in self.days[-half:]) - sum(day.minor for day in self.days[:half])


def trend_title(wish: TrendWish, voice: Voice) -> str:
    """The finding, as the picture's title."""
    amount = approx_money(wish.total_minor, wish.currency, voice.language)
    if not any(day.minor for day in wish.days):
        return voice.plain("No earnings in the last {n} days", n=len(wish.days))
    if wish.change_minor > 0:
        return voice.plain("{amount} in {n} days, more in the second half", amount=amount, n=len(wish.days))
    if wish.change_minor < 0:
        return voice.plain("{amount} in {n} days, less in the second half", amount=amount, n=len(wish.days))
    return voice.plain("{amount} in {n} days", amount=amount, n=len(wish.days))


def trend_facts(wish: TrendWish, voice: Voice) -> TrendFacts:
    """What is drawn: a point a day, the best and the last one with their amounts."""
    best = max(range(len(wish.days)), key=lambda at: wish.days[at].minor)
    spoken = {best, len(wish.days) - 1} if any(day.minor for day in wish.days) else set()
    points = tuple(
        TrendPoint(
            month_day(day.day, voice.language),
            day.minor,
            money(day.minor, wish.currency, voice.language) if at in spoken else "",
        )
        for at, day in enumerate(wish.days)
    )
    ticks = round_ticks([day.minor for day in wish.days])
    return TrendFacts(
        title=trend_title(wish, voice),
        subtitle=voice.plain("A day each, by the shop's calendar; refunds taken off"),
        points=points,
        ticks=tuple(Tick(value, money(value, wish.currency, voice.language)) for value in ticks),
    )


def trend_card(wish: TrendWish, voice: Voice) -> Card:
    """The picture's words; the picture is set in where it is drawn."""
    best = max(wish.days, key=lambda day: day.minor)
    lines = [
        voice.say("📈 <b>{title}</b>", title=trend_title(wish, voice)),
        voice.say("At {shop}; estimates, refunds taken off.", shop=shop_name(wish.shop, voice)),
    ]
    if best.minor > 0:
        lines.append(
            voice.say(
                "Best day: {date}, {amount}",
                date=month_day(best.day, voice.language),
                amount=approx_money(best.minor, wish.currency, voice.language),
            )
        )
    spans: Row = tuple(
        Tap(
            ("● " if len(wish.days) == days else "○ ") + voice.plain("{n} days", n=days),
            f"trend:show:{days}:{wish.theme}",
        )
        for days in SPANS
    )
    other = Theme.DARK if wish.theme is Theme.LIGHT else Theme.LIGHT
    label = voice.plain("☀️ Light") if wish.theme is Theme.LIGHT else voice.plain("🌙 Dark")
    ground = Tap(label, f"trend:show:{len(wish.days)}:{other}")
    return Card(
        Markup("\n").join(lines), (spans, (ground,), (back_button("earn:open", voice), home_button(voice)))
    )


def no_trend_card(voice: Voice) -> Card:
    """The picture could not be drawn."""
    text = voice.say("📈 The picture can't be drawn right now. Your entries have every number.")
    return Card(text, ((Tap(voice.plain("🧾 Entries"), "entries:all:0"), back_button("earn:open", voice)),))
