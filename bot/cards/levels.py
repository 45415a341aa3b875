"""Levels: where one stands, what is missing for the next, and what it would be worth (chat.md 2, rule 11)."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.card import Card, Row, Tap
from bot.cards.plan_words import level_title, privilege_words
from bot.cards.words import NAME_COLUMNS, back_button, dated, shop_name
from bot.voice.catalogue import Voice
from bot.voice.money import approx_money, money
from bot.voice.names import person_name
from models.growth.next_level import WorthMore
from models.growth.progress import Climb, Progress, Step
from models.plans.parts import Title
from models.plans.ranks import Metric

_CELLS = 8
_FULL, _EMPTY = "▰", "▱"


@dataclass(frozen=True, slots=True)
class LevelFacts:
    """Somebody's standing at one shop; without a plan there is no `progress`. `worth` is the next level's value."""

    shop: str
    currency: str
    zone: ZoneInfo
    progress: Progress | None
    worth: WorthMore | None = None


def level_card(facts: LevelFacts, voice: Voice) -> Card:
    """Bar, gap, pace, the next level's value, what may be lost and when, and what a level gives."""
    head = voice.say("🏅 <b>Level</b> at {shop}", shop=shop_name(facts.shop, voice))
    if facts.progress is None:
        text = voice.say("The shop's commission plan is not out yet; your level will stand here.")
        return Card(Markup("\n\n").join([head, text]), _rows(voice))
    progress = facts.progress
    parts = [Markup("\n").join([head, *_standing(progress, voice)])]
    if progress.lost_at is not None:
        parts.append(_at_risk(progress, facts, voice))
    if progress.climb is not None:
        parts.append(_way_up(progress.climb, facts.currency, voice))
        parts.append(_value(progress.climb, facts, voice))
    else:
        parts.append(_no_way_up(progress, voice))
    parts += _privileges(progress, voice)
    return Card(Markup("\n\n").join(parts), _rows(voice))


def bar(step: Step) -> str:
    """How much of a condition is there, in eight cells; the last one only when nothing is missing."""
    full = min(max(step.reached, 0), step.needed) * _CELLS // step.needed
    return _FULL * full + _EMPTY * (_CELLS - full)


def home_bar(progress: Progress, currency: str, voice: Voice) -> Markup | None:
    """The level bar of the home screen: the one condition that decides; None where nothing leads up."""
    if progress.climb is None:
        return None
    step, level = progress.climb.nearest, _name(progress.climb.level.title, voice)
    if step.gap == 0:
        return voice.say("{bar} {level} comes with your next order", bar=bar(step), level=level)
    gap = _amount(step.metric, step.gap, currency, voice)
    return voice.say("{bar} {gap} to go to {level}", bar=bar(step), gap=gap, level=level)


def steps_left(climb: Climb, currency: str, voice: Voice) -> list[Markup]:
    """Each condition with its bar and what is missing."""
    return [_step(step, currency, voice) for step in climb.steps]


def _standing(progress: Progress, voice: Voice) -> list[Markup]:
    lines = [voice.say("You are <b>{level}</b>", level=_name(progress.level.title, voice))]
    if progress.profile is not None:
        lines.append(voice.say("🤝 Agreed with you: {profile}", profile=_name(progress.profile, voice)))
    if progress.is_pinned:
        lines.append(voice.say("📌 Set by the shop: it goes neither up nor down by itself."))
    return lines


def _at_risk(progress: Progress, facts: LevelFacts, voice: Voice) -> Markup:
    lines = [
        voice.say(
            "⚠️ <b>{level} ends on {date}</b>, unless its conditions hold again by then:",
            level=_name(progress.level.title, voice),
            date=dated(progress.lost_at, facts.zone, voice),
        )
    ]
    if progress.keep is not None:
        lines += steps_left(progress.keep, facts.currency, voice)
    return Markup("\n").join(lines)


def _way_up(climb: Climb, currency: str, voice: Voice) -> Markup:
    level = _name(climb.level.title, voice)
    if len(climb.steps) == 1:
        head = voice.say("⬆️ Next: <b>{level}</b>", level=level)
    elif climb.any_is_enough:
        head = voice.say("⬆️ Next: <b>{level}</b>, by any one of these", level=level)
    else:
        head = voice.say("⬆️ Next: <b>{level}</b>, by all of these", level=level)
    return Markup("\n").join([head, *steps_left(climb, currency, voice), _pace(climb, voice)])


def _step(step: Step, currency: str, voice: Voice) -> Markup:
    within = voice.plural("in {n} day", "in {n} days", step.within_days)
    line = voice.say(
        "{bar} {count} {within}", bar=bar(step), count=_count(step, currency, voice), within=within
    )
    if step.gap == 0:
        return voice.say("{line} ✅", line=line)
    return voice.say("{line} · {gap} to go", line=line, gap=_amount(step.metric, step.gap, currency, voice))


def _count(step: Step, currency: str, voice: Voice) -> Markup:
    reached = (
        money(step.reached, currency, voice.language)
        if step.metric is Metric.SALES
        else f"{max(step.reached, 0):,}"
    )
    return voice.say(
        "{reached} of {needed}", reached=reached, needed=_amount(step.metric, step.needed, currency, voice)
    )


def _amount(metric: Metric, amount: int, currency: str, voice: Voice) -> Markup:
    match metric:
        case Metric.ORDERS:
            return voice.plural("{n} order", "{n} orders", amount)
        case Metric.SALES:
            return voice.say("{amount} in sales", amount=money(amount, currency, voice.language))
        case Metric.TEAM_SIZE:
            return voice.plural("{n} member who sells", "{n} members who sell", amount)


def _pace(climb: Climb, voice: Voice) -> Markup:
    days = climb.days
    if climb.is_reached:
        return voice.say("⏱ All there: your next order brings it.")
    if days is not None:
        return voice.plural("⏱ About {n} day at your pace.", "⏱ About {n} days at your pace.", max(days, 1))
    open_steps = [step for step in climb.steps if step.gap]
    if all(step.metric is Metric.TEAM_SIZE for step in open_steps):
        return voice.say("⏱ How fast a team grows can't be foretold.")
    if not any(step.reached for step in open_steps):
        return voice.say("⏱ No pace yet: it shows after your first sale.")
    return voice.say("⏱ Not at your present pace: older sales leave the count as new ones come.")


def _value(climb: Climb, facts: LevelFacts, voice: Voice) -> Markup:
    level = _name(climb.level.title, voice)
    if facts.worth is None:
        return voice.say("💡 You sold nothing last month that {level} could be compared on.", level=level)
    sales = money(facts.worth.sales_minor, facts.currency, voice.language)
    if facts.worth.more_minor == 0:
        return voice.say(
            "💡 On your sales of last month ({sales}) {level} would have earned the same per order.",
            sales=sales,
            level=level,
        )
    more = approx_money(abs(facts.worth.more_minor), facts.currency, voice.language)
    if facts.worth.more_minor < 0:
        return voice.say(
            "💡 On your sales of last month ({sales}) {level} would have earned {amount} less.",
            sales=sales,
            level=level,
            amount=more,
        )
    return voice.say(
        "💡 On your sales of last month ({sales}) {level} would have earned <b>{amount} more</b>.",
        sales=sales,
        level=level,
        amount=more,
    )


def _no_way_up(progress: Progress, voice: Voice) -> Markup:
    if progress.is_pinned:
        return voice.say("Ask the shop when you think that another level fits you.")
    if progress.above is None:
        return voice.say("🏔 That is the highest level of this shop.")
    return voice.say(
        "The next level, <b>{level}</b>, is given by the shop itself.",
        level=_name(progress.above.title, voice),
    )


def _privileges(progress: Progress, voice: Voice) -> list[Markup]:
    lines = []
    if progress.level.privileges:
        lines.append(
            voice.say("🎁 Yours: {privileges}", privileges=privilege_words(progress.level.privileges, voice))
        )
    if progress.climb is not None:
        more = [each for each in progress.climb.level.privileges if each not in progress.level.privileges]
        if more:
            lines.append(
                voice.say(
                    "🎁 With {level} also: {privileges}",
                    level=_name(progress.climb.level.title, voice),
                    privileges=privilege_words(more, voice),
                )
            )
    return [Markup("\n").join(lines)] if lines else []


def _name(title: Title, voice: Voice) -> Markup:
    return person_name(level_title(title, voice), NAME_COLUMNS, "?")


def _rows(voice: Voice) -> tuple[Row, ...]:
    return (
        (Tap(voice.plain("📜 Rules"), "plan:rules"), Tap(voice.plain("👥 Team"), "team:open")),
        (back_button("home:open", voice),),
    )
