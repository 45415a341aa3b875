"""The rules by which commissions say they were figured: each is the one that its plan version has for them.

What is sold counts before who sells (docs/plans.md, "Which rate a line earns"), so that of every rule it can be said
whether it is the most specific of its product, of its category, or of all goods. The category of a product may have
changed since, so that nothing is said of a line whose category has a rule and which went by a wider one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import String, Text, cast, func, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderLineRow
from models.money.commissions import FOLLOWING_ORDERS, CommissionKind, CommissionRow, RateKind
from models.money.verify.finding import Finding, FindingKind, found
from models.people.merchants import Merchant
from models.plans.rules import Boost, Rate
from models.plans.versions import Plan, PlanBook
from models.store.sql import table_of
from models.store.types import JsonValue

_COMMISSION, _LINE = table_of(CommissionRow), table_of(OrderLineRow)
_ONE = _COMMISSION.c
_NO_PRODUCT = ""
"""No product of a plan is called so: asked of it, a plan answers with what holds for all others."""

_Goods = tuple[str | None, str | None]
"""A product or a category that a rule is for; neither where it is for all."""

_Answer = tuple[str, str | None, str]
"""A rule's name, the kind of its rate and the rate."""


async def rules(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Rule and rate of a commission stand in its plan version, for its level and profile."""
    book = await PlanBook.open(session, merchant.id)
    answer = (_ONE.rule, type_coerce(_ONE.rate_kind, String), _ONE.rate)
    asked = (_ONE.plan_version, type_coerce(_ONE.kind, String), _ONE.depth, _ONE.level, _ONE.profile)
    used = await session.execute(
        select(*asked, *answer, func.min(_ONE.id))
        .where(_ONE.merchant_id == merchant.id, _ONE.kind.in_(FOLLOWING_ORDERS))
        .group_by(*asked, *answer)
        .order_by(func.min(_ONE.id))
    )
    findings = []
    plans = {plan.version: _Named(plan) for plan in book.newest_first}
    for version, kind, depth, level, profile, rule, rate_kind, rate, key in used:
        named = plans.get(version)
        if named is None or (rule, rate_kind, rate) in _answers(named, kind, depth, level, profile, rule):
            continue
        at = f" at {rate}" if rate else ""
        says = f"was figured by the rule {rule!r}{at}, which plan version {version} does not have for it"
        findings.append(found(FindingKind.RULE_DIFFERS, "commission", key, says))
    return findings


class _Named:
    """A plan, and the goods that the rules of each name are for; a plan may have thousands of rules."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._goods: dict[str, set[_Goods]] = defaultdict(set)
        for rate in plan.document.rates:
            self._goods[rate.rule].add((rate.product, rate.category))

    def goods(self, rule: str) -> set[_Goods]:
        """Products and categories; none for a rule that the plan doesn't have."""
        return self._goods.get(rule, set())


def _answers(
    named: _Named, kind: str, depth: int, level: str, profile: str | None, rule: str
) -> list[_Answer | None]:
    """What a version may have answered for a commission that names this rule."""
    plan, document = named.plan, named.plan.document
    if kind == CommissionKind.FIRST_ORDER:
        bonus = document.bonuses.first_order
        return [None if bonus is None else ("first_order", RateKind.FIXED, bonus)]
    if kind == CommissionKind.TEAM:
        percents = document.team.percents if document.team is not None else ()
        return [
            (f"team depth={depth}", RateKind.PERCENT, percent)
            for place, percent in enumerate(percents, 1)
            if place == depth
        ]
    return [
        _told(plan.rates.find(product or _NO_PRODUCT, category, level, profile))
        for product, category in {(None, None), *named.goods(rule)}
    ]


def _told(rate: Rate | None) -> _Answer:
    if rate is None:
        return ("none", None, "")
    return (rate.rule, *_rate_of(rate))


def _rate_of(rule: Rate | Boost) -> tuple[RateKind, str]:
    if rule.percent is not None:
        return RateKind.PERCENT, rule.percent
    return RateKind.FIXED, rule.fixed or ""


async def products(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A line whose product has a rule of its own went by that one, and no other line did."""
    plans = {
        plan.version: _Named(plan)
        for plan in (await PlanBook.open(session, merchant.id)).newest_first
        if any(rate.product is not None for rate in plan.document.rates)
    }
    if not plans:
        return []
    asked = (_ONE.plan_version, _ONE.rule, _ONE.level, _ONE.profile, _LINE.c.sku)
    used = await session.execute(
        select(*asked, func.min(_ONE.id))
        .join(_LINE, _LINE.c.id == _ONE.line_id)
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind == CommissionKind.LINE,
            _ONE.plan_version.in_(sorted(plans)),
        )
        .group_by(*asked)
        .order_by(func.min(_ONE.id))
    )
    findings = []
    for version, rule, level, profile, sku, key in used:
        due = plans[version].plan.rates.find(sku, None, level, profile)
        own = due.rule if due is not None and due.product is not None else None
        if own is not None and rule != own:
            says = f"was figured by the rule {rule!r}, and plan version {version} has {own!r} for its product"
        elif own is None and _is_of_products(plans[version].goods(rule)):
            says = f"was figured by the rule {rule!r}, and its line is of the product {sku}"
        else:
            continue
        findings.append(found(FindingKind.RULE_DIFFERS, "commission", key, says))
    return findings


def _is_of_products(goods: set[_Goods]) -> bool:
    """Whether a rule is for products only; one that the plan doesn't have is named by `rules`."""
    return bool(goods) and all(product is not None for product, _ in goods)


async def boosts(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A promotion on a commission stands in its plan version, for its level and profile, at its time."""
    book = await PlanBook.open(session, merchant.id)
    text = cast(type_coerce(_ONE.boost, Text), Text)
    asked = (_ONE.plan_version, type_coerce(_ONE.kind, String), _ONE.level, _ONE.profile, text)
    used = await session.execute(
        select(*asked, func.min(_ONE.earned_at), func.max(_ONE.earned_at), func.min(_ONE.id))
        .where(_ONE.merchant_id == merchant.id, _ONE.boost.is_not(None), text != "null")
        .group_by(*asked)
        .order_by(func.min(_ONE.id))
    )
    findings = []
    for version, kind, level, profile, told, first, last, key in used:
        plan, kept = book.known(version), _read(told)
        if plan is None or kept is None:
            continue
        there = _boosts(plan.document.boosts, kept)
        # What comes back every week is one promotion to a commission, so the first and the last are asked apart.
        stood = all(_holds(plan, there, level, profile, moment) for moment in (first, last))
        if kind != CommissionKind.LINE or not stood:
            rule = kept.get("rule")
            says = f"names the promotion {rule!r}, which plan version {version} does not have for it"
            findings.append(found(FindingKind.RULE_DIFFERS, "commission", key, says))
    return findings


def _holds(plan: Plan, there: Iterable[Boost], level: str, profile: str | None, moment: datetime) -> bool:
    """Whether one of these promotions is what the plan has at a moment."""
    return any(
        plan.rates.boost(boost.product or _NO_PRODUCT, boost.category, level, profile, moment) is boost
        for boost in there
    )


def _read(text: str) -> dict[str, JsonValue] | None:
    """A promotion as a commission keeps it; what can't be read is named elsewhere."""
    try:
        kept = json.loads(text)
    except ValueError:
        return None
    return kept if isinstance(kept, dict) else None


def _boosts(there: Iterable[Boost], kept: dict[str, JsonValue]) -> list[Boost]:
    """Those of a plan that say what was kept."""
    return [
        boost
        for boost in there
        if kept
        == dict(
            zip(("rule", "kind", "rate", "mode"), (boost.rule, *_rate_of(boost), boost.mode), strict=True)
        )
    ]
