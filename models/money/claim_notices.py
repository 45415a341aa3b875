"""What notices about claims tell, read when they are sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.claims import Claim, ClaimState
from models.people.distributors import Distributor
from models.store.outbox import Notice, NoticeKind
from models.store.sql import chunks

if TYPE_CHECKING:
    from models.money.notices import AtShop

_OF_CLAIMS = frozenset({NoticeKind.CLAIM_FILED, NoticeKind.CLAIM_DECIDED})


@dataclass(frozen=True, slots=True)
class ClaimFiled:
    """Somebody claims an order; for the shop's people. `claimant` is the name that they go by."""

    shop: AtShop
    claim_id: int
    order_ref: str
    claimant: str
    has_picture: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimDecided:
    """The shop granted (`granted_minor`) or refused (None) a claim, with a note or without; for the claimant."""

    shop: AtShop
    claim_id: int
    order_ref: str
    granted_minor: int | None
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ClaimTold:
    """A claim that a notice tells of, before it is said at which shop."""

    kind: NoticeKind
    claim: Claim
    claimant: str

    def at(self, shop: AtShop) -> ClaimFiled | ClaimDecided | None:
        """What there is to tell; None of one that was decided or withdrawn meanwhile, or is open again."""
        claim = self.claim
        if self.kind is NoticeKind.CLAIM_FILED:
            if claim.state is not ClaimState.OPEN:
                return None
            return ClaimFiled(
                shop, claim.id, claim.order_ref, self.claimant, claim.has_picture, claim.filed_at
            )
        if claim.decided_at is None or claim.state not in {ClaimState.GRANTED, ClaimState.REFUSED}:
            return None
        return ClaimDecided(
            shop, claim.id, claim.order_ref, claim.granted_minor, claim.note, claim.decided_at
        )


async def claims_told(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, ClaimTold]:
    """The claims that these notices tell of, by the notice's key."""
    asked = {
        notice.id: (notice.kind, key)
        for notice in notices
        if notice.kind in _OF_CLAIMS and isinstance(key := notice.facts.get("claim_id"), int)
    }
    found: dict[int, tuple[Claim, str]] = {}
    for part in chunks(sorted({key for _, key in asked.values()})):
        rows = await session.execute(
            select(Claim, col(Distributor.name))
            .join(Distributor, col(Distributor.id) == col(Claim.distributor_id))
            .where(col(Claim.id).in_(part))
        )
        found.update({claim.id: (claim, name) for claim, name in rows})
    return {
        notice_id: ClaimTold(kind, *found[key]) for notice_id, (kind, key) in asked.items() if key in found
    }
