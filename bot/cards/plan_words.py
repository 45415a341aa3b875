"""Words for the parts of a plan that several screens and the plan's picture share."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from markupsafe import Markup, escape

from bot.voice.catalogue import Phrase, Voice
from bot.voice.languages import Language
from bot.voice.money import money
from models.plans.parts import Title
from models.plans.ranks import Condition, Conditions, Metric, Privilege
from models.plans.rules import Ladder, LadderMode, PeriodLength, TeamTarget
from models.store.currency import to_minor

PRIVILEGES = {
    Privilege.MATERIALS: Phrase("more materials to share"),
    Privilege.EARLY_ACCESS: Phrase("early access to flash sales"),
    Privilege.PRIORITY_SHIPPING: Phrase("priority shipping for your buyers"),
    Privilege.TASK_POOL: Phrase("tasks of this level"),
}
PERIODS = {
    PeriodLength.WEEK: Phrase("a week"),
    PeriodLength.MONTH: Phrase("a month"),
    PeriodLength.QUARTER: Phrase("a quarter"),
}


def level_title(level: Title, voice: Voice) -> str:
    """A level's name in the reader's language, as the merchant wrote it."""
    return level.zh if voice.language is Language.ZH else level.en


def percent_text(percent: str) -> str:
    """A plan's percentage without needless zeros: `10`, `12.5`."""
    return f"{Decimal(percent).normalize():f}"


def amount(text: str, currency: str, voice: Voice) -> str:
    """An amount of the plan as money."""
    return money(to_minor(text, currency), currency, voice.language)


def privilege_words(privileges: Sequence[Privilege], voice: Voice) -> str:
    """What a level gives besides its rates, in one line."""
    return voice.plain(", ").join(voice.phrase(PRIVILEGES[each]) for each in privileges)


def bands_words(ladder: Ladder, currency: str, voice: Voice) -> Markup:
    """A ladder's bands in one line."""
    parts = [
        voice.say(
            "from {amount} {percent}%",
            amount=amount(band.start, currency, voice),
            percent=percent_text(band.percent),
        )
        for band in ladder.bands
    ]
    bands = voice.listed(parts)
    period = voice.phrase(PERIODS[ladder.period])
    if ladder.mode is LadderMode.MARGINAL:
        return voice.say("{bands} of the part above, {period}", bands=bands, period=period)
    return voice.say("{bands} of all sales, {period}", bands=bands, period=period)


def targets_words(targets: Sequence[TeamTarget], currency: str, voice: Voice) -> Markup:
    """The steps of a team target in one line."""
    parts = [
        voice.say(
            "{amount} from {sales} {period}",
            amount=amount(target.amount, currency, voice),
            sales=amount(target.sales, currency, voice),
            period=voice.phrase(PERIODS[target.period]),
        )
        for target in targets
    ]
    return voice.listed(parts)


def conditions_words(conditions: Conditions, currency: str, voice: Voice) -> Markup:
    """What leads to a level, in one line."""
    parts = [_condition(condition, currency, voice) for condition in conditions.parts]
    joint = voice.plain(" and ") if conditions.all is not None else voice.plain(" or ")
    return escape(joint).join(parts)


def _condition(condition: Condition, currency: str, voice: Voice) -> Markup:
    within = voice.plural("within {n} day", "within {n} days", condition.within_days)
    match condition.metric:
        case Metric.SALES:
            counted = voice.say("{amount} of sales", amount=amount(str(condition.at_least), currency, voice))
        case Metric.ORDERS:
            counted = voice.plural("{n} order", "{n} orders", int(condition.at_least))
        case Metric.TEAM_SIZE:
            counted = voice.plural("{n} member who sells", "{n} members who sell", int(condition.at_least))
    return voice.say("{counted} {within}", counted=counted, within=within)
