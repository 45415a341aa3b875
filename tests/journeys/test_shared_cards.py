"""Buyers' cards in friends' chats follow the shop: sold out, ended, repriced, hidden, back in stock."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.media.gallery import shot_of
from bot.sandbox.chat.files import Photo
from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from jobs.refresh_cards import refresh_cards
from models.catalog.products import Product, ProductState, edit_product
from models.store.chat_files import keep_chat_file
from tests.bot.sandbox.test_conversation import picture
from tests.builders import Shop
from tests.jobs.chatting import at_work
from tests.journeys.world import World, bare, joined, labels


@pytest.fixture
def sharing(world: World) -> World:
    """BotFather's switches are on."""
    world.sandbox.inline_mode()
    return world


async def become(world: World, shop: Shop, product: Product, **changes: object) -> Product:
    """The product is another now, and a minute has passed."""
    changed = product.model_copy(update=changes)
    async with shop.store.write() as session:
        await edit_product(session, changed, world.now)
    await refresh_cards(at_work(world), world.now)
    return changed


async def share(world: World, mei: Phone, lee: Phone) -> Message:
    """Mei sends the vase to Lee; what Lee sees."""
    answer = await mei.chat_with(lee).types("vase")
    await mei.chat_with(lee).chooses(answer.results[0])
    await world.phone("Nobody").reply_to("/help")
    return seen(lee, mei)


def seen(lee: Phone, mei: Phone) -> Message:
    """The card as it stands in Lee's chat."""
    return lee.chat_with(mei).messages[-1]


def lines(message: Message) -> list[str]:
    return bare(message.body.text).splitlines()


async def test_a_card_follows_its_product_through_everything(sharing: World, shop: Shop) -> None:
    vase = await shop.product("VASE", price_minor=2500)
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    card = await share(sharing, mei, lee)
    assert lines(card)[:2] == ["Product VASE", "£25.00"]
    number = card.id

    vase = await become(sharing, shop, vase, price_minor=1900, list_price_minor=2500)
    assert lines(seen(lee, mei))[:2] == ["Product VASE", "£19.00 £25.00"]

    vase = await become(sharing, shop, vase, stock=0)
    card = seen(lee, mei)
    assert lines(card)[:2] == ["Product VASE", "⛔ Sold out"]
    assert "£" not in card.body.text
    assert labels(card)[0] == "🏬 To the shop"

    vase = await become(sharing, shop, vase, stock=7)
    assert lines(seen(lee, mei))[1] == "£19.00 £25.00"
    assert labels(seen(lee, mei))[0] == "🛒 Buy now"

    vase = await become(sharing, shop, vase, sale_ends_at=sharing.now + timedelta(hours=1))
    sharing.later(hours=1)
    vase = await become(sharing, shop, vase)
    assert lines(seen(lee, mei))[1] == "⌛ This offer is over"

    vase = await become(sharing, shop, vase, sale_ends_at=None, state=ProductState.HIDDEN)
    assert lines(seen(lee, mei))[1] == "⌛ No longer on sale"

    await become(sharing, shop, vase, state=ProductState.ON_SALE)
    card = seen(lee, mei)
    assert lines(card)[1] == "£19.00 £25.00"
    # It was one message all along, and always an advertisement
    assert card.id == number
    assert "Ad" in lines(card)[-1]


async def test_a_card_stays_in_the_language_in_which_it_was_sent(sharing: World, shop: Shop) -> None:
    vase = await shop.product("VASE")
    mei, lee = await joined(sharing, shop, language_code="zh-hans"), sharing.phone("Lee")
    await share(sharing, mei, lee)
    await mei.tap_data(mei.last.id, "settings:language:en")
    await become(sharing, shop, vase, stock=0)
    card = seen(lee, mei)
    assert "售罄" in card.body.text
    assert "广告" in card.body.text


async def test_the_picture_of_a_card_stays_while_its_words_change(sharing: World, shop: Shop) -> None:
    vase = await shop.product("VASE")
    vase = await become(sharing, shop, vase, image="https://shop.example/vase.jpg")
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    known = mei.send_photo(picture())
    assert isinstance(known.media, Photo)
    shot = shot_of(shop.merchant, vase)
    assert shot is not None
    async with shop.store.write() as session:
        await keep_chat_file(
            session, sharing.context.gateway.bot_id, shot.key, known.media.file_id, sharing.now
        )
    before = await share(sharing, mei, lee)
    assert before.media is not None

    await become(sharing, shop, vase, stock=0)

    after = seen(lee, mei)
    assert after.media == before.media
    assert lines(after)[1] == "⛔ Sold out"
    assert sharing.requests("editMessageCaption") == 1


async def test_the_invitation_on_a_card_goes_with_the_shops_switch(sharing: World, shop: Shop) -> None:
    vase = await shop.product("VASE")
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    assert len(labels(await share(sharing, mei, lee))) == 2
    async with shop.store.write() as session:
        merchant = await session.merge(shop.merchant)
        merchant.recruits_on_cards = False
    await become(sharing, shop, vase, stock=0)
    assert labels(seen(lee, mei)) == ["🏬 To the shop"]


async def test_a_card_whose_price_changed_before_it_was_sent_is_put_right(sharing: World, shop: Shop) -> None:
    # Given results that somebody looks at while the price changes
    vase = await shop.product("VASE", price_minor=2500)
    mei, lee = await joined(sharing, shop), sharing.phone("Lee")
    answer = await mei.chat_with(lee).types("vase")
    await become(sharing, shop, vase, price_minor=3000)
    # When the old card is sent after all
    await mei.chat_with(lee).chooses(answer.results[0])
    await sharing.phone("Nobody").reply_to("/help")
    assert lines(seen(lee, mei))[1] == "£25.00"
    # Then a minute later it says what is so
    await refresh_cards(at_work(sharing), sharing.now)
    assert lines(seen(lee, mei))[1] == "£30.00"
