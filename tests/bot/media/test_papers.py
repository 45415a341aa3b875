"""Papers to print: pages that hold, heads that come again, letters that can be read."""

from __future__ import annotations

import re
import zlib

from PIL import Image

from bot.media.papers import Column, Line, Paper, Words, printed
from bot.media.typefaces import Weight

COLUMNS = (Column(17), Column(45), Column(19, at_right=True), Column(19, at_right=True))


def paper(lines: int) -> Paper:
    head = Line(("Date", "Entry", "Amount", "Balance"), Weight.BOLD, is_head=True)
    rows = [
        Line((f"2026-03-{number % 28:02}", "解冻 · 订单 " + "很长" * 60, "+£1.00", "£9.00"))
        for number in range(lines)
    ]
    return Paper((Words("对账单 Statement 🎁", 60, Weight.BOLD), head, *rows), COLUMNS, "mei · 0f0f")


def pages(pdf: bytes) -> list[Image.Image]:
    """The pictures of the pages, as a reader of the file unpacks them."""
    found = []
    pattern = rb"/Width (\d+) /Height (\d+) [^>]*?/Length (\d+) >>\nstream\n"
    for match in re.finditer(pattern, pdf):
        width, height, length = (int(part) for part in match.groups())
        packed = zlib.decompress(pdf[match.end() : match.end() + length])
        found.append(Image.frombytes("1", (width, height), packed))
    return found


def test_the_same_paper_gives_the_same_bytes_and_a_page_is_a4() -> None:
    first, again = printed(paper(3)), printed(paper(3))

    assert first == again
    assert b"/MediaBox [0 0 595.20 841.92]" in first
    assert first.count(b"/Type /Page ") == 1
    assert first.endswith(b"%%EOF\n")


def test_long_tables_go_on_on_further_pages_each_with_the_head_of_its_table() -> None:
    pdf = printed(paper(120))

    drawn = pages(pdf)
    assert len(drawn) == 3
    assert pdf.count(b"/Type /Page ") == 3
    heads = [page.crop((190, 200, 2290, 258)).tobytes() for page in drawn[1:]]
    assert heads[0] == heads[1]
    assert len(pdf) < 600_000


def test_nothing_is_set_beyond_the_margins_and_amounts_end_at_the_right() -> None:
    [page] = pages(printed(paper(20)))

    ink = page.convert("L").point(lambda light: 255 - light).getbbox()
    assert ink is not None
    left, top, right, bottom = ink
    assert (left >= 190, top >= 190, right <= 2480 - 190 + 1, bottom <= 3508 - 60) == (True,) * 4
