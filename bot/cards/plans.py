"""A commission plan told in two sentences (chat.md 2, rule 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.cards.plan_changes import Setting, last_day, rule_words
from bot.cards.plan_words import level_title, percent_text
from bot.voice.catalogue import Voice
from bot.voice.money import money
from models.plans.document import PlanDocument
from models.plans.rates import RateTable
from models.plans.rules import BoostMode
from models.plans.sample import Seller
from models.store.currency import to_minor

__all__ = ["Shown", "level_title", "percent_text", "plan_in_two_sentences", "two_sentences"]

_ANYBODY = Seller()


@dataclass(frozen=True, slots=True)
class Shown:
    """The moment for which a plan is told, and for whom: a boost on everything that holds then is told, too."""

    at: datetime
    zone: ZoneInfo
    reader: Seller = _ANYBODY


def plan_in_two_sentences(
    plan: PlanDocument | None, currency: str, voice: Voice, shown: Shown | None = None
) -> Markup:
    """What one earns and when it can be withdrawn; without a plan it says so. `shown` as the picture beside it."""
    if plan is None:
        return voice.say(
            "This shop has not published its commission plan yet. Links already work; "
            "orders paid before the plan starts earn nothing."
        )
    earns, when = two_sentences(plan, currency, voice, shown)
    return voice.say("{earns} {when}", earns=earns, when=when)


def two_sentences(
    plan: PlanDocument, currency: str, voice: Voice, shown: Shown | None = None
) -> tuple[Markup, Markup]:
    """What one earns, and when it can be withdrawn, each by itself."""
    earned = _earns(plan, currency, voice)
    promoted = _promoted(earned, plan, currency, shown, voice) if shown is not None else None
    return promoted or voice.say("{earned}.", earned=earned), _when(plan, voice)


def _promoted(earned: Markup, plan: PlanDocument, currency: str, shown: Shown, voice: Voice) -> Markup | None:
    """The same with the boost on everything that holds then for the reader; None where none does."""
    rates = RateTable(plan)
    level, profile = rates.level_or_first(shown.reader.level), rates.known_profile(shown.reader.profile)
    boost = rates.boost("", None, level, profile, shown.at)
    if boost is None:
        return None
    paid = rule_words(boost, Setting(currency, shown.zone), voice)
    until = last_day(boost, shown.zone, voice)
    if boost.mode is BoostMode.ADD:
        return voice.say(
            "{earned}; until {date} a promotion adds <b>{paid}</b>.", earned=earned, date=until, paid=paid
        )
    return voice.say(
        "{earned}; until {date} a promotion pays <b>{paid}</b> instead.", earned=earned, date=until, paid=paid
    )


def _earns(plan: PlanDocument, currency: str, voice: Voice) -> Markup:
    """The first sentence without its end, for a promotion may follow."""
    percents = sorted({Decimal(rate.percent) for rate in plan.rates if rate.percent is not None})
    fixed = sorted({to_minor(rate.fixed, currency) for rate in plan.rates if rate.fixed is not None})
    if not any(not any(rate.selector) for rate in plan.rates):
        # Whatever no rate names earns nothing, and the range must not hide that.
        percents = [Decimal(0), *percents] if percents else percents
        fixed = [0, *fixed] if not percents else fixed
    if not percents:
        return voice.say(
            "You earn <b>{amount}</b> for each item that is bought through your links",
            amount=_span(*(money(each, currency, voice.language) for each in fixed)),
        )
    share = _span(*(f"{each.normalize():f}%" for each in percents))
    if fixed:
        return voice.say(
            "You earn <b>{share}</b> of what buyers pay for the goods through your links "
            "(for some goods {amount} apiece instead), depending on the goods and your level",
            share=share,
            amount=_span(*(money(each, currency, voice.language) for each in fixed)),
        )
    if len(percents) == 1:
        return voice.say(
            "You earn <b>{share}</b> of what buyers pay for the goods through your links", share=share
        )
    return voice.say(
        "You earn <b>{share}</b> of what buyers pay for the goods through your links, "
        "depending on the goods and your level",
        share=share,
    )


def _span(*texts: str) -> str:
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]} – {texts[-1]}"


def _when(plan: PlanDocument, voice: Voice) -> Markup:
    if plan.settlement.hold_days == 0:
        return voice.say("It can be withdrawn once the buyer has the goods; a refund takes its part back.")
    return voice.plural(
        "It can be withdrawn {n} day after the buyer has the goods; a refund takes its part back.",
        "It can be withdrawn {n} days after the buyer has the goods; a refund takes its part back.",
        plan.settlement.hold_days,
    )
