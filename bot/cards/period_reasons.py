"""How a period's bonus was figured: the bands of the ladder with their parts, or the step that a team reached."""

from __future__ import annotations

from markupsafe import Markup

from bot.cards.plan_words import amount, percent_text
from bot.voice.catalogue import Voice
from bot.voice.money import money
from models.money.commissions import Commission, CommissionKind
from models.money.explaining import figured_minor
from models.plans.document import PlanDocument
from models.plans.ladders import Step, ladder_steps, target_reached
from models.plans.periods import read_period
from models.plans.rules import Ladder

MOST_BANDS = 5
"""Five bonuses stand on a page of reasons, and a message holds 4,096 characters."""


def period_reasons(
    commission: Commission, plan: PlanDocument | None, currency: str, voice: Voice
) -> list[Markup]:
    """By `plan`, the version of the commission; nothing for bonuses that no period's sales made."""
    if plan is None:
        return []
    if commission.kind is CommissionKind.LADDER and plan.ladder is not None:
        return _bands(commission, plan.ladder, currency, voice)
    if commission.kind is CommissionKind.TEAM_TARGET and commission.period is not None:
        return _step(commission, commission.period, plan, currency, voice)
    return []


def _bands(commission: Commission, ladder: Ladder, currency: str, voice: Voice) -> list[Markup]:
    steps = ladder_steps(ladder, commission.base_minor, currency)
    told = [_band(step, currency, voice) for step in steps[:MOST_BANDS]]
    if len(steps) > MOST_BANDS:
        told.append(voice.plural("… and {n} more", "… and {n} more", len(steps) - MOST_BANDS))
    total = sum(step.amount_minor for step in steps)
    # A later change of the sales posts its difference alone; the bands make the whole of which it is a part.
    if len(steps) > 1 or total != figured_minor(commission):
        told.append(
            voice.say("By the ladder in all: {amount}", amount=money(total, currency, voice.language))
        )
    return told


def _band(step: Step, currency: str, voice: Voice) -> Markup:
    top = money(step.up_to_minor, currency, voice.language)
    percent = percent_text(step.percent)
    made = money(step.amount_minor, currency, voice.language)
    if step.above_minor == 0:
        return voice.say(
            "{sales} × {percent}%, rounded down: {amount}", sales=top, percent=percent, amount=made
        )
    return voice.say(
        "({sales} − {start}) × {percent}%, rounded down: {amount}",
        sales=top,
        start=money(step.above_minor, currency, voice.language),
        percent=percent,
        amount=made,
    )


def _step(
    commission: Commission, period: str, plan: PlanDocument, currency: str, voice: Voice
) -> list[Markup]:
    length, _ = read_period(period)
    step = target_reached(plan.bonuses.team_target, length, commission.base_minor, currency)
    if step is None:
        return []
    return [
        voice.say(
            "The step that was reached: {amount} from {sales} on",
            amount=amount(step.amount, currency, voice),
            sales=amount(step.sales, currency, voice),
        )
    ]
