"""What notices about claims tell, read when they are sent (beside `models/money/notices.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.funnel.orders import OrderRow
from models.money.claims import Claim, ClaimState
from models.money.told import AtShop
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks, table_of

_ORDER = table_of(OrderRow)
_OF_CLAIMS = frozenset({NoticeKind.CLAIM_FILED, NoticeKind.CLAIM_DECIDED})


@dataclass(frozen=True, slots=True)
class ClaimFiled:
    """Somebody claims an order; for the shop's people. `claimant` is the name that they go by.

    `is_own`: the order is theirs already, and they question what it earned.
    """

    shop: AtShop
    claim_id: int
    order_ref: str
    claimant: str
    has_picture: bool
    at: datetime
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class ClaimDecided:
    """The shop granted (`granted_minor`) or refused (None) a claim, with a note or without; for the claimant."""

    shop: AtShop
    claim_id: int
    order_ref: str
    granted_minor: int | None
    note: str
    at: datetime


ClaimFacts = ClaimFiled | ClaimDecided


async def claim_facts(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, ClaimFacts]:
    """What each notice of ours tells, by its key; one whose claim has moved on since is left out."""
    asked = {
        notice.id: (notice.kind, key)
        for notice in notices
        if notice.kind in _OF_CLAIMS and isinstance(key := notice.facts.get("claim_id"), int)
    }
    read: dict[int, tuple[Claim, str, int | None, AtShop]] = {}
    for part in chunks(sorted({key for _, key in asked.values()})):
        rows = await session.execute(
            select(Claim, col(Distributor.name), _ORDER.c.distributor_id, Merchant)
            .join(Distributor, col(Distributor.id) == col(Claim.distributor_id))
            .outerjoin(_ORDER, _ORDER.c.id == col(Claim.order_id))
            .join(Merchant, col(Merchant.id) == col(Claim.merchant_id))
            .where(col(Claim.id).in_(part))
        )
        for claim, name, owner, shop in rows:
            read[claim.id] = (claim, name, owner, AtShop(shop.id, shop.name, shop.currency, shop.zone))
    told = ((notice_id, _facts(kind, *read[key])) for notice_id, (kind, key) in asked.items() if key in read)
    return {notice_id: facts for notice_id, facts in told if facts is not None}


def _facts(
    kind: NoticeKind, claim: Claim, claimant: str, owner: int | None, shop: AtShop
) -> ClaimFacts | None:
    """None of a claim that was decided or withdrawn meanwhile, or is open again."""
    if kind is NoticeKind.CLAIM_FILED:
        if claim.state is not ClaimState.OPEN:
            return None
        is_own = owner == claim.distributor_id
        return ClaimFiled(
            shop, claim.id, claim.order_ref, claimant, claim.has_picture, claim.filed_at, is_own=is_own
        )
    if claim.decided_at is None or claim.state not in {ClaimState.GRANTED, ClaimState.REFUSED}:
        return None
    return ClaimDecided(shop, claim.id, claim.order_ref, claim.granted_minor, claim.note, claim.decided_at)
