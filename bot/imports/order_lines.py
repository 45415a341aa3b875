"""One line of a shop's order export: read, and told apart by what the map says it is."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from bot.imports.order_map import OrderMap, Treatment
from bot.imports.rows import read_price
from bot.imports.tables import BadRow, Row, read_rows

QUANTITY = re.compile(r"(-?[0-9]{1,9})(?:\.0+)?")
SPREADSHEET_NUMBER = re.compile(r"([0-9]+)\.0+")
"""A whole number that went through a spreadsheet: customer 17850 written as 17850.0."""


class LineKind(StrEnum):
    """What a line is. Every readable line is exactly one of these; all but the first three are dropped."""

    GOODS = "goods"
    POSTAGE = "postage"
    CANCELLED_GOODS = "cancelled goods"
    CANCELLED_POSTAGE = "cancelled postage"
    ADJUSTMENT = "adjustment"
    ZERO_QUANTITY = "zero quantity"
    NEGATIVE_PRICE = "negative price"
    NEGATIVE_STOCK = "negative stock"
    CANCEL_ABOVE_ZERO = "cancelled line above zero"
    ZERO_PRICE = "zero price"


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One readable row; `unit_price` is in major units, `time` is UTC, the rest plain text."""

    line_number: int
    invoice: str
    sku: str
    quantity: int
    unit_price: Decimal
    time: datetime
    customer: str | None
    title: str | None
    code: str | None
    coupon: str | None


def read_lines(path: Path, order_map: OrderMap) -> Iterator[OrderLine | BadRow]:
    """Typed lines in the file's order. Raises TableError for an unreadable file or wrong columns."""
    rows = read_rows(path, order_map.columns.as_table())
    return (row if isinstance(row, BadRow) else _line(row, order_map) for row in rows)


def classify(line: OrderLine, order_map: OrderMap) -> LineKind:
    """The first rule that fits decides; docs/real-data.md lists them in this order."""
    cancel = order_map.is_cancel(line.invoice)
    rules = (
        (LineKind.ADJUSTMENT, line.sku in order_map.adjustments),
        (LineKind.ZERO_QUANTITY, line.quantity == 0),
        (LineKind.NEGATIVE_PRICE, line.unit_price < 0),
        (LineKind.CANCEL_ABOVE_ZERO, cancel and line.quantity > 0),
        (LineKind.NEGATIVE_STOCK, not cancel and line.quantity < 0),
        (LineKind.CANCELLED_POSTAGE, cancel and line.sku in order_map.postage),
        (LineKind.POSTAGE, line.sku in order_map.postage),
        (LineKind.ZERO_PRICE, line.unit_price == 0 and order_map.zero_price is Treatment.DROP),
        (LineKind.CANCELLED_GOODS, cancel),
    )
    return next((kind for kind, fits in rules if fits), LineKind.GOODS)


def _line(row: Row, order_map: OrderMap) -> OrderLine | BadRow:
    columns = order_map.columns

    def cell(column: str | None) -> str | None:
        return row.cells[column] if column else None

    def needed(column: str) -> str:
        text = row.cells[column]
        if text is None:
            raise ValueError(f"{column} is empty")
        return text

    try:
        return OrderLine(
            line_number=row.line_number,
            invoice=needed(columns.invoice),
            sku=sys.intern(needed(columns.sku)),
            quantity=_quantity(needed(columns.quantity), columns.quantity),
            unit_price=_price(needed(columns.unit_price), columns.unit_price),
            time=order_map.time.to_utc(needed(columns.time)),
            customer=_plain_number(cell(columns.customer)),
            title=cell(columns.title),
            code=cell(columns.code),
            coupon=cell(columns.coupon),
        )
    except ValueError as error:
        return BadRow(row.line_number, f"{error}.")


def _quantity(text: str, column: str) -> int:
    written = QUANTITY.fullmatch(text)
    if not written:
        raise ValueError(f"{column} is {text[:40]!r}, not a whole number")
    return int(written[1])


def _price(text: str, column: str) -> Decimal:
    try:
        return read_price(text)
    except ValueError as error:
        raise ValueError(f"{column} is {text[:40]!r}: {error}") from error


def _plain_number(text: str | None) -> str | None:
    written = SPREADSHEET_NUMBER.fullmatch(text) if text else None
    return written[1] if written else text
