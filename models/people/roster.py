"""Who works for a merchant: the list, roles that change, and leaving.

Every change is written down and told to whom it concerns; the caller holds the merchant's lock, so that of two
owners who remove each other at once one stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Row, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.errors import Conflict, Invalid, NotFound
from models.people.persons import Person
from models.people.staff import Role, Staff, StaffNews, owners_of, tell_staff
from models.store.audit import Actor, write_down
from models.store.deeds import Deed


class StaffFault(StrEnum):
    """Why a member of the staff stays as they are."""

    LAST_OWNER = "last_owner"
    ONESELF = "oneself"


_SENTENCES = {
    StaffFault.LAST_OWNER: "This is the shop's last owner; make somebody else an owner first.",
    StaffFault.ONESELF: "Nobody changes their own role; another owner can.",
}


class StaffRefused(Conflict):
    """A member of the staff stays as they are; nothing was changed."""

    code = "staff_refused"

    def __init__(self, fault: StaffFault) -> None:
        super().__init__(_SENTENCES[fault])
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the staff, by name."""

    staff_id: int
    person_id: int
    name: str
    username: str | None
    role: Role
    joined_at: datetime


_MEMBERS = select(Staff, col(Person.name), col(Person.username)).join(
    Person, col(Person.id) == col(Staff.person_id)
)


def _read(row: Row[Staff, str, str | None]) -> Member:
    staff, name, username = row
    return Member(staff.id, staff.person_id, name, username, staff.role, staff.joined_at)


async def members(session: AsyncSession, merchant_id: int) -> list[Member]:
    """Everybody of the staff, who came first first."""
    rows = await session.execute(
        _MEMBERS.where(col(Staff.merchant_id) == merchant_id).order_by(col(Staff.id))
    )
    return [_read(row) for row in rows]


async def member_named(session: AsyncSession, merchant_id: int, staff_id: int) -> Member:
    """One of the staff, by name. Raises NotFound."""
    rows = await session.execute(
        _MEMBERS.where(col(Staff.merchant_id) == merchant_id, col(Staff.id) == staff_id)
    )
    row = rows.first()
    if row is None:
        raise NotFound("member of the staff", str(staff_id))
    return _read(row)


class NobodyCalled(Invalid):
    """A word names nobody of the staff, or several."""

    code = "nobody_called"

    def __init__(self, word: str, found: int) -> None:
        who = f"{found} of the staff are" if found else "Nobody of the staff is"
        super().__init__(
            f"{who} called {word!r}; give an id, a username or a whole name of `tuike staff list`."
        )


async def member_called(session: AsyncSession, merchant_id: int, word: str) -> Member:
    """The one of the staff whom an id, a username or a whole name means, in this order. Raises NobodyCalled."""
    wanted = " ".join(word.split()).casefold()
    everybody = await members(session, merchant_id)
    for found in (
        [one for one in everybody if str(one.staff_id) == wanted],
        [one for one in everybody if one.username and one.username.casefold() == wanted.removeprefix("@")],
        [one for one in everybody if " ".join(one.name.split()).casefold() == wanted],
    ):
        if len(found) == 1:
            return found[0]
        if found:
            raise NobodyCalled(word, len(found))
    raise NobodyCalled(word, 0)


async def change_role(
    session: AsyncSession,
    *,
    merchant_id: int,
    staff_id: int,
    role: Role,
    actor: Actor,
    now: datetime,
    why: str = "",
) -> Staff:
    """Give a member of the staff another role. Who has it already stays untold.

    Raises NotFound, and StaffRefused for oneself and the last owner.
    """
    one = await _changeable(session, merchant_id, staff_id, actor)
    before = one.role
    if before is role:
        return one
    if before is Role.OWNER:
        await _keep_an_owner(session, merchant_id)
    one.role = role
    session.add(one)
    await session.flush()
    entry = await write_down(
        session,
        merchant_id=merchant_id,
        actor=actor,
        act=Deed.CHANGE_ROLE,
        subject=f"person {one.person_id}",
        before=before.value,
        after=role.value,
        why=why,
        now=now,
    )
    await tell_staff(session, entry, StaffNews.ROLE_CHANGED, one, [one.person_id])
    return one


async def remove_staff(
    session: AsyncSession, *, merchant_id: int, staff_id: int, actor: Actor, now: datetime, why: str = ""
) -> Staff:
    """Take a member of the staff away, with everything that they may do.

    Raises NotFound, and StaffRefused for oneself and the last owner.
    """
    one = await _changeable(session, merchant_id, staff_id, actor)
    if one.role is Role.OWNER:
        await _keep_an_owner(session, merchant_id)
    await session.execute(delete(Staff).where(col(Staff.id) == one.id))
    entry = await write_down(
        session,
        merchant_id=merchant_id,
        actor=actor,
        act=Deed.REMOVE_STAFF,
        subject=f"person {one.person_id}",
        before=one.role.value,
        why=why,
        now=now,
    )
    await tell_staff(session, entry, StaffNews.REMOVED, one, [one.person_id])
    return one


async def member(session: AsyncSession, merchant_id: int, staff_id: int) -> Staff:
    """One of the staff. Raises NotFound."""
    result = await session.execute(
        select(Staff)
        .where(col(Staff.merchant_id) == merchant_id, col(Staff.id) == staff_id)
        .execution_options(populate_existing=True)
    )
    found = result.scalar_one_or_none()
    if found is None:
        raise NotFound("member of the staff", str(staff_id))
    return found


async def _changeable(session: AsyncSession, merchant_id: int, staff_id: int, actor: Actor) -> Staff:
    found = await member(session, merchant_id, staff_id)
    if actor.person_key == found.person_id:
        raise StaffRefused(StaffFault.ONESELF)
    return found


async def _keep_an_owner(session: AsyncSession, merchant_id: int) -> None:
    if len(await owners_of(session, merchant_id)) <= 1:
        raise StaffRefused(StaffFault.LAST_OWNER)
