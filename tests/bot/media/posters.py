"""Poster facts for tests: one full Chinese, one spare English, and those that try to break the layout."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

from PIL import Image

from bot.media.facts import PosterFacts, PosterPrice
from bot.media.profiles import Profile
from bot.media.sample import SampleLanguage, sample_facts
from bot.media.template import Template, families, shipped_template
from bot.media.typesetting import PlacedText

LANTERN = replace(
    sample_facts(SampleLanguage.CHINESE),
    title="复古黄铜手提灯笼 露营氛围灯 户外防风夜灯，可充电暖光三档调节，生日礼物首选，送朋友送家人",
)
HEART = PosterFacts(
    brand="Island & Co. Gifts",
    title="White Hanging Heart T-Light Holder",
    price=PosterPrice(before="£", whole="2", after=".55"),
    link="https://shop.example.com/r/M3X9PQRS",
    short_code="M3X9PQRS",
    hint="Scan to buy",
    ad_label="Ad",
    code_caption="Code",
    sharer="Amelia Thompson",
    recommendation="Amelia Thompson recommends",
    recommendation_unnamed="Recommended by a friend",
)
UNRULY = PosterFacts(
    brand="<b>&\"' 🛍️ " * 20,
    title="\u202eevil\u202c 👩‍👩‍👧‍👦 مرحبا " + "W" * 200,
    price=PosterPrice(
        before="Rp", whole="123,456,789,012,345", after=".90 or so", strike="9" * 60, saving="8" * 60
    ),
    link="https://a-rather-long-shop-name.example.com/r/M3X9PQRS",
    short_code="M3X9PQRS" * 8,
    hint="扫" * 200,
    ad_label="Advertisement " * 9,
    code_caption="Code " * 30,
    badge="限时" * 100,
    selling_point="x" * 300,
    sharer="🌸" * 200,
    recommendation="🌸" * 200,
    recommendation_unnamed="y" * 200,
    deadline="z" * 200,
    picture=b"no picture at all",
)
_ZALGO = "Z̸̢̛͎̊͑ǎ̷̧̞̄̕l̵̡͇̔̎͝g̶̝̀o̴̰̔ " * 40
_RTL = "\u202e\u2067محل الجزيرة\u2069 חנות האי \u200f" * 12
STRANGERS = {
    "a title of 500 letters without a space": replace(LANTERN, title="W" * 500),
    "a title of 500 characters without a space": replace(LANTERN, title="龘" * 500),
    "a name of emoji alone": replace(
        LANTERN, sharer="🌸👩‍👩‍👧‍👦🏳️‍🌈" * 9, recommendation="🌸👩‍👩‍👧‍👦🏳️‍🌈" * 9 + " 推荐"
    ),
    "names from right to left": replace(
        HEART, brand=_RTL, title=_RTL, sharer=_RTL, recommendation=_RTL, badge=_RTL
    ),
    "names with marks upon marks": replace(
        HEART, brand=_ZALGO, title=_ZALGO, sharer=_ZALGO, recommendation=_ZALGO, selling_point=_ZALGO
    ),
    "words without end": UNRULY,
}
"""What people may call themselves and their goods."""
ALL = (LANTERN, HEART, UNRULY)
TEMPLATES = [(family, profile) for family in families() for profile in Profile]


def named(value: object) -> str:
    """A template's place in a test's name."""
    return str(value).replace(":", "x")


@cache
def template_of(family: str, profile: Profile) -> Template:
    """A shipped template."""
    return shipped_template(family, profile)


def resized(jpeg: bytes, long_side: int) -> bytes:
    """The poster as a chat shows it: smaller, and through JPEG once more."""
    with Image.open(io.BytesIO(jpeg)) as picture:
        picture.thumbnail((long_side, long_side), Image.Resampling.BICUBIC)
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=75)
        return out.getvalue()


def texts(pieces: tuple[object, ...]) -> list[PlacedText]:
    """The letters among placed pieces."""
    return [piece for piece in pieces if isinstance(piece, PlacedText)]
