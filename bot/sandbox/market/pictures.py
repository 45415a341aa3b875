"""The goods' drawn pictures: drawn once, kept in a folder, read from there ever after."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from bot.media.drawn import draw_product
from bot.sandbox.market.goods import GOODS, Good


def shop_pictures(folder: Path) -> Mapping[str, bytes]:
    """A JPEG for each SKU. Blocks while it draws: call it in a thread. Raises OSError for an unusable folder."""
    folder.mkdir(parents=True, exist_ok=True)
    return {good.sku: _picture(folder / f"{good.sku}.jpg", good) for good in GOODS}


def _picture(place: Path, good: Good) -> bytes:
    if place.exists():
        return place.read_bytes()
    picture = draw_product(good.drawn_as or good.title, good.category, GOODS.index(good))
    # Whole or not at all: a start that is broken off leaves no half picture.
    unfinished = place.with_suffix(".part")
    unfinished.write_bytes(picture)
    os.replace(unfinished, place)  # noqa: PTH105 - the same on every system
    return picture
