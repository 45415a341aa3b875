"""A shop's dirty export becomes events: each treatment with the smallest export that shows it."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from bot.imports.events import PaidOrder, ShopEventJson
from bot.imports.history import CodeChoice, History, read_history
from bot.imports.tables import BadRow
from tests.bot.imports.exports import HEADER, export, history_of, line, shop_map


def order(history: History) -> PaidOrder:
    (event,) = history.events
    assert event["type"] == "order.paid"
    return event["data"]


def test_an_invoice_becomes_one_paid_order_in_utc(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="549000", at="2011-04-01 09:26:00"),
        line(invoice="549000", sku="71053", quantity=2, price="3.4", at="2011-04-01 09:26:00"),
    )

    expected: list[ShopEventJson] = [
        {
            "id": "549000:paid",
            "type": "order.paid",
            "occurred_at": "2011-04-01T08:26:00+00:00",
            "data": {
                "order_id": "549000",
                "customer_id": "17850",
                "currency": "GBP",
                "code": None,
                "coupon": None,
                "visitor_id": None,
                "ip": None,
                "contact": {"email": None, "phone": None},
                "shipping": "0.00",
                "tax": "0.00",
                "order_discount": "0.00",
                "lines": [
                    {
                        "line_id": "1",
                        "sku": "85123A",
                        "quantity": 6,
                        "unit_price": "2.55",
                        "discount": "0.00",
                    },
                    {"line_id": "2", "sku": "71053", "quantity": 2, "unit_price": "3.40", "discount": "0.00"},
                ],
            },
        }
    ]
    assert list(history.events) == expected
    assert list(history.events) == expected, "the events can be walked over again"
    assert len(history.events) == 1


def test_postage_becomes_the_orders_shipping_and_keeps_its_line_number(tmp_path: Path) -> None:
    data = order(
        history_of(
            tmp_path,
            line(sku="POST", quantity=2, price="18.00"),
            line(sku="85123A"),
            line(sku="C2", quantity=1, price="0.999"),
        )
    )

    assert data["shipping"] == "36.99", "each postage line is floored to pence"
    assert [(item["line_id"], item["sku"]) for item in data["lines"]] == [("2", "85123A")]


@pytest.mark.parametrize("sku", ["M", "m", "D", "S", "AMAZONFEE", "BANK CHARGES", "B", "CRUK"])
def test_adjustments_are_dropped_and_counted(tmp_path: Path, sku: str) -> None:
    history = history_of(tmp_path, line(), line(sku=sku, quantity=1, price="-11062.06"))

    assert [item["sku"] for item in order(history)["lines"]] == ["85123A"]
    assert history.counts.adjustment_lines == 1


def test_an_invoice_without_goods_makes_no_order(tmp_path: Path) -> None:
    history = history_of(tmp_path, line(sku="POST"), line(invoice="C1002", sku="D", quantity=-1))

    assert list(history.events) == []
    assert (history.counts.orders_without_goods, history.counts.cancels_without_goods) == (1, 1)


def test_lines_that_are_no_sale_are_dropped_each_under_its_own_name(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(),
        line(price="0.0"),
        line(quantity=0),
        line(price="-1.00"),
        line(invoice="1002", quantity=-5, price="0.0", customer=""),
        line(invoice="C1003", quantity=5),
        line(invoice="C1003", sku="POST", quantity=-1, price="18.00"),
    )

    counts = history.counts
    assert len(order(history)["lines"]) == 1
    assert counts.zero_price_lines == counts.zero_quantity_lines == counts.negative_price_lines == 1
    assert counts.negative_stock_lines == counts.cancel_above_zero_lines == 1
    assert counts.cancelled_postage_lines == 1


def test_a_map_may_keep_zero_prices_and_drop_orders_without_customer(tmp_path: Path) -> None:
    path = export(tmp_path, line(price="0.0"), line(invoice="1002", customer=""))
    order_map = shop_map().model_copy(update={"zero_price": "keep", "without_customer": "drop"})

    history = read_history(path, order_map)

    assert [item["unit_price"] for item in order(history)["lines"]] == ["0.00"]
    assert history.counts.lines_without_customer_dropped == 1


def test_an_order_without_customer_is_kept(tmp_path: Path) -> None:
    history = history_of(tmp_path, line(customer=""))

    assert order(history)["customer_id"] is None
    assert history.counts.orders_without_customer == 1


def test_repeated_skus_stay_lines_of_their_own_and_case_tells_skus_apart(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(sku="84997A"),
        line(sku="84997a"),
        line(sku="84997A"),
        line(sku="84997A", price="0.001"),
    )

    lines = order(history)["lines"]
    assert [(item["line_id"], item["sku"]) for item in lines] == [
        ("1", "84997A"),
        ("2", "84997a"),
        ("3", "84997A"),
        ("4", "84997A"),
    ]
    assert lines[3]["unit_price"] == "0.001"
    assert history.counts.orders_with_repeated_sku == 1
    assert history.counts.skus_that_differ_only_in_case == 2


def test_lines_of_one_invoice_scattered_over_the_file_and_minutes_make_one_order(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(at="2010-12-01 16:58:00", customer=""),
        line(invoice="1000", at="2010-12-01 16:57:00"),
        line(at="2010-12-01 16:57:00", customer="13047.0"),
    )

    first, second = history.events
    assert [first["id"], second["id"]] == ["1000:paid", "1001:paid"]
    assert second["occurred_at"] == "2010-12-01T16:57:00+00:00"
    assert second["data"]["order_id"] == "1001"
    assert history.counts.invoices_with_several_times == 1


def test_a_broken_row_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(),
        line().replace(",6,", ",six,"),
        line(at="yesterday"),
        line(price="2.55000"),
        line(sku=""),
        "1001,too few",
        line(sku="71053"),
    )

    assert [item["line_id"] for item in order(history)["lines"]] == ["1", "2"]
    assert history.counts.bad_rows == 5
    assert history.bad_rows == (
        BadRow(3, "Quantity is 'six', not a whole number."),
        BadRow(4, "'yesterday' is no time like 2010-12-31 08:26:00."),
        BadRow(5, "UnitPrice is '2.55000': a price is written like 12.50, with at most four decimals."),
        BadRow(6, "StockCode is empty."),
        BadRow(7, "The row has 2 cells, the header has 8."),
    )


def test_codes_are_spread_by_a_stable_hash_of_the_customer(tmp_path: Path) -> None:
    codes = CodeChoice(("K2", "K1", "K3", "K1"))
    history = history_of(
        tmp_path, line(), line(invoice="1002"), line(invoice="1003", customer=""), codes=codes
    )

    given = [event["data"]["code"] for event in history.events if event["type"] == "order.paid"]

    of_customer = ["K1", "K2", "K3"][zlib.crc32(b"17850") % 3]
    assert given == [of_customer, of_customer, ["K1", "K2", "K3"][zlib.crc32(b"1003") % 3]]


def test_spreading_over_no_codes_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one code"):
        CodeChoice(())


def test_a_shops_own_code_goes_before_the_spread_one(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{HEADER},Ref,Voucher\n{line()},,\n{line()},OWN,SPRING\n{line(invoice='1002')},,\n")
    columns = shop_map().columns.model_copy(update={"code": "Ref", "coupon": "Voucher"})
    order_map = shop_map().model_copy(update={"columns": columns})

    history = read_history(path, order_map, CodeChoice(("SPREAD",)))

    stated = [
        (event["data"]["code"], event["data"]["coupon"])
        for event in history.events
        if event["type"] == "order.paid"
    ]
    assert stated == [("OWN", "SPRING"), ("SPREAD", None)]
