"""A distributors file into the merchant's people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.imports.distributor_survey import Ranks, Survey, survey
from bot.imports.into_store import ROWS_AT_ONCE, Intake, in_batches
from bot.imports.rows import DistributorRow, read_distributors
from bot.imports.tables import BadRow
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, LevelHeld
from models.people.merchants import Merchant, lock_merchant
from models.people.persons import NAME_CHARS, Person
from models.people.privacy import chat_hash, email_hash, phone_hash
from models.people.profiles import ProfileHeld
from models.people.sponsors import attach_all
from models.plans.versions import PlanBook
from models.store.engine import Store
from models.store.ids import new_id
from models.store.sql import insert_ignore


async def import_distributors(
    store: Store, merchant: Merchant, path: Path, now: datetime, intake: Intake
) -> None:
    """Enrol new distributors and bring known ones up to date; an empty cell leaves what is known.

    A level and a profile hold from the beginning of time (business.md 4) and must stand in the plan in force,
    where there is one. E-mail addresses, phones and chat accounts are kept as the merchant's keyed hashes.
    Raises TableError for an unreadable file or wrong columns.
    """
    async with store.read() as session:
        ranks = await _ranks_in_force(session, merchant.id, now)
        found = await survey(session, merchant, path, ranks, intake)
    for batch in in_batches(_taken(path, found)):
        async with store.write() as session:
            people = await _people(session, batch, now)
            await _keep(session, merchant, found, batch, people, now)
            await _keep_levels(session, merchant.id, found, batch)
            await _keep_profiles(session, merchant.id, found, batch)
        new = sum(row.external_id not in found.enrolled for row in batch)
        intake.kept(new, len(batch) - new)
    for below, sponsor in await attach_sponsors(store, merchant.id, found.new_sponsors()):
        found.refuse_sponsor(below, sponsor, intake)


async def _ranks_in_force(session: AsyncSession, merchant_id: int, now: datetime) -> Ranks | None:
    plan = (await PlanBook.open(session, merchant_id)).in_force(now)
    if plan is None:
        return None
    return Ranks(
        [level.key for level in plan.document.levels], [profile.key for profile in plan.document.profiles]
    )


def _taken(path: Path, found: Survey) -> Iterator[DistributorRow]:
    for row in read_distributors(path):
        if not isinstance(row, BadRow) and found.takes(row):
            yield row


async def _people(session: AsyncSession, rows: Sequence[DistributorRow], now: datetime) -> dict[int, int]:
    """Person keys by chat account; who is known keeps their own name and language."""
    chats = {row.telegram_id: row.name for row in rows if row.telegram_id is not None}
    if not chats:
        return {}
    await session.execute(
        insert_ignore(session, Person, ("chat_id",)),
        [
            {"id": new_id(), "chat_id": chat_id, "name": name[:NAME_CHARS], "created_at": now}
            for chat_id, name in chats.items()
        ],
    )
    known = await session.execute(
        select(col(Person.chat_id), col(Person.id)).where(col(Person.chat_id).in_(list(chats)))
    )
    return {row.chat_id: row.id for row in known}


async def _keep(
    session: AsyncSession,
    merchant: Merchant,
    found: Survey,
    rows: Sequence[DistributorRow],
    people: dict[int, int],
    now: datetime,
) -> None:
    old = await session.execute(
        select(Distributor).where(col(Distributor.id).in_([found.ids[row.external_id] for row in rows]))
    )
    known = {distributor.external_id: distributor for distributor in old.scalars()}
    for row in rows:
        distributor = known.get(row.external_id)
        if distributor is None:
            distributor = Distributor(
                id=found.ids[row.external_id],
                merchant_id=merchant.id,
                external_id=row.external_id,
                name=row.name[:NAME_CHARS],
                joined_at=now,
            )
            session.add(distributor)
        distributor.name = row.name[:NAME_CHARS]
        _contact(distributor, row, merchant.customer_key)
        if row.telegram_id is not None:
            distributor.person_id = people[row.telegram_id]
    await session.flush()


def _contact(distributor: Distributor, row: DistributorRow, key: str) -> None:
    distributor.email_hash = email_hash(key, row.email) or distributor.email_hash
    distributor.phone_hash = phone_hash(key, row.phone) or distributor.phone_hash
    distributor.chat_hash = chat_hash(key, row.telegram_id) or distributor.chat_hash


async def _keep_levels(
    session: AsyncSession, merchant_id: int, found: Survey, rows: Sequence[DistributorRow]
) -> None:
    """What `set_level` does from BEGINNING, for a whole batch in two statements."""
    wanted = {found.ids[row.external_id]: row.level for row in rows if row.level is not None}
    held = await session.execute(
        select(LevelHeld).where(
            col(LevelHeld.distributor_id).in_(list(wanted)), col(LevelHeld.since) == BEGINNING
        )
    )
    for before in held.scalars():
        before.level = wanted.pop(before.distributor_id)
    session.add_all(
        LevelHeld(merchant_id=merchant_id, distributor_id=distributor_id, level=level, since=BEGINNING)
        for distributor_id, level in wanted.items()
    )
    await session.flush()


async def _keep_profiles(
    session: AsyncSession, merchant_id: int, found: Survey, rows: Sequence[DistributorRow]
) -> None:
    """What `set_profile` does from BEGINNING, for a whole batch in two statements."""
    wanted = {found.ids[row.external_id]: row.profile for row in rows if row.profile is not None}
    if not wanted:
        return
    held = await session.execute(
        select(ProfileHeld).where(
            col(ProfileHeld.distributor_id).in_(list(wanted)), col(ProfileHeld.since) == BEGINNING
        )
    )
    for before in held.scalars():
        before.profile = wanted.pop(before.distributor_id, before.profile)
    session.add_all(
        ProfileHeld(merchant_id=merchant_id, distributor_id=distributor_id, profile=profile, since=BEGINNING)
        for distributor_id, profile in wanted.items()
    )
    await session.flush()


async def attach_sponsors(
    store: Store, merchant_id: int, pairs: Sequence[tuple[int, int]], size: int = ROWS_AT_ONCE
) -> list[tuple[int, int]]:
    """Put distributors under their sponsors, by keys, some in a transaction; those that would close a circle come back.

    The survey was made without a lock. Whether a pair closes a circle is asked anew, under the lock that whoever sets
    a sponsor by hand takes, too. What closes one only because of a pair that comes later is tried again after it.
    """
    left = list(pairs)
    while True:
        refused: list[tuple[int, int]] = []
        for batch in in_batches(left, size):
            async with store.write() as session:
                await lock_merchant(session, merchant_id)
                refused += await attach_all(session, merchant_id, batch)
        if len(refused) in {0, len(left)}:
            return refused
        left = refused
