"""Captions: written by tone and language, filled in once, never longer than a picture's words may be."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.catalog.captions import (
    CAPTION_CHARS,
    FILLED_CHARS,
    CaptionTooLong,
    Tone,
    captions_of,
    filled,
    units,
    write_caption,
)
from models.catalog.products import Product
from models.store.engine import Store
from tests.builders import Shop, open_shop

VALUES = {"title": "Lamp", "price": "£5.00", "link": "https://go.shop.example/r/K7Q2ABCD"}


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    return await open_shop(store, now)


async def write(
    shop: Shop, product: Product, text: str, tone: Tone = Tone.WARM, language: str = "en"
) -> None:
    async with shop.store.write() as session:
        await write_caption(
            session,
            merchant_id=shop.merchant.id,
            product_id=product.id,
            tone=tone,
            language=language,
            text=text,
            now=shop.now + timedelta(days=1),
        )


async def written(shop: Shop, product: Product, language: str = "en") -> dict[Tone, str]:
    async with shop.store.read() as session:
        return await captions_of(session, shop.merchant.id, product.id, language)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{title} for {price}: {link}", "Lamp for £5.00: https://go.shop.example/r/K7Q2ABCD"),
        ("Buy it", "Buy it\nhttps://go.shop.example/r/K7Q2ABCD"),
        ("{link}{link}", "https://go.shop.example/r/K7Q2ABCD" * 2),
        ("{{title}} {} {0} {x!r} {nobody}", "{Lamp} {} {0} {x!r} {nobody}\n" + VALUES["link"]),
        ("{TITLE} { link }", "{TITLE} { link }\n" + VALUES["link"]),
        ("%s $title {title", "%s $title {title\n" + VALUES["link"]),
    ],
)
def test_places_are_filled_in_and_other_braces_stay(text: str, said: str) -> None:
    assert filled(text, VALUES) == said


def test_a_title_with_places_in_it_is_not_filled_in_again() -> None:
    said = filled("{title} {link}", {**VALUES, "title": "{price} {link} {title}"})
    assert said == "{price} {link} {title} " + VALUES["link"]


async def test_a_caption_takes_the_place_of_the_one_before(shop: Shop) -> None:
    lamp, mug = await shop.product("LAMP"), await shop.product("MUG")
    await write(shop, lamp, "first")
    await write(shop, lamp, "  second  ")
    await write(shop, lamp, "lively", Tone.LIVELY)
    await write(shop, lamp, "中文", language="zh")
    await write(shop, mug, "mug")

    assert await written(shop, lamp) == {Tone.WARM: "second", Tone.LIVELY: "lively"}
    assert await written(shop, lamp, "zh") == {Tone.WARM: "中文"}
    assert await written(shop, mug) == {Tone.WARM: "mug"}


async def test_an_empty_caption_takes_the_words_away(shop: Shop) -> None:
    lamp = await shop.product("LAMP")
    await write(shop, lamp, "words")
    await write(shop, lamp, "")
    assert await written(shop, lamp) == {}


async def test_a_foreign_shop_has_no_captions_here(shop: Shop) -> None:
    lamp = await shop.product("LAMP")
    await write(shop, lamp, "ours")
    other = await open_shop(shop.store, shop.now)
    async with shop.store.read() as session:
        assert await captions_of(session, other.merchant.id, lamp.id, "en") == {}


@pytest.mark.parametrize(
    "text",
    ["W" * CAPTION_CHARS, "🎉" * (CAPTION_CHARS // 2), "杯" * CAPTION_CHARS, "{title}\n{price}\n{link}"],
)
async def test_the_longest_caption_fits(shop: Shop, text: str) -> None:
    lamp = await shop.product("LAMP")
    await write(shop, lamp, text)
    assert await written(shop, lamp) == {Tone.WARM: text}


@pytest.mark.parametrize(
    ("text", "characters"),
    [
        ("W" * (CAPTION_CHARS + 1), 601),
        # The chat server counts UTF-16: 301 emoji are 602.
        ("🎉" * (CAPTION_CHARS // 2 + 1), 602),
        # Few to write, many once they are filled in: nine titles of 120, and the link below them.
        ("{title}" * 9, 9 * 120 + 1 + 80),
    ],
)
async def test_a_longer_one_is_refused_and_the_old_one_stays(shop: Shop, text: str, characters: int) -> None:
    lamp = await shop.product("LAMP")
    await write(shop, lamp, "before")
    with pytest.raises(CaptionTooLong) as refusal:
        await write(shop, lamp, text)
    assert refusal.value.characters == characters
    assert await written(shop, lamp) == {Tone.WARM: "before"}


def test_whatever_is_taken_fits_under_a_picture_with_its_label() -> None:
    assert units("W" * FILLED_CHARS + "\n#Ad") <= 1024
    assert units("👩‍👩‍👧") == 8
