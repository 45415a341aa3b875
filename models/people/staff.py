"""Staff of a merchant, and the one-time links by which they come in.

Everything that changes here is written down (`models/store/audit.py`); the caller holds the merchant's lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, String, UniqueConstraint, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import NotFound
from models.people.merchants import lock_merchant
from models.store.audit import COMMAND, Actor, AuditEntry, write_down
from models.store.deeds import Deed
from models.store.ids import new_id
from models.store.outbox import Notice, NoticeKind, Topic, queue_notices
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
    """A one-time way in; `token` stands in the start link. `invited_by` is None for the operator's shell."""

    __tablename__ = "staff_invitation"

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    token: str = Field(unique=True, sa_type=String(60))
    merchant_id: int = Field(foreign_key="merchant.id", index=True, sa_type=Key)
    role: Role = Field(sa_type=Word(Role))
    created_at: datetime = Field(sa_type=UtcTime)
    invited_by: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    used_by: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)

    @property
    def payload(self) -> str:
        """What stands in the start link."""
        return f"s_{self.token}"

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be used."""
        return self.used_at is None and self.revoked_at is None and self.ends_at > now

    @property
    def ends_at(self) -> datetime:
        """Until when it can be used."""
        return self.created_at + INVITATION_LASTS


async def invite_staff(
    session: AsyncSession,
    *,
    merchant_id: int,
    role: Role,
    now: datetime,
    actor: Actor = COMMAND,
    invited_by: int | None = None,
) -> str:
    """The start payload of a new one-time invitation."""
    invitation = StaffInvitation(
        token=secrets.token_urlsafe(18),
        merchant_id=merchant_id,
        role=role,
        created_at=now,
        invited_by=invited_by,
    )
    session.add(invitation)
    await session.flush()
    await write_down(
        session,
        merchant_id=merchant_id,
        actor=actor,
        act=Deed.INVITE_STAFF,
        subject=f"invitation {invitation.id}",
        after=role.value,
        now=now,
    )
    return invitation.payload


async def open_invitations(
    session: AsyncSession, merchant_id: int, now: datetime
) -> Sequence[StaffInvitation]:
    """Invitations that can still be used, the newest first."""
    result = await session.execute(
        select(StaffInvitation)
        .where(col(StaffInvitation.merchant_id) == merchant_id, *_open(now))
        .order_by(col(StaffInvitation.id).desc())
    )
    return result.scalars().all()


async def invitation_of(session: AsyncSession, token: str) -> StaffInvitation:
    """The invitation behind a link. Raises NotFound."""
    result = await session.execute(select(StaffInvitation).where(col(StaffInvitation.token) == token))
    found = result.scalar_one_or_none()
    if found is None:
        raise NotFound("invitation", token)
    return found


def _open(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(StaffInvitation.used_at).is_(None),
        col(StaffInvitation.revoked_at).is_(None),
        col(StaffInvitation.created_at) > now - INVITATION_LASTS,
    )


async def revoke_invitation(
    session: AsyncSession, *, merchant_id: int, invitation_id: int, actor: Actor, now: datetime
) -> bool:
    """Take an open invitation back; false when there is no such one any more."""
    revoked = await session.execute(
        update(StaffInvitation)
        .where(
            col(StaffInvitation.merchant_id) == merchant_id,
            col(StaffInvitation.id) == invitation_id,
            *_open(now),
        )
        .values(revoked_at=now)
        .returning(col(StaffInvitation.role))
        .execution_options(synchronize_session=False)
    )
    role = revoked.scalar_one_or_none()
    if role is None:
        return False
    await write_down(
        session,
        merchant_id=merchant_id,
        actor=actor,
        act=Deed.REVOKE_INVITATION,
        subject=f"invitation {invitation_id}",
        before=role.value,
        now=now,
    )
    return True


async def accept_invitation(
    session: AsyncSession, *, token: str, person_id: int, now: datetime
) -> Staff | None:
    """Use an invitation; None when it is unknown, used, revoked or older than seven days.

    Whoever is of the staff already stays as they are, and the invitation stays open. Takes the merchant's lock.
    """
    merchant_id = (
        await session.execute(
            select(col(StaffInvitation.merchant_id)).where(col(StaffInvitation.token) == token)
        )
    ).scalar_one_or_none()
    if merchant_id is None:
        return None
    await lock_merchant(session, merchant_id)
    known = await staff_of(session, merchant_id, person_id)
    if known is not None:
        return known
    used = await session.execute(
        update(StaffInvitation)
        .where(col(StaffInvitation.token) == token, *_open(now))
        .values(used_at=now, used_by=person_id)
        .returning(col(StaffInvitation.id), col(StaffInvitation.role), col(StaffInvitation.invited_by))
        .execution_options(synchronize_session=False)
    )
    row = used.first()
    if row is None:
        return None
    joined = Staff(merchant_id=merchant_id, person_id=person_id, role=row.role, joined_at=now)
    session.add(joined)
    await session.flush()
    entry = await write_down(
        session,
        merchant_id=merchant_id,
        actor=Actor.person(person_id),
        act=Deed.JOIN_STAFF,
        subject=f"person {person_id}",
        after=row.role.value,
        why=f"invitation {row.id}",
        now=now,
    )
    owners = await owners_of(session, merchant_id)
    await tell_staff(session, entry, StaffNews.JOINED, joined, [one for one in owners if one != person_id])
    return joined


class StaffNews(StrEnum):
    """What happened to a member of the staff."""

    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"


async def tell_staff(
    session: AsyncSession, entry: AuditEntry, news: StaffNews, member: Staff, readers: Sequence[int]
) -> None:
    """Let people know what an entry of the audit did to a member of the staff."""
    await queue_notices(
        session,
        [
            Notice(
                merchant_id=entry.merchant_id,
                person_id=reader,
                key=f"staff:{entry.number}:{reader}",
                topic=Topic.SECURITY,
                kind=NoticeKind.STAFF,
                facts={"news": news.value, "person_id": member.person_id, "role": member.role.value},
                not_before=entry.at,
                created_at=entry.at,
            )
            for reader in readers
        ],
    )


async def owners_of(session: AsyncSession, merchant_id: int) -> Sequence[int]:
    """Person keys of the merchant's owners."""
    rows = await session.execute(
        select(col(Staff.person_id)).where(
            col(Staff.merchant_id) == merchant_id, col(Staff.role) == Role.OWNER
        )
    )
    return rows.scalars().all()


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
