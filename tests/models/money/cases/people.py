"""A seller under suspicion, with orders that show two independent signals."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobs.cases import look_everywhere
from models.funnel.events import Buyer
from models.money.cases.cases import Case, cases
from models.money.cases.deciding import Decision, decide, undo
from models.people.distributors import Distributor, distributor
from models.people.merchants import lock_merchant
from models.store.audit import Actor
from tests.builders import Shop, line
from tests.models.books import click

STAFF = Actor.person(17)


async def ring(shop: Shop, seller: Distributor, *, orders: int = 6, first: int = 0) -> list[str]:
    """Orders from one address, each placed a few seconds after the click on a link that nobody else clicks."""
    link = await shop.link(seller)
    refs = []
    for number in range(first, first + orders):
        at = shop.now - timedelta(hours=2 * (orders + first - number), minutes=7 * (number % 3))
        await click(shop, link, at - timedelta(seconds=15), f"v{seller.id}-{number}")
        buyer = Buyer(customer=f"{seller.id}-c{number}", ip=f"one address {seller.id}")
        await shop.tell(
            shop.paid(f"{seller.external_id}-{number}", line(), code=link.code, buyer=buyer, at=at)
        )
        refs.append(f"{seller.external_id}-{number}")
    return refs


async def look(shop: Shop, now: datetime) -> int:
    """A run of the job."""
    return await look_everywhere(shop.store, now)


async def the_case(shop: Shop) -> Case:
    """The only case that is open."""
    async with shop.store.read() as session:
        [case] = await cases(session, shop.merchant.id)
    return case


async def decided(
    shop: Shop, case: Case, decision: Decision, now: datetime, *, turn: int | None = None, note: str = ""
) -> Case:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        return await decide(session, merchant, case.id, decision, actor=STAFF, now=now, turn=turn, note=note)


async def undone(shop: Shop, case: Case, now: datetime) -> Case:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        return await undo(session, merchant, case.id, actor=STAFF, now=now)


async def seen(shop: Shop, seller: Distributor) -> Distributor:
    """The distributor as they stand now."""
    async with shop.store.read() as session:
        return await distributor(session, shop.merchant.id, seller.id)
