"""Sponsors by hand: who can't be one, circles of any length, two changes at once, and the entry in the chain."""

from __future__ import annotations

import asyncio
import itertools

import pytest
from sqlalchemy import update

from models.people.distributors import (
    Distributor,
    DistributorState,
    HasLeft,
    distributor,
    distributor_by_external_id,
)
from models.people.merchants import lock_merchant
from models.people.sponsors import SponsorFault, SponsorRefused, SponsorSet, circles, set_sponsor
from models.store.audit import COMMAND, AuditEntry, audit_of, broken_links
from models.store.sql import table_of
from tests.builders import Shop, open_shop


async def put(shop: Shop, below: str, above: str | None, why: str = "") -> SponsorSet:
    """Put one distributor under another, as the command and the staff's screen do."""
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        who = await distributor_by_external_id(session, merchant.id, below)
        sponsor = await distributor_by_external_id(session, merchant.id, above) if above else None
        return await set_sponsor(session, merchant, who, sponsor, actor=COMMAND, now=shop.now, why=why)


async def line_of(shop: Shop, *names: str) -> None:
    """Distributors, each under the next."""
    for name in names:
        await shop.distributor(name)
    for below, above in itertools.pairwise(names):
        await put(shop, below, above)


async def written(shop: Shop) -> list[AuditEntry]:
    async with shop.store.read() as session:
        assert await broken_links(session, shop.merchant.id) == []
        return await audit_of(session, shop.merchant.id)


async def sponsor_of(shop: Shop, external_id: str) -> str | None:
    async with shop.store.read() as session:
        who = await distributor_by_external_id(session, shop.merchant.id, external_id)
        if who.sponsor_id is None:
            return None
        return (await distributor(session, shop.merchant.id, who.sponsor_id)).external_id


async def test_a_sponsor_is_set_changed_and_taken_away_each_with_an_entry(shop: Shop) -> None:
    for name in ("mei", "lee", "ann"):
        await shop.distributor(name)

    assert await put(shop, "mei", "lee", "Lee brought her") == SponsorSet(None, "lee", changed=True)
    assert await put(shop, "mei", "lee") == SponsorSet("lee", "lee", changed=False)
    assert await put(shop, "mei", "ann") == SponsorSet("lee", "ann", changed=True)
    assert await put(shop, "mei", None) == SponsorSet("ann", None, changed=True)

    assert await sponsor_of(shop, "mei") is None
    entries = await written(shop)
    assert [(entry.before, entry.after, entry.why) for entry in reversed(entries)] == [
        (None, "lee", "Lee brought her"),
        ("lee", "ann", ""),
        ("ann", None, ""),
    ]
    assert {(entry.act, entry.subject, entry.actor) for entry in entries} == {
        ("set_sponsor", "distributor mei", "command")
    }


@pytest.mark.parametrize("length", [2, 3, 40])
async def test_circles_of_any_length_are_refused(shop: Shop, length: int) -> None:
    names = [f"d{number}" for number in range(length)]
    await line_of(shop, *names)

    with pytest.raises(SponsorRefused) as refused:
        await put(shop, names[-1], names[0])

    assert refused.value.fault is SponsorFault.LOOP
    assert f"{names[0]!r} stands below {names[-1]!r} already" in str(refused.value)
    assert await sponsor_of(shop, names[-1]) is None


@pytest.mark.parametrize(
    ("state", "fault", "sentence"),
    [
        (DistributorState.SUSPENDED, SponsorFault.SUSPENDED, "'lee' is suspended"),
        (DistributorState.LEFT, SponsorFault.LEFT, "'lee' has left"),
    ],
)
async def test_who_is_not_active_is_nobodys_sponsor(
    shop: Shop, state: DistributorState, fault: SponsorFault, sentence: str
) -> None:
    await shop.distributor("mei")
    lee = await shop.distributor("lee")
    async with shop.store.write() as session:
        table = table_of(Distributor)
        await session.execute(update(table).where(table.c.id == lee.id).values(state=state))

    with pytest.raises(SponsorRefused, match=sentence) as refused:
        await put(shop, "mei", "lee")

    assert refused.value.fault is fault
    assert await written(shop) == []


async def test_nobody_is_their_own_sponsor(shop: Shop) -> None:
    await shop.distributor("mei")

    with pytest.raises(SponsorRefused, match="Nobody is their own sponsor"):
        await put(shop, "mei", "mei")


async def test_two_changes_at_once_close_no_circle(shop: Shop) -> None:
    """Each alone is right; together they would make Mei and Lee each other's sponsor."""
    for number in range(8):
        await shop.distributor(f"mei{number}")
        await shop.distributor(f"lee{number}")

        ended = await asyncio.gather(
            put(shop, f"mei{number}", f"lee{number}"),
            put(shop, f"lee{number}", f"mei{number}"),
            return_exceptions=True,
        )

        assert sorted(type(each).__name__ for each in ended) == ["SponsorRefused", "SponsorSet"]
    async with shop.store.read() as session:
        assert await circles(session, shop.merchant.id) == []


async def test_circles_that_stand_in_the_store_are_named_and_nobody_beside_them(shop: Shop) -> None:
    # Given a healthy line, a circle of three with somebody below it, and another shop's circle
    await line_of(shop, "low", "middle", "top")
    await line_of(shop, "below", "a", "b", "c")
    other = await open_shop(shop.store, shop.now)
    await line_of(other, "x", "y")
    for where, above, below in ((shop, "c", "a"), (other, "y", "x")):
        async with where.store.write() as session:
            first = await distributor_by_external_id(session, where.merchant.id, above)
            last = await distributor_by_external_id(session, where.merchant.id, below)
            first.sponsor_id = last.id
            session.add(first)

    async with shop.store.read() as session:
        assert await circles(session, shop.merchant.id) == ["a", "b", "c"]
        assert await circles(session, other.merchant.id) == ["x", "y"]
    # And whoever is put under the circle is still told at once
    assert (await put(shop, "low", "below")).changed


async def test_who_left_keeps_their_sponsor(shop: Shop) -> None:
    await line_of(shop, "gone", "lee")
    await shop.distributor("ann")
    table = table_of(Distributor)
    async with shop.store.write() as session:
        left = update(table).where(table.c.external_id == "gone").values(state=DistributorState.LEFT)
        await session.execute(left)

    for above in ("ann", "lee", None):
        with pytest.raises(HasLeft):
            await put(shop, "gone", above)
    assert await sponsor_of(shop, "gone") == "lee"
    assert len(await written(shop)) == 1
