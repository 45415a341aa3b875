"""What sells, measured for every merchant on its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobs.context import JobContext
from jobs.heat import measure
from models.catalog.products import product
from tests.builders import Shop, line, open_shop


async def heat(shop: Shop) -> int:
    async with shop.store.read() as session:
        return (await product(session, shop.merchant.id, "LAMP")).heat


async def test_every_merchants_goods_are_measured(context: JobContext, shop: Shop, now: datetime) -> None:
    # Given two shops with a lamp each, one order at the first and two at the second
    other = await open_shop(shop.store, now)
    await other.plan()
    for each, orders in ((shop, 1), (other, 2)):
        await each.product("LAMP")
        for number in range(orders):
            await each.tell(each.paid(str(number), line("1", "LAMP")))

    await measure(context, now)
    assert (await heat(shop), await heat(other)) == (1, 2)

    # When two weeks have gone by, nothing is hot
    await measure(context, now + timedelta(days=14))
    assert (await heat(shop), await heat(other)) == (0, 0)
