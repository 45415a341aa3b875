"""Levels held: how it stood just before a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.people.levels import BEGINNING, LevelBook, set_level
from tests.builders import Shop

TICK = timedelta(microseconds=1)


async def level_before(shop: Shop, distributor_id: int, moment: datetime) -> str | None:
    async with shop.store.read() as session:
        return (await LevelBook.open(session, [distributor_id])).level_before(distributor_id, moment)


async def test_an_imported_level_holds_from_the_beginning_of_time(shop: Shop) -> None:
    lee = await shop.distributor("lee", level="leader")

    assert await level_before(shop, lee.id, BEGINNING + TICK) == "leader"


async def test_who_was_never_given_a_level_has_none(shop: Shop, now: datetime) -> None:
    mei = await shop.distributor("mei")

    assert await level_before(shop, mei.id, now) is None


async def test_a_level_given_at_a_moment_counts_after_it(shop: Shop, now: datetime) -> None:
    lee = await shop.distributor("lee", level="promoter")
    async with shop.store.write() as session:
        await set_level(
            session, merchant_id=shop.merchant.id, distributor_id=lee.id, level="leader", since=now
        )

    assert await level_before(shop, lee.id, now) == "promoter"
    assert await level_before(shop, lee.id, now + TICK) == "leader"


async def test_a_second_word_for_one_moment_replaces_the_first(shop: Shop, now: datetime) -> None:
    lee = await shop.distributor("lee")
    for level in ("leader", "partner"):
        async with shop.store.write() as session:
            await set_level(
                session, merchant_id=shop.merchant.id, distributor_id=lee.id, level=level, since=now
            )

    assert await level_before(shop, lee.id, now + TICK) == "partner"
