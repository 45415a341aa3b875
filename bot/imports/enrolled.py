"""Distributors that a merchant has already, as an import needs to see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.people.distributors import Distributor, DistributorState
from models.people.persons import Person
from models.store.sql import chunks, table_of


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One distributor in the store and, by key, who invited them."""

    id: int
    external_id: str
    sponsor_id: int | None
    state: DistributorState


async def enrolled_by_external_id(
    session: AsyncSession, merchant_id: int, external_ids: Iterable[str]
) -> dict[str, Enrolled]:
    """The merchant's distributors among these, by the shop's own id."""
    table = table_of(Distributor)
    found: dict[str, Enrolled] = {}
    for part in chunks(sorted(set(external_ids))):
        rows = await _enrolled(session, merchant_id, table.c.external_id.in_(part))
        found.update({row.external_id: row for row in rows})
    return found


async def enrolled_by_id(
    session: AsyncSession, merchant_id: int, distributor_ids: Iterable[int]
) -> dict[int, Enrolled]:
    """The merchant's distributors among these, by key."""
    table = table_of(Distributor)
    found: dict[int, Enrolled] = {}
    for part in chunks(sorted(set(distributor_ids))):
        rows = await _enrolled(session, merchant_id, table.c.id.in_(part))
        found.update({row.id: row for row in rows})
    return found


async def _enrolled(session: AsyncSession, merchant_id: int, which: ColumnElement[bool]) -> list[Enrolled]:
    table = table_of(Distributor)
    rows = await session.execute(
        select(table.c.id, table.c.external_id, table.c.sponsor_id, table.c.state).where(
            table.c.merchant_id == merchant_id, which
        )
    )
    return [Enrolled(*row) for row in rows]


async def external_ids_by_chat(
    session: AsyncSession, merchant_id: int, chat_ids: Iterable[int]
) -> dict[int, str]:
    """Which of these chat accounts are distributors of the merchant already, and as whom."""
    distributor, person = table_of(Distributor), table_of(Person)
    found: dict[int, str] = {}
    for part in chunks(sorted(set(chat_ids))):
        rows = await session.execute(
            select(person.c.chat_id, distributor.c.external_id)
            .join(person, person.c.id == distributor.c.person_id)
            .where(distributor.c.merchant_id == merchant_id, person.c.chat_id.in_(part))
        )
        found.update({row.chat_id: row.external_id for row in rows})
    return found
