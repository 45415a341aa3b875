"""Invite cashback: what a sponsor gets once the first order that their invitee sold is released (docs/plans.md).

Who was never released before is found by a conditional update of `Distributor.first_release_at`, so that only one
run pays, and the unique key on the invitee holds it for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.commissions import (
    Commission,
    CommissionKind,
    CommissionRow,
    CommissionState,
    RateKind,
    Reason,
)
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind
from models.money.settlement_tables import GAINING, SETTLING
from models.people.distributors import Distributor, DistributorState
from models.people.levels import LevelBook
from models.people.merchants import Merchant
from models.people.profiles import ProfileBook
from models.plans.versions import Plan, PlanBook
from models.store.currency import to_minor
from models.store.sql import chunks, insert_all, table_of

_DISTRIBUTOR, _ORDER = table_of(Distributor), table_of(OrderRow)


@dataclass(frozen=True, slots=True)
class Cashback:
    """The commission by which a cashback became available to a sponsor, and its amount in minor units."""

    commission_id: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class _First:
    """The first order of an invitee that was released."""

    invitee_id: int
    order_id: int
    order_ref: str
    plan_version: int
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class _Sponsor:
    id: int
    on_hold: bool


async def pay_cashbacks(
    session: AsyncSession, merchant: Merchant, first: int, last: int, now: datetime
) -> list[Cashback]:
    """Mark everybody of the chunk whose first order was just released, and pay their sponsors.

    Answers what reached a sponsor at once, which is also added to `gaining`, so that it is told. A sponsor who is
    suspended or has left earns nothing; one who is on hold has it under review. Bases and cuts are none: cashback is
    not capped.
    """
    sponsors = await _newly_released(session, merchant.id, first, last, now)
    if not sponsors:
        return []
    orders = await _first_orders(session, sponsors, first, last)
    earning = await _active(session, sorted(set(sponsors.values())))
    plans = await PlanBook.open(session, merchant.id)
    profiles = await ProfileBook.open(session, sorted(earning))
    levels = await LevelBook.open(session, sorted(earning))
    made = []
    for order in orders:
        sponsor = earning.get(sponsors[order.invitee_id])
        if sponsor is None:
            continue
        plan = plans.numbered(order.plan_version)
        profile = profiles.profile_before(sponsor.id, order.paid_at)
        level = plan.rates.level_or_first(levels.level_before(sponsor.id, order.paid_at, order.order_ref))
        commission = _cashback(merchant, plan, order, sponsor, profile, level, now)
        if commission is not None:
            made.append(commission)
    return await _write(session, merchant, made, now)


async def _newly_released(
    session: AsyncSession, merchant_id: int, first: int, last: int, now: datetime
) -> dict[int, int]:
    """Those who had nothing released before, each with their sponsor; who has none is marked, too."""
    c = SETTLING.c
    sellers = select(c.distributor_id).where(c.n.between(first, last), c.kind == CommissionKind.LINE)
    rows = await session.execute(
        update(_DISTRIBUTOR)
        .where(
            _DISTRIBUTOR.c.merchant_id == merchant_id,
            _DISTRIBUTOR.c.first_release_at.is_(None),
            _DISTRIBUTOR.c.id.in_(sellers),
        )
        .values(first_release_at=now)
        .returning(_DISTRIBUTOR.c.id, _DISTRIBUTOR.c.sponsor_id)
    )
    return {row.id: row.sponsor_id for row in rows if row.sponsor_id is not None}


async def _first_orders(
    session: AsyncSession, sponsors: dict[int, int], first: int, last: int
) -> list[_First]:
    c = SETTLING.c
    # Of orders that are released at one moment the one that was paid first, however they came to us.
    in_turn = func.row_number().over(
        partition_by=c.distributor_id, order_by=(c.release_at, c.earned_at, _ORDER.c.order_ref)
    )
    released = (
        select(
            c.distributor_id,
            c.order_id,
            _ORDER.c.order_ref,
            c.plan_version,
            c.earned_at,
            c.n,
            in_turn.label("turn"),
        )
        .join(_ORDER, _ORDER.c.id == c.order_id)
        .where(c.n.between(first, last), c.kind == CommissionKind.LINE)
        .subquery()
    )
    *told, _, _ = released.c
    rows = await session.execute(select(*told).where(released.c.turn == 1).order_by(released.c.n))
    return [_First(*row) for row in rows if row.distributor_id in sponsors]


async def _active(session: AsyncSession, sponsor_ids: Sequence[int]) -> dict[int, _Sponsor]:
    found: dict[int, _Sponsor] = {}
    for part in chunks(sponsor_ids):
        rows = await session.execute(
            select(_DISTRIBUTOR.c.id, _DISTRIBUTOR.c.on_hold).where(
                _DISTRIBUTOR.c.id.in_(part), _DISTRIBUTOR.c.state == DistributorState.ACTIVE
            )
        )
        found.update({row.id: _Sponsor(*row) for row in rows})
    return found


def _cashback(
    merchant: Merchant,
    plan: Plan,
    order: _First,
    sponsor: _Sponsor,
    profile: str | None,
    level: str,
    now: datetime,
) -> Commission | None:
    """What the plan of the order pays this sponsor; None when it pays nothing."""
    known = {each.key: each for each in plan.document.profiles}
    agreed = known.get(profile) if profile is not None else None
    own = agreed.invite_cashback if agreed is not None else None
    amount = own if own is not None else plan.document.bonuses.invite_cashback
    amount_minor = to_minor(amount, merchant.currency) if amount is not None else 0
    if amount is None or not amount_minor:
        return None
    return Commission(
        merchant_id=merchant.id,
        order_id=order.order_id,
        distributor_id=sponsor.id,
        depth=1,
        invitee_id=order.invitee_id,
        kind=CommissionKind.INVITE_CASHBACK,
        base_minor=0,
        quantity=1,
        rate_kind=RateKind.FIXED,
        rate=amount,
        rule="invite_cashback" if own is None else f"invite_cashback profile={profile}",
        level=level,
        profile=agreed.key if agreed is not None else None,
        plan_version=plan.version,
        amount_minor=amount_minor,
        state=CommissionState.REVIEW if sponsor.on_hold else CommissionState.AVAILABLE,
        reason=Reason.CASE if sponsor.on_hold else None,
        earned_at=now,
        release_at=now,
        released_at=None if sponsor.on_hold else now,
    )


async def _write(
    session: AsyncSession, merchant: Merchant, made: Sequence[Commission], now: datetime
) -> list[Cashback]:
    if not made:
        return []
    await insert_all(session, CommissionRow, made)
    journal = Journal(merchant.id, merchant.currency, now)
    for one in made:
        target = AccountKind.HELD if one.state is CommissionState.REVIEW else AccountKind.AVAILABLE
        journal.transfer(
            key=f"cashback:{one.invitee_id}",
            kind=TransferKind.BONUS,
            at=now,
            order_id=one.order_id,
            moves=[
                Move(
                    Holding(AccountKind.BONUS_EXPENSE), Holding(target, one.distributor_id), one.amount_minor
                )
            ],
        )
    await journal.post(session)
    paid = [one for one in made if one.state is CommissionState.AVAILABLE]
    await _add_to_gaining(session, paid)
    return [Cashback(one.id, one.amount_minor) for one in paid]


async def _add_to_gaining(session: AsyncSession, paid: Sequence[Commission]) -> None:
    """So that the sponsor's notice tells of it, together with what they sold themselves."""
    c = GAINING.c
    there: set[int] = set()
    for part in chunks(sorted({one.distributor_id for one in paid})):
        there.update(
            (await session.execute(select(c.distributor_id).where(c.distributor_id.in_(part)))).scalars()
        )
    for one in paid:
        if one.distributor_id in there:
            added = {"amount_minor": c.amount_minor + one.amount_minor, "bonuses": c.bonuses + 1}
            await session.execute(update(GAINING).where(c.distributor_id == one.distributor_id).values(added))
            continue
        there.add(one.distributor_id)
        alone = {
            "distributor_id": one.distributor_id,
            "n": 0,
            "commission_id": one.id,
            "amount_minor": one.amount_minor,
            "orders": 0,
            "bonuses": 1,
            "reversed_minor": 0,
            "earned_from": one.earned_at,
            "earned_until": one.earned_at,
        }
        await session.execute(insert(GAINING).values(alone))
