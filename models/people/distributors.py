"""Distributors: people enrolled at one merchant, by import or by joining in chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String, UniqueConstraint, bindparam, false, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Conflict, NotFound
from models.people.merchants import Merchant
from models.people.persons import NAME_CHARS, Person
from models.store.ids import new_code, new_id
from models.store.prepared import Prepared, row_of
from models.store.sql import chunks, insert_ignore, table_of
from models.store.types import Key, UtcTime, Word


class DistributorState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Distributor(SQLModel, table=True):
    """A person's (or, when imported without a chat account, a name's) enrolment at a merchant."""

    __tablename__ = "distributor"
    __table_args__ = (
        UniqueConstraint("merchant_id", "external_id"),
        UniqueConstraint("merchant_id", "person_id"),
        Index(None, "person_id"),
        Index(None, "sponsor_id"),
    )

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    external_id: str = Field(sa_type=String(100))
    person_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    name: str = Field(sa_type=String(NAME_CHARS))
    sponsor_id: int | None = Field(default=None, foreign_key="distributor.id", sa_type=Key)
    invite_code: str = Field(default_factory=new_code, unique=True, sa_type=String(16))
    email_hash: str | None = Field(default=None, sa_type=String(32))
    phone_hash: str | None = Field(default=None, sa_type=String(32))
    chat_hash: str | None = Field(default=None, sa_type=String(32))
    state: DistributorState = Field(default=DistributorState.ACTIVE, sa_type=Word(DistributorState))
    on_hold: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether a case holds back what they earn."""
    first_release_at: datetime | None = Field(default=None, sa_type=UtcTime)
    """When the first order that they sold was released: an invitee's cashback comes once."""
    joined_at: datetime = Field(sa_type=UtcTime)


class HasLeft(Conflict):
    """Somebody whose data was deleted: nothing is set for them any more."""

    code = "has_left"

    def __init__(self, external_id: str) -> None:
        super().__init__(f"{external_id!r} has left; their level, profile and sponsor stay as they are.")


def check_has_not_left(who: Distributor) -> None:
    """Raises HasLeft."""
    if who.state is DistributorState.LEFT:
        raise HasLeft(who.external_id)


async def join(
    session: AsyncSession,
    *,
    merchant_id: int,
    person: Person,
    sponsor_id: int | None,
    chat_hash: str | None,
    now: datetime,
) -> Distributor:
    """Enrol a person; who is enrolled already stays as they are, sponsor included (a doubled tap joins once)."""
    await session.execute(
        insert_ignore(session, Distributor, ("merchant_id", "person_id")).values(
            id=new_id(),
            merchant_id=merchant_id,
            external_id=f"chat-{new_code(8).lower()}",
            person_id=person.id,
            name=person.name,
            sponsor_id=sponsor_id,
            invite_code=new_code(),
            chat_hash=chat_hash,
            state=DistributorState.ACTIVE,
            joined_at=now,
        )
    )
    found = await enrolment(session, merchant_id, person.id)
    assert found is not None  # inserted above, or there before
    return found


async def enrolment(session: AsyncSession, merchant_id: int, person_id: int) -> Distributor | None:
    """The person as a distributor of this merchant."""
    result = await session.execute(
        select(Distributor).where(
            col(Distributor.merchant_id) == merchant_id, col(Distributor.person_id) == person_id
        )
    )
    return result.scalar_one_or_none()


_AT, _ENROLLED = table_of(Merchant), table_of(Distributor)
_MERCHANT_COLUMNS = len(_AT.columns)
_merchant, _distributor = row_of(Merchant), row_of(Distributor)
_PLACES = Prepared(
    select(_AT, _ENROLLED)
    .join(_ENROLLED, _ENROLLED.c.merchant_id == _AT.c.id)
    .where(_ENROLLED.c.person_id == bindparam("person_id"))
    .order_by(_ENROLLED.c.id),
    lambda row: (_merchant(row[:_MERCHANT_COLUMNS]), _distributor(row[_MERCHANT_COLUMNS:])),
)


async def places(session: AsyncSession, person_id: int) -> list[tuple[Merchant, Distributor]]:
    """Every merchant that one person belongs to, with their enrolment there, oldest first."""
    return await _PLACES.all(session, person_id=person_id)


async def distributor(session: AsyncSession, merchant_id: int, distributor_id: int) -> Distributor:
    """Raises NotFound."""
    result = await session.execute(
        select(Distributor).where(
            col(Distributor.merchant_id) == merchant_id, col(Distributor.id) == distributor_id
        )
    )
    found = result.scalar_one_or_none()
    if found is None:
        raise NotFound("distributor", str(distributor_id))
    return found


async def distributor_by_external_id(
    session: AsyncSession, merchant_id: int, external_id: str
) -> Distributor:
    """Raises NotFound."""
    result = await session.execute(
        select(Distributor).where(
            col(Distributor.merchant_id) == merchant_id, col(Distributor.external_id) == external_id
        )
    )
    found = result.scalar_one_or_none()
    if found is None:
        raise NotFound("distributor", external_id)
    return found


@dataclass(frozen=True, slots=True)
class Payee:
    """What the money path needs to know of a distributor."""

    id: int
    external_id: str
    person_id: int | None
    email_hash: str | None
    phone_hash: str | None
    chat_hash: str | None
    sponsor_id: int | None
    state: DistributorState
    on_hold: bool

    @property
    def is_active(self) -> bool:
        """Whether they take part: neither suspended nor gone."""
        return self.state is DistributorState.ACTIVE

    def is_same_person(self, other: Payee) -> bool:
        """Whether two enrolments belong to one human: the same e-mail, phone or chat account."""
        pairs = (
            (self.email_hash, other.email_hash),
            (self.phone_hash, other.phone_hash),
            (self.chat_hash, other.chat_hash),
            (self.person_id, other.person_id),
        )
        return any(mine is not None and mine == theirs for mine, theirs in pairs)


async def payees_with_sponsors(
    session: AsyncSession, distributor_ids: Sequence[int], depth: int
) -> dict[int, Payee]:
    """These distributors and, up to `depth` steps up, those who sponsor them."""
    found = await payees(session, distributor_ids)
    step = found
    for _ in range(depth):
        missing = {one.sponsor_id for one in step.values() if one.sponsor_id is not None} - set(found)
        if not missing:
            break
        step = await payees(session, sorted(missing))
        found |= step
    return found


async def payees(session: AsyncSession, distributor_ids: Sequence[int]) -> dict[int, Payee]:
    """These distributors, by key."""
    table = table_of(Distributor)
    found: dict[int, Payee] = {}
    for part in chunks(distributor_ids):
        rows = await session.execute(
            select(
                table.c.id,
                table.c.external_id,
                table.c.person_id,
                table.c.email_hash,
                table.c.phone_hash,
                table.c.chat_hash,
                table.c.sponsor_id,
                table.c.state,
                table.c.on_hold,
            ).where(table.c.id.in_(part))
        )
        found.update({row.id: Payee(*row) for row in rows})
    return found


async def distributor_by_invite(session: AsyncSession, invite_code: str) -> Distributor | None:
    """Whose invitation this is; read without regard to case."""
    result = await session.execute(
        select(Distributor).where(
            col(Distributor.invite_code) == invite_code.upper(),
            col(Distributor.state) == DistributorState.ACTIVE,
        )
    )
    return result.scalar_one_or_none()
