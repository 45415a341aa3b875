"""A product's poster: what is drawn on it, and the message that brings it (chat.md 6)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.cards.card import Card, CopyText, Picture
from bot.cards.words import home_button, title
from bot.media.facts import PosterFacts, PosterPrice
from bot.voice.catalogue import Voice
from bot.voice.money import money
from bot.voice.names import cut
from models.catalog.products import Product

_BRAND_COLUMNS = 40
_SHARER_COLUMNS = 24
_TITLE_COLUMNS = 200
_PRICE = re.compile(r"(\D*)([\d,]+)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PosterWish:
    """A poster that somebody waits for, of the link `key`; never commission, no more of a person than a name.

    `picture_hosts` are the merchant's own, from which alone the product's picture is fetched.
    """

    key: int
    shop: str
    currency: str
    product: Product
    sharer: str
    url: str
    code: str
    picture_hosts: tuple[str, ...] = ()


def poster_facts(wish: PosterWish, picture: bytes | None, voice: Voice) -> PosterFacts:
    """What the studio draws, in the language of whoever shares it."""
    sharer = cut(wish.sharer, _SHARER_COLUMNS)
    unnamed = voice.plain("Recommended by a friend")
    return PosterFacts(
        brand=cut(wish.shop, _BRAND_COLUMNS) or voice.plain("Our shop"),
        title=cut(wish.product.title, _TITLE_COLUMNS) or wish.product.sku,
        price=_price(money(wish.product.price_minor, wish.currency, voice.language)),
        link=wish.url,
        short_code=wish.code,
        hint=voice.plain("Scan to buy"),
        ad_label=voice.plain("Ad"),
        code_caption=voice.plain("Code"),
        sharer=sharer,
        recommendation=voice.plain("{name} recommends", name=sharer) if sharer else unnamed,
        recommendation_unnamed=unnamed,
        picture=picture,
    )


def _price(text: str) -> PosterPrice:
    found = _PRICE.fullmatch(text)
    if found is None:
        return PosterPrice(whole=text)
    return PosterPrice(before=found[1], whole=found[2], after=found[3])


def poster_card(wish: PosterWish, poster: bytes, voice: Voice) -> Card:
    """The poster as a message of its own, to be forwarded or saved."""
    text = voice.say(
        "🖼 {title}\nCode <b>{code}</b>, or tap to copy: <code>{url}</code>",
        title=title(wish.product.title, voice),
        code=wish.code,
        url=wish.url,
    )
    picture = Picture(content=poster, filename=f"poster-{wish.code}.jpg")
    return Card(text, ((CopyText(voice.plain("📋 Copy link"), wish.url),),), picture)


def no_poster_card(wish: PosterWish, voice: Voice) -> Card:
    """The poster could not be made; the link works all the same."""
    text = voice.say(
        "🖼 The poster of {title} can't be made right now. Your link works: <code>{url}</code>",
        title=title(wish.product.title, voice),
        url=wish.url,
    )
    return Card(text, ((CopyText(voice.plain("📋 Copy link"), wish.url),), (home_button(voice),)))
