"""Drawn product pictures for the demo shop: a motif by the product's words, colours by seed."""

from __future__ import annotations

import io
import random

from bot.media.drawn import gifts, home, table
from bot.media.drawn.pen import PALETTES, Motif, Pattern, Pen

PICTURE_SIDE_PX = 1200
_QUALITY = 88

_MOTIFS: tuple[tuple[tuple[str, ...], Motif], ...] = (
    (("CAKESTAND", "CAKE STAND"), table.cakestand),
    (("TIN", "CANISTER"), table.tin),
    (("BUNTING", "GARLAND", "CHAIN", "PENNANT"), gifts.garland),
    (("LANTERN", "LAMP", "NIGHT LIGHT", "LIGHTS"), home.lantern),
    (("HEART",), gifts.heart),
    (("CANDLE", "T-LIGHT", "TEA LIGHT", "TLIGHT"), home.candle),
    (("CLOCK", "WATCH", "TIMER"), home.clock),
    (("BOTTLE", "WARMER"), home.hot_water_bottle),
    (("MUG", "CUP", "TEA", "COFFEE"), table.mug),
    (("CUSHION", "PILLOW", "DOORMAT", "THROW"), home.cushion),
    (("BAG", "SHOPPER", "TOTE", "PURSE", "BACKPACK"), gifts.bag),
    (("UMBRELLA", "PARASOL"), gifts.umbrella),
    (("FRAME", "PICTURE", "MIRROR", "SIGN", "WALL"), home.frame),
    (("BIRD", "ORNAMENT", "BAUBLE", "CHRISTMAS", "DECORATION"), gifts.bauble),
    (("BOWL", "PLATE", "DISH", "BAKING"), table.bowl),
    (("JAR", "VASE", "POT", "JUG"), table.jar),
    (("CARD", "NOTEBOOK", "BOOK", "JOURNAL", "PAPER", "WRAP"), gifts.notebook),
    (("BOX", "GIFT", "SET", "KIT", "CASE"), gifts.box),
)
_SPARE: tuple[Motif, ...] = (gifts.box, gifts.bag, table.jar, gifts.bauble, home.cushion)


def draw_product(name: str, category: str, seed: int) -> bytes:
    """A JPEG of 1200 x 1200 pixels; the same name, category and seed give the same bytes."""
    chance = random.Random(f"{name}|{seed}")  # noqa: S311 - colours, not secrets
    palette = PALETTES[seed % len(PALETTES)]
    pattern = _pattern(name.upper(), chance)
    pen = Pen(palette, pattern, PICTURE_SIDE_PX)
    _motif(f"{name} ", chance, category)(pen)
    out = io.BytesIO()
    pen.finished().save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _motif(name: str, chance: random.Random, category: str) -> Motif:
    for text in (name.upper(), category.upper()):
        for words, motif in _MOTIFS:
            if any(_says(text, word) for word in words):
                return motif
    return chance.choice(_SPARE)


def _says(text: str, word: str) -> bool:
    """Whether the word, or its plural, stands in the text as a word."""
    padded = f" {text} "
    return f" {word} " in padded or f" {word}S " in padded or f" {word}ES " in padded


def _pattern(name: str, chance: random.Random) -> Pattern:
    for word, pattern in (("SPOT", Pattern.DOTS), ("STRIPE", Pattern.STRIPES), ("GINGHAM", Pattern.GINGHAM)):
        if word in name:
            return pattern
    return chance.choice((Pattern.PLAIN, Pattern.DOTS, Pattern.STRIPES, Pattern.GINGHAM, Pattern.SPRIGS))
