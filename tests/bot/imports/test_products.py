"""A catalogue made out of an order export."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from bot.imports.history import read_history
from bot.imports.products import products_of, write_products
from bot.imports.rows import ProductRow, read_products
from tests.bot.imports.exports import MONTH, export, line, shop_map


def test_title_and_price_are_the_most_frequent_ones_of_what_was_sold(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        line(title="RED BAG", price="2.10"),
        line(title="RED BAG", price="2.10"),
        line(title="RED BAG ", price="1.95"),
        line(title="damaged", price="0.0"),
        line(title="damaged", price="0.0"),
        line(invoice="C1002", title="damaged", quantity=-1, price="9.99"),
        line(sku="POST", title="POSTAGE"),
    )

    assert products_of(path, shop_map()) == [
        ProductRow(line_number=2, sku="85123A", title="RED BAG", price=Decimal("2.10"), category="bags")
    ]


def test_ties_go_to_the_first_title_and_the_lower_price_and_no_title_to_the_sku(tmp_path: Path) -> None:
    path = export(
        tmp_path,
        line(sku="c", title="ZINC STAR", price="2.00"),
        line(sku="c", title="TIN STAR", price="1.00"),
        line(sku="C", title=""),
    )

    assert [(row.sku, row.title, row.price) for row in products_of(path, shop_map())] == [
        ("C", "C", Decimal("2.55")),
        ("c", "TIN STAR", Decimal("1.00")),
    ]


def test_every_sold_sku_of_the_month_is_a_product_that_reads_back(tmp_path: Path) -> None:
    products = products_of(MONTH, shop_map())
    path = tmp_path / "products.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        write_products(products, file)

    read = [
        row.model_dump(exclude={"line_number"}) for row in read_products(path) if isinstance(row, ProductRow)
    ]

    assert read == [row.model_dump(exclude={"line_number"}) for row in products]
    sold = {
        item["sku"]
        for event in read_history(MONTH, shop_map()).events
        if event["type"] == "order.paid"
        for item in event["data"]["lines"]
    }
    assert {row.sku for row in products} == sold
    assert next(row for row in products if row.sku == "85123A").category == "lights"
