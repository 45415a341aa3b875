"""The real files read a second time, plainly, from docs/real-data.md alone; both readings must agree."""

from __future__ import annotations

import csv
import io
import lzma
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.imports.history import read_history
from tests.bot.imports.exports import FOUR_MONTHS, MONTH, shop_map

POSTAGE = {"POST", "DOT", "C2"}
ADJUSTMENTS = {"M", "m", "D", "S", "AMAZONFEE", "BANK CHARGES", "B", "CRUK"}

files = pytest.mark.parametrize(
    "path",
    [
        pytest.param(MONTH, id="month"),
        pytest.param(
            FOUR_MONTHS,
            id="four months",
            marks=[
                pytest.mark.full,
                pytest.mark.skipif(
                    not FOUR_MONTHS.exists(), reason=f"needs {FOUR_MONTHS.name} beside the project"
                ),
            ],
        ),
    ],
)


@dataclass
class Line:
    invoice: str
    number: int
    customer: str
    sku: str
    quantity: int
    price: Decimal

    @property
    def wanted(self) -> tuple[str, str, Decimal]:
        return self.customer, self.sku, self.price


@dataclass
class Reading:
    times: dict[str, datetime]
    sold: list[Line]
    cancelled: list[Line]
    shipping: dict[str, Decimal]

    def rank(self, line: Line) -> tuple[datetime, str, int]:
        return self.times[line.invoice], line.invoice, line.number


def second_reading(path: Path) -> Reading:
    reading = Reading({}, [], [], defaultdict(Decimal))
    numbers: defaultdict[str, int] = defaultdict(int)
    text = lzma.decompress(path.read_bytes()).decode("utf-8")
    for row in csv.DictReader(io.StringIO(text)):
        invoice, sku = row["InvoiceNo"], row["StockCode"]
        numbers[invoice] += 1
        local = datetime.fromisoformat(row["InvoiceDate"]).replace(tzinfo=ZoneInfo("Europe/London"))
        moment = local.astimezone(UTC)
        reading.times[invoice] = min(reading.times.get(invoice, moment), moment)
        quantity, price = int(row["Quantity"]), Decimal(row["UnitPrice"])
        if sku in ADJUSTMENTS or price <= 0 or quantity == 0 or (quantity < 0) != invoice.startswith("C"):
            continue
        if sku in POSTAGE:
            reading.shipping[invoice] += quantity * price
            continue
        line = Line(invoice, numbers[invoice], row["CustomerID"], sku, abs(quantity), price)
        (reading.sold if quantity > 0 else reading.cancelled).append(line)
    return reading


@files
def test_orders_are_the_same(path: Path) -> None:
    reading = second_reading(path)
    expected: defaultdict[str, list[tuple[str, str, int, Decimal]]] = defaultdict(list)
    for line in reading.sold:
        expected[line.invoice].append((str(line.number), line.sku, line.quantity, line.price))

    orders = [event for event in read_history(path, shop_map()).events if event["type"] == "order.paid"]

    assert len(orders) >= 1550
    assert [order["data"]["order_id"] for order in orders] == sorted(
        expected, key=lambda invoice: (reading.times[invoice], invoice)
    )
    for order in orders:
        data = order["data"]
        assert datetime.fromisoformat(order["occurred_at"]) == reading.times[data["order_id"]]
        assert Decimal(data["shipping"]) == reading.shipping[data["order_id"]]
        assert [
            (line["line_id"], line["sku"], line["quantity"], Decimal(line["unit_price"]))
            for line in data["lines"]
        ] == expected[data["order_id"]]


@files
def test_refunds_are_the_same(path: Path) -> None:
    reading = second_reading(path)
    candidates: defaultdict[tuple[str, str, Decimal], list[Line]] = defaultdict(list)
    for line in reading.sold:
        candidates[line.wanted].append(line)
    expected: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for cancel in sorted(reading.cancelled, key=reading.rank):
        fitting = [
            line
            for line in candidates[cancel.wanted]
            if cancel.customer
            and reading.times[line.invoice] <= reading.times[cancel.invoice]
            and line.quantity >= cancel.quantity
        ]
        found = max(fitting, key=reading.rank, default=cancel)
        expected[cancel.invoice, found.invoice, str(found.number)] += cancel.quantity
        if found is not cancel:
            found.quantity -= cancel.quantity

    read = {
        (event["data"]["refund_id"].split(":")[0], event["data"]["order_id"], line["line_id"]): line[
            "quantity"
        ]
        for event in read_history(path, shop_map()).events
        if event["type"] == "order.refunded"
        for line in event["data"]["lines"]
    }

    assert len(read) > 600
    assert read == expected
