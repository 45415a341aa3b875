"""Coupons that belong to a distributor: the strongest word on whose order it is (business.md 3)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import chunks
from models.store.types import Key


class Coupon(SQLModel, table=True):
    """A code that buyers type; compared without regard to case or surrounding space."""

    __tablename__ = "coupon"
    __table_args__ = (UniqueConstraint("merchant_id", "code"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    code: str = Field(sa_type=String(100))
    distributor_id: int = Field(foreign_key="distributor.id", sa_type=Key)


def coupon_code(typed: str) -> str:
    """The form in which a coupon is kept and compared."""
    return typed.strip().upper()


async def coupon_owners(session: AsyncSession, merchant_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Distributor of each known coupon among these codes (already in their kept form)."""
    found: dict[str, int] = {}
    for part in chunks(codes):
        rows = await session.execute(
            select(col(Coupon.code), col(Coupon.distributor_id)).where(
                col(Coupon.merchant_id) == merchant_id, col(Coupon.code).in_(part)
            )
        )
        found.update({row.code: row.distributor_id for row in rows})
    return found


async def keep_coupon(session: AsyncSession, merchant_id: int, code: str, distributor_id: int) -> bool:
    """Give a coupon to a distributor, who may be another than before; True when it is new."""
    kept = coupon_code(code)
    result = await session.execute(
        select(Coupon).where(col(Coupon.merchant_id) == merchant_id, col(Coupon.code) == kept)
    )
    coupon = result.scalar_one_or_none()
    if coupon is None:
        session.add(Coupon(merchant_id=merchant_id, code=kept, distributor_id=distributor_id))
    else:
        coupon.distributor_id = distributor_id
    await session.flush()
    return coupon is None
