"""Deletion of a person's data that keeps the books whole.

The ledger is untouched: what somebody gives up, and what they owe, stays on the accounts of a distributor who has
left. Whoever comes back later is a new person.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.catalog.coupons import Coupon
from models.errors import Conflict
from models.funnel.links import Link
from models.money.claims import Claim, ClaimState
from models.money.ledger import AccountKind, balances_of
from models.money.standing import given_up_minor
from models.money.unreleased import Unreleased, unreleased
from models.people.distributors import Distributor, places
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import posts
from models.people.staff import Role, owners_of
from models.personal.wiping import Leaver, wipe
from models.store.audit import Actor, write_down
from models.store.currency import amount_text
from models.store.deeds import Deed


@dataclass(frozen=True, slots=True)
class Stake:
    """What somebody has at one shop and would lose; minor units of its currency.

    `unreleased` says of `held_minor` what it waits for.
    """

    merchant_id: int
    shop: str
    currency: str
    distributor_id: int
    available_minor: int
    held_minor: int
    unreleased: Unreleased
    paying_minor: int
    links: int
    coupons: int
    members: int
    open_claims: int

    @property
    def money_minor(self) -> int:
        """What would be given up: what can be withdrawn, and what is still held."""
        return given_up_minor(self.available_minor, self.held_minor)

    @property
    def debt_minor(self) -> int:
        """What refunds took back beyond what they had. It stays in the books, on the account of whoever has left."""
        return max(-self.available_minor, 0)


class MoneyLeft(Conflict):
    """There is money, and it was not said that it is given up."""

    code = "money_left"

    def __init__(self, stakes: Sequence[Stake]) -> None:
        there = ", ".join(
            f"{amount_text(stake.money_minor, stake.currency)} {stake.currency} at {stake.shop}"
            for stake in stakes
            if stake.money_minor
        )
        way_out = (
            "Withdraw it first, or give it up expressly."
            if any(stake.available_minor > 0 for stake in stakes)
            else "It can't be withdrawn yet; wait until it can, or give it up expressly."
        )
        super().__init__(f"There is money left: {there}. {way_out}")


class StillPaying(Conflict):
    """A payout is on its way to them."""

    code = "still_paying"

    def __init__(self, shop: str) -> None:
        super().__init__(f"A payout of {shop} is on its way; wait until it has arrived or failed.")
        self.shop = shop


class LastOwner(Conflict):
    """A shop would have no owner any more."""

    code = "last_owner"

    def __init__(self, shop: str) -> None:
        super().__init__(f"{shop} has no other owner; invite one first.")
        self.shop = shop


async def stakes_of(session: AsyncSession, person_id: int) -> list[Stake]:
    """What the person has, shop by shop."""
    return [
        await _stake(session, merchant, enrolled) for merchant, enrolled in await places(session, person_id)
    ]


async def _stake(session: AsyncSession, merchant: Merchant, enrolled: Distributor) -> Stake:
    balances = await balances_of(session, merchant.id, merchant.currency, enrolled.id)

    async def count(model: type[Link] | type[Coupon]) -> int:
        counted = select(func.count()).select_from(model).where(col(model.distributor_id) == enrolled.id)
        return int((await session.execute(counted)).scalar_one())

    members = select(func.count()).select_from(Distributor).where(col(Distributor.sponsor_id) == enrolled.id)
    claims = (
        select(func.count())
        .select_from(Claim)
        .where(col(Claim.distributor_id) == enrolled.id, col(Claim.state) == ClaimState.OPEN)
    )
    return Stake(
        merchant_id=merchant.id,
        shop=merchant.name,
        currency=merchant.currency,
        distributor_id=enrolled.id,
        available_minor=balances[AccountKind.AVAILABLE],
        held_minor=balances[AccountKind.HELD],
        unreleased=await unreleased(session, merchant.id, enrolled.id),
        paying_minor=balances[AccountKind.PAYING],
        links=await count(Link),
        coupons=await count(Coupon),
        members=int((await session.execute(members)).scalar_one()),
        open_claims=int((await session.execute(claims)).scalar_one()),
    )


def seal_of(stakes: Sequence[Stake]) -> str:
    """A short word for the money that was shown, so that a button means what stood above it."""
    shown = repr([(each.merchant_id, each.available_minor, each.held_minor) for each in stakes])
    return hashlib.sha256(shown.encode()).hexdigest()[:12]


async def check_may_leave(session: AsyncSession, person_id: int, stakes: Sequence[Stake]) -> None:
    """What must be done before, whatever is given up. Raises StillPaying and LastOwner."""
    for stake in stakes:
        if stake.paying_minor > 0:
            raise StillPaying(stake.shop)
    for merchant, role in await posts(session, person_id):
        if role is Role.OWNER and len(await owners_of(session, merchant.id)) == 1:
            raise LastOwner(merchant.name)


async def erase(
    session: AsyncSession, person_id: int, *, actor: Actor, gives_up: bool, now: datetime
) -> list[Stake]:
    """Delete everything that names the person; answers what they had.

    Raises MoneyLeft (unless they give it up), StillPaying, LastOwner.
    """
    at = {merchant.id for merchant, _ in await places(session, person_id)}
    at |= {merchant.id for merchant, _ in await posts(session, person_id)}
    for merchant_id in sorted(at):
        await lock_merchant(session, merchant_id)
    stakes = await stakes_of(session, person_id)
    await check_may_leave(session, person_id, stakes)
    if not gives_up and any(stake.money_minor for stake in stakes):
        raise MoneyLeft(stakes)
    await wipe(session, Leaver(person_id, [stake.distributor_id for stake in stakes], now))
    had = {stake.merchant_id: stake for stake in stakes}
    for merchant_id in sorted(at):
        stake = had.get(merchant_id)
        await write_down(
            session,
            merchant_id=merchant_id,
            actor=actor,
            act=Deed.PERSON_DELETE,
            subject=f"distributor {stake.distributor_id}" if stake is not None else f"person {person_id}",
            now=now,
            before={
                "available_minor": stake.available_minor if stake is not None else 0,
                "held_minor": stake.held_minor if stake is not None else 0,
            },
            after={"state": "left", "given_up_minor": stake.money_minor if stake is not None else 0},
            why="the person asked for it",
        )
    return stakes
