"""Commissions against the ledger, their reversals, their orders, and what their kind asks for."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderLineRow, OrderRow, RefundRow
from models.money.cases.cases import CaseRow
from models.money.commissions import (
    IN_HELD,
    OF_LINES,
    OF_PERIODS,
    CommissionKind,
    CommissionRow,
    CommissionState,
    ReversalRow,
)
from models.money.ledger import AccountRow, PostingRow, TransferKind, TransferRow
from models.money.verify.finding import Finding, FindingKind, found_rows, whole_sum
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.sql import table_of

_ACCOUNT, _COMMISSION, _REVERSAL = table_of(AccountRow), table_of(CommissionRow), table_of(ReversalRow)
_ORDER, _LINE, _REFUND = table_of(OrderRow), table_of(OrderLineRow), table_of(RefundRow)
_TRANSFER, _POSTING = table_of(TransferRow), table_of(PostingRow)
_CASE, _DISTRIBUTOR = table_of(CaseRow), table_of(Distributor)


async def reversal_sums(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What was taken back of a commission is what its reversals add up to."""
    taken = whole_sum(_REVERSAL.c.amount_minor)
    return await found_rows(
        session,
        FindingKind.REVERSALS_DIFFER,
        "commission",
        select(_COMMISSION.c.id, _COMMISSION.c.reversed_minor, taken)
        .outerjoin(_REVERSAL, _REVERSAL.c.commission_id == _COMMISSION.c.id)
        .where(_COMMISSION.c.merchant_id == merchant.id)
        .group_by(_COMMISSION.c.id, _COMMISSION.c.reversed_minor)
        .having(_COMMISSION.c.reversed_minor != taken),
        "says that {1:money} was taken back, and its reversals add up to {2:money}",
        currency=merchant.currency,
    )


async def shapes(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """A commission names what its kind stands on: a line, an order, an invitee or a period, and how far up it is."""
    one = _COMMISSION.c
    faults: tuple[tuple[str, ColumnElement[bool]], ...] = (
        ("stands on no order line", and_(one.kind.in_(OF_LINES), one.line_id.is_(None))),
        ("stands on a line, though it is a bonus", and_(one.kind.not_in(OF_LINES), one.line_id.is_not(None))),
        ("names no order", and_(one.kind.not_in(OF_PERIODS), one.order_id.is_(None))),
        ("names no period", and_(one.kind.in_(OF_PERIODS), one.period.is_(None))),
        (
            "names a period, though it is of an order",
            and_(one.kind.not_in(OF_PERIODS), one.period.is_not(None)),
        ),
        (
            "names no invitee",
            and_(one.kind == CommissionKind.INVITE_CASHBACK, one.invitee_id.is_(None)),
        ),
        ("is a seller's, some steps above the seller", and_(one.kind == CommissionKind.LINE, one.depth != 0)),
        ("is a sponsor's, at the seller's own place", and_(one.kind == CommissionKind.TEAM, one.depth < 1)),
    )
    return [
        finding
        for says, wrong in faults
        for finding in await found_rows(
            session,
            FindingKind.MISSHAPEN,
            "commission",
            select(one.id).where(one.merchant_id == merchant.id, wrong),
            says,
        )
    ]


async def released_early(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What is available was released, and not before its time."""
    one = _COMMISSION.c
    never = and_(one.state == CommissionState.AVAILABLE, one.released_at.is_(None))
    waiting = and_(
        one.state.in_((CommissionState.ESTIMATED, *IN_HELD)),
        one.released_at.is_not(None),
    )
    return [
        *await found_rows(
            session,
            FindingKind.RELEASED_EARLY,
            "commission",
            select(one.id).where(one.merchant_id == merchant.id, one.released_at < one.release_at),
            "was released before its time",
        ),
        *await found_rows(
            session,
            FindingKind.RELEASED_EARLY,
            "commission",
            select(one.id, one.state).where(one.merchant_id == merchant.id, or_(never, waiting)),
            "is {1}, and its time of release says otherwise",
        ),
    ]


async def orphans(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Commissions on a line that is not their order's, and reversals of no refund of the order's."""
    lined = exists().where(_LINE.c.id == _COMMISSION.c.line_id, _LINE.c.order_id == _COMMISSION.c.order_id)
    ordered = exists().where(_ORDER.c.id == _COMMISSION.c.order_id)
    of_its_order = exists().where(
        _REFUND.c.id == _REVERSAL.c.refund_id,
        or_(_REFUND.c.order_id == _COMMISSION.c.order_id, _COMMISSION.c.kind.in_(OF_PERIODS)),
    )
    of_its_case = exists().where(
        _CASE.c.id == _REVERSAL.c.case_id,
        _CASE.c.distributor_id == _COMMISSION.c.distributor_id,
        _COMMISSION.c.kind == CommissionKind.LADDER,
    )
    reversals = _REVERSAL.join(_COMMISSION, _COMMISSION.c.id == _REVERSAL.c.commission_id)
    ours = _COMMISSION.c.merchant_id == merchant.id
    checks = (
        (
            "commission",
            "stands on a line that is not its order's",
            select(_COMMISSION.c.id).where(ours, _COMMISSION.c.line_id.is_not(None), ~lined),
        ),
        (
            "commission",
            "is of an order that is not there",
            select(_COMMISSION.c.id).where(ours, _COMMISSION.c.order_id.is_not(None), ~ordered),
        ),
        (
            "reversal",
            "belongs to no refund of its order, and to no case",
            select(_REVERSAL.c.id).select_from(reversals).where(ours, ~of_its_order, ~of_its_case),
        ),
    )
    return [
        finding
        for noun, says, keys in checks
        for finding in await found_rows(session, FindingKind.ORPHAN, noun, keys, says)
    ]


async def missing(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """What was taken back, or accrued, has a commission behind it."""
    there = exists().where(_COMMISSION.c.id == _REVERSAL.c.commission_id)
    ours = or_(
        exists().where(_REFUND.c.id == _REVERSAL.c.refund_id, _REFUND.c.merchant_id == merchant.id),
        exists().where(_CASE.c.id == _REVERSAL.c.case_id, _CASE.c.merchant_id == merchant.id),
    )
    earned = exists().where(
        _COMMISSION.c.order_id == _TRANSFER.c.order_id,
        _COMMISSION.c.distributor_id == _ACCOUNT.c.holder_id,
    )
    return [
        *await found_rows(
            session,
            FindingKind.ORPHAN,
            "reversal",
            select(_REVERSAL.c.id).where(~there, ours),
            "takes back a commission that is not there",
        ),
        *await found_rows(
            session,
            FindingKind.ORPHAN,
            "transfer",
            select(_TRANSFER.c.id)
            .join(_POSTING, _POSTING.c.transfer_id == _TRANSFER.c.id)
            .join(_ACCOUNT, _ACCOUNT.c.id == _POSTING.c.to_account_id)
            .where(
                _TRANSFER.c.merchant_id == merchant.id,
                _TRANSFER.c.kind == TransferKind.ACCRUAL,
                _TRANSFER.c.order_id.is_not(None),
                ~earned,
            )
            .distinct(),
            "brought somebody what no commission of the order stands behind",
        ),
    ]


async def foreigners(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Whoever earns, sells or holds an account here is a distributor of this merchant, and so is every order."""
    mine = select(_DISTRIBUTOR.c.id).where(_DISTRIBUTOR.c.merchant_id == merchant.id)
    orders = select(_ORDER.c.id).where(_ORDER.c.merchant_id == merchant.id)
    checks = (
        (
            "commission",
            "is somebody's who is no distributor of this merchant",
            select(_COMMISSION.c.id).where(
                _COMMISSION.c.merchant_id == merchant.id, _COMMISSION.c.distributor_id.not_in(mine)
            ),
        ),
        (
            "commission",
            "is of another merchant's order",
            select(_COMMISSION.c.id)
            .join(_ORDER, _ORDER.c.id == _COMMISSION.c.order_id)
            .where(_COMMISSION.c.merchant_id == merchant.id, _ORDER.c.merchant_id != merchant.id),
        ),
        (
            "order",
            "was sold by somebody who is no distributor of this merchant",
            select(_ORDER.c.order_ref).where(
                _ORDER.c.merchant_id == merchant.id,
                _ORDER.c.distributor_id.is_not(None),
                _ORDER.c.distributor_id.not_in(mine),
            ),
        ),
        (
            "order line",
            "is on another merchant's order",
            select(_LINE.c.id).where(_LINE.c.merchant_id == merchant.id, _LINE.c.order_id.not_in(orders)),
        ),
        (
            "account",
            "is held by somebody who is no distributor of this merchant",
            select(_ACCOUNT.c.id).where(
                _ACCOUNT.c.merchant_id == merchant.id,
                _ACCOUNT.c.holder_id != 0,
                _ACCOUNT.c.holder_id.not_in(mine),
            ),
        ),
    )
    return [
        finding
        for noun, says, keys in checks
        for finding in await found_rows(session, FindingKind.FOREIGN, noun, keys, says)
    ]
