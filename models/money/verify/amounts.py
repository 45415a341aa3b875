"""Amounts figured once more, from what each commission keeps of its arithmetic (docs/plans.md, "What one order pays").

The many that are a rate of a base and nothing else are figured in the database, a rate at a time; those with a
promotion or a cut are read page by page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Text,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Invalid
from models.funnel.orders import OrderLineRow
from models.money.commissions import (
    FOLLOWING_ORDERS,
    OF_LINES,
    Commission,
    CommissionRow,
    CommissionState,
    RateKind,
)
from models.money.verify.finding import Finding, FindingKind, found, found_rows, money
from models.people.merchants import Merchant
from models.plans.parts import basis_points
from models.plans.rules import BoostMode
from models.plans.versions import PlanBook
from models.store.currency import to_minor
from models.store.sql import chunks, table_of, values_of

_COMMISSION, _LINE = table_of(CommissionRow), table_of(OrderLineRow)
_ONE = _COMMISSION.c
_PAGE = 5_000
_RATES = 100
"""Rates that one statement compares; a plan has few."""
_FIGURED = (_ONE.kind.in_(FOLLOWING_ORDERS), _ONE.state != CommissionState.VOID)
"""What the plan figured and nothing made void since."""


def _empty(column: ColumnElement[Any], *words: str) -> ColumnElement[bool]:
    """Whether a JSON column holds nothing; as text, since PostgreSQL compares no JSON."""
    return or_(column.is_(None), cast(type_coerce(column, Text), Text).in_(words))


_PLAIN = and_(_empty(_ONE.boost, "null"), _empty(_ONE.cuts, "[]", "null"))


async def bases(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A commission on a line is figured on that line's base and quantity."""
    return await found_rows(
        session,
        FindingKind.BASE_DIFFERS,
        "commission",
        select(_ONE.id, _ONE.base_minor, _ONE.quantity, _LINE.c.base_minor, _LINE.c.quantity)
        .join(_LINE, _LINE.c.id == _ONE.line_id)
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind.in_(OF_LINES),
            or_(_ONE.base_minor != _LINE.c.base_minor, _ONE.quantity != _LINE.c.quantity),
        ),
        "counts {2} units with base {1:money}, and its line has {4} with base {3:money}",
        currency=merchant.currency,
    )


async def plain_amounts(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Without promotion and cut an amount is its rate of its base, no more and no less."""
    mine = (_ONE.merchant_id == merchant.id, *_FIGURED, _PLAIN)
    rates = await session.execute(select(_ONE.rate_kind, _ONE.rate).where(*mine).distinct())
    by_kind: dict[RateKind | None, list[str]] = defaultdict(list)
    for row in rates:
        by_kind[row.rate_kind].append(row.rate)
    findings: list[Finding] = []
    for kind, texts in by_kind.items():
        for part in chunks(sorted(texts), _RATES):
            findings += await found_rows(
                session,
                FindingKind.AMOUNT_DIFFERS,
                "commission",
                select(_ONE.id, _ONE.amount_minor, due := _due(kind, part, merchant.currency)).where(
                    *mine,
                    _ONE.rate_kind.is_(None) if kind is None else _ONE.rate_kind == kind,
                    _ONE.rate.in_(part),
                    _ONE.amount_minor != due,
                ),
                "says {1:money}, and its rate makes {2:money} of its base",
                currency=merchant.currency,
            )
    return findings


def _due(kind: RateKind | None, rates: Sequence[str], currency: str) -> ColumnElement[int]:
    """What these rates make of each row's base; a rate that can't be read makes less than any amount."""
    if kind is None:
        return literal(0, BigInteger)
    read = {rate: value for rate in rates if (value := _read(kind, rate, currency)) is not None}
    each = case(
        *((_ONE.rate == rate, literal(value, BigInteger)) for rate, value in read.items()),
        (false(), literal(-1, BigInteger)),  # a case has at least one branch
        else_=literal(-1, BigInteger),
    )
    if kind is RateKind.PERCENT:
        # In two parts, so that the largest of bases stays within 64 bits.
        return (_ONE.base_minor // 10_000) * each + (_ONE.base_minor % 10_000) * each // 10_000
    total = each * _ONE.quantity
    return case((and_(_ONE.kind.in_(OF_LINES), total > _ONE.base_minor), _ONE.base_minor), else_=total)


def _read(kind: RateKind, rate: str, currency: str) -> int | None:
    """A stored rate as basis points or minor units; None for one that no plan could have written."""
    try:
        return basis_points(rate) if kind is RateKind.PERCENT else to_minor(rate, currency)
    except (ArithmeticError, ValueError, Invalid):
        return None


async def changed_amounts(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """With a promotion or cuts: what is left and what was cut is what rate and promotion make of the base."""
    findings: list[Finding] = []
    last = 0
    while True:
        rows = (
            await session.execute(
                select(_COMMISSION)
                .where(_ONE.merchant_id == merchant.id, *_FIGURED, ~_PLAIN, _ONE.id > last)
                .order_by(_ONE.id)
                .limit(_PAGE)
            )
        ).all()
        if not rows:
            return findings
        findings.extend(_differences(rows, merchant.currency))
        last = rows[-1].id


def _differences(rows: Sequence[Row[Any]], currency: str) -> Iterator[Finding]:
    for row in rows:
        try:
            kept = values_of(row, Commission)
            cuts = [int(str(one["amount_minor"])) for one in kept.cuts]
            due = _figured(kept, currency)
        except (ArithmeticError, ValueError, KeyError, Invalid):
            says = "keeps a rate, promotion or cut in no known form"
            yield found(FindingKind.AMOUNT_DIFFERS, "commission", row.id, says)
            continue
        if kept.amount_minor + sum(cuts) != due or any(cut <= 0 for cut in cuts):
            says, cut, makes = (money(amount, currency) for amount in (kept.amount_minor, sum(cuts), due))
            sentence = f"says {says} and cuts of {cut}, and its rates make {makes} of its base"
            yield found(FindingKind.AMOUNT_DIFFERS, "commission", row.id, sentence)


def _figured(kept: Commission, currency: str) -> int:
    """What rate and promotion make of one base, in minor units."""

    def alone(kind: RateKind, text: str) -> int:
        if kind is RateKind.PERCENT:
            return kept.base_minor * basis_points(text) // 10_000
        total = to_minor(text, currency) * kept.quantity
        return min(total, kept.base_minor) if kept.kind in OF_LINES else total

    if kept.boost is None:
        return alone(kept.rate_kind, kept.rate) if kept.rate_kind is not None else 0
    boost_kind, boost = RateKind(str(kept.boost["kind"])), str(kept.boost["rate"])
    if kept.rate_kind is None or kept.boost["mode"] == BoostMode.REPLACE:
        return alone(boost_kind, boost)
    if kept.rate_kind is boost_kind is RateKind.PERCENT:
        points = basis_points(kept.rate) + basis_points(boost)
        return min(kept.base_minor * points // 10_000, kept.base_minor)
    return min(alone(kept.rate_kind, kept.rate) + alone(boost_kind, boost), kept.base_minor)


async def ranks(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Every commission names a plan version that was published, and a level and profile that it has."""
    book = await PlanBook.open(session, merchant.id)
    used = await session.execute(
        select(_ONE.plan_version, _ONE.level, _ONE.profile, func.min(_ONE.id))
        .where(_ONE.merchant_id == merchant.id)
        .group_by(_ONE.plan_version, _ONE.level, _ONE.profile)
        .order_by(func.min(_ONE.id))
    )
    findings = []
    for version, level, profile, key in used:
        plan = book.known(version)
        if plan is None:
            says = f"was figured by plan version {version}, which is not there"
            findings.append(found(FindingKind.UNKNOWN_PLAN, "commission", key, says))
            continue
        document = plan.document
        if level not in {known.key for known in document.levels}:
            says = f"was figured for level {level!r}, which plan version {version} does not have"
            findings.append(found(FindingKind.UNKNOWN_LEVEL, "commission", key, says))
        if profile is not None and profile not in {known.key for known in document.profiles}:
            says = f"was figured for profile {profile!r}, which plan version {version} does not have"
            findings.append(found(FindingKind.UNKNOWN_PROFILE, "commission", key, says))
    return findings
