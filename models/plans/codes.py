"""Coupons of one's own: what a profile with `exclusive_codes` holds fast (docs/plans.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog.coupons import coupon_code, coupon_owners, keep_coupon
from models.errors import Conflict
from models.people.distributors import distributor
from models.people.profiles import profile_at
from models.plans.versions import PlanBook


class ExclusiveCode(Conflict):
    """The coupon is somebody's alone, whatever a file says."""

    code = "exclusive_code"

    def __init__(self, coupon: str, owner: str, profile: str) -> None:
        super().__init__(
            f"The coupon {coupon} is {owner}'s alone: their profile {profile} has codes of its own. Take the profile "
            "from them first, or leave the coupon out."
        )


@dataclass(frozen=True, slots=True)
class OwnCodes:
    """The profiles whose coupons nobody else gets, by the plan in force at a moment."""

    merchant_id: int
    profiles: frozenset[str]
    now: datetime

    @classmethod
    async def open(cls, session: AsyncSession, merchant_id: int, now: datetime) -> OwnCodes:
        """Read the plan in force."""
        plan = (await PlanBook.open(session, merchant_id)).in_force(now)
        profiles = plan.document.profiles if plan is not None else ()
        return cls(merchant_id, frozenset(each.key for each in profiles if each.exclusive_codes), now)

    async def give(self, session: AsyncSession, coupon: str, distributor_id: int) -> bool:
        """Give a coupon to a distributor, who may be another than before; True when it is new.

        Raises ExclusiveCode.
        """
        code = coupon_code(coupon)
        owner_id = (
            (await coupon_owners(session, self.merchant_id, [code])).get(code) if self.profiles else None
        )
        if owner_id is not None and owner_id != distributor_id:
            agreed = await profile_at(session, self.merchant_id, owner_id, self.now)
            if agreed in self.profiles:
                owner = await distributor(session, self.merchant_id, owner_id)
                raise ExclusiveCode(code, owner.external_id, str(agreed))
        return await keep_coupon(session, self.merchant_id, code, distributor_id)
