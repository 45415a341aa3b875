"""My links as their owner lives with them: another one, a name, a pause, and nobody else's."""

from __future__ import annotations

import pytest

from bot.sandbox.chat.phone import Phone
from models.funnel.links import MOST_SLOTS, Channel, Link, another_link, own_link
from models.people.distributors import Distributor, enrolment
from models.people.persons import person_in_chat
from tests.builders import Shop, line, open_shop
from tests.journeys.world import World, bare, copied, labels, open_by, say, settled
from tests.models.books import click

GONE = "That is not yours or no longer there."


async def joined(world: World, shop: Shop, name: str = "Mei") -> tuple[Phone, Distributor]:
    phone = world.phone(name)
    await say(world, phone, f"/start {shop.merchant.public_id}")
    await open_by(world, phone, "Join")
    async with shop.store.read() as session:
        person = await person_in_chat(session, phone.id)
        assert person is not None
        found = await enrolment(session, shop.merchant.id, person.id)
    assert found is not None
    return phone, found


async def kept(shop: Shop, link: Link) -> Link:
    async with shop.store.read() as session:
        return await own_link(session, link.distributor_id, link.id)


async def test_links_begin_with_nothing_and_say_how(world: World, shop: Shop) -> None:
    mei, _ = await joined(world, shop)
    card = await say(world, mei, "/links")
    assert "👉 Pick a product to begin." in card.body.text
    by_channel = await open_by(world, mei, "📊 By channel")
    assert "👉 Share something to begin." in by_channel.body.text


async def test_a_link_shows_what_it_brought(world: World, shop: Shop) -> None:
    # Given Mei's copied link to the lamp, clicked twice and bought by once
    mei, me = await joined(world, shop)
    await say(world, mei, "/goods lamp")
    link = copied(await open_by(world, mei, "Product LAMP"))
    code = link.rpartition("/")[2]
    mine = await shop.link(me, sku="LAMP")
    assert mine.code == code
    for visitor in ("v1", "v2"):
        await click(shop, mine, shop.now, visitor)
    await shop.tell(shop.paid("1", line("1", "LAMP", price="19.99"), code=code))

    # When she opens her links, then each says it in one line, and one of them all of it
    listed = await say(world, mei, "/links")
    assert bare(listed.body.text).splitlines()[2:5] == [
        "1. Product LAMP",
        "Copied link",
        "2 clicks · 1 order · £2.99",
    ]
    card = await open_by(world, mei, "Product LAMP")
    assert bare(card.body.text).splitlines()[4:9] == [
        "👆 2 clicks (2 visits)",
        "🛒 Put into a cart 0 times",
        "📦 1 order",
        "📈 Orders from visits: 50.0%",
        "💰 Earned (estimate, refunds taken off): £2.99",
    ]
    # And a refund comes off
    await shop.tell(shop.refunded("1", full=True))
    await open_by(world, mei, "◀ Back")
    card = await open_by(world, mei, "Product LAMP")
    assert "📦 0 orders" in card.body.text
    assert "£0.00" in card.body.text
    channels = await open_by(world, mei, "◀ Back")
    channels = await open_by(world, mei, "📊 By channel")
    assert "Copied link" in channels.body.text
    assert "2 clicks · 0 orders · £0.00" in channels.body.text


async def test_another_one_gets_a_name(world: World, shop: Shop) -> None:
    mei, me = await joined(world, shop)
    first = await shop.link(me, sku="LAMP")
    await say(world, mei, "/links")
    await open_by(world, mei, "Product LAMP")
    asked = await open_by(world, mei, "➕ Another one")
    assert "Send me a name for this link" in asked.body.text
    named = await say(world, mei, "  Reading group of the north side\n 📚 مجموعة <b>&  ")
    assert "Reading group of the north side 📚 مجموعة <b>&" in bare(named.body.text)
    assert copied(named).rpartition("/")[2] != first.code
    # And it can be called something else
    await open_by(world, mei, "✏️ Rename")
    renamed = await say(world, mei, "🎉")
    assert "Copied link · 🎉" in bare(renamed.body.text)


@pytest.mark.parametrize("name", ["W" * 61, "杯" * 500, "\u200b\u200b"])
async def test_a_name_that_cant_be_taken_is_asked_for_again(world: World, shop: Shop, name: str) -> None:
    mei, me = await joined(world, shop)
    link = await shop.link(me, sku="LAMP")
    await say(world, mei, "/links")
    await open_by(world, mei, "Product LAMP")
    await open_by(world, mei, "✏️ Rename")
    refused = await say(world, mei, name)
    assert "✋ A name has 1 to 60 characters." in refused.body.text
    assert (await kept(shop, link)).name == ""
    await say(world, mei, "W" * 60)
    assert (await kept(shop, link)).name == "W" * 60


async def test_a_sticker_is_no_name(world: World, shop: Shop) -> None:
    mei, me = await joined(world, shop)
    link = await shop.link(me, sku="LAMP")
    await say(world, mei, "/links")
    await open_by(world, mei, "Product LAMP")
    await open_by(world, mei, "✏️ Rename")
    await say(world, mei, "Reading group")
    await open_by(world, mei, "✏️ Rename")
    mei.send_document(b"sticker", "sticker.webp")
    card = await settled(world, mei)
    assert "✋ A name has 1 to 60 characters." in card.body.text
    assert (await kept(shop, link)).name == "Reading group"


async def test_a_paused_link_earns_nothing_and_sharing_makes_another(world: World, shop: Shop) -> None:
    # Given a link that Mei pauses
    mei, me = await joined(world, shop)
    first = await shop.link(me, sku="LAMP")
    await say(world, mei, "/links")
    await open_by(world, mei, "Product LAMP")
    assert (await mei.tap("⏸ Pause")).text == "Paused. It counts nothing from now on."
    card = await settled(world, mei)
    assert "⏸ paused" in card.body.text

    # When somebody orders by its code, nothing is hers
    await shop.tell(shop.paid("1", line("1", "LAMP"), code=first.code))
    assert "Your orders will stand here" in (await say(world, mei, "/earn")).body.text

    # When she shares the lamp again, it is by another link
    await say(world, mei, "/goods lamp")
    link = copied(await open_by(world, mei, "Product LAMP"))
    assert link.rpartition("/")[2] != first.code

    # When she takes the first one up again, it counts again, and it is the one that is shared
    await mei.tap_data(mei.last.id, f"link:resume:{first.id}")
    assert "paused" not in (await settled(world, mei)).body.text
    await shop.tell(shop.paid("2", line("1", "LAMP"), code=first.code))
    assert "£1.50" in (await say(world, mei, "/earn")).body.text
    await say(world, mei, "/goods lamp")
    assert copied(await open_by(world, mei, "Product LAMP")).endswith(first.code)


async def test_fifty_links_of_a_kind_are_enough(world: World, shop: Shop) -> None:
    mei, me = await joined(world, shop)
    first = await shop.link(me, sku="LAMP")
    async with shop.store.write() as session:
        for number in range(1, MOST_SLOTS):
            await another_link(session, first, channel=Channel.COPIED, name=f"G{number}", now=shop.now)
    card = await say(world, mei, "/links")
    answer = await mei.tap_data(card.id, f"link:new:{first.id}")
    assert answer.alert
    assert answer.text.startswith("You have as many links of this kind as there can be")
    # And every one of them can be reached, page by page
    seen = {label for label in labels(card) if label[0].isdigit()}
    while "Older ▶" in labels(mei.last):
        seen |= {label[3:] for label in labels(await open_by(world, mei, "Older ▶")) if label[0].isdigit()}
    assert {"Product LAMP", "G1", "G40"} <= {label.removeprefix("1. ") for label in seen}


@pytest.mark.parametrize("verb", ["show", "new", "rename", "pause", "resume"])
async def test_another_persons_link_is_left_alone(world: World, shop: Shop, verb: str) -> None:
    mei, _ = await joined(world, shop)
    _, lee = await joined(world, shop, "Lee")
    theirs = await shop.link(lee, sku="LAMP")
    answer = await mei.tap_data(mei.last.id, f"link:{verb}:{theirs.id}")
    assert (answer.text, answer.alert) == (GONE, True)
    assert (await kept(shop, theirs)).state == theirs.state
    # And no question was opened by it: what is typed next is no name
    assert "I didn't understand that" in (await say(world, mei, "Mine now")).body.text
    assert (await kept(shop, theirs)).name == ""


async def test_a_link_of_another_shop_of_mine_takes_me_there(world: World, shop: Shop) -> None:
    other = await open_shop(shop.store, shop.now)
    await other.plan()
    mei, _ = await joined(world, other)
    await say(world, mei, f"/start {shop.merchant.public_id}")
    await open_by(world, mei, "Join")
    async with shop.store.read() as session:
        person = await person_in_chat(session, mei.id)
        assert person is not None
        there = await enrolment(session, other.merchant.id, person.id)
    assert there is not None
    link = await other.link(there)
    await mei.tap_data(mei.last.id, f"link:show:{link.id}")
    card = await settled(world, mei)
    assert "The whole shop" in card.body.text
    home = await open_by(world, mei, "🏠 Home")
    assert other.merchant.name in home.body.text
