"""Staff of a merchant, and the one-time links by which they come in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import String, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.store.ids import new_id
from models.store.sql import insert_ignore
from models.store.types import Key, UtcTime, Word

INVITATION_LASTS = timedelta(days=7)


class Role(StrEnum):
    OWNER = "owner"
    OPERATOR = "operator"
    FINANCE = "finance"
    VIEWER = "viewer"


class Staff(SQLModel, table=True):
    """A person's role at a merchant."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("merchant_id", "person_id"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    role: Role = Field(sa_type=Word(Role))
    joined_at: datetime = Field(sa_type=UtcTime)


class StaffInvitation(SQLModel, table=True):
    """A one-time way in; `token` stands in the start link."""

    __tablename__ = "staff_invitation"

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    token: str = Field(unique=True, sa_type=String(60))
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    role: Role = Field(sa_type=Word(Role))
    created_at: datetime = Field(sa_type=UtcTime)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    used_by: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)


async def invite_staff(session: AsyncSession, *, merchant_id: int, role: Role, now: datetime) -> str:
    """The start payload of a new one-time invitation."""
    token = secrets.token_urlsafe(18)
    session.add(StaffInvitation(token=token, merchant_id=merchant_id, role=role, created_at=now))
    await session.flush()
    return f"s_{token}"


async def accept_invitation(
    session: AsyncSession, *, token: str, person_id: int, now: datetime
) -> Staff | None:
    """Use an invitation; None when it is unknown, used or older than seven days."""
    used = await session.execute(
        update(StaffInvitation)
        .where(
            col(StaffInvitation.token) == token,
            col(StaffInvitation.used_at).is_(None),
            col(StaffInvitation.created_at) > now - INVITATION_LASTS,
        )
        .values(used_at=now, used_by=person_id)
        .returning(col(StaffInvitation.merchant_id), col(StaffInvitation.role))
        .execution_options(synchronize_session=False)
    )
    row = used.first()
    if row is None:
        return await _came_in_by(session, token, person_id)
    await session.execute(
        insert_ignore(session, Staff, ("merchant_id", "person_id")).values(
            id=new_id(), merchant_id=row.merchant_id, person_id=person_id, role=row.role, joined_at=now
        )
    )
    return await staff_of(session, row.merchant_id, person_id)


async def _came_in_by(session: AsyncSession, token: str, person_id: int) -> Staff | None:
    """Whoever used this very invitation is told so again: their first answer may have been lost."""
    result = await session.execute(
        select(Staff)
        .join(StaffInvitation, col(StaffInvitation.merchant_id) == col(Staff.merchant_id))
        .where(
            col(StaffInvitation.token) == token,
            col(StaffInvitation.used_by) == person_id,
            col(Staff.person_id) == person_id,
        )
    )
    return result.scalar_one_or_none()


async def staff_of(session: AsyncSession, merchant_id: int, person_id: int) -> Staff | None:
    """The person as staff of this merchant."""
    result = await session.execute(
        select(Staff).where(col(Staff.merchant_id) == merchant_id, col(Staff.person_id) == person_id)
    )
    return result.scalar_one_or_none()


async def roles_of(session: AsyncSession, person_id: int) -> Sequence[Staff]:
    """Every role of one person."""
    result = await session.execute(
        select(Staff).where(col(Staff.person_id) == person_id).order_by(col(Staff.id))
    )
    return result.scalars().all()
