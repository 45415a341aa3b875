"""Maps: how a shop's export is described, and what a wrong description is told."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.imports.encodings import TableError
from bot.imports.order_map import LocalTime, load_map, shipped_maps
from tests.bot.imports.exports import shop_map

LONDON = LocalTime(formats=("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"), zone="Europe/London")
SMALL_MAP = """
name: small
currency: EUR
columns: {invoice: number, sku: sku, quantity: pieces, time: at, unit_price: price}
time: {formats: ["%d.%m.%Y %H:%M"], zone: Europe/Helsinki}
"""


@pytest.mark.parametrize(
    ("local", "utc"),
    [
        ("2010-12-01 08:26:00", datetime(2010, 12, 1, 8, 26, tzinfo=UTC)),
        ("2011-03-31 08:26", datetime(2011, 3, 31, 7, 26, tzinfo=UTC)),
        ("2011-10-30 01:30:00", datetime(2011, 10, 30, 0, 30, tzinfo=UTC)),
        ("2011-03-27 01:30:00", datetime(2011, 3, 27, 1, 30, tzinfo=UTC)),
    ],
    ids=["winter", "summer", "comes twice: the first", "never comes: as much later"],
)
def test_shop_time_becomes_utc(local: str, utc: datetime) -> None:
    assert LONDON.to_utc(local) == utc


def test_a_time_in_no_known_format_gets_a_sentence() -> None:
    with pytest.raises(ValueError, match="'31/12/2010' is no time like 2010-12-31 08:26:00"):
        LONDON.to_utc("31/12/2010")


def test_a_map_of_ones_own_is_read_from_its_path(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_MAP)

    assert load_map(str(path)).currency == "EUR"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("postag: [POST]", "postag: Extra inputs are not permitted"),
        ("postage: [POST]\nadjustments: [POST]", "POST can't be both postage and adjustments"),
        ("zero_price: guess", "zero_price: Input should be 'drop' or 'keep'"),
        ("name: [", "is not YAML"),
    ],
)
def test_a_wrong_map_is_told_what_is_wrong(tmp_path: Path, change: str, sentence: str) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(f"{SMALL_MAP}{change}\n")

    with pytest.raises(TableError, match=sentence):
        load_map(str(path))


def test_a_zone_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL_MAP.replace("Europe/Helsinki", "Europe/Atlantis"))

    with pytest.raises(TableError, match="Europe/Atlantis is no time zone"):
        load_map(str(path))


def test_an_unknown_map_is_told_the_shipped_ones() -> None:
    assert shipped_maps() == ["online-retail"]
    with pytest.raises(TableError, match="offline-retail is neither a shipped map \\(online-retail\\)"):
        load_map("offline-retail")


@pytest.mark.parametrize(
    ("title", "category"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", "lights"),
        ("JUMBO BAG RED RETROSPOT", "bags"),
        ("Dotcomgiftshop Gift Voucher £10.00", "vouchers"),
        ("CHRISTMAS LIGHTS", "christmas"),
        ("CREAM CUPID", "gifts"),
        ("Glasses, assorted", "kitchen"),
    ],
)
def test_the_first_category_that_has_a_word_of_the_title_wins(title: str, category: str) -> None:
    assert shop_map().category_of(title) == category
