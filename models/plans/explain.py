"""Why a line earns what it earns: every place of the plan that was asked, in order, and the one that answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.products import products_by_sku
from models.errors import Invalid, NotFound
from models.plans.amounts import line_amount
from models.plans.rates import Asked, Question
from models.plans.rules import Boost, Rate
from models.plans.sample import hundred
from models.plans.versions import Plan, PlanBook


@dataclass(frozen=True, slots=True)
class Wish:
    """For what and whom, at which moment; without a category the catalogue's counts."""

    sku: str
    category: str | None
    level: str | None
    profile: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """One place of the plan: `kind` is `boost` or `rate`, `stands` what is written there, None for nothing."""

    kind: str
    rule: str
    stands: str | None
    answers: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """The trace, and what one unit earns at the catalogue's price (of 100, where it has none), in minor units."""

    plan_version: int
    at: datetime
    sku: str
    category: str | None
    level: str
    profile: str | None
    currency: str
    price_minor: int
    earns_minor: int
    places: tuple[Place, ...]


async def explained(session: AsyncSession, merchant_id: int, currency: str, wish: Wish) -> Explained:
    """Ask the plan that was in force just before a moment. Raises Invalid without one, NotFound for unknown keys."""
    book = await PlanBook.open(session, merchant_id)
    plan = book.in_force_before(wish.at)
    if plan is None:
        raise Invalid("No plan is in force at that moment; publish one with `tuike plan publish FILE`.")
    _refuse_unknown(plan, wish)
    product = (await products_by_sku(session, merchant_id, [wish.sku])).get(wish.sku)
    category = wish.category if wish.category is not None or product is None else product.category
    level = plan.rates.level_or_first(wish.level)
    profile = plan.rates.known_profile(wish.profile)
    trace = plan.rates.trace(Question(wish.sku, category, profile, level), wish.at)
    rate = plan.rates.find(wish.sku, category, level, profile)
    boost = plan.rates.boost(wish.sku, category, level, profile, wish.at)
    price = product.price_minor if product is not None else hundred(currency)
    return Explained(
        plan_version=plan.version,
        at=wish.at,
        sku=wish.sku,
        category=category,
        level=level,
        profile=profile,
        currency=currency,
        price_minor=price,
        earns_minor=line_amount(rate, boost, price, 1, currency),
        places=_places(trace, currency),
    )


def _refuse_unknown(plan: Plan, wish: Wish) -> None:
    """A word that the plan lacks would count as the first level or none; who asks means something else."""
    if wish.level is not None and wish.level not in {level.key for level in plan.document.levels}:
        raise NotFound("level", wish.level)
    if wish.profile is not None and wish.profile not in {each.key for each in plan.document.profiles}:
        raise NotFound("profile", wish.profile)


def _places(trace: list[Asked], currency: str) -> tuple[Place, ...]:
    """With boosts in the plan every place is asked twice, for a boost first."""
    selectors = [step.selector for step in trace]
    has_boosts = len(set(selectors)) < len(selectors)
    return tuple(
        Place(
            kind="boost" if has_boosts and index < len(trace) // 2 else "rate",
            rule=step.selector.rule,
            stands=_written(step.rule, currency),
            answers=step.answers,
        )
        for index, step in enumerate(trace)
    )


def _written(rule: Rate | Boost | None, currency: str) -> str | None:
    if rule is None:
        return None
    paid = f"{rule.percent} %" if rule.percent is not None else f"{rule.fixed} {currency} a unit"
    return f"{paid} ({rule.mode})" if isinstance(rule, Boost) else paid
