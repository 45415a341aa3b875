"""Cases as people see them: with names, the order and what they keep back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, ScalarSelect, and_, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.cases.cases import Case, CaseKind, CaseRow, CaseState, case_of_distributor
from models.money.cases.deciding import DECIDED, UNDO, Decision, is_fresh
from models.money.cases.moving import ON_THEIR_WAY
from models.money.commissions import CommissionRow, CommissionState, Reason
from models.people.distributors import Distributor, DistributorState
from models.store.sql import chunks, table_of, values_of

_CASE, _COMMISSION = table_of(CaseRow), table_of(CommissionRow)
_ORDER, _DISTRIBUTOR = table_of(OrderRow), table_of(Distributor)


@dataclass(frozen=True, slots=True)
class CaseSeen:
    """A case with whose it is. `under_review_minor` is what it keeps back now, of everybody who earns on an own
    purchase; `theirs_minor` what it keeps back of its distributor's; `unreleased_minor` what of theirs is on its way to
    release, which a hold would keep back. `order_*` of an own purchase."""

    case: Case
    distributor: str
    external_id: str
    joined_at: datetime
    under_review_minor: int
    theirs_minor: int
    unreleased_minor: int
    order_ref: str | None = None
    own_by: str | None = None
    """By which contact data the buyer is the distributor: `email`, `phone` or `chat`."""


async def cases_seen(session: AsyncSession, case_ids: Sequence[int]) -> dict[int, CaseSeen]:
    """These cases, by key, in a few statements."""
    of_case = or_(
        and_(
            _CASE.c.kind == CaseKind.SIGNALS,
            _COMMISSION.c.distributor_id == _CASE.c.distributor_id,
            _COMMISSION.c.reason == Reason.CASE,
        ),
        and_(_COMMISSION.c.order_id == _CASE.c.order_id, _COMMISSION.c.reason == Reason.SELF_PURCHASE),
    )
    theirs = _COMMISSION.c.distributor_id == _CASE.c.distributor_id
    found: dict[int, CaseSeen] = {}
    for part in chunks(case_ids):
        rows = await session.execute(
            select(
                _CASE,
                _DISTRIBUTOR.c.name.label("seller"),
                _DISTRIBUTOR.c.external_id,
                _DISTRIBUTOR.c.joined_at,
                _kept_back(of_case).label("kept_minor"),
                _kept_back(of_case, theirs).label("theirs_minor"),
                _sum_of(theirs, _COMMISSION.c.state.in_(ON_THEIR_WAY)).label("unreleased_minor"),
                _ORDER.c.order_ref,
                _ORDER.c.self_purchase,
            )
            .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _CASE.c.distributor_id)
            .outerjoin(_ORDER, _ORDER.c.id == _CASE.c.order_id)
            .where(_CASE.c.id.in_(part))
        )
        found.update({row.id: _seen(row) for row in rows})
    return found


def _kept_back(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    return _sum_of(_COMMISSION.c.state == CommissionState.REVIEW, *which)


def _sum_of(*which: ColumnElement[bool]) -> ScalarSelect[int]:
    net = func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor)
    return (
        select(cast(func.coalesce(net, 0), BigInteger))
        .where(
            _COMMISSION.c.merchant_id == _CASE.c.merchant_id,
            *which,
        )
        .scalar_subquery()
    )


def _seen(row: Row[Any]) -> CaseSeen:
    return CaseSeen(
        case=values_of(row, Case),
        distributor=row.seller,
        external_id=row.external_id,
        joined_at=row.joined_at,
        under_review_minor=row.kept_minor,
        theirs_minor=row.theirs_minor,
        unreleased_minor=row.unreleased_minor,
        order_ref=row.order_ref,
        own_by=row.self_purchase,
    )


@dataclass(frozen=True, slots=True)
class LastDecision:
    """What a person decided last about a case, over how much (minor units), and until when it can be undone."""

    decision: Decision
    amount_minor: int
    at: datetime
    undo_until: datetime


def last_decision(case: Case) -> LastDecision | None:
    """None where nobody decided, or the decision was undone."""
    if case.before is None or case.decided_at is None:
        return None
    word, minor = case.before.get("decision"), case.before.get(DECIDED)
    if word not in set(Decision) or not isinstance(minor, int):
        return None
    return LastDecision(Decision(str(word)), minor, case.decided_at, case.decided_at + UNDO)


async def suspended_for(session: AsyncSession, who: Distributor, now: datetime) -> Case | None:
    """The case that a distributor is suspended for, once that can't be undone any more; until then it is not theirs to
    know."""
    if who.state is not DistributorState.SUSPENDED:
        return None
    case = await case_of_distributor(session, who.merchant_id, who.id)
    if case is None or case.state is not CaseState.SUSPENDED:
        return None
    was_before = case.before is not None and case.before.get("state") == CaseState.SUSPENDED
    return case if was_before or not is_fresh(case, now) else None


async def seen_in_order(session: AsyncSession, found: Iterable[Case]) -> list[CaseSeen]:
    """The same cases with names, in the same order."""
    ids = [case.id for case in found]
    seen = await cases_seen(session, ids)
    return [seen[key] for key in ids if key in seen]
