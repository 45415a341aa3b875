"""Lines gathered to invoices: which were sales, which were cancellations, and what was left out of both."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path

from bot.imports.order_lines import LineKind, OrderLine, classify, read_lines
from bot.imports.order_map import OrderMap
from bot.imports.tables import BadRow


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A kept line; `number` counts all readable lines of its invoice from 1, and `quantity` is above zero."""

    number: int
    sku: str
    quantity: int
    unit_price: Decimal


@dataclass(slots=True)
class Invoice:
    """One invoice while it is read; `time` is the earliest of its lines (UTC), `shipping` in minor units."""

    number: str
    time: datetime
    customer: str | None = None
    code: str | None = None
    coupon: str | None = None
    shipping: int = 0
    lines: list[InvoiceLine] = field(default_factory=list)
    lines_read: int = 0
    times: set[datetime] = field(default_factory=set)

    @property
    def order(self) -> tuple[datetime, str]:
        """The order of the history: by time, then by invoice number as text."""
        return self.time, self.number


@dataclass(frozen=True, slots=True)
class Ledger:
    """A whole export, gathered: sales and cancellations in order of time, those without goods left out."""

    sales: tuple[Invoice, ...]
    cancels: tuple[Invoice, ...]
    line_kinds: Counter[LineKind]
    sales_without_goods: int
    cancels_without_goods: int
    invoices_with_several_times: int
    bad_rows: tuple[BadRow, ...]


def gather(path: Path, order_map: OrderMap) -> Ledger:
    """Read an export once. Raises TableError for an unreadable file or wrong columns."""
    invoices: dict[str, Invoice] = {}
    kinds: Counter[LineKind] = Counter()
    bad: list[BadRow] = []
    for line in read_lines(path, order_map):
        if isinstance(line, BadRow):
            bad.append(line)
            continue
        kind = classify(line, order_map)
        kinds[kind] += 1
        invoice = invoices.setdefault(line.invoice, Invoice(line.invoice, line.time))
        _add(invoice, line, kind, order_map.minor_digits)
    return _sorted_out(invoices, kinds, bad, order_map)


def _add(invoice: Invoice, line: OrderLine, kind: LineKind, minor_digits: int) -> None:
    invoice.lines_read += 1
    invoice.time = min(invoice.time, line.time)
    invoice.times.add(line.time)
    invoice.customer = invoice.customer or line.customer
    invoice.code = invoice.code or line.code
    invoice.coupon = invoice.coupon or line.coupon
    if kind is LineKind.POSTAGE:
        invoice.shipping += floor_minor(line.quantity * line.unit_price, minor_digits)
    elif kind in {LineKind.GOODS, LineKind.CANCELLED_GOODS}:
        kept = InvoiceLine(invoice.lines_read, line.sku, abs(line.quantity), line.unit_price)
        invoice.lines.append(kept)


def _sorted_out(
    invoices: dict[str, Invoice], kinds: Counter[LineKind], bad: list[BadRow], order_map: OrderMap
) -> Ledger:
    ordered = sorted(invoices.values(), key=lambda invoice: invoice.order)
    sales = [invoice for invoice in ordered if not order_map.is_cancel(invoice.number)]
    cancels = [invoice for invoice in ordered if order_map.is_cancel(invoice.number)]
    kept_sales = tuple(invoice for invoice in sales if invoice.lines)
    kept_cancels = tuple(invoice for invoice in cancels if invoice.lines)
    return Ledger(
        sales=kept_sales,
        cancels=kept_cancels,
        line_kinds=kinds,
        sales_without_goods=len(sales) - len(kept_sales),
        cancels_without_goods=len(cancels) - len(kept_cancels),
        invoices_with_several_times=sum(len(invoice.times) > 1 for invoice in ordered),
        bad_rows=tuple(bad),
    )


def floor_minor(amount: Decimal, minor_digits: int) -> int:
    """An amount in major units, floored to whole minor units."""
    return int(amount.scaleb(minor_digits).to_integral_value(ROUND_FLOOR))
