"""A catalogue made out of an order export: the products that were sold, as rows of a products file."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TextIO

from bot.imports.order_lines import LineKind, classify, read_lines
from bot.imports.order_map import OrderMap
from bot.imports.rows import PRODUCT_COLUMNS, ProductRow
from bot.imports.tables import BadRow

TITLE_CHARS = 500


def products_of(path: Path, order_map: OrderMap) -> list[ProductRow]:
    """One row per SKU with goods lines, sorted by SKU; broken rows of the export are left out.

    Title and price are the most frequent ones among the SKU's goods lines, where a tie goes to the title
    first in the alphabet and to the lower price. A SKU without any title is its own title. The row's line
    is the SKU's first. Raises TableError for an unreadable file or wrong columns.
    """
    titles: defaultdict[str, Counter[str]] = defaultdict(Counter)
    prices: defaultdict[str, Counter[Decimal]] = defaultdict(Counter)
    first_lines: dict[str, int] = {}
    for line in read_lines(path, order_map):
        if isinstance(line, BadRow) or classify(line, order_map) is not LineKind.GOODS:
            continue
        first_lines.setdefault(line.sku, line.line_number)
        prices[line.sku][line.unit_price] += 1
        if line.title:
            titles[line.sku][line.title[:TITLE_CHARS]] += 1
    return [
        _product(sku, titles[sku], prices[sku], first_lines[sku], order_map) for sku in sorted(first_lines)
    ]


def write_products(rows: Sequence[ProductRow], file: TextIO) -> None:
    """Write rows as a products file with all its columns."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(PRODUCT_COLUMNS.all)
    for row in rows:
        cells = row.model_dump(mode="json", exclude={"line_number"})
        writer.writerow([cells[column] for column in PRODUCT_COLUMNS.all])


def _product(
    sku: str, titles: Counter[str], prices: Counter[Decimal], line_number: int, order_map: OrderMap
) -> ProductRow:
    title = min(titles, key=lambda text: (-titles[text], text), default=sku)
    price = min(prices, key=lambda amount: (-prices[amount], amount))
    return ProductRow(
        line_number=line_number,
        sku=sku,
        title=title,
        price=price,
        category=order_map.category_of(title),
    )
