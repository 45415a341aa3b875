"""The real shop's export read by docs/real-data.md alone; knows nothing of the product."""

from __future__ import annotations

import csv
import io
import lzma
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

ADJUSTMENTS = {"M", "m", "D", "S", "AMAZONFEE", "BANK CHARGES", "B", "CRUK"}
POSTAGE = {"POST", "DOT", "C2"}
LONDON = ZoneInfo("Europe/London")


@dataclass
class Goods:
    """One kept line of an invoice; `left` is what later cancellations may still take."""

    number: int
    sku: str
    title: str
    quantity: int
    price: Decimal
    left: int


@dataclass
class Paper:
    """One invoice or cancellation."""

    number: str
    time: datetime
    customer: str | None = None
    shipping: int = 0
    goods: list[Goods] = field(default_factory=list)


@dataclass
class Export:
    """Sales and cancellations by number."""

    sales: dict[str, Paper]
    cancellations: dict[str, Paper]

    def orders(self) -> list[Paper]:
        """Sales with goods, in order of time."""
        kept = [paper for paper in self.sales.values() if paper.goods]
        return sorted(kept, key=lambda paper: (paper.time, paper.number))


@dataclass(frozen=True)
class Refund:
    """A cancellation's lines at one order: quantities by line number. `found` when the order exists."""

    id: str
    order: str
    time: datetime
    found: bool
    lines: dict[int, int]


def read_export(path: Path) -> Export:
    export = Export({}, {})
    running: Counter[str] = Counter()
    for row in csv.DictReader(io.StringIO(lzma.decompress(path.read_bytes()).decode())):
        number = row["InvoiceNo"].strip()
        running[number] += 1
        papers = export.cancellations if number.startswith("C") else export.sales
        moment = datetime.fromisoformat(row["InvoiceDate"].strip()).replace(tzinfo=LONDON).astimezone(UTC)
        paper = papers.setdefault(number, Paper(number, moment))
        paper.time = min(paper.time, moment)
        paper.customer = paper.customer or row["CustomerID"].strip().removesuffix(".0") or None
        _take_line(paper, row, running[number])
    return export


def _take_line(paper: Paper, row: dict[str, str], number: int) -> None:
    sku, price = row["StockCode"].strip(), Decimal(row["UnitPrice"].strip())
    quantity = int(Decimal(row["Quantity"].strip()))
    cancels = paper.number.startswith("C")
    if sku in ADJUSTMENTS or quantity == 0 or price < 0 or (quantity > 0) is cancels:
        return
    if sku in POSTAGE:
        paper.shipping += 0 if cancels else pence(quantity * price)
    elif price > 0:
        paper.goods.append(
            Goods(number, sku, row["Description"].strip(), abs(quantity), price, abs(quantity))
        )


def pence(amount: Decimal) -> int:
    return int(amount * 100 // 1)


def refunds_of(export: Export) -> list[Refund]:
    """Every cancellation with goods, each at the orders its lines belong to, in order of time."""
    wanted: dict[tuple[str, str, Decimal], list[tuple[Paper, Goods]]] = defaultdict(list)
    for order in export.orders():
        for goods in order.goods:
            if order.customer:
                wanted[order.customer, goods.sku, goods.price].append((order, goods))
    refunds: list[Refund] = []
    for paper in sorted(export.cancellations.values(), key=lambda paper: (paper.time, paper.number)):
        refunds.extend(_split(paper, wanted))
    return refunds


def _split(paper: Paper, wanted: dict[tuple[str, str, Decimal], list[tuple[Paper, Goods]]]) -> list[Refund]:
    by_order: dict[str | None, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for goods in sorted(paper.goods, key=lambda goods: goods.number):
        fitting = [
            (order.time, order.number, line.number, line)
            for order, line in wanted.get((paper.customer or "", goods.sku, goods.price), [])
            if order.time <= paper.time and line.left >= goods.quantity
        ]
        if fitting:
            _, order_number, line_number, line = max(fitting, key=lambda item: item[:3])
            line.left -= goods.quantity
            by_order[order_number][line_number] += goods.quantity
        else:
            by_order[None][goods.number] += goods.quantity
    single = len(by_order) == 1
    return [
        Refund(
            id=paper.number if single else f"{paper.number}:{order or paper.number}",
            order=order or paper.number,
            time=paper.time,
            found=order is not None,
            lines=dict(lines),
        )
        for order, lines in sorted(by_order.items(), key=lambda item: item[0] or paper.number)
    ]


def titles_of(export: Export) -> dict[str, str]:
    """Each sold SKU's most frequent title; its own name where it has none."""
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for order in export.orders():
        for goods in order.goods:
            seen[goods.sku].update([goods.title] if goods.title else [])
    return {
        sku: min(titles, key=lambda title: (-titles[title], title), default=sku)
        for sku, titles in seen.items()
    }


def spread_code(paper: Paper, codes: Sequence[str]) -> str:
    """The code that a customer always comes by."""
    ranked = sorted(set(codes))
    return ranked[zlib.crc32((paper.customer or paper.number).encode()) % len(ranked)]


FIRST_CATEGORIES = {
    "vouchers": "voucher",
    "christmas": "christmas xmas advent santa reindeer snowflake snowman bauble",
    "lights": "light lantern candle candlestick lamp lampshade chandelier tealight tlight",
}
"""The shop's categories down to the one that the issue's plan names; what comes after it earns the same."""


def category_of(title: str) -> str:
    """The first category that has a word of the title, with or without a final s or es."""
    words = set(re.findall(r"\w+", title.casefold()))
    for category, stems in FIRST_CATEGORIES.items():
        if any({stem, f"{stem}s", f"{stem}es"} & words for stem in stems.split()):
            return category
    return "other"
