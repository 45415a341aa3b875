"""Cancelled lines find the order that they take back."""

from __future__ import annotations

from pathlib import Path

from bot.imports.events import RefundedEvent
from bot.imports.history import History
from tests.bot.imports.exports import history_of, line

DAY_1, DAY_2, DAY_3 = (f"2010-12-0{day} 10:00:00" for day in (1, 2, 3))


def refunds(history: History) -> list[RefundedEvent]:
    return [event for event in history.events if event["type"] == "order.refunded"]


def taken(history: History) -> list[tuple[str, str, list[tuple[str, int]]]]:
    return [
        (
            event["data"]["order_id"],
            event["data"]["refund_id"],
            [(item["line_id"], item["quantity"]) for item in event["data"]["lines"]],
        )
        for event in refunds(history)
    ]


def test_a_cancelled_line_refunds_the_latest_order_that_has_it(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1),
        line(invoice="1002", at=DAY_2),
        line(invoice="C1003", at=DAY_3, quantity=-2),
        line(invoice="1004", at="2010-12-04 10:00:00"),
    )

    (event,) = refunds(history)
    assert event == {
        "id": "C1003:refunded",
        "type": "order.refunded",
        "occurred_at": "2010-12-03T10:00:00+00:00",
        "data": {
            "order_id": "1002",
            "refund_id": "C1003",
            "currency": "GBP",
            "lines": [{"line_id": "1", "quantity": 2}],
        },
    }
    assert [item["id"] for item in history.events] == [
        "1001:paid",
        "1002:paid",
        "C1003:refunded",
        "1004:paid",
    ]


def test_what_is_refunded_once_is_not_there_to_refund_again(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1, quantity=6),
        line(invoice="1002", at=DAY_2, quantity=6),
        line(invoice="C1003", at=DAY_3, quantity=-5),
        line(invoice="C1004", at=DAY_3, quantity=-5),
        line(invoice="C1005", at=DAY_3, quantity=-2),
    )

    assert taken(history) == [
        ("1002", "C1003", [("1", 5)]),
        ("1001", "C1004", [("1", 5)]),
        ("C1005", "C1005", [("1", 2)]),
    ]
    assert history.counts.refunds_of_orders == 2
    assert history.counts.refunds_without_order == 1
    assert history.counts.refunded_lines_without_order == 1


def test_the_later_line_of_an_order_is_taken_first_and_one_line_appears_once(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1, quantity=3),
        line(invoice="1001", at=DAY_1, quantity=3),
        line(invoice="C1002", at=DAY_2, quantity=-1),
        line(invoice="C1002", at=DAY_2, quantity=-2),
        line(invoice="C1002", at=DAY_2, quantity=-1),
    )

    assert taken(history) == [("1001", "C1002", [("1", 1), ("2", 3)])]


def test_a_cancel_invoice_over_several_orders_names_them_in_its_refund_ids(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1, sku="71053"),
        line(invoice="1002", at=DAY_2),
        line(invoice="C1003", at=DAY_3, sku="71053", quantity=-1),
        line(invoice="C1003", at=DAY_3, quantity=-1),
        line(invoice="C1003", at=DAY_3, sku="22423", quantity=-1),
    )

    assert taken(history) == [
        ("1001", "C1003:1001", [("1", 1)]),
        ("1002", "C1003:1002", [("1", 1)]),
        ("C1003", "C1003:C1003", [("3", 1)]),
    ]


def test_another_customer_price_spelling_or_a_later_order_does_not_match(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1, sku="84997a", customer="1.0"),
        line(invoice="C1002", at=DAY_2, sku="84997a", quantity=-1, customer="2.0"),
        line(invoice="C1003", at=DAY_2, sku="84997A", quantity=-1, customer="1.0"),
        line(invoice="C1004", at=DAY_2, sku="84997a", quantity=-1, customer="1.0", price="2.54"),
        line(invoice="C1005", at="2010-12-01 09:59:00", sku="84997a", quantity=-1, customer="1.0"),
        line(invoice="C1006", at=DAY_2, sku="84997a", quantity=-7, customer="1.0"),
    )

    assert all(order_id == refund_id for order_id, refund_id, _ in taken(history))
    assert history.counts.refunds_without_order == 5


def test_lines_without_customer_never_match_each_other(tmp_path: Path) -> None:
    history = history_of(
        tmp_path,
        line(invoice="1001", at=DAY_1, customer=""),
        line(invoice="C1002", at=DAY_2, quantity=-1, customer=""),
    )

    assert [order_id for order_id, _, _ in taken(history)] == ["C1002"]


def test_a_cancellation_in_the_same_minute_comes_after_its_order(tmp_path: Path) -> None:
    history = history_of(tmp_path, line(invoice="C1000", quantity=-1), line(invoice="1001"))

    assert [event["id"] for event in history.events] == ["1001:paid", "C1000:refunded"]
    assert taken(history) == [("1001", "C1000", [("1", 1)])]
