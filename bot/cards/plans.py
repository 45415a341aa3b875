"""A commission plan told in two sentences (chat.md 2, rule 12)."""

from __future__ import annotations

from decimal import Decimal

from markupsafe import Markup

from bot.cards.plan_words import level_title, percent_text
from bot.voice.catalogue import Voice
from bot.voice.money import money
from models.plans.document import PlanDocument
from models.store.currency import to_minor

__all__ = ["level_title", "percent_text", "plan_in_two_sentences", "two_sentences"]


def plan_in_two_sentences(plan: PlanDocument | None, currency: str, voice: Voice) -> Markup:
    """What one earns and when it can be withdrawn; without a plan it says so."""
    if plan is None:
        return voice.say(
            "This shop has not published its commission plan yet. Links already work; "
            "orders paid before the plan starts earn nothing."
        )
    earns, when = two_sentences(plan, currency, voice)
    return voice.say("{earns} {when}", earns=earns, when=when)


def two_sentences(plan: PlanDocument, currency: str, voice: Voice) -> tuple[Markup, Markup]:
    """What one earns, and when it can be withdrawn, each by itself."""
    return _earns(plan, currency, voice), _when(plan, voice)


def _earns(plan: PlanDocument, currency: str, voice: Voice) -> Markup:
    percents = sorted({Decimal(rate.percent) for rate in plan.rates if rate.percent is not None})
    fixed = sorted({to_minor(rate.fixed, currency) for rate in plan.rates if rate.fixed is not None})
    if not any(not any(rate.selector) for rate in plan.rates):
        # Whatever no rate names earns nothing, and the range must not hide that.
        percents = [Decimal(0), *percents] if percents else percents
        fixed = [0, *fixed] if not percents else fixed
    if not percents:
        return voice.say(
            "You earn <b>{amount}</b> for each item that is bought through your links.",
            amount=_span(*(money(each, currency, voice.language) for each in fixed)),
        )
    share = _span(*(f"{each.normalize():f}%" for each in percents))
    if fixed:
        return voice.say(
            "You earn <b>{share}</b> of what buyers pay for the goods through your links "
            "(for some goods {amount} apiece instead), depending on the goods and your level.",
            share=share,
            amount=_span(*(money(each, currency, voice.language) for each in fixed)),
        )
    if len(percents) == 1:
        return voice.say(
            "You earn <b>{share}</b> of what buyers pay for the goods through your links.", share=share
        )
    return voice.say(
        "You earn <b>{share}</b> of what buyers pay for the goods through your links, "
        "depending on the goods and your level.",
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
