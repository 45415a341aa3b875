"""What people looked for, under numbers that fit into buttons."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.catalog.searches import forget_searches, keep_search, search_of
from models.catalog.words import MOST_CHARS
from models.errors import NotFound
from models.store.engine import Store
from tests.builders import open_shop


async def test_the_same_words_have_the_same_number(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    mei, lee = await shop.person(1, "Mei"), await shop.person(2, "Lee")
    async with store.write() as session:
        first = await keep_search(session, mei.id, " lamp ", now)
        again = await keep_search(session, mei.id, "lamp", now + timedelta(days=1))
        long = await keep_search(session, mei.id, "🎉" * 4000, now)
        theirs = await keep_search(session, lee.id, "lamp", now)

        assert first.id == again.id != theirs.id
        assert first.words == "lamp"
        assert long.words == "🎉" * MOST_CHARS
        assert (await search_of(session, mei.id, first.id)).words == "lamp"
        with pytest.raises(NotFound):
            await search_of(session, lee.id, first.id)


async def test_old_ones_are_forgotten(store: Store, now: datetime) -> None:
    shop = await open_shop(store, now)
    mei = await shop.person(1)
    async with store.write() as session:
        old = await keep_search(session, mei.id, "old", now - timedelta(days=40))
        new = await keep_search(session, mei.id, "new", now)
        await forget_searches(session, now - timedelta(days=30))
        assert (await search_of(session, mei.id, new.id)).words == "new"
        with pytest.raises(NotFound):
            await search_of(session, mei.id, old.id)
