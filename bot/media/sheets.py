"""Tables as files for spreadsheets: CSV and XLSX, with no cell that is taken for a formula (operations.md F6)."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

import xlsxwriter

from bot.media.cells import cell

Value: TypeAlias = str | int | Decimal | datetime | None


class SheetForm(StrEnum):
    """The file's form; the word is also its name's ending."""

    CSV = "csv"
    XLSX = "xlsx"


def sheet(form: SheetForm, columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    """A table with a head line. Amounts are numbers in XLSX and plain decimals in CSV."""
    return _csv(columns, rows) if form is SheetForm.CSV else _xlsx(columns, rows)


def _csv(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([cell(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> bytes:
    out = io.BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet()
        head = book.add_format({"bold": True})
        for column, name in enumerate(columns):
            page.write_string(0, column, name, head)
            page.set_column(column, column, max(12, min(40, 2 * len(name))))
        page.freeze_panes(1, 0)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(page, line, column, value)
    return out.getvalue()


def _write(page: xlsxwriter.worksheet.Worksheet, line: int, column: int, value: Value) -> None:
    match value:
        case None:
            pass
        case int() | Decimal():
            page.write_number(line, column, value)
        case _:
            page.write_string(line, column, cell(value))
