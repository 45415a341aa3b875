"""Captions: the shop's words or ours, with my link in them, copied with one tap where the chat lets them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.sandbox.chat.phone import Phone
from bot.sandbox.chat.state import Message
from models.catalog.captions import Tone, write_caption
from models.catalog.products import Product, keep_products
from tests.builders import Shop
from tests.journeys.world import ADDRESS, World, bare, labels, open_by, say, settled


async def joined(world: World, shop: Shop, *, language_code: str = "en") -> Phone:
    phone = world.phone(language_code=language_code)
    await say(world, phone, f"/start {shop.merchant.public_id}")
    await phone.tap(f"join:yes:{shop.merchant.public_id}")
    await settled(world, phone)
    return phone


async def titled(shop: Shop, title: str) -> Product:
    made = Product(
        merchant_id=shop.merchant.id,
        sku="TITLED",
        title=title,
        price_minor=1234,
        updated_at=shop.now,
    )
    async with shop.store.write() as session:
        await keep_products(session, shop.merchant.id, [made])
    return made


async def written(shop: Shop, product: Product, text: str, language: str = "en") -> None:
    async with shop.store.write() as session:
        for tone in Tone:
            await write_caption(
                session,
                merchant_id=shop.merchant.id,
                product_id=product.id,
                tone=tone,
                language=language,
                text=text,
                now=shop.now + timedelta(minutes=1),
            )


async def captions(world: World, phone: Phone, product: Product) -> Message:
    await phone.tap_data(phone.last.id, f"caption:show:{product.id}")
    return await settled(world, phone)


def copies(message: Message) -> list[str]:
    """What the copy buttons copy."""
    rows = message.keyboard.rows if message.keyboard else ()
    values = [button.value for row in rows for button in row if button.action == "copy_text"]
    return [str(value["text"]) for value in values if isinstance(value, dict)]


async def test_three_tones_with_my_own_link_and_the_ad_label(world: World, shop: Shop) -> None:
    product = await titled(shop, "Brass {price} lamp <3")
    mei, lee = await joined(world, shop), await joined(world, shop)
    card = await captions(world, mei, product)
    texts = copies(card)
    assert len(texts) == 3
    for text in texts:
        assert text.count(f"{ADDRESS}/r/") == 1
        assert "£12.34" in text
        assert "Brass {price} lamp <3" in text
        assert text.endswith("\n#Ad")
        assert text in card.body.text
    assert copies(await captions(world, lee, product)) != texts


async def test_the_shops_own_words_stand_in_their_language_alone(world: World, shop: Shop) -> None:
    product = await titled(shop, "Lamp")
    await written(shop, product, "点亮你的夜晚：{title} {price}", "zh")
    mei, bo = await joined(world, shop, language_code="zh-hans"), await joined(world, shop)
    chinese = copies(await captions(world, mei, product))
    assert all(text.startswith("点亮你的夜晚：Lamp £12.34\n" + ADDRESS) for text in chinese)
    assert all(text.endswith("\n#广告") for text in chinese)
    assert not any("点亮" in text for text in copies(await captions(world, bo, product)))


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        # The link is 34 units, the label 4 with its line break: 218 more make 256 of them.
        ("W" * 218 + "{link}", 3),
        ("W" * 219 + "{link}", 0),
        # The chat server counts UTF-16: 109 emoji are 218.
        ("🎉" * 109 + "{link}", 3),
        ("🎉" * 110 + "{link}", 0),
    ],
)
async def test_only_what_fits_has_a_copy_button(world: World, shop: Shop, text: str, copied: int) -> None:
    product = await titled(shop, "Lamp")
    await written(shop, product, text)
    mei = await joined(world, shop)
    card = await captions(world, mei, product)
    assert len(copies(card)) == copied
    assert ("A tap on a text copies it" in card.body.text) is (copied == 0)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("W" * 500, "W" * 600),
        ("👩‍👩‍👧‍👦" * 45, "{title}{link}" + "🎉" * 290),
        ("杯" * 500, "杯" * 600),
        ("🎉" * 250, "🎉" * 300),
        ("A title of many words " * 20, "{title} {title} {title}\n{link}"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_longest_of_words_keep_their_links(
    world: World, shop: Shop, title: str, text: str, language: str
) -> None:
    """Given the longest captions in one language only, then in both the card comes whole, every link in it."""
    product = await titled(shop, title[:500])
    await written(shop, product, text, language)
    for code in ("en", "zh-hans"):
        mei = await joined(world, shop, language_code=code)
        card = await captions(world, mei, product)
        assert card.body.text.count(f"{ADDRESS}/r/") == 3
        assert card.body.text.rstrip().count("\n#") == 3
        assert "poster" in str(card.keyboard)


async def test_captions_lead_back_to_their_product(world: World, shop: Shop) -> None:
    product = await titled(shop, "Lamp")
    mei = await joined(world, shop)
    card = await captions(world, mei, product)
    assert labels(card)[-2:] == ["◀ Back", "🏠 Home"]
    assert "Your link" in bare((await open_by(world, mei, "◀ Back")).body.text)
