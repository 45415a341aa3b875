"""CSV files as shops really send them: encodings, delimiters, broken rows, wrong columns."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as st

from bot.imports.encodings import TableError, detect_encoding
from bot.imports.tables import LINE_CHARS, ROW_LINES, BadRow, Columns, Others, Row, read_rows

GOODS = Columns(("sku", "title"), ("price",))
Pack = Callable[[bytes], bytes]
EXPECTED = "Expected sku, title and, if wanted, price."


def given(folder: Path, content: bytes) -> Path:
    path = folder / "goods.csv"
    path.write_bytes(content)
    return path


def titles(path: Path) -> list[str | None]:
    return [row.cells["title"] for row in read_rows(path, GOODS) if isinstance(row, Row)]


def bad(path: Path) -> list[BadRow]:
    return [row for row in read_rows(path, GOODS) if isinstance(row, BadRow)]


@pytest.mark.parametrize(
    ("written_as", "found", "title"),
    [
        ("ascii", "utf-8", "Lamp"),
        ("utf-8", "utf-8", "台灯 £5 café"),
        ("utf-8-sig", "utf-8-sig", "台灯"),
        ("utf-16", "utf-16", "台灯 café 🎁"),
        ("gb18030", "gb18030", "白色心形烛台，限时折扣"),
        ("cp1252", "cp1252", "Gift Voucher £10.00 – café Türkisblau Größe"),
        ("cp1252", "cp1252", "für Mädchen, Stück: 20 €"),
        ("cp1252", "cp1252", "für Mädchen"),
    ],
)
def test_the_usual_encodings_are_recognised(tmp_path: Path, written_as: str, found: str, title: str) -> None:
    path = given(tmp_path, f'sku,title\nA,"{title}"\n'.encode(written_as))

    assert detect_encoding(path) == found
    assert titles(path) == [title]


def test_a_byte_that_windows_has_no_letter_for_is_read_as_latin_1(tmp_path: Path) -> None:
    path = given(tmp_path, b"sku,title\nA,caf\xe9 \x81\n")

    assert detect_encoding(path) == "latin-1"


def test_big_endian_utf_16_with_its_mark_is_read(tmp_path: Path) -> None:
    path = given(tmp_path, b"\xfe\xff" + "sku,title\nA,台灯\n".encode("utf-16-be"))

    assert titles(path) == ["台灯"]


def test_one_broken_byte_costs_its_row_and_not_the_encoding_of_the_others(tmp_path: Path) -> None:
    path = given(tmp_path, "sku,title\nA,台灯\nB,烛台\n".encode() + b"C,caf\xe9\n" + "D,袋子\n".encode())

    assert titles(path) == ["台灯", "烛台", "袋子"]
    assert [row.line_number for row in bad(path)] == [4]
    assert "no text" in bad(path)[0].sentence


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_packed_files_are_known_by_their_content(tmp_path: Path, pack: Pack) -> None:
    path = given(tmp_path, pack(b"sku,title\nA,Lamp\n"))

    assert titles(path) == ["Lamp"]


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_a_packed_file_cut_short_is_refused_whole(tmp_path: Path, pack: Pack) -> None:
    path = given(tmp_path, pack(b"sku,title\n" + b"A,Lamp\n" * 5000)[:-20])

    with pytest.raises(TableError, match=r"^goods\.csv: the packed file is damaged or cut short"):
        read_rows(path, GOODS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_comes_from_the_header(tmp_path: Path, delimiter: str) -> None:
    path = given(tmp_path, f"Title{delimiter} SKU \nLamp{delimiter}A\n".encode())

    assert list(read_rows(path, GOODS)) == [Row(2, {"title": "Lamp", "sku": "A"})]


def test_empty_cells_are_nothing_and_empty_lines_are_skipped(tmp_path: Path) -> None:
    path = given(tmp_path, b"\r\nsku,title,price\r\n\r\nA, Lamp ,\r\n,,\r\n\r\nB,,1\r\n")

    assert list(read_rows(path, GOODS)) == [
        Row(4, {"sku": "A", "title": "Lamp", "price": None}),
        Row(7, {"sku": "B", "title": None, "price": "1"}),
    ]


def test_a_quoted_cell_may_hold_line_breaks_quotes_and_delimiters(tmp_path: Path) -> None:
    path = given(tmp_path, b'sku,title\nA,"Lamp, ""big""\nin two lines"\nB,6" PLATE\n')

    assert titles(path) == ['Lamp, "big"\nin two lines', '6" PLATE']


def test_a_broken_row_in_the_middle_is_named_and_the_others_go_in(tmp_path: Path) -> None:
    path = given(tmp_path, b"sku,title\nA,Lamp\nB\nC,Bag,9,9\nD,Mug\n")

    assert titles(path) == ["Lamp", "Mug"]
    assert [str(row) for row in bad(path)] == [
        "line 3: The row has 1 cells, the header has 2.",
        "line 4: The row has 4 cells, the header has 2.",
    ]


@pytest.mark.parametrize("rows_after", [1, 3 * ROW_LINES])
def test_a_quote_never_closed_costs_its_own_row_only(tmp_path: Path, rows_after: int) -> None:
    after = "".join(f"Z{number},Mug\n" for number in range(rows_after))
    path = given(tmp_path, f'sku,title\nA,Lamp\nB,"Bag\n{after}'.encode())

    assert titles(path) == ["Lamp"] + ["Mug"] * rows_after
    assert [str(row) for row in bad(path)] == ["line 3: The row has a quote that is never closed."]


def test_a_quote_closed_by_a_later_row_costs_both_rows_and_none_between(tmp_path: Path) -> None:
    path = given(tmp_path, b'sku,title\nA,"Lamp\nB,Bag\nC,"Mug"\nD,Pen\n')

    assert titles(path) == ["Bag", "Mug", "Pen"]
    assert [row.line_number for row in bad(path)] == [2]


def test_a_nul_byte_a_huge_cell_and_a_huge_line_are_named(tmp_path: Path) -> None:
    huge_cell = b"B," + b"x" * 200_000
    huge_line = b"C," + b"x" * (LINE_CHARS + 10)
    path = given(tmp_path, b"sku,title\nA,La\0mp\n" + huge_cell + b"\n" + huge_line + b"\nD,Mug\n")

    assert titles(path) == ["Mug"]
    assert [row.line_number for row in bad(path)] == [2, 3, 4]
    nul, cell, line = (row.sentence for row in bad(path))
    assert "NUL byte" in nul
    assert "field larger than field limit" in cell
    assert "longer than 1,000,000 characters" in line


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "goods.csv: the file is empty; its first line must name the columns."),
        (b"\n \n", "goods.csv: the file is empty; expected the columns sku, title and, if wanted, price."),
        (
            b"sku,titel,colour\nA,Lamp,red\n",
            "goods.csv: wrong columns: missing title; unknown titel, colour. " + EXPECTED,
        ),
        (
            b"sku,title,sku,\n",
            "goods.csv: wrong columns: unknown (no name); named twice sku. " + EXPECTED,
        ),
    ],
)
def test_a_file_with_wrong_columns_gets_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    with pytest.raises(TableError) as refused:
        read_rows(given(tmp_path, content), GOODS)

    assert str(refused.value) == sentence


def test_a_binary_file_an_absent_file_and_a_folder_get_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="this is no CSV file: its first line has a NUL byte"):
        read_rows(given(tmp_path, b"PK\x03\x04\x00\x00"), GOODS)
    with pytest.raises(TableError, match=r"nothing\.csv: there is no such file"):
        read_rows(tmp_path / "nothing.csv", GOODS)
    with pytest.raises(TableError, match="can't be read"):
        read_rows(tmp_path, GOODS)


def test_columns_that_nobody_asked_for_may_be_ignored(tmp_path: Path) -> None:
    path = given(tmp_path, b"colour,sku,title\nred,A,Lamp\n")

    assert list(read_rows(path, Columns(("sku",), others=Others.IGNORE))) == [Row(2, {"sku": "A"})]


PIECES = st.sampled_from(
    [b"A", b"B,1", b",", b'"', b"\n", b"\r\n", b"\r", b"\0", b"\xff", b"\xfe", "台".encode(), b"\t"]
)


@settings(deadline=None, max_examples=60)
@given_any(st.lists(PIECES, max_size=60).map(b"".join), st.sampled_from([b"", b"sku,title\n", b"\xff\xfe"]))
def test_no_bytes_at_all_make_it_stumble(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, start: bytes
) -> None:
    path = given(tmp_path_factory.mktemp("any"), start + content)

    with suppress(TableError):
        for row in read_rows(path, GOODS):
            assert row.line_number >= 2


@settings(deadline=None, max_examples=60)
@given_any(
    st.lists(
        st.lists(
            st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.strip),
            min_size=2,
            max_size=2,
        ),
        max_size=8,
    )
)
def test_what_a_csv_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["sku", "title"], *rows])
    path = given(tmp_path_factory.mktemp("any"), text.getvalue().encode("utf-8"))

    read = [row.cells for row in read_rows(path, GOODS) if isinstance(row, Row)]

    assert read == [{"sku": sku or None, "title": title or None} for sku, title in rows if sku or title]
