"""Goods as a distributor lives with them: looked through, looked for, opened, gone while they are open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from models.catalog.pictures import keep_picture
from models.catalog.products import Product, ProductState, edit_product, keep_products, product
from models.funnel.heat import measure_heat
from models.people.merchants import Merchant
from models.store.chat_files import ChatFile, chat_files, forget_chat_files, keep_chat_file
from models.store.sql import table_of
from tests.builders import Shop, line
from tests.journeys.pictures import PictureHost, encoded, picture_host
from tests.journeys.world import World, bare, copied, go, labels, open_by, say, settled

GONE = "That is not yours or no longer there."


@pytest.fixture
async def host() -> AsyncIterator[PictureHost]:
    async with picture_host() as serving:
        yield serving


async def joined(world: World, shop: Shop, name: str = "Mei", *, language_code: str = "en") -> Phone:
    phone = world.phone(name, language_code=language_code)
    await phone.reply_to(f"/start {shop.merchant.public_id}")
    await phone.tap("join:yes:" + shop.merchant.public_id)
    await phone.waits(lambda message: message.from_bot and "🛍" in str(labels(message)))
    return phone


async def stock(shop: Shop, title: str, **changes: object) -> Product:
    """A product with this title."""
    given = {"merchant_id": shop.merchant.id, "sku": title[:60], "title": title, "price_minor": 1000}
    made = Product.model_validate({**given, "updated_at": shop.now, **changes})
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [made])
    return made


async def hide(shop: Shop, sku: str) -> None:
    async with shop.store.write() as session:
        kept = await product(session, shop.merchant.id, sku)
        kept.state = ProductState.HIDDEN
        await edit_product(session, kept, shop.now)


async def pictured(world: World, shop: Shop, host: PictureHost, sku: str, path: str) -> Product:
    """A product whose picture stands at the shop's own address."""
    async with shop.store.write() as session:
        table = table_of(Merchant)
        urls = ["https://shop.example", host.url]
        await session.execute(update(table).where(table.c.id == shop.merchant.id).values(shop_urls=urls))
    return await stock(shop, f"Pictured {sku}", sku=sku, image=f"{host.url}{path}")


def from_bot(phone: Phone) -> list[Message]:
    """The bot's messages that are left in the chat."""
    return [message for message in phone.messages if message.from_bot]


def uploads(world: World) -> int:
    """How often a product's picture went to the chat server as bytes; the plan's on the invitation went once before."""
    sent = sum(1 for entry in world.sandbox.journal.entries() if entry.files and entry.status == 200)
    return sent - 1


async def test_the_ways_into_the_catalogue(world: World, shop: Shop) -> None:
    # Given a lamp that sold twice, and eight more products
    for number in range(6):
        await stock(shop, f"Plate {number}", category="plates", updated_at=shop.now - timedelta(days=1))
    await shop.tell(shop.paid("1", line("1", "LAMP")), shop.paid("2", line("1", "LAMP")))
    async with shop.store.write() as session:
        await measure_heat(session, shop.merchant.id, shop.now)
    mei = await joined(world, shop)

    # When Mei looks at what sells, only the lamp is there, with what is counted
    await go(mei, "🛍 Goods", "8 products")
    hot = await go(mei, "🔥 Hot", "Selling now")
    assert "2 orders in two weeks" in hot.body.text
    assert [label for label in labels(hot) if label[0].isdigit()] == ["1. Product LAMP"]

    # And what is new begins with the latest
    new = await go(mei, "🆕 New", "🆕 New")
    assert {"1. Product MUG", "2. Product LAMP"} == set(labels(new)[:2])
    assert "orders in two weeks" not in new.body.text

    # And a category shows its own, on one message all the while
    kinds = await go(mei, "🗂 Categories", "Which one?")
    assert labels(kinds)[:2] == ["lights · 1", "plates · 6"]
    plates = await go(mei, "plates", "Category: ")
    assert "6 products" in plates.body.text
    assert len(from_bot(mei)) == 1


async def test_nothing_sold_yet_is_said_and_leads_on(world: World, shop: Shop) -> None:
    mei = await joined(world, shop)
    await go(mei, "🛍 Goods", "2 products")
    card = await go(mei, "🔥 Hot", "Nothing was ordered lately")
    await go(mei, "🆕 New", "2 products")
    assert "🆕 New" in labels(card)


@pytest.mark.parametrize(
    ("typed", "seen"),
    [
        ("杯子", "1 product"),
        ("红色杯子", "1 product"),
        ("ＬＡＭＰ", "1 product"),
        ("lights", "1 product"),
        ("mug", "1 product"),
        ("100%", "1 product"),
        ("%", "1 product"),
        ("_", "Nothing is called"),
        ("\\", "Nothing is called"),
        ("?!…", "Nothing is called"),
        ("🎉", "Nothing is called"),
        ("x" * 1000, "Nothing is called"),
        ("<b>&amp;", "Nothing is called"),
        ("{words}", "Nothing is called"),
        ("\u200b\u200b", "4 products"),
    ],
)
async def test_whatever_is_typed_into_search_is_answered(
    world: World, shop: Shop, typed: str, seen: str
) -> None:
    await stock(shop, "杯子 红色 100%")
    await stock(shop, "Tea")
    mei = await joined(world, shop)
    await go(mei, "🛍 Goods", "4 products")
    await go(mei, "🔍 Search", "Send me a word")
    found = await mei.reply_to(typed)
    assert seen in found.body.text
    # And the way on is open
    await go(mei, "goods:all" if "Nothing" in seen else "🆕 New", "4 products")


async def test_a_search_has_pages_and_is_forgotten_some_day(world: World, shop: Shop) -> None:
    for number in range(8):
        await stock(shop, f"Cup {number}")
    mei, lee = await joined(world, shop, "Mei"), await joined(world, shop, "Lee")
    first = await mei.reply_to("/goods cup")
    assert "Found: cup · 8 products" in bare(first.body.text)
    await mei.tap("Next")
    second = await mei.waits(lambda message: "⏮ First page" in labels(message))
    # Another's search is nobody's business: Lee is shown the whole catalogue
    _, button = mei.button("⏮ First page")
    await lee.tap_data(lee.last.id, str(button.data))
    await lee.sees("🛍 Goods · 10 products")
    assert second.id == first.id


async def test_pages_that_emptied_meanwhile_begin_anew(world: World, shop: Shop) -> None:
    # Given eight cups, six on the first page
    for number in range(8):
        await stock(shop, f"Cup {number}")
    mei = await joined(world, shop)
    await mei.reply_to("/goods cup")
    _, button = mei.button("Next")
    # When the shop hides the two behind them
    for number in (0, 1):
        await hide(shop, f"Cup {number}")
    # Then the old button shows the first page, not an empty one
    await mei.tap_data(mei.last.id, str(button.data))
    card = await mei.sees("6 products")
    assert "⏮ First page" not in labels(card)
    assert "1. Cup 7" in labels(card)


async def test_a_category_that_emptied_leads_to_those_that_are(world: World, shop: Shop) -> None:
    secret = await stock(shop, "Hush", category="secrets")
    mei = await joined(world, shop)
    await go(mei, "🛍 Goods", "3 products")
    kinds = await go(mei, "🗂 Categories", "Which one?")
    assert "secrets · 1" in labels(kinds)
    await hide(shop, "Hush")
    await mei.tap_data(kinds.id, f"goods:like:{secret.id}")
    card = await mei.waits(lambda message: message.from_bot and "secrets · 1" not in labels(message))
    assert labels(card)[0] == "lights · 1"
    assert "secrets" not in card.body.text


async def test_a_hidden_product_is_nowhere(world: World, shop: Shop) -> None:
    # Given Mei, who looked at a product that the shop has hidden since
    await stock(shop, "Hush lamp", category="secrets", heat=9)
    world.sandbox.inline_mode()
    mei = await joined(world, shop)
    friend = mei.chat_with(world.phone("Bo"))
    await mei.reply_to("/goods hush")
    card = await go(mei, "Hush lamp", "Your link")
    code = copied(card).rpartition("/")[2]
    assert [each.title for each in (await friend.types("hush")).results] == ["Hush lamp"]
    await hide(shop, "Hush lamp")

    # Then no aisle and no search has it
    for words in ("/goods", "/goods hush", "/goods secrets"):
        assert "Hush" not in str(labels(await mei.reply_to(words)))
    for way in ("🔥 Hot", "🆕 New", "🗂 Categories"):
        await say(world, mei, "/goods")
        assert "Hush" not in str(labels(await open_by(world, mei, way))), way
    # And neither do recents, inline search, or the code of Mei's own link
    for query in ("", "hush lamp", "#hot", "#new", code):
        assert "Hush lamp" not in [each.title for each in (await friend.types(query)).results]


async def test_every_button_of_an_open_card_answers_when_its_product_is_gone(
    world: World, shop: Shop
) -> None:
    mei = await joined(world, shop)
    await go(mei, "🛍 Goods", "2 products")
    card = await go(mei, "Product LAMP", "Your link")
    await hide(shop, "LAMP")
    assert card.keyboard is not None
    taps = [button.data for row in card.keyboard.rows for button in row if button.data]
    assert len(taps) == 5
    for data in taps:
        answer = await mei.tap_data(card.id, data)
        if data in {"goods:open", "home:open"}:
            continue
        assert (answer.text, answer.alert) == (GONE, True), data
    # The link itself lives on: whoever has it still reaches the shop
    assert "Product LAMP" in (await mei.reply_to("/links")).body.text


@pytest.mark.parametrize(
    ("aisle", "seen"),
    [
        ("all", "2 products"),
        ("hot", "Nothing was ordered lately"),
        ("new", "2 products"),
        ("after", "2 products"),
        ("like:1", "Which one?"),
        ("found:1", "2 products"),
    ],
)
async def test_old_cursors_show_a_page(world: World, shop: Shop, aisle: str, seen: str) -> None:
    mei = await joined(world, shop)
    for cursor in ("", ":1", ":x", ":-1", ":٣", f":{2**63}", ":9:9", "::"):
        card = await mei.reply_to("/help")
        await mei.tap_data(card.id, f"goods:{aisle}{cursor}")
        await mei.sees(seen, message_id=card.id)


async def test_a_product_says_what_it_costs_what_it_earns_and_what_is_left(world: World, shop: Shop) -> None:
    # Given a lamp reduced until Friday evening, nine left
    await stock(
        shop,
        "Lamp of the week",
        category="lights",
        price_minor=2000,
        list_price_minor=2500,
        sale_ends_at=shop.now + timedelta(days=2),
        stock=9,
    )
    mei = await joined(world, shop)
    await mei.reply_to("/goods week")
    card = await go(mei, "Lamp of the week", "Your link")
    assert bare(card.body.text).splitlines()[:5] == [
        "🛍 Lamp of the week",
        "Price: £20.00 £25.00",
        "You earn ≈\xa0£3.00 (15% of the price)",
        "In stock: 9",
        "⏰ This price holds until Mar 6, 2026, 09:30 Greenwich Mean Time",
    ]
    # When the price has ended, the one before is not set against it any more
    world.later(days=3)
    await mei.reply_to("/goods week")
    card = await go(mei, "Lamp of the week", "⌛ This price ended")
    assert "£25.00" not in card.body.text


async def test_a_picture_is_fetched_once_uploaded_once_and_then_known(
    world: World, shop: Shop, host: PictureHost
) -> None:
    # Given a product with its picture at the shop
    await pictured(world, shop, host, "PIC", "/lamp.jpg")
    mei, lee = await joined(world, shop, "Mei"), await joined(world, shop, "Lee")

    # When Mei opens it, the picture comes with the card, and one message is left
    await open_by(world, mei, "🛍 Goods")
    card = await open_by(world, mei, "Pictured PIC")
    assert isinstance(card.media, Photo)
    assert "You earn" in card.body.text
    assert from_bot(mei) == [card]

    # When she goes back and opens it again at once, it is there again, and one message is left
    for _ in range(3):
        goods = await open_by(world, mei, "◀ Back")
        assert "3 products" in goods.body.text
        assert from_bot(mei) == [goods]
        card = await open_by(world, mei, "Pictured PIC")
        assert isinstance(card.media, Photo)
        assert from_bot(mei) == [card]

    # When Lee opens it too, the chat server is told by name alone
    await open_by(world, lee, "🛍 Goods")
    assert isinstance((await open_by(world, lee, "Pictured PIC")).media, Photo)
    assert host.asked == ["/lamp.jpg"]
    assert uploads(world) == 1


async def test_from_picture_to_picture_is_one_message(world: World, shop: Shop, host: PictureHost) -> None:
    one = await pictured(world, shop, host, "ONE", "/lamp.jpg")
    two = await pictured(world, shop, host, "TWO", "/mug.jpg")
    host.pages["/mug.jpg"] = encoded(300, 400, "JPEG")
    mei = await joined(world, shop)
    first = await open_by(world, mei, "🛍 Goods")
    for each in (one, two, one):
        await mei.tap_data(first.id, f"goods:show:{each.id}")
        first = await settled(world, mei)
        assert each.title in first.body.text
        assert from_bot(mei) == [first]
    captions = await open_by(world, mei, "✍️ Captions")
    assert from_bot(mei) == [captions]
    assert captions.media is None
    assert uploads(world) == 2


async def test_a_picture_that_the_chat_server_forgot_is_uploaded_anew(
    world: World, shop: Shop, host: PictureHost
) -> None:
    # Given a product whose picture goes by a name that the chat server knows no longer
    await pictured(world, shop, host, "PIC", "/lamp.jpg")
    mei = await joined(world, shop)
    await open_by(world, mei, "🛍 Goods")
    await open_by(world, mei, "Pictured PIC")
    await open_by(world, mei, "◀ Back")
    bot_id = world.context.gateway.bot_id
    async with shop.store.write() as session:
        kept = table_of(ChatFile).c.key
        [key] = (await session.execute(select(kept).where(kept.startswith("picture:")))).scalars()
        await forget_chat_files(session, world.now + timedelta(days=1))
        await keep_chat_file(session, bot_id, key, "AgACAgIforgotten", world.now)

    # When she opens it, the card comes with its picture all the same
    card = await open_by(world, mei, "Pictured PIC")
    assert isinstance(card.media, Photo)
    assert from_bot(mei) == [card]
    assert uploads(world) == 2
    # And the new name is the one that is kept
    async with shop.store.read() as session:
        assert (await chat_files(session, bot_id, [key]))[key] != "AgACAgIforgotten"
    assert host.asked == ["/lamp.jpg"]


@pytest.mark.parametrize("path", ["/gone.jpg", "/page.jpg", "/bomb.png", "/line.png"])
async def test_a_picture_that_cant_be_had_leaves_a_card_without_one(
    world: World, shop: Shop, host: PictureHost, path: str
) -> None:
    # Given a picture that is gone, a page, a bomb, or far too narrow for a chat
    host.pages |= {"/page.jpg": b"<html>", "/bomb.png": encoded(9000, 9000), "/line.png": encoded(20, 3000)}
    await pictured(world, shop, host, "PIC", path)
    mei = await joined(world, shop)
    await open_by(world, mei, "🛍 Goods")

    # When she opens the product, again and again, the card comes at once and the shop is asked but once
    for _ in range(3):
        card = await open_by(world, mei, "Pictured PIC")
        assert "Your link" in card.body.text
        assert card.media is None
        await open_by(world, mei, "◀ Back")
    world.later(minutes=9, seconds=59)
    await open_by(world, mei, "Pictured PIC")
    await open_by(world, mei, "◀ Back")
    assert host.asked == [path]

    # Then once more when ten minutes are over
    world.later(seconds=1)
    host.pages[path] = encoded(300, 300, "JPEG")
    assert isinstance((await open_by(world, mei, "Pictured PIC")).media, Photo)
    assert host.asked == [path, path]


async def test_a_picture_that_the_chat_server_wont_take_leaves_a_card_without_one(
    world: World, shop: Shop
) -> None:
    """Given a kept picture of a shape that no chat shows, when its product is opened, then the card comes."""
    lamp = await stock(shop, "Ribbon")
    async with shop.store.write() as session:
        lamp.picture_id = await keep_picture(session, shop.merchant.id, encoded(20, 3000, "JPEG"), shop.now)
        await edit_product(session, lamp, shop.now)
    mei = await joined(world, shop)
    await open_by(world, mei, "🛍 Goods")
    for _ in range(2):
        card = await open_by(world, mei, "Ribbon")
        assert "Your link" in card.body.text
        assert from_bot(mei) == [card]
        await open_by(world, mei, "◀ Back")


async def test_a_picture_of_a_strangers_host_is_never_fetched(
    world: World, shop: Shop, host: PictureHost
) -> None:
    await stock(shop, "Elsewhere", image=f"{host.url}/lamp.jpg")
    mei = await joined(world, shop)
    await open_by(world, mei, "🛍 Goods")
    card = await open_by(world, mei, "Elsewhere")
    assert "Your link" in card.body.text
    assert card.media is None
    assert host.asked == []
