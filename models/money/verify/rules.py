"""The rules by which commissions say they were figured: each is the one that its plan version has for them.

What is sold counts before who sells (docs/plans.md, "Which rate a line earns"), so that of every rule it can be said
whether it is the most specific of its product, of its category, or of all goods. The category of a product may have
changed since, so that nothing is said of a line whose category has a rule and which went by a wider one.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import String, Text, cast, func, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderLineRow
from models.money.commissions import FOLLOWING_ORDERS, CommissionKind, CommissionRow, RateKind
from models.money.verify.finding import Finding, FindingKind, found
from models.people.merchants import Merchant
from models.plans.rules import Boost, Rate
from models.plans.versions import Plan, PlanBook
from models.store.sql import chunks, table_of
from models.store.types import JsonValue

_COMMISSION, _LINE = table_of(CommissionRow), table_of(OrderLineRow)
_ONE = _COMMISSION.c
_NO_PRODUCT = ""
"""No product of a plan is called so: asked of it, a plan answers with what holds for all others."""

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
    for version, kind, depth, level, profile, rule, rate_kind, rate, key in used:
        plan = book.known(version)
        if plan is None or (rule, rate_kind, rate) in _answers(plan, kind, depth, level, profile, rule):
            continue
        at = f" at {rate}" if rate else ""
        says = f"was figured by the rule {rule!r}{at}, which plan version {version} does not have for it"
        findings.append(found(FindingKind.RULE_DIFFERS, "commission", key, says))
    return findings


def _answers(
    plan: Plan, kind: str, depth: int, level: str, profile: str | None, rule: str
) -> list[_Answer | None]:
    """What a version may have answered for a commission that names this rule."""
    document = plan.document
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
    goods = {(None, None), *((each.product, each.category) for each in document.rates if each.rule == rule)}
    return [
        _told(plan.rates.find(product or _NO_PRODUCT, category, level, profile))
        for product, category in goods
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
    findings = []
    for plan in (await PlanBook.open(session, merchant.id)).newest_first:
        of_products: dict[str, set[str]] = defaultdict(set)
        for rate in plan.document.rates:
            if rate.product is not None:
                of_products[rate.product].add(rate.rule)
        for part in chunks(sorted(of_products)):
            findings += await _of_products(session, merchant, plan, of_products, part)
    return findings


async def _of_products(
    session: AsyncSession,
    merchant: Merchant,
    plan: Plan,
    of_products: dict[str, set[str]],
    part: Sequence[str],
) -> list[Finding]:
    names = sorted(name for product in part for name in of_products[product])
    asked = (_ONE.rule, _ONE.level, _ONE.profile, _LINE.c.sku)
    used = await session.execute(
        select(*asked, func.min(_ONE.id))
        .join(_LINE, _LINE.c.id == _ONE.line_id)
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind == CommissionKind.LINE,
            _ONE.plan_version == plan.version,
            or_(_LINE.c.sku.in_(part), _ONE.rule.in_(names)),
        )
        .group_by(*asked)
        .order_by(func.min(_ONE.id))
    )
    findings = []
    for rule, level, profile, sku, key in used:
        due = plan.rates.find(sku, None, level, profile)
        own = due.rule if due is not None and due.product is not None else None
        if own is not None and rule != own:
            says = f"was figured by the rule {rule!r}, and plan version {plan.version} has {own!r} for its product"
        elif own is None and not _is_of_others(plan, rule):
            says = f"was figured by the rule {rule!r}, and its line is of the product {sku}"
        else:
            continue
        findings.append(found(FindingKind.RULE_DIFFERS, "commission", key, says))
    return findings


def _is_of_others(plan: Plan, rule: str) -> bool:
    """Whether a rule is of no product; one that the version doesn't have is named by `rules`."""
    named = [each for each in plan.document.rates if each.rule == rule]
    return not named or any(each.product is None for each in named)


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
