"""The counts that docs/real-data.md states are the counts that the real files give."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from bot.imports.history import read_history
from bot.imports.order_map import load_map
from tests.bot.imports.exports import FOUR_MONTHS, MONTH, PROJECT, shop_map

DOCUMENT = PROJECT / "docs" / "real-data.md"
COUNT = re.compile(r"^\| `(?P<name>\w+)` \|.*\| (?P<month>[\d,]+) \| (?P<four>[\d,]+) \|$", re.MULTILINE)


def stated(column: str) -> dict[str, int]:
    text = DOCUMENT.read_text(encoding="utf-8")
    return {row["name"]: int(row[column].replace(",", "")) for row in COUNT.finditer(text)}


def test_the_shipped_month_has_the_stated_counts() -> None:
    history = read_history(MONTH, shop_map())

    assert asdict(history.counts) == stated("month")
    assert history.bad_rows == ()


@pytest.mark.full
@pytest.mark.skipif(not FOUR_MONTHS.exists(), reason=f"needs {FOUR_MONTHS.name} beside the project")
def test_the_four_months_have_the_stated_counts() -> None:
    history = read_history(FOUR_MONTHS, shop_map())

    assert asdict(history.counts) == stated("four")
    assert history.bad_rows == ()


def test_the_document_names_every_sku_that_the_map_treats_apart() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    order_map = load_map("online-retail")

    assert all(f"`{sku}`" in text for sku in order_map.postage | order_map.adjustments)
