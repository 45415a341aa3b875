"""What sells: orders of two weeks, told as shops tell them."""

from __future__ import annotations

from datetime import datetime, timedelta

from models.catalog.products import product
from models.funnel.events import RefundedLine
from models.funnel.heat import HEAT_DAYS, measure_heat
from tests.builders import Shop, line, open_shop


async def heat(shop: Shop, sku: str = "LAMP") -> int:
    async with shop.store.read() as session:
        return (await product(session, shop.merchant.id, sku)).heat


async def measure(shop: Shop, at: datetime | None = None) -> int:
    async with shop.store.write() as session:
        return await measure_heat(session, shop.merchant.id, at or shop.now)


async def test_orders_count_once_however_many_lines_and_pieces(shop: Shop) -> None:
    await shop.product("MUG")
    await shop.tell(
        shop.paid("1", line("1", "LAMP", quantity=9), line("2", "LAMP"), line("3", "MUG")),
        shop.paid("2", line("1", "LAMP")),
        shop.paid("3", line("1", "NOBODY-KNOWS")),
    )
    assert await measure(shop) == 2
    assert (await heat(shop), await heat(shop, "MUG")) == (2, 1)
    # And nothing is written where nothing changed
    assert await measure(shop) == 0


async def test_only_what_was_paid_in_the_last_two_weeks_counts(shop: Shop) -> None:
    """A window of N days at time t is (t − N days, t] (business.md 4)."""
    start = shop.now - timedelta(days=HEAT_DAYS)
    for ref, at in (
        ("old", start),
        ("just inside", start + timedelta(seconds=1)),
        ("now", shop.now),
        ("to come", shop.now + timedelta(seconds=1)),
    ):
        await shop.tell(shop.paid(ref, line("1", "LAMP"), at=at))
    await shop.tell(shop.paid("not paid", line("1", "LAMP"), placed=True))

    await measure(shop)
    assert await heat(shop) == 2
    # A month later nothing is left of it
    assert await measure(shop, shop.now + timedelta(days=30)) == 1
    assert await heat(shop) == 0


async def test_what_came_back_counts_no_more(shop: Shop) -> None:
    await shop.product("MUG")
    for ref in ("kept", "cancelled", "refunded", "one line back", "a part back"):
        await shop.tell(shop.paid(ref, line("1", "LAMP"), line("2", "MUG")))
    await measure(shop)
    assert (await heat(shop), await heat(shop, "MUG")) == (5, 5)

    await shop.tell(
        shop.cancelled("cancelled"),
        shop.refunded("refunded", full=True),
        shop.refunded("one line back", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.refunded("a part back", amount_minor=100),
    )
    await measure(shop)
    assert (await heat(shop), await heat(shop, "MUG")) == (2, 3)


async def test_another_shops_orders_heat_nothing_here(shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    await other.plan()
    await other.product("LAMP")
    await other.tell(other.paid("1", line("1", "LAMP")))
    await measure(shop)
    await measure(other)
    assert (await heat(shop), await heat(other)) == (0, 1)
