"""Builders: small exports written by hand, and the month that travels with the project."""

from __future__ import annotations

from pathlib import Path

from bot.imports.history import CodeChoice, History, read_history
from bot.imports.order_map import OrderMap, load_map

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
PROJECT = Path(__file__).parents[3]
MONTH = PROJECT / "tests" / "data" / "online-retail-2010-12.csv.xz"
FOUR_MONTHS = PROJECT.parent / "shared" / "data" / "online-retail-2010-12_2011-03.csv.xz"
"""Lies beside the project where its founders work; absent in a plain clone."""


def line(
    invoice: str = "1001",
    sku: str = "85123A",
    quantity: int = 6,
    price: str = "2.55",
    *,
    at: str = "2010-12-01 08:26:00",
    customer: str = "17850.0",
    title: str = "WHITE HANGING HEART T-LIGHT HOLDER",
) -> str:
    return f"{invoice},{sku},{title},{quantity},{at},{price},{customer},United Kingdom"


def export(folder: Path, *lines: str) -> Path:
    path = folder / "orders.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def shop_map() -> OrderMap:
    return load_map("online-retail")


def history_of(folder: Path, *lines: str, codes: CodeChoice | None = None) -> History:
    return read_history(export(folder, *lines), shop_map(), codes)
