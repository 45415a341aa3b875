"""A product's poster: what is drawn on it, and the message that brings it, with every other look one tap away."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.cards.card import Card, CopyText, Row, Tap
from bot.cards.settings import NAMES_SHOWN, following
from bot.cards.words import home_button, title
from bot.media.facts import PosterFacts, PosterPrice, SharerShown
from bot.media.profiles import Profile
from bot.voice.catalogue import Voice
from bot.voice.moments import moment
from bot.voice.money import money
from bot.voice.names import cut
from models.catalog.products import Product
from models.people.merchants import Merchant
from models.people.preferences import NameShown

_BRAND_COLUMNS = 40
_SHARER_COLUMNS = 24
_TITLE_COLUMNS = 200
_PRICE = re.compile(r"(\D*)([\d,]+)(.*)", re.DOTALL)

PROFILES = {
    "3x4": Profile.PORTRAIT_3X4,
    "9x16": Profile.STORY_9X16,
    "1x1": Profile.SQUARE,
    "a4": Profile.A4,
}
"""The shapes that are offered, by the word that stands in buttons."""
PROFILE_WORDS = {profile: word for word, profile in PROFILES.items()}
ORIGINAL, PRINT, SHOWN = "png", "pdf", "jpg"
"""How a poster is wanted: as it was drawn, for print, or to be looked at and forwarded."""


@dataclass(frozen=True, slots=True)
class Look:
    """A template family in one shape, and the ones that come next to it."""

    family: str
    profile: Profile
    next_family: str
    next_profile: Profile


@dataclass(frozen=True, slots=True)
class PosterWish:
    """A poster that somebody waits for. Never commission, no more of a person than they chose to show."""

    merchant: Merchant
    product: Product
    sharer: str
    shown: NameShown
    url: str
    code: str
    look: Look


def poster_facts(
    wish: PosterWish,
    picture: bytes | None,
    avatar: bytes | None,
    now: datetime,
    voice: Voice,
) -> PosterFacts:
    """What the studio draws, in the language of whoever shares it."""
    sharer = cut(wish.sharer, _SHARER_COLUMNS) if wish.shown is not NameShown.ANONYMOUS else ""
    unnamed = voice.plain("Recommended by a friend")
    product, merchant = wish.product, wish.merchant
    deadline = ""
    if product.sale_ends_at is not None:
        deadline = voice.plain(
            "Until {when}", when=moment(product.sale_ends_at, merchant.zone, voice.language)
        )
    return PosterFacts(
        brand=cut(merchant.name, _BRAND_COLUMNS) or voice.plain("Our shop"),
        title=cut(product.title, _TITLE_COLUMNS) or product.sku,
        price=_price(wish, voice, now),
        link=wish.url,
        short_code=wish.code,
        hint=voice.plain("Scan to buy"),
        ad_label=voice.plain("Ad"),
        code_caption=voice.plain("Code"),
        sharer=sharer,
        recommendation=voice.plain("{name} recommends", name=sharer) if sharer else unnamed,
        recommendation_unnamed=unnamed,
        deadline=deadline,
        picture=picture,
        avatar=avatar,
        sharer_shown=SharerShown(wish.shown.value),
    )


def _price(wish: PosterWish, voice: Voice, now: datetime) -> PosterPrice:
    product, currency = wish.product, wish.merchant.currency
    text = money(product.price_minor, currency, voice.language)
    strike = saving = ""
    if product.is_reduced(now):
        assert product.list_price_minor is not None  # a reduced product has one
        strike = money(product.list_price_minor, currency, voice.language)
        saved = money(product.list_price_minor - product.price_minor, currency, voice.language)
        saving = voice.plain("Save {amount}", amount=saved)
    found = _PRICE.fullmatch(text)
    if found is None:
        return PosterPrice(whole=text, strike=strike, saving=saving)
    return PosterPrice(before=found[1], whole=found[2], after=found[3], strike=strike, saving=saving)


def poster_card(wish: PosterWish, voice: Voice) -> Card:
    """The poster's words and its other looks, to be forwarded or saved; the picture is set in where it is made."""
    text = voice.say(
        "🖼 {title}\nCode <b>{code}</b>, or tap to copy: <code>{url}</code>",
        title=title(wish.product.title, voice),
        code=wish.code,
        url=wish.url,
    )
    look, key = wish.look, wish.product.id
    rows: tuple[Row, ...] = (
        (
            Tap(voice.plain("🎨 Other template"), _make(key, look.next_family, look.profile, SHOWN)),
            Tap(
                voice.plain("📐 As {shape}", shape=look.next_profile),
                _make(key, look.family, look.next_profile, SHOWN),
            ),
        ),
        (
            Tap(
                voice.plain("👤 On it: {shown}", shown=voice.phrase(NAMES_SHOWN[wish.shown])),
                f"poster:name:{key}:{look.family}:{PROFILE_WORDS[look.profile]}:{following(wish.shown)}",
            ),
        ),
        (
            Tap(voice.plain("🗂 Original file"), _make(key, look.family, look.profile, ORIGINAL)),
            Tap(voice.plain("🖨 Print PDF (A4)"), _make(key, look.family, Profile.A4, PRINT)),
        ),
        (CopyText(voice.plain("📋 Copy link"), wish.url),),
    )
    return Card(text, rows)


def _make(product_id: int, family: str, profile: Profile, form: str) -> str:
    return f"poster:make:{product_id}:{family}:{PROFILE_WORDS[profile]}:{form}"


def poster_file_card(wish: PosterWish, voice: Voice) -> Card:
    """The poster as a file, for print or for those who want every pixel."""
    text = voice.say("🖼 {title}\nCode <b>{code}</b>", title=title(wish.product.title, voice), code=wish.code)
    return Card(text, ((CopyText(voice.plain("📋 Copy link"), wish.url),),))


def no_poster_card(wish: PosterWish, voice: Voice) -> Card:
    """The poster could not be made; the link works all the same."""
    text = voice.say(
        "🖼 The poster of {title} can't be made right now. Your link works: <code>{url}</code>",
        title=title(wish.product.title, voice),
        url=wish.url,
    )
    return Card(text, ((CopyText(voice.plain("📋 Copy link"), wish.url),), (home_button(voice),)))
