"""Drawn product pictures for the demo shop: a motif by the product's words, colours by seed."""

from __future__ import annotations

import io
import random
import re

from bot.media.drawn import gifts, home, keepsakes, table
from bot.media.drawn.pen import PALETTES, Motif, Palette, Pattern, Pen

PICTURE_SIDE_PX = 1200
_QUALITY = 88

_MOTIFS: tuple[tuple[tuple[str, ...], Motif], ...] = (
    (("CAKESTAND",), table.cakestand),
    (("TIN", "CANISTER"), table.tin),
    (("BUNTING", "GARLAND", "CHAIN", "PENNANT"), gifts.garland),
    (("LANTERN", "LAMP", "LIGHT"), home.lantern),
    (("HEART",), gifts.heart),
    (("CANDLE", "T-LIGHT", "TLIGHT", "CHOCOLATECANDLE"), home.candle),
    (("CLOCK", "WATCH", "TIMER"), home.clock),
    (("BOTTLE", "WARMER", "HOTTIE"), home.hot_water_bottle),
    (("MUG", "CUP", "TEACUP", "TEAPOT", "TEA", "COFFEE", "SAUCER"), table.mug),
    (("CUSHION", "PILLOW", "DOORMAT", "THROW"), home.cushion),
    (("BAG", "SHOPPER", "TOTE", "PURSE", "BACKPACK"), gifts.bag),
    (("UMBRELLA", "PARASOL"), gifts.umbrella),
    (("FRAME", "PICTURE", "MIRROR", "SIGN", "WALL"), home.frame),
    (("BIRD", "ORNAMENT", "BAUBLE", "CHRISTMAS", "DECORATION"), gifts.bauble),
    (("BOWL", "PLATE", "DISH", "BAKING", "TRAY"), table.bowl),
    (("JAR", "VASE", "POT", "JUG"), table.jar),
    (("STAR",), keepsakes.star),
    (("NECKLACE", "BRACELET", "EARRINGS", "CHARM", "BEAD"), keepsakes.necklace),
    (("HOUSE", "PLAYHOUSE", "COTTAGE", "BIRDHOUSE"), keepsakes.house),
    (("BLOCK", "TOY", "LETTER", "NUMBER", "JIGSAW", "CUBE", "PLAY"), keepsakes.blocks),
    (("FLOWER", "ROSE", "GARDEN", "DAISY"), keepsakes.flower),
    (("CARD", "PENCIL", "NOTEBOOK", "BOOK", "JOURNAL", "PAPER", "WRAP"), gifts.notebook),
    (("BOX", "GIFT", "SET", "KIT", "CASE"), gifts.box),
)
_RED, _GREEN, _BLUE, _YELLOW, _PINK, _OLIVE, _BROWN, _TURQUOISE = PALETTES
_COLOURS = (
    ("RED", _RED), ("GREEN", _GREEN), ("BLUE", _BLUE), ("YELLOW", _YELLOW), ("GOLD", _YELLOW), ("PINK", _PINK),
    ("PURPLE", _PINK), ("LILAC", _PINK), ("OLIVE", _OLIVE), ("BROWN", _BROWN), ("WOODEN", _BROWN),
    ("TURQUOISE", _TURQUOISE),
)  # fmt: skip
_WORD = re.compile(r"[A-Z0-9-]+")
_SPARE: tuple[Motif, ...] = (gifts.box, gifts.bag, table.jar, gifts.bauble, home.cushion)


def draw_product(name: str, category: str, seed: int) -> bytes:
    """A JPEG of 1200 x 1200 pixels; the same name, category and seed give the same bytes."""
    chance = random.Random(f"{name}|{seed}")  # noqa: S311 - colours, not secrets
    palette = _palette(name.upper(), seed)
    pattern = _pattern(name.upper(), chance)
    pen = Pen(palette, pattern, PICTURE_SIDE_PX)
    _motif(name, chance, category)(pen)
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
    return not {word, f"{word}S", f"{word}ES"}.isdisjoint(_WORD.findall(text))


def _palette(name: str, seed: int) -> Palette:
    """The palette of a colour that the name says, else the seed's."""
    named = (palette for word, palette in _COLOURS if _says(name, word))
    return next(named, PALETTES[seed % len(PALETTES)])


def _pattern(name: str, chance: random.Random) -> Pattern:
    for word, pattern in (("SPOT", Pattern.DOTS), ("STRIPE", Pattern.STRIPES), ("GINGHAM", Pattern.GINGHAM)):
        if word in name:
            return pattern
    return chance.choice((Pattern.PLAIN, Pattern.DOTS, Pattern.STRIPES, Pattern.GINGHAM, Pattern.SPRIGS))
