"""Why what is due stays: every commission whose time has come and that settlement passes by, with its reason."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Row, Select, cast, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.commissions import CommissionKind, CommissionRow
from models.money.settlement_places import WAITING
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.engine import Store
from models.store.sql import table_of

_COMMISSION, _DISTRIBUTOR, _ORDER = table_of(CommissionRow), table_of(Distributor), table_of(OrderRow)
_REVIEWED = text("commission.state = 'review'")
"""Spelled as in the partial index `ix_commission_review`."""
_NET = _COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor
_PAGE = 1_000


class WaitReason(StrEnum):
    """Why something that is due is not released."""

    UNDER_REVIEW = "under_review"
    ON_HOLD = "on_hold"


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One commission that is due and waits. `amount_minor` is what refunds have left of it."""

    commission_id: int
    order_id: str | None
    distributor: str
    kind: CommissionKind
    period: str | None
    amount_minor: int
    release_at: datetime
    reason: WaitReason


@dataclass(frozen=True, slots=True)
class Sum:
    """Some commissions, and the time of the first of them (None where there are none)."""

    commissions: int
    amount_minor: int
    next_at: datetime | None


async def waiting_rows(store: Store, merchant: Merchant, now: datetime) -> AsyncIterator[WaitingRow]:
    """Every commission that is due and waits, page by page, each page a reading of its own."""
    for reason, which in _WHICH.items():
        last = 0
        while True:
            page = _rows(merchant.id).where(*which, _COMMISSION.c.release_at <= now, _COMMISSION.c.id > last)
            async with store.read() as session:
                rows = (await session.execute(page.order_by(_COMMISSION.c.id).limit(_PAGE))).all()
            for row in rows:
                yield _waiting(row, reason)
            if len(rows) < _PAGE:
                break
            last = rows[-1].id


_WHICH: dict[WaitReason, tuple[ColumnElement[bool], ...]] = {
    WaitReason.UNDER_REVIEW: (_REVIEWED,),  # type: ignore[dict-item]  # a condition, though it is text
    WaitReason.ON_HOLD: (WAITING, _DISTRIBUTOR.c.on_hold.is_(True)),  # type: ignore[dict-item]
}


def _waiting(row: Row[Any], reason: WaitReason) -> WaitingRow:
    return WaitingRow(
        commission_id=row.id,
        order_id=row.order_ref,
        distributor=row.external_id,
        kind=row.kind,
        period=row.period,
        amount_minor=row.net_minor,
        release_at=row.release_at,
        reason=reason,
    )


def _rows(merchant_id: int) -> Select[Any]:
    return (
        select(
            _COMMISSION.c.id,
            _ORDER.c.order_ref,
            _DISTRIBUTOR.c.external_id,
            _COMMISSION.c.kind,
            _COMMISSION.c.period,
            _NET.label("net_minor"),
            _COMMISSION.c.release_at,
        )
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == _COMMISSION.c.distributor_id)
        .outerjoin(_ORDER, _ORDER.c.id == _COMMISSION.c.order_id)
        .where(_COMMISSION.c.merchant_id == merchant_id)
    )


async def not_yet_due(session: AsyncSession, merchant: Merchant, now: datetime) -> Sum:
    """What waits for its time, and when the first of it comes."""
    return await _sum(session, merchant, WAITING, _COMMISSION.c.release_at > now)  # type: ignore[arg-type]


async def under_review(session: AsyncSession, merchant: Merchant) -> Sum:
    """What waits for a decision of the shop's, due or not."""
    return await _sum(session, merchant, _REVIEWED)  # type: ignore[arg-type]


async def _sum(session: AsyncSession, merchant: Merchant, *which: ColumnElement[bool]) -> Sum:
    amount = cast(func.coalesce(func.sum(_NET), 0), BigInteger)
    statement = select(func.count(), amount, func.min(_COMMISSION.c.release_at)).where(
        _COMMISSION.c.merchant_id == merchant.id, *which
    )
    row = (await session.execute(statement)).one()
    return Sum(int(row[0]), int(row[1]), row[2])
