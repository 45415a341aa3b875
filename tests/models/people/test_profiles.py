"""Profiles agreed on: how it stood just before a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.people.profiles import ProfileBook, set_profile
from tests.builders import Shop

TICK = timedelta(microseconds=1)


async def agreed(shop: Shop, distributor_id: int, profile: str | None, since: datetime) -> None:
    async with shop.store.write() as session:
        await set_profile(
            session,
            merchant_id=shop.merchant.id,
            distributor_id=distributor_id,
            profile=profile,
            since=since,
        )


async def test_a_profile_counts_after_the_moment_of_its_agreement_until_the_next_word(
    shop: Shop, now: datetime
) -> None:
    # Given Mei became a KOL, an hour later a fan, and at the very same moment that was corrected to none
    mei, lee = await shop.distributor("mei"), await shop.distributor("lee")
    later = now + timedelta(hours=1)
    await agreed(shop, mei.id, "kol", now)
    await agreed(shop, mei.id, "fan", later)
    await agreed(shop, mei.id, None, later)

    async with shop.store.read() as session:
        book = await ProfileBook.open(session, [mei.id, lee.id])

    assert [book.profile_before(mei.id, moment) for moment in (now, now + TICK, later, later + TICK)] == [
        None,
        "kol",
        "kol",
        None,
    ]
    assert book.profile_before(lee.id, later) is None
