"""What each link brought, against what shops told and visitors clicked."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.errors import NotFound
from models.funnel.events import EventType, RefundedLine, StepTaken
from models.funnel.exposures import keep_exposure
from models.funnel.links import Channel, Link, LinkState, another_link, set_link_state
from models.money.link_figures import Figures, channel_figures, link_row, link_rows
from models.people.distributors import Distributor
from tests.builders import Shop, line
from tests.models.books import click, money
from tests.models.sales.people import coupon

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def mei(shop: Shop) -> Distributor:
    return await shop.distributor("mei")


@pytest.fixture
async def bo(shop: Shop) -> Distributor:
    return await shop.distributor("bo")


async def figures(shop: Shop, link: Link) -> Figures:
    async with shop.store.read() as session:
        return (await link_row(session, link.distributor_id, link.id)).figures


async def channels(shop: Shop, who: Distributor) -> dict[Channel, Figures]:
    async with shop.store.read() as session:
        return await channel_figures(session, who.id)


async def viewed(shop: Shop, link: Link) -> None:
    what = StepTaken(type=EventType.PRODUCT_VIEWED, sku="LAMP", code=link.code)
    await shop.tell(shop.event(what))


async def carted(shop: Shop, link: Link) -> None:
    what = StepTaken(type=EventType.CART_ADDED, sku="LAMP", code=link.code)
    await shop.tell(shop.event(what))


async def shown(shop: Shop, link: Link, key: str) -> None:
    async with shop.store.write() as session:
        await keep_exposure(session, link, key, shop.now)


async def pause(shop: Shop, link: Link) -> None:
    async with shop.store.write() as session:
        await set_link_state(session, await session.merge(link), LinkState.PAUSED)


async def test_a_new_link_brought_nothing(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei, sku="LAMP")
    assert await figures(shop, link) == Figures()
    assert await channels(shop, mei) == {Channel.COPIED: Figures()}
    assert Figures().conversion is None


async def test_every_step_of_the_funnel_is_counted_on_its_own_link(
    shop: Shop, mei: Distributor, bo: Distributor
) -> None:
    # Given two links of one distributor and one of another, all to the lamp
    poster = await shop.link(mei, sku="LAMP", channel=Channel.POSTER)
    copied = await shop.link(mei, sku="LAMP")
    theirs = await shop.link(bo, sku="LAMP")

    # When the poster's is shown twice (once told twice), clicked by two visitors, one of them again
    for key in ("m1", "m2", "m2"):
        await shown(shop, poster, key)
    await click(shop, poster, shop.now - 3 * MINUTE, "v1")
    await click(shop, poster, shop.now - 2 * MINUTE, "v1")
    await click(shop, poster, shop.now - 2 * MINUTE, "v2")
    await click(shop, theirs, shop.now - MINUTE, "v3")
    # And put into a cart, and looked at, and ordered by one visitor's click and by its code
    await carted(shop, poster)
    await viewed(shop, poster)
    await shop.tell(
        shop.paid("1", line("1", "LAMP", quantity=2), visitor="v1"),
        shop.paid("2", line("1", "MUG"), code=poster.code),
        shop.paid("3", line("1", "LAMP"), visitor="v3"),
    )

    # Then it has all that, and earned 15 % of the lamps and 10 % of what else was bought by it
    assert await figures(shop, poster) == Figures(2, 3, 2, 1, 2, 300 + 100)
    assert (await figures(shop, poster)).conversion == (2, 2)
    assert await figures(shop, copied) == Figures()
    assert await figures(shop, theirs) == Figures(0, 1, 1, 0, 1, 150)
    # And the channels of each are the sums of their own links
    assert await channels(shop, mei) == {
        Channel.POSTER: Figures(2, 3, 2, 1, 2, 400),
        Channel.COPIED: Figures(),
    }
    assert await channels(shop, bo) == {Channel.COPIED: Figures(0, 1, 1, 0, 1, 150)}


async def test_what_a_link_earned_is_what_its_owner_has(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei, sku="LAMP")
    for number in range(3):
        await shop.tell(shop.paid(f"{number}", line("1", "LAMP", quantity=number + 1), code=link.code))
    assert (await figures(shop, link)).earned_minor == (await money(shop, mei)).held == 900


async def test_refunds_and_cancellations_come_off(shop: Shop, mei: Distributor) -> None:
    link = await shop.link(mei, sku="LAMP")
    for ref in ("whole", "part", "line", "cancelled", "kept"):
        await shop.tell(shop.paid(ref, line("1", "LAMP"), line("2", "LAMP"), code=link.code))
    assert await figures(shop, link) == Figures(orders=5, earned_minor=5 * 300)

    await shop.tell(
        shop.refunded("whole", full=True),
        shop.refunded("part", amount_minor=1000),
        shop.refunded("line", lines=[RefundedLine(line_ref="1", quantity=1)]),
        shop.cancelled("cancelled"),
    )

    assert await figures(shop, link) == Figures(orders=3, earned_minor=300 + 150 + 150)
    assert (await money(shop, mei)).held == 600


async def test_an_order_that_is_only_placed_is_an_estimate_and_no_order_yet(
    shop: Shop, mei: Distributor
) -> None:
    link = await shop.link(mei, sku="LAMP")
    await shop.tell(shop.paid("1", line("1", "LAMP"), code=link.code, placed=True))
    assert await figures(shop, link) == Figures(orders=0, earned_minor=150)


async def test_a_coupons_order_belongs_to_no_link(shop: Shop, mei: Distributor, bo: Distributor) -> None:
    """The coupon's owner is paid; the link whose code came along neither counts the order nor its earnings."""
    mine, theirs = await shop.link(mei, sku="LAMP"), await shop.link(bo, sku="LAMP")
    await coupon(shop, "MEI10", mei)
    await click(shop, theirs, shop.now - MINUTE, "v1")
    await shop.tell(
        shop.paid("1", line("1", "LAMP"), coupon="MEI10", code=theirs.code, visitor="v1"),
        shop.paid("2", line("1", "LAMP"), coupon="mei10"),
    )
    assert (await money(shop, mei)).held == 300
    assert await figures(shop, mine) == Figures()
    assert await figures(shop, theirs) == Figures(clicks=1, unique_clicks=1)
    assert sum((await channels(shop, mei)).values(), Figures()) == Figures()


async def test_a_paused_link_counts_and_earns_nothing_and_its_past_stays(
    shop: Shop, mei: Distributor
) -> None:
    # Given a link that was clicked and earned
    link = await shop.link(mei, sku="LAMP")
    await click(shop, link, shop.now - MINUTE, "v1")
    await shop.tell(shop.paid("1", line("1", "LAMP"), code=link.code))
    before = await figures(shop, link)
    assert before == Figures(0, 1, 1, 0, 1, 150)

    # When it is paused and somebody comes by its code or by the earlier click
    await pause(shop, link)
    await carted(shop, link)
    await shop.tell(
        shop.paid("2", line("1", "LAMP"), code=link.code), shop.paid("3", line("1", "LAMP"), visitor="v1")
    )

    # Then nothing came of it, and who shares gets another link
    assert await figures(shop, link) == before
    assert (await money(shop, mei)).held == 150
    assert (await shop.link(mei, sku="LAMP")).id != link.id


async def test_orders_without_clicks_have_no_conversion() -> None:
    assert Figures(unique_clicks=0, orders=3).conversion is None
    assert Figures(unique_clicks=2, orders=3).conversion is None
    assert Figures(unique_clicks=3, orders=0).conversion == (0, 3)


async def test_lists_show_the_newest_first_page_by_page(shop: Shop, mei: Distributor, now: datetime) -> None:
    first = await shop.link(mei, sku="LAMP")
    async with shop.store.write() as session:
        others = [
            await another_link(session, first, channel=first.channel, name=f"Group {number}", now=now)
            for number in range(6)
        ]
    whole = await shop.link(mei)
    keys = [link.id for link in (first, *others, whole)][::-1]

    async with shop.store.read() as session:
        one = await link_rows(session, mei.id, after=None, limit=6)
        two = await link_rows(session, mei.id, after=one.next_after, limit=6)
        lamps = await link_rows(session, mei.id, after=None, limit=20, sku="LAMP")
        none = await link_rows(session, mei.id, after=1, limit=6)
    assert [row.link.id for row in (*one.items, *two.items)] == keys
    assert two.next_after is None
    assert one.items[0].title is None
    assert {row.title for row in lamps.items} == {"Product LAMP"}
    assert len(lamps.items) == 7
    assert none.items == ()


async def test_another_persons_link_is_not_there(shop: Shop, mei: Distributor, bo: Distributor) -> None:
    theirs = await shop.link(bo, sku="LAMP")
    assert (await channels(shop, mei)) == {}
    async with shop.store.read() as session:
        with pytest.raises(NotFound):
            await link_row(session, mei.id, theirs.id)
        assert (await link_rows(session, mei.id, after=None, limit=6)).items == ()
