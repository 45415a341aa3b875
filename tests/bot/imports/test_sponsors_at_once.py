"""An import and a sponsor set by hand at the same moment: whoever comes second sees the first, and no circle closes."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import asyncpg
import pytest

from bot.imports.distributor_intake import attach_sponsors, import_distributors
from models.people.distributors import Distributor
from models.people.merchants import lock_merchant
from models.people.sponsors import circles, set_sponsor
from models.store.audit import COMMAND
from models.store.engine import Store
from tests.bot.cli.desk import DISTRIBUTORS, Named, table
from tests.builders import Shop, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    return await open_shop(store, now)


async def line_of(shop: Shop, *names: str) -> list[Distributor]:
    return [await shop.distributor(name) for name in names]


async def above_of(shop: Shop, *people: Distributor) -> list[int | None]:
    async with shop.store.read() as session:
        assert await circles(session, shop.merchant.id) == []
        return [(await session.get_one(Distributor, one.id)).sponsor_id for one in people]


async def is_waiting(database_url: str) -> bool:
    """Whether somebody waits for a row that another transaction has locked."""
    server = await asyncpg.connect(database_url)
    try:
        return bool(
            await server.fetchval(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
        )
    finally:
        await server.close()


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_an_import_waits_for_a_change_by_hand_and_sees_it(
    shop: Shop, database_url: str, tmp_path: Path
) -> None:
    mei, lee = await line_of(shop, "mei", "lee")
    named = Named()
    path = table(tmp_path, DISTRIBUTORS, ["mei,Mei,,lee,,,", "ann,Ann,,mei,,,"])
    other = Store(database_url)
    try:
        # Given Lee put under Mei by hand, in a transaction that is not over yet
        async with other.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            below = await session.get_one(Distributor, lee.id)
            await set_sponsor(session, merchant, below, mei, actor=COMMAND, now=shop.now)
            # When a file, surveyed meanwhile, puts Mei under Lee
            bringing = asyncio.create_task(
                import_distributors(shop.store, shop.merchant, path, shop.now, named.intake)
            )
            while not bringing.done() and not await is_waiting(database_url):
                pass
            assert not bringing.done()
        await bringing
    finally:
        await other.close()

    # Then it waited, and left that sponsor out; the rest is in
    assert await above_of(shop, mei, lee) == [None, mei.id]
    [sentence] = named.sentences
    assert sentence.startswith("line 2: 'lee' came to stand below 'mei' meanwhile")


async def test_what_was_surveyed_before_a_change_by_hand_is_checked_anew(shop: Shop) -> None:
    mei, lee, ann = await line_of(shop, "mei", "lee", "ann")
    surveyed = [(mei.id, lee.id), (ann.id, lee.id)]
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await set_sponsor(
            session,
            merchant,
            await session.get_one(Distributor, lee.id),
            mei,
            actor=COMMAND,
            now=shop.now,
        )

    assert await attach_sponsors(shop.store, shop.merchant.id, surveyed) == [(mei.id, lee.id)]

    assert await above_of(shop, mei, lee, ann) == [None, mei.id, lee.id]


@pytest.mark.parametrize("size", [1, 9])
async def test_a_file_that_turns_a_line_round_goes_in_whatever_stands_first(shop: Shop, size: int) -> None:
    top = await shop.distributor("top")
    mei = await shop.distributor("mei", sponsor=top)
    lee = await shop.distributor("lee", sponsor=mei)

    # Mei under Lee is a circle until Lee is nobody's any more, and Top under Mei until then, too
    turned = [(top.id, mei.id), (mei.id, lee.id)]
    new = await shop.distributor("new")
    refused = await attach_sponsors(shop.store, shop.merchant.id, [*turned, (lee.id, new.id)], size)

    assert refused == []
    assert await above_of(shop, top, mei, lee, new) == [mei.id, lee.id, new.id, None]
