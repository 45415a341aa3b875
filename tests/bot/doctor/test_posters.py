"""Fonts and posters under the doctor's eyes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from bot.media import typefaces
from models.catalog.products import Product, keep_products
from tests.bot.doctor.ward import Ward, failed, passed, warned
from tests.builders import open_shop

SHIPPED = Path(typefaces.__file__).parent / "fonts" / "NotoSansSC-Regular.otf"


async def test_what_travels_along_draws_and_reads_back(ward: Ward) -> None:
    seen = await ward.examine()

    assert passed(seen["fonts"])
    assert passed(seen["letters"])
    assert passed(seen["poster"])
    assert "FONT_PATH" not in seen


async def test_a_font_that_is_not_there(ward: Ward) -> None:
    seen = await ward.examine(font_path=ward.folder / "mine.otf")

    assert failed(seen["FONT_PATH"], "There is no file")
    assert passed(seen["poster"])


@pytest.mark.parametrize("content", [b"", b"not a font at all" * 50, b"OTTO\x00\x20" + b"\xff" * 200])
async def test_a_file_that_is_no_font(ward: Ward, content: bytes) -> None:
    path = ward.folder / "mine.otf"
    path.write_bytes(content)

    seen = await ward.examine(font_path=path)

    assert failed(seen["FONT_PATH"], "no font that can be read")
    assert passed(seen["poster"])


async def test_a_font_that_adds_nothing(ward: Ward) -> None:
    seen = await ward.examine(font_path=SHIPPED)

    assert warned(seen["FONT_PATH"], "adds no letter")


async def test_letters_of_the_shop_that_no_font_has_are_named(ward: Ward, now: datetime) -> None:
    shop = await open_shop(ward.store, now)
    made = Product(
        merchant_id=shop.merchant.id,
        sku="LAMP",
        title="灯笼 Lantern 🏮\ufe0f مرحبا",
        price_minor=100,
        updated_at=now,
    )
    async with ward.store.write() as session:
        await keep_products(session, shop.merchant.id, [made])

    seen = await ward.examine()

    assert warned(seen["letters"], "No font has 6 of the letters")
    assert "🏮" in seen["letters"].sentence
    assert "灯" not in seen["letters"].sentence


async def test_an_address_so_long_that_its_code_would_not_scan(ward: Ward) -> None:
    seen = await ward.examine(public_url="http://127.0.0.1:1/" + "a" * 600)

    assert failed(seen["poster"], "doesn't fit a code")
    assert "Shorten PUBLIC_URL" in str(seen["poster"].fix)
