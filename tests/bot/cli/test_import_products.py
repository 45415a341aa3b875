"""A products file into the catalogue, on both stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from bot.imports.product_intake import floored_minor, import_products
from bot.imports.products import products_of
from bot.imports.rows import ProductRow, read_products
from bot.imports.tables import BadRow
from models.catalog.products import ProductState, edit_product, products_by_sku
from models.catalog.shelves import ALL, shelf_count
from models.store.engine import Store
from tests.bot.cli.desk import PRODUCTS, Named, table
from tests.bot.imports.exports import export, line, shop_map
from tests.builders import Shop, open_shop


@pytest.fixture
async def shop(store: Store, now: datetime) -> Shop:
    return await open_shop(store, now, shop_urls=("https://shop.example", "http://127.0.0.1:9000"))


async def bring(shop: Shop, path: Path) -> Named:
    named = Named()
    await import_products(shop.store, shop.merchant, read_products(path), shop.now, named.intake)
    return named


async def test_products_go_in_and_come_up_to_date(shop: Shop, tmp_path: Path) -> None:
    lamp = "LAMP,Lamp,12.50,lights,https://shop.example/lamp,lamp.jpg,7,4.00"
    first = await bring(shop, table(tmp_path, PRODUCTS, [lamp, "CUP,Cup,3,,,,,"]))
    again = await bring(shop, table(tmp_path, PRODUCTS, [lamp.replace("12.50", "13")]))

    async with shop.store.read() as session:
        kept = (await products_by_sku(session, shop.merchant.id, ["LAMP"]))["LAMP"]
    assert (first.intake.added, first.intake.changed) == (2, 0)
    assert (again.intake.added, again.intake.changed) == (0, 1)
    assert (
        kept.title,
        kept.price_minor,
        kept.category,
        kept.url,
        kept.image,
        kept.stock,
        kept.cost_minor,
    ) == (
        *("Lamp", 1300, "lights", "https://shop.example/lamp"),
        *("lamp.jpg", 7, 400),
    )


async def test_a_reduced_price_ends_by_the_shops_clock_and_staffs_own_choices_stay(
    shop: Shop, tmp_path: Path
) -> None:
    # Given a product that staff have hidden
    columns = "sku,title,price,list_price,sale_ends"
    await bring(shop, table(tmp_path, columns, ["LAMP,Lamp,12.50,,", "CUP,Cup,3,,2026-07-01T18:00:00Z"]))
    async with shop.store.write() as session:
        lamp = (await products_by_sku(session, shop.merchant.id, ["LAMP"]))["LAMP"]
        lamp.state = ProductState.HIDDEN
        await edit_product(session, lamp, shop.now)

    # When the file comes again, with a reduction that ends in summer time, and a time that is none
    named = await bring(
        shop, table(tmp_path, columns, ["LAMP,Lamp,9.99,12.50,2026-07-01 18:00", "JUG,Jug,1,,next week"])
    )

    # Then price and end are the file's, and it stays hidden
    async with shop.store.read() as session:
        kept = await products_by_sku(session, shop.merchant.id, ["LAMP", "CUP"])
    lamp = kept["LAMP"]
    assert (lamp.price_minor, lamp.list_price_minor, lamp.is_on_sale) == (999, 1250, False)
    assert lamp.sale_ends_at == datetime(2026, 7, 1, 17, tzinfo=UTC)
    assert kept["CUP"].sale_ends_at == datetime(2026, 7, 1, 18, tzinfo=UTC)
    assert [row.line_number for row in named.rows] == [3]
    assert "2026-12-01 18:00" in named.rows[0].sentence


async def test_skus_that_differ_in_case_are_two_products(shop: Shop, tmp_path: Path) -> None:
    named = await bring(shop, table(tmp_path, PRODUCTS, ["84997A,Red,1,,,,,", "84997a,Blue,2,,,,,"]))

    async with shop.store.read() as session:
        kept = await products_by_sku(session, shop.merchant.id, ["84997A", "84997a"])
    assert named.sentences == []
    assert {sku: kept[sku].title for sku in kept} == {"84997A": "Red", "84997a": "Blue"}


async def test_a_broken_row_is_named_by_its_line_and_the_others_go_in(shop: Shop, tmp_path: Path) -> None:
    rows = [
        "A,First,1.00,,,,,",
        "B,Too fine,1.005,,,,,",
        "C,Elsewhere,1.00,,https://evil.example/c,,,",
        "D,Script,1.00,,javascript:alert(1),,,",
        "E,Below,-1,,,,,",
        "F,short row",
        "G,Stock,1,,,,many,",
        "A,Again,1,,,,,",
        "H,Loopback is allowed here,1,,http://127.0.0.1:9000/h,,,",
    ]

    named = await bring(shop, table(tmp_path, PRODUCTS, rows))

    assert named.intake.added == 2
    assert {row.line_number for row in named.rows} == {3, 4, 5, 6, 7, 8, 9}
    by_line = {row.line_number: row.sentence for row in named.rows}
    assert by_line[3] == "1.005 has more decimal places than GBP knows."
    assert "not to 'evil.example'" in by_line[4]
    assert "sku A is already on line 2" in by_line[9]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
async def test_the_usual_encodings_arrive_as_the_same_text(shop: Shop, tmp_path: Path, encoding: str) -> None:
    named = await bring(shop, table(tmp_path, PRODUCTS, ["A,红色礼品灯笼,1,灯具,,,,"], encoding))

    async with shop.store.read() as session:
        kept = (await products_by_sku(session, shop.merchant.id, ["A"]))["A"]
    assert named.sentences == []
    assert (kept.title, kept.category) == ("红色礼品灯笼", "灯具")


async def test_three_thousand_products_are_many_short_transactions(shop: Shop, tmp_path: Path) -> None:
    named = await bring(
        shop, table(tmp_path, PRODUCTS, [f"S{number},Title,1,,,,," for number in range(3000)])
    )

    async with shop.store.read() as session:
        assert await shelf_count(session, shop.merchant.id, ALL) == 3000
    assert named.intake.added == 3000


async def test_a_long_file_is_written_while_it_is_read(shop: Shop) -> None:
    named = Named()
    written_before: list[int] = []

    def rows() -> Iterator[ProductRow | BadRow]:
        for number in range(1200):
            written_before.append(named.intake.added)
            yield ProductRow(line_number=number + 2, sku=f"S{number}", title="T", price=Decimal(1))

    await import_products(shop.store, shop.merchant, rows(), shop.now, named.intake)

    assert (written_before[499], written_before[500], written_before[1000]) == (0, 500, 1000)


async def test_what_was_sold_becomes_products_with_prices_cut_to_the_penny(
    shop: Shop, tmp_path: Path
) -> None:
    path = export(tmp_path, line(sku="22423", price="0.029"), line(sku="22423a", price="1.25"))
    named = Named()

    rows = products_of(path, shop_map())
    await import_products(shop.store, shop.merchant, rows, shop.now, named.intake, minor=floored_minor)

    async with shop.store.read() as session:
        kept = await products_by_sku(session, shop.merchant.id, ["22423", "22423a"])
    assert named.sentences == []
    assert {sku: product.price_minor for sku, product in kept.items()} == {"22423": 2, "22423a": 125}
