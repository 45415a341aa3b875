"""`tuike import …` as a person and a script see it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bot.cli.conftest import Tuike
from tests.bot.cli.desk import COUPONS, DISTRIBUTORS, PRODUCTS, table
from tests.bot.imports.exports import HEADER, export, line


def test_bad_rows_are_named_on_standard_error_and_counted_in_json(
    tuike: Tuike, merchant: str, tmp_path: Path
) -> None:
    path = table(tmp_path, PRODUCTS, ["A,First,1,,,,,", "B,\x1b[31m,x,,,,,", "C,Third,1,,,,,"])

    ended = tuike("import", "products", str(path), "--json")

    assert (ended.code, json.loads(ended.out)) == (0, {"added": 2, "changed": 0, "bad": 1})
    assert ended.err == "line 3: price is 'x': a price is written like 12.50, with at most four decimals.\n"


@pytest.mark.parametrize(
    ("noun", "header", "row", "json_bad"),
    [
        ("products", PRODUCTS, "A,First,free,,,,,", 1),
        ("distributors", DISTRIBUTORS, "a,A,,nobody,,,", 1),
        ("coupons", COUPONS, "FREE,nobody", 1),
    ],
)
def test_a_file_of_which_nothing_could_be_used_ends_with_1(
    noun: str, header: str, row: str, json_bad: int, tuike: Tuike, merchant: str, tmp_path: Path
) -> None:
    ended = tuike("import", noun, str(table(tmp_path, header, [row])), "--json")

    assert ended.code == 1
    assert json.loads(ended.out)["bad"] == json_bad
    assert f"none of the {noun} went in" in ended.err


@pytest.mark.parametrize("noun", ["products", "distributors", "coupons", "orders"])
def test_wrong_columns_are_named_and_nothing_is_printed(
    noun: str, tuike: Tuike, merchant: str, tmp_path: Path
) -> None:
    ended = tuike("import", noun, str(table(tmp_path, "colour,size", ["red,1"])), "--json")

    assert (ended.code, ended.out) == (1, "")
    assert "rows.csv: wrong columns: missing" in ended.err
    assert len(ended.err.splitlines()) == 1


def test_orders_become_events_once_and_a_broken_line_stops_none(
    tuike: Tuike, merchant: str, tmp_path: Path
) -> None:
    path = export(
        tmp_path,
        line("1001", quantity=6),
        line("1002", quantity=2).replace("2.55", "dear"),
        line("1003", sku="22423", price="12.75"),
        line("C1004", quantity=-2, at="2010-12-02 10:00:00"),
        line("C1005", sku="71053", quantity=-1, at="2010-12-02 11:00:00"),
    )

    first = tuike("import", "orders", str(path), "--json")
    again = tuike("import", "orders", str(path), "--json")

    done = json.loads(first.out)
    assert first.code == 0
    assert "line 3: " in first.err
    assert (done["events"], done["bad"]) == (4, 1)
    assert done["answers"] == {"accepted": 3, "parked": 1}
    assert done["treatments"]["refunds_without_order"] == 1
    assert json.loads(again.out)["answers"] == {"duplicate": 4}


def test_an_event_that_the_shops_currency_forbids_is_rejected_with_its_reason(
    tuike: Tuike, tmp_path: Path
) -> None:
    tuike(
        *("merchant", "add", "--name", "Tokyo", "--currency", "JPY", "--timezone", "Asia/Tokyo"),
        *("--shop-url", "https://shop.example"),
    )

    ended = tuike("import", "orders", str(export(tmp_path, line("1001"))), "--json")

    done = json.loads(ended.out)
    assert done["answers"] == {"rejected": 1}
    assert done["rejections"][0]["id"] == "1001:paid"
    assert "rejected 1001:paid: " in ended.err


def test_products_can_be_made_of_an_order_export(tuike: Tuike, merchant: str, tmp_path: Path) -> None:
    path = export(tmp_path, line(sku="84997A"), line(sku="84997a"), line(sku="POST"))

    ended = tuike("import", "products", str(path), "--map", "online-retail", "--json")

    assert json.loads(ended.out) == {"added": 2, "changed": 0, "bad": 0}


def test_a_map_that_is_not_there_names_those_that_are(tuike: Tuike, merchant: str, tmp_path: Path) -> None:
    ended = tuike("import", "orders", str(table(tmp_path, HEADER, [])), "--map", "nowhere")

    assert (ended.code, ended.err) == (
        1,
        "nowhere is neither a shipped map (online-retail) nor a readable file.\n",
    )
