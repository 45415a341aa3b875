"""Prepared statements say what SQLAlchemy says, inside the session's transaction, and go together."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from typing import cast

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError

from models.people.distributors import Distributor, places
from models.people.levels import LevelBook, level_before, set_level
from models.people.merchants import Merchant
from models.people.persons import Person, choose_language, meet_person, person_in_chat
from models.plans.versions import PlanBook, PlanVersion
from models.store.engine import OnlyReading
from models.store.prepared import Prepared, row_of
from models.store.sql import table_of
from models.store.types import EPOCH
from tests.builders import Shop, open_shop

TABLE = table_of(Person)
NAMES = Prepared(
    select(TABLE.c.name).where(TABLE.c.chat_id == bindparam("chat_id")), lambda row: cast("str", row[0])
)
BROKEN = Prepared(select(TABLE.c.name, text("nonsense")), lambda row: row)


async def test_a_row_is_what_a_session_would_load(shop: Shop) -> None:
    """Given rows with times, lists, words and flags, when they are read both ways, then they are equal."""
    await shop.plan()
    mei = await shop.person(7)
    await shop.distributor(person=mei)
    for kind in (Person, Merchant, Distributor, PlanVersion):
        table = table_of(kind)
        prepared = Prepared(select(table), row_of(kind))
        async with shop.store.read() as session:
            [quick] = await prepared.all(session)
        async with shop.store.read() as session:
            [loaded] = (await session.execute(select(kind))).scalars()
        assert quick == loaded
        assert {name: type(getattr(quick, name)) for name in kind.model_fields} == {
            name: type(getattr(loaded, name)) for name in kind.model_fields
        }


async def test_a_writer_sees_what_it_wrote_and_others_do_not(shop: Shop) -> None:
    await shop.person(7, "Mei")
    async with shop.store.write() as session:
        await session.execute(text("UPDATE person SET name = 'Lee' WHERE chat_id = 7"))
        within = await NAMES.first(session, chat_id=7)
        async with shop.store.read() as beside:
            without = await NAMES.first(beside, chat_id=7)
    assert (within, without) == ("Lee", "Mei")


async def test_statements_side_by_side_are_each_answered(shop: Shop) -> None:
    """Given a session that has only just begun or has read before, when many ask at once, then each gets its own."""
    for number in range(1, 6):
        await shop.person(number, f"P{number}")

    for begun in (False, True):
        async with shop.store.read() as session:
            if begun:
                await session.execute(text("SELECT 1"))
            names = await asyncio.gather(*(NAMES.first(session, chat_id=number) for number in range(1, 7)))
            again = await NAMES.first(session, chat_id=3)
        assert names == ["P1", "P2", "P3", "P4", "P5", None]
        assert again == "P3"


async def test_who_asks_later_than_the_others_is_answered_too(shop: Shop) -> None:
    await shop.person(7, "Mei")

    async def late(turns: int) -> str | None:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await NAMES.first(session, chat_id=7)

    async with shop.store.read() as session:
        assert await asyncio.gather(*(late(turns) for turns in range(40))) == ["Mei"] * 40


async def test_a_wrong_statement_fails_as_sqlalchemy_would_for_all_that_went_along(shop: Shop) -> None:
    await shop.person(7, "Mei")
    async with shop.store.read() as session:
        assert await NAMES.first(session, chat_id=7) == "Mei"
        answers = await asyncio.gather(
            NAMES.first(session, chat_id=7), BROKEN.all(session), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [DBAPIError, DBAPIError]
    async with shop.store.read() as session:
        assert await NAMES.first(session, chat_id=7) == "Mei"


async def test_asking_can_be_broken_off(shop: Shop) -> None:
    await shop.person(7, "Mei")
    async with shop.store.read() as session:
        asking = [asyncio.create_task(NAMES.first(session, chat_id=7)) for _ in range(3)]
        await asyncio.sleep(0)
        asking[0].cancel()
        ended = await asyncio.gather(*asking, return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError)
    async with shop.store.read() as session:
        assert await NAMES.first(session, chat_id=7) == "Mei"


async def test_who_is_known_already_costs_no_writing(shop: Shop, now: datetime) -> None:
    """Given somebody whom we know, when they write again, then a session that can only read will do."""
    known = await shop.person(7, "Mei")
    met = partial(meet_person, username=None, client_language="en", now=now)

    async with shop.store.read() as session:
        assert await met(session, chat_id=7, name="Mei") == known
    for chat_id, name in ((7, "Mei Lin"), (8, "Lee")):
        with pytest.raises(OnlyReading):
            async with shop.store.read() as session:
                await met(session, chat_id=chat_id, name=name)

    async with shop.store.write() as session:
        renamed = await met(session, chat_id=7, name="Mei Lin")
        await choose_language(session, known.id, "zh_CN")
    async with shop.store.read() as session:
        kept = await person_in_chat(session, 7)
        nobody = await person_in_chat(session, 8)
    assert kept is not None
    assert (renamed.name, kept.name, kept.language, nobody) == ("Mei Lin", "Mei Lin", "zh_CN", None)


async def test_one_level_is_what_the_book_of_levels_says(shop: Shop, now: datetime) -> None:
    who = await shop.distributor()
    async with shop.store.write() as session:
        for level, since in (("first", EPOCH), ("second", now)):
            await set_level(
                session, merchant_id=shop.merchant.id, distributor_id=who.id, level=level, since=since
            )
    async with shop.store.read() as session:
        book = await LevelBook.open(session, [who.id])
        for moment in (EPOCH, now, now.replace(year=now.year + 1)):
            assert await level_before(session, who.id, moment) == book.level_before(who.id, moment)


async def test_places_and_plans_are_each_persons_and_each_shops(shop: Shop, now: datetime) -> None:
    other = await open_shop(shop.store, now)
    await shop.plan()
    mei = await shop.person(7)
    enrolled = [await each.distributor(person=mei) for each in (shop, other)]
    async with shop.store.read() as session:
        found = await places(session, mei.id)
        books = [await PlanBook.open(session, each.merchant.id) for each in (shop, other)]
    assert found == [(shop.merchant, enrolled[0]), (other.merchant, enrolled[1])]
    assert [book.in_force(now) is not None for book in books] == [True, False]
