"""Goodwill that claims brought a distributor: money that no commission stands behind, read beside the commissions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.claims import Claim, ClaimState
from models.store.sql import table_of

_CLAIM = table_of(Claim)


@dataclass(frozen=True, slots=True)
class Goodwill:
    """What one claim brought, in minor units, available since it was granted; `order_ref` as it was claimed."""

    claim_id: int
    order_ref: str
    amount_minor: int
    granted_at: datetime


async def goodwill_of(
    session: AsyncSession,
    merchant_id: int,
    distributor_id: int,
    *,
    after: tuple[datetime, int] | None = None,
    limit: int | None = None,
) -> list[Goodwill]:
    """A distributor's goodwill, the newest first, behind a place (when it was granted, its claim's key) or all."""
    c = _CLAIM.c
    statement = select(c.id, c.order_ref, c.granted_minor, c.decided_at).where(
        c.merchant_id == merchant_id, c.distributor_id == distributor_id, c.state == ClaimState.GRANTED
    )
    if after is not None:
        at, key = after
        statement = statement.where(or_(c.decided_at < at, and_(c.decided_at == at, c.id < key)))
    rows = await session.execute(statement.order_by(c.decided_at.desc(), c.id.desc()).limit(limit))
    return [Goodwill(*row) for row in rows]
