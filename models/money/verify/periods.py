"""Closed periods: closed once, and what was paid for them is what ladder and target make of their sales."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import and_, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.closings import ClosingRow
from models.money.commissions import OF_PERIODS, CommissionKind, CommissionRow, CommissionState
from models.money.verify.finding import Finding, FindingKind, found, found_rows, money
from models.people.merchants import Merchant
from models.plans.ladders import ladder_amount, target_amount
from models.plans.versions import PlanBook
from models.store.sql import table_of

_CLOSING, _COMMISSION = table_of(ClosingRow), table_of(CommissionRow)
_ONE = _COMMISSION.c


async def closed_twice(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """No moment lies in two closed periods of one length."""
    other = _CLOSING.alias("other")
    overlaps = and_(
        other.c.merchant_id == _CLOSING.c.merchant_id,
        other.c.length == _CLOSING.c.length,
        other.c.id < _CLOSING.c.id,
        other.c.begins_at < _CLOSING.c.ends_at,
        _CLOSING.c.begins_at < other.c.ends_at,
    )
    return await found_rows(
        session,
        FindingKind.CLOSED_TWICE,
        "closing",
        select(_CLOSING.c.period, other.c.period)
        .join(other, overlaps)
        .where(_CLOSING.c.merchant_id == merchant.id),
        "closes what the closing {1} had closed",
    )


async def unclosed(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A bonus of a period is of one that was closed."""
    closed = exists().where(_CLOSING.c.merchant_id == merchant.id, _CLOSING.c.period == _ONE.period)
    return await found_rows(
        session,
        FindingKind.ORPHAN,
        "commission",
        select(_ONE.id, _ONE.period).where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind.in_(OF_PERIODS),
            _ONE.period.is_not(None),
            ~closed,
        ),
        "is of the period {1}, which was never closed",
    )


async def ladders(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What a ladder paid, and later changes on top of it, is what it makes of the sales kept with it.

    A change pays what is missing up to the new sales. What had been taken back by then, or refused by a case, is
    known only within bounds, so that a change is held against both.
    """
    book = await PlanBook.open(session, merchant.id)
    rows = await session.execute(
        select(_COMMISSION)
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind == CommissionKind.LADDER,
            _ONE.period.is_not(None),
        )
        .order_by(_ONE.distributor_id, _ONE.period, _ONE.id)
    )
    findings: list[Finding] = []
    for _, paid in groupby(rows, key=attrgetter("distributor_id", "period")):
        findings.extend(_ladder(book, merchant.currency, paid))
    return findings


def _ladder(book: PlanBook, currency: str, paid: Iterable[Any]) -> list[Finding]:
    findings = []
    most_before = least_before = 0
    for row in paid:
        if row.state is CommissionState.VOID:
            most_before += row.amount_minor
            continue
        plan = book.known(row.plan_version)
        ladder = plan.document.ladder if plan is not None else None
        if ladder is None:
            says = f"was paid by a ladder, and plan version {row.plan_version} has none"
            findings.append(found(FindingKind.PERIOD_DIFFERS, "commission", row.id, says))
            continue
        due = ladder_amount(ladder, row.base_minor, currency)
        if not due - most_before <= row.amount_minor <= due - least_before:
            says, makes, sales = (
                money(amount, currency) for amount in (row.amount_minor, due, row.base_minor)
            )
            sentence = f"says {says}, and the ladder makes {makes} of sales of {sales}"
            findings.append(found(FindingKind.PERIOD_DIFFERS, "commission", row.id, sentence))
        most_before += row.amount_minor
        least_before += row.amount_minor - row.reversed_minor
    return findings


async def targets(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What a team target paid is the step that the team's sales reached."""
    book = await PlanBook.open(session, merchant.id)
    rows = await session.execute(
        select(_COMMISSION, _CLOSING.c.length)
        .join(_CLOSING, and_(_CLOSING.c.merchant_id == _ONE.merchant_id, _CLOSING.c.period == _ONE.period))
        .where(
            _ONE.merchant_id == merchant.id,
            _ONE.kind == CommissionKind.TEAM_TARGET,
            _ONE.state != CommissionState.VOID,
        )
        .order_by(_ONE.id)
    )
    findings = []
    for row in rows:
        plan = book.known(row.plan_version)
        steps = plan.document.bonuses.team_target if plan is not None else ()
        due = target_amount(steps, row.length, row.base_minor, merchant.currency)
        if row.amount_minor != due:
            says, pays, sales = (
                money(amount, merchant.currency) for amount in (row.amount_minor, due, row.base_minor)
            )
            sentence = f"says {says}, and the target pays {pays} for sales of {sales}"
            findings.append(found(FindingKind.PERIOD_DIFFERS, "commission", row.id, sentence))
    return findings
