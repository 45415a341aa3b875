"""Levels held: how it stood just before a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.people import levels
from models.people.levels import BEGINNING, LevelBook, LevelCause, LevelHeld, set_level
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


@pytest.mark.parametrize("told", [(0, 1, 2), (2, 1, 0)])
async def test_a_promotion_holds_for_orders_behind_the_one_that_brought_it(
    shop: Shop, now: datetime, told: tuple[int, ...]
) -> None:
    # Given two orders of one moment each brought Lee up, and staff then gave him a level from that moment on
    lee = await shop.distributor("lee", level="promoter")
    steps = [("leader", "B-2"), ("partner", "B-4"), ("star", None)]
    for level, after_order in (steps[number] for number in told):
        async with shop.store.write() as session:
            session.add(
                LevelHeld(
                    merchant_id=shop.merchant.id,
                    distributor_id=lee.id,
                    level=level,
                    since=now,
                    after_order=after_order,
                    cause=LevelCause.PROMOTED,
                )
            )

    async with shop.store.read() as session:
        book = await LevelBook.open(session, [lee.id])
        alone = [await levels.level_before(session, lee.id, moment) for moment in (now, now + TICK)]

    # Then an order of the moment is after those with a smaller number, and never after what staff said then
    assert [book.level_before(lee.id, now, ref) for ref in ("B-1", "B-2", "B-3", "B-4", "B-5")] == [
        "promoter",
        "promoter",
        "leader",
        "leader",
        "partner",
    ]
    assert book.level_before(lee.id, now + TICK, "A-1") == "star"
    assert (
        [book.level_before(lee.id, moment) for moment in (now, now + TICK)] == ["promoter", "star"] == alone
    )


async def test_a_level_by_hand_keeps_why_and_leaves_the_promotions_of_its_moment(
    shop: Shop, now: datetime
) -> None:
    lee = await shop.distributor("lee")
    async with shop.store.write() as session:
        session.add(
            LevelHeld(
                merchant_id=shop.merchant.id,
                distributor_id=lee.id,
                level="leader",
                since=now,
                after_order="7",
                cause=LevelCause.PROMOTED,
            )
        )
    for pinned in (False, True):
        async with shop.store.write() as session:
            await set_level(
                session,
                merchant_id=shop.merchant.id,
                distributor_id=lee.id,
                level="partner",
                since=now,
                cause=LevelCause.PINNED if pinned else LevelCause.GIVEN,
                pinned=pinned,
                evidence={"why": "our best"},
                written_at=now,
            )

    async with shop.store.read() as session:
        book = await LevelBook.open(session, [lee.id])
        held = await levels.history_of(session, shop.merchant.id, lee.id)

    assert [(row.level, row.cause, row.pinned, row.evidence, row.written_at) for row in held] == [
        ("partner", LevelCause.PINNED, True, {"why": "our best"}, now),
        ("leader", LevelCause.PROMOTED, False, {}, None),
    ]
    assert book.level_before(lee.id, now + TICK) == "partner"
