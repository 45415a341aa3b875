"""How one distributor stands today, as staff see it: level, profile, sponsor, team and balances."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.money.ledger import AccountKind, balances_of
from models.money.unreleased import Unreleased, unreleased
from models.people.distributors import Distributor, DistributorState, distributor
from models.people.levels import LevelHeld, held_at
from models.people.merchants import Merchant
from models.people.profiles import profile_at
from models.people.sponsors import team_sizes

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Standing:
    """One distributor. `level` is None where none was given; balances are minor units of the merchant's currency.

    `unreleased` says of the balance `held` what it waits for.
    """

    who: Distributor
    level: LevelHeld | None
    profile: str | None
    sponsor: Distributor | None
    team: int
    balances: dict[AccountKind, int]
    unreleased: Unreleased

    @property
    def given_up_minor(self) -> int:
        """What is nobody's any more, though it stays on the accounts; zero for whoever has not left."""
        if self.who.state is not DistributorState.LEFT:
            return 0
        return given_up_minor(self.balances[AccountKind.AVAILABLE], self.balances[AccountKind.HELD])

    @property
    def debt_minor(self) -> int:
        """What refunds took back beyond what they had."""
        return max(-self.balances[AccountKind.AVAILABLE], 0)


def given_up_minor(available_minor: int, held_minor: int) -> int:
    """What somebody gives up who leaves: what can be withdrawn, what is not released yet; a debt takes nothing off."""
    return max(available_minor, 0) + max(held_minor, 0)


async def standing_of(session: AsyncSession, merchant: Merchant, who: Distributor, now: datetime) -> Standing:
    """How a distributor of this merchant stands."""
    return Standing(
        who=who,
        level=await held_at(session, merchant.id, who.id, now),
        profile=await profile_at(session, merchant.id, who.id, now),
        sponsor=await distributor(session, merchant.id, who.sponsor_id) if who.sponsor_id else None,
        team=(await team_sizes(session, [who.id])).get(who.id, 0),
        balances=await balances_of(session, merchant.id, merchant.currency, who.id),
        unreleased=await unreleased(session, merchant.id, who.id),
    )


async def distributors_named(
    session: AsyncSession, merchant_id: int, words: str, limit: int = MOST_FOUND
) -> list[Distributor]:
    """Distributors by a part of their name or external id; the exact external id comes first, then by name."""
    sought = words.strip().lower()
    if not sought:
        return []
    name, external_id = func.lower(col(Distributor.name)), func.lower(col(Distributor.external_id))
    rows = await session.execute(
        select(Distributor)
        .where(
            col(Distributor.merchant_id) == merchant_id,
            or_(name.contains(sought, autoescape=True), external_id.contains(sought, autoescape=True)),
        )
        .order_by(
            case((external_id == sought, 0), else_=1),
            name,
            col(Distributor.id),
        )
        .limit(limit)
    )
    return list(rows.scalars())
