"""Products, distributors and coupons as typed rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bot.imports.encodings import TableError
from bot.imports.rows import (
    CouponRow,
    DistributorRow,
    ProductRow,
    read_coupons,
    read_distributors,
    read_products,
)
from bot.imports.tables import BadRow

PRODUCTS = "sku,title,price,category,url,image,stock,cost\n"


def given(folder: Path, text: str) -> Path:
    path = folder / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_product_keeps_its_exact_price_and_the_case_of_its_sku(tmp_path: Path) -> None:
    path = given(
        tmp_path,
        PRODUCTS + "84997a,Cutlery,4.15,kitchen,https://shop.example/84997a,,12,1.0050\n84997A,Set,3,,,,,\n",
    )

    assert list(read_products(path)) == [
        ProductRow(
            line_number=2,
            sku="84997a",
            title="Cutlery",
            price=Decimal("4.15"),
            category="kitchen",
            url="https://shop.example/84997a",
            stock=12,
            cost=Decimal("1.0050"),
        ),
        ProductRow(line_number=3, sku="84997A", title="Set", price=Decimal(3)),
    ]


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("B,Bag,,,,,,", "price is empty."),
        ("B,,2,,,,,", "title is empty."),
        ("B,Bag,£2,,,,,", "price is '£2': a price is written like 12.50, with at most four decimals."),
        ("B,Bag,NaN,,,,,", "price is 'NaN': a price is written like 12.50, with at most four decimals."),
        ("B,Bag,1e3,,,,,", "price is '1e3': a price is written like 12.50, with at most four decimals."),
        ("B,Bag,-2,,,,,", "price is '-2': input should be greater than or equal to 0."),
        ("B,Bag,2,,,,many,", "stock is 'many': write a whole number like 25."),
        (
            "B,Bag,2,,javascript:alert(1),,,",
            "url is 'javascript:alert(1)': an address starts with https:// or http:// and names a host.",
        ),
        ("A,Again,2,,,,,", "The sku A is already on line 2."),
    ],
)
def test_a_bad_product_is_named_and_the_others_go_in(tmp_path: Path, cells: str, sentence: str) -> None:
    path = given(tmp_path, f"{PRODUCTS}A,Lamp,1,,,,,\n{cells}\nC,Cup,3,,,,,\n")

    first, second, third = read_products(path)

    assert isinstance(first, ProductRow)
    assert second == BadRow(3, sentence)
    assert isinstance(third, ProductRow)


def test_contact_columns_of_distributors_are_optional(tmp_path: Path) -> None:
    path = given(tmp_path, "external_id,name,telegram_id,sponsor,level\nd1,王芳,5000000001,,leader\n")

    assert list(read_distributors(path)) == [
        DistributorRow(line_number=2, external_id="d1", name="王芳", telegram_id=5000000001, level="leader")
    ]


def test_a_distributor_may_have_contact_data_and_no_chat_account(tmp_path: Path) -> None:
    path = given(
        tmp_path,
        "external_id,name,telegram_id,sponsor,level,email,phone\n"
        "d2,Bo,,d1,,bo@example.org,+44 1\n"
        "d3,Cy,x,,,,\n",
    )

    assert list(read_distributors(path)) == [
        DistributorRow(
            line_number=2, external_id="d2", name="Bo", sponsor="d1", email="bo@example.org", phone="+44 1"
        ),
        BadRow(3, "telegram_id is 'x': write a whole number like 25."),
    ]


def test_coupons_name_their_distributor(tmp_path: Path) -> None:
    path = given(tmp_path, "code;distributor\nSPRING10;d1\n;d2\n")

    assert list(read_coupons(path)) == [
        CouponRow(line_number=2, code="SPRING10", distributor="d1"),
        BadRow(3, "code is empty."),
    ]


def test_a_distributors_file_given_as_coupons_is_refused_at_once(tmp_path: Path) -> None:
    path = given(tmp_path, "external_id,name,telegram_id,sponsor,level\nd1,Bo,,,\n")

    with pytest.raises(TableError, match="missing code, distributor"):
        read_coupons(path)
