"""A sponsor's team: who is in it, what they sold this month, and what of it came to the sponsor (chat.md 3, "Team").

A member's customers and single orders are never shown; sums are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import NotFound
from models.funnel.orders import OrderRow
from models.funnel.tallies import COUNTED
from models.growth.reminders import reminded_at
from models.money.commissions import CommissionKind, CommissionRow, CommissionState
from models.people.distributors import Distributor, DistributorState
from models.people.merchants import Merchant
from models.plans.periods import Period, period_of
from models.plans.rules import PeriodLength
from models.store.sql import table_of

_ORDER, _PEOPLE, _COMMISSION = table_of(OrderRow), table_of(Distributor), table_of(CommissionRow)
_DEEPEST = 2


@dataclass(frozen=True, slots=True)
class TeamSums:
    """A team at one depth this month: members, those who sold, their orders and net sales, my share of them."""

    members: int
    active: int
    orders: int
    sales_minor: int
    share_minor: int


@dataclass(frozen=True, slots=True)
class Member:
    """One direct member this month; `person_id` is None where there is no chat to write to.

    Who has left may have no name any more.
    """

    distributor_id: int
    name: str
    person_id: int | None
    is_enrolled: bool
    has_left: bool
    joined_at: datetime
    orders: int
    sales_minor: int
    share_minor: int
    reminded_at: datetime | None


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Some members, the longest here first, and the key behind them (None at the end)."""

    items: tuple[Member, ...]
    next_after: int | None


def month_at(merchant: Merchant, now: datetime) -> Period:
    """The month of the shop's calendar that a moment lies in."""
    return period_of(PeriodLength.MONTH, now, merchant.zone)


async def team_sums(
    session: AsyncSession, merchant: Merchant, sponsor_id: int, depth: int, now: datetime
) -> TeamSums:
    """The direct members (depth 1), or theirs (depth 2), and the current month's sales."""
    month = month_at(merchant, now)
    members = _members(merchant.id, sponsor_id, depth)
    counted = await session.execute(
        select(func.count())
        .select_from(_PEOPLE)
        .where(_PEOPLE.c.id.in_(members), _PEOPLE.c.state == DistributorState.ACTIVE)
    )
    sold = (
        await session.execute(
            select(
                func.count(_ORDER.c.distributor_id.distinct()),
                func.count(),
                func.coalesce(func.sum(_ORDER.c.base_minor - _ORDER.c.refunded_minor), 0),
            ).where(
                _ORDER.c.merchant_id == merchant.id,
                _ORDER.c.distributor_id.in_(members),
                *_within(month, now),
            )
        )
    ).one()
    share = await session.execute(
        select(func.coalesce(func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor), 0)).where(
            *_my_share(merchant.id, sponsor_id, month, now), _COMMISSION.c.depth == depth
        )
    )
    return TeamSums(
        int(counted.scalar_one()), int(sold[0]), int(sold[1]), int(sold[2]), int(share.scalar_one())
    )


async def member_page(
    session: AsyncSession, merchant: Merchant, sponsor_id: int, after: int | None, limit: int, now: datetime
) -> MemberPage:
    """Direct members behind a key, with their current month."""
    statement = (
        select(_PEOPLE)
        .where(_PEOPLE.c.merchant_id == merchant.id, _PEOPLE.c.sponsor_id == sponsor_id)
        .order_by(_PEOPLE.c.id)
        .limit(limit + 1)
    )
    if after is not None:
        statement = statement.where(_PEOPLE.c.id > after)
    rows = (await session.execute(statement)).all()
    shown = rows[:limit]
    ids = [row.id for row in shown]
    sold = await _sold_by(session, merchant, ids, now)
    shares = await _shares_of(session, merchant, sponsor_id, ids, now)
    reminded = await reminded_at(session, merchant.id, ids)
    members = tuple(
        Member(
            distributor_id=row.id,
            name=row.name,
            person_id=row.person_id,
            is_enrolled=row.state is DistributorState.ACTIVE,
            has_left=row.state is DistributorState.LEFT,
            joined_at=row.joined_at,
            orders=sold.get(row.id, (0, 0))[0],
            sales_minor=sold.get(row.id, (0, 0))[1],
            share_minor=shares.get(row.id, 0),
            reminded_at=reminded.get(row.id),
        )
        for row in shown
    )
    return MemberPage(members, ids[-1] if len(rows) > limit else None)


async def my_member(
    session: AsyncSession, merchant_id: int, sponsor_id: int, distributor_id: int
) -> Distributor:
    """A direct member of this sponsor. Raises NotFound for anybody else."""
    found = (
        await session.execute(
            select(Distributor).where(
                _PEOPLE.c.merchant_id == merchant_id,
                _PEOPLE.c.sponsor_id == sponsor_id,
                _PEOPLE.c.id == distributor_id,
            )
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("member", str(distributor_id))
    return found


def _members(merchant_id: int, sponsor_id: int, depth: int) -> Select[tuple[int]]:
    if depth == 1:
        return select(_PEOPLE.c.id).where(
            _PEOPLE.c.merchant_id == merchant_id, _PEOPLE.c.sponsor_id == sponsor_id
        )
    assert depth == _DEEPEST
    second, direct = _PEOPLE.alias("second"), _PEOPLE.alias("direct")
    return (
        select(second.c.id)
        .join(direct, second.c.sponsor_id == direct.c.id)
        .where(direct.c.merchant_id == merchant_id, direct.c.sponsor_id == sponsor_id)
    )


def _within(month: Period, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        _ORDER.c.paid_at >= month.begins,
        _ORDER.c.paid_at <= now,
        COUNTED,
    )


def _my_share(
    merchant_id: int, sponsor_id: int, month: Period, now: datetime
) -> tuple[ColumnElement[bool], ...]:
    return (
        _COMMISSION.c.merchant_id == merchant_id,
        _COMMISSION.c.distributor_id == sponsor_id,
        _COMMISSION.c.kind == CommissionKind.TEAM,
        _COMMISSION.c.earned_at >= month.begins,
        _COMMISSION.c.earned_at <= now,
        _COMMISSION.c.state.not_in((CommissionState.VOID, CommissionState.ESTIMATED)),
    )


async def _sold_by(
    session: AsyncSession, merchant: Merchant, distributor_ids: list[int], now: datetime
) -> dict[int, tuple[int, int]]:
    rows = await session.execute(
        select(
            _ORDER.c.distributor_id,
            func.count(),
            func.sum(_ORDER.c.base_minor - _ORDER.c.refunded_minor),
        )
        .where(
            _ORDER.c.merchant_id == merchant.id,
            _ORDER.c.distributor_id.in_(distributor_ids),
            *_within(month_at(merchant, now), now),
        )
        .group_by(_ORDER.c.distributor_id)
    )
    return {key: (int(orders), int(sales)) for key, orders, sales in rows}


async def _shares_of(
    session: AsyncSession, merchant: Merchant, sponsor_id: int, distributor_ids: list[int], now: datetime
) -> dict[int, int]:
    """What each member's orders brought the sponsor this month."""
    rows = await session.execute(
        select(
            _ORDER.c.distributor_id,
            func.sum(_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor),
        )
        .join(_ORDER, _ORDER.c.id == _COMMISSION.c.order_id)
        .where(
            *_my_share(merchant.id, sponsor_id, month_at(merchant, now), now),
            _ORDER.c.distributor_id.in_(distributor_ids),
        )
        .group_by(_ORDER.c.distributor_id)
    )
    return {key: int(share) for key, share in rows}
