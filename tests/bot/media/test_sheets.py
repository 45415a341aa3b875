"""Tables as files: what goes in comes out again, and no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from bot.media.cells import FORMULA_STARTS, cell
from bot.media.sheets import SheetForm, Value, sheet

SAFE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Whatever a spreadsheet takes for the beginning of a formula, in any of its languages."""
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]) | st.sampled_from(SAFE), max_size=40
)
NUMBERS = st.integers(-(10**15), 10**15)
AMOUNTS = st.integers(-(10**15), 10**15).map(lambda minor: Decimal(minor).scaleb(-2))
VALUES: st.SearchStrategy[Value] = st.none() | TEXTS | NUMBERS | AMOUNTS
ROWS = st.lists(st.tuples(VALUES, VALUES, VALUES), max_size=8)
HEAD = ("Order", "订单", "Commission")


def from_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def from_xlsx(content: bytes) -> list[list[object]]:
    page = load_workbook(io.BytesIO(content)).worksheets[0]
    assert all(each.data_type != "f" for row in page.iter_rows() for each in row)
    return [[each.value for each in row] for row in page.iter_rows()]


def without_guard(text: str) -> str:
    """What a cell says once the quote before what could be a formula is taken off."""
    return text[1:] if text.startswith("'") and text[1:].startswith(SAFE) else text


@given(ROWS)
def test_a_csv_is_read_back_as_it_was_and_none_of_it_is_a_formula(rows: list[tuple[Value, ...]]) -> None:
    [head, *read] = from_csv(sheet(SheetForm.CSV, HEAD, rows))
    assert tuple(head) == HEAD
    for row, told in zip(rows, read, strict=True):
        for value, text in zip(row, told, strict=True):
            if isinstance(value, str):
                assert text in {value, f"'{value}"}
                assert not text.startswith(SAFE) or Decimal(text).is_finite()
            else:
                assert text == ("" if value is None else str(value))


@settings(max_examples=60)
@given(ROWS)
def test_an_xlsx_is_read_back_as_it_was_and_none_of_it_is_a_formula(rows: list[tuple[Value, ...]]) -> None:
    [head, *read] = from_xlsx(sheet(SheetForm.XLSX, HEAD, rows))
    assert tuple(head) == HEAD
    for row, told in zip(rows, read, strict=False):
        for value, shown in zip(row, told, strict=True):
            if isinstance(value, str):
                text = unescape(str(shown or ""))
                assert value in {text, without_guard(text)}
            elif value is not None:
                assert isinstance(shown, int | float)
                assert Decimal(str(shown)) == value


@pytest.mark.parametrize("start", SAFE)
def test_what_could_be_a_formula_gets_a_quote_before_it(start: str) -> None:
    nasty = f'{start}cmd|" /C calc"!A1'
    assert cell(nasty) == f"'{nasty}"
    assert start in FORMULA_STARTS
    [_, [told, *_]] = from_csv(sheet(SheetForm.CSV, HEAD, [(nasty, None, None)]))
    assert told == f"'{nasty}"


@pytest.mark.parametrize("number", ["-12.50", "-0", "12", "0.30"])
def test_a_number_is_no_formula_and_stays_a_number(number: str) -> None:
    assert cell(number) == cell(Decimal(number)) == number


@pytest.mark.parametrize("text", ["--1", "-1+1", "-1.", "+1", "-", "-1e5", "- 1"])
def test_what_only_looks_like_a_number_is_guarded(text: str) -> None:
    assert cell(text) == f"'{text}"


def test_nothing_and_times_and_control_characters() -> None:
    at = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)
    rows: list[tuple[Value, ...]] = [(None, at, "a\x00b\x1bc_x0041_d")]
    [_, told] = from_csv(sheet(SheetForm.CSV, HEAD, rows))
    assert told == ["", "2026-03-04T09:30:00+00:00", "a\x00b\x1bc_x0041_d"]
    [_, read] = from_xlsx(sheet(SheetForm.XLSX, HEAD, rows))
    assert read[:2] == [None, "2026-03-04T09:30:00+00:00"]
    assert unescape(str(read[2])) == "a\x00b\x1bc_x0041_d"


@pytest.mark.parametrize("form", list(SheetForm))
def test_a_table_without_rows_has_its_head(form: SheetForm) -> None:
    content = sheet(form, HEAD, [])
    read = from_csv(content) if form is SheetForm.CSV else from_xlsx(content)
    assert [tuple(row) for row in read] == [HEAD]


def test_a_table_as_long_as_they_get() -> None:
    rows: list[tuple[Value, ...]] = [
        (f"={number}", number, Decimal(number) / 100) for number in range(50_001)
    ]
    read = from_csv(sheet(SheetForm.CSV, HEAD, rows))
    assert len(read) == 50_002
    assert read[-1] == ["'=50000", "50000", "500"]
    page = load_workbook(io.BytesIO(sheet(SheetForm.XLSX, HEAD, rows)), read_only=True).worksheets[0]
    *_, last = page.iter_rows(min_row=50_000, values_only=True)
    assert last == ("'=50000", 50_000, 500)
