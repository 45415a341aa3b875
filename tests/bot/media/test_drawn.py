"""Drawn products: the word chooses the thing, the seed its colours, and the same order gives the same bytes."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from bot.media.drawn import _motif, draw_product, gifts, home, keepsakes, table
from bot.media.drawn.pen import PALETTES, Motif
from bot.media.pictures import open_picture


@pytest.mark.parametrize(
    ("name", "motif"),
    [
        ("WHITE HANGING HEART T-LIGHT HOLDER", gifts.heart),
        ("WHITE METAL LANTERN", home.lantern),
        ("SET OF 3 CAKE TINS PANTRY DESIGN", table.tin),
        ("REGENCY CAKESTAND 3 TIER", table.cakestand),
        ("JUMBO BAG RED RETROSPOT", gifts.bag),
        ("ALARM CLOCK BAKELIKE GREEN", home.clock),
        ("PARTY BUNTING", gifts.garland),
        ("COFFEE MUG BLUE PAISLEY DESIGN", table.mug),
        ("VANILLA SCENT CANDLE JEWELLED BOX", home.candle),
        ("RED SPOTTY CUSHION COVER", home.cushion),
        ("HOT WATER BOTTLE KEEP CALM", home.hot_water_bottle),
        ("WOODEN PICTURE FRAME WHITE FINISH", home.frame),
        ("RED POLKADOT UMBRELLA", gifts.umbrella),
        ("ASSORTED COLOUR BIRD ORNAMENT", gifts.bauble),
        ("GIFT BOXES", gifts.box),
        ("RED WOOLLY HOTTIE WHITE HEART.", gifts.heart),
        ("WICKER STAR", keepsakes.star),
        ("PINK BEAD NECKLACE", keepsakes.necklace),
        ("POPPY'S PLAYHOUSE KITCHEN", keepsakes.house),
        ("HOME BUILDING BLOCK WORD", keepsakes.blocks),
        ("FELTCRAFT 6 FLOWER FRIENDS", keepsakes.flower),
    ],
)
def test_words_choose_the_motif(name: str, motif: Motif) -> None:
    assert _motif(name, random.Random(1), "") is motif


def test_a_name_that_says_nothing_is_drawn_by_its_category() -> None:
    assert _motif("Aurora", random.Random(1), "Clocks") is home.clock


def test_a_word_inside_another_word_does_not_count() -> None:
    assert _motif("STATIONERY", random.Random(1), "umbrellas") is gifts.umbrella


def test_the_same_product_is_drawn_the_same() -> None:
    assert draw_product("Mug", "kitchen", 5) == draw_product("Mug", "kitchen", 5)


def test_the_seed_chooses_the_colours() -> None:
    grounds = set()
    for seed in range(len(PALETTES)):
        with Image.open(io.BytesIO(draw_product("Lantern", "lights", seed))) as picture:
            assert picture.size == (1200, 1200)
            grounds.add(picture.getpixel((4, 4)))

    assert len(grounds) == len(PALETTES)


def test_a_colour_in_the_name_wins_over_the_seed() -> None:
    grounds = set()
    for seed in range(3):
        with Image.open(io.BytesIO(draw_product("BLUE LANTERN", "", seed))) as picture:
            grounds.add(picture.getpixel((4, 4)))

    assert len(grounds) == 1


@pytest.mark.parametrize("name", ["", "🎁" * 100, "%s{}\\", "x" * 5000])
def test_any_name_is_drawn_and_passes_as_a_merchants_picture(name: str) -> None:
    assert open_picture(draw_product(name, name, 2**70)).size == (1200, 1200)
