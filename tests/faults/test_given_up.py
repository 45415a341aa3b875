"""Whoever asked has gone away: a write that is cancelled at any point leaves no lock and no half story."""

from __future__ import annotations

import asyncio

from models.funnel.events import EventStatus
from tests.builders import Shop, line
from tests.models.books import assert_books_in_order

TURNS = sorted({int(1.25**power) for power in range(36)})
"""How far the event loop turns before the request is given up: from not begun to long done."""


async def test_a_write_given_up_at_any_point_holds_nobody_up(shop: Shop) -> None:
    code = (await shop.link(await shop.distributor("bo"))).code
    endings = set()

    for turns in TURNS:
        given_up = asyncio.create_task(shop.tell(shop.paid(f"given-up-{turns}", line(), code=code)))
        for _ in range(turns):
            await asyncio.sleep(0)
        endings.add(given_up.cancel())
        await asyncio.gather(given_up, return_exceptions=True)

        [receipt] = await shop.tell(shop.paid(f"next-{turns}", line(), code=code))
        assert receipt.status is EventStatus.ACCEPTED

    assert True in endings
    await assert_books_in_order(shop.store)
