"""What a poster tells: words in the reader's language, one picture, one link. Never commission or phone."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterPrice:
    """A price in parts, so that the integer can be large: `before` + `whole` + `after` is the whole price.

    `¥` `59` `.90`, or an empty `before`, `59` and `,90 €`.
    """

    whole: str
    before: str = ""
    after: str = ""
    strike: str = ""
    saving: str = ""


class SharerShown(StrEnum):
    """How much of the sharer a poster shows; the sharer's own choice."""

    NAMED = "named"
    AVATAR = "avatar"
    ANONYMOUS = "anonymous"


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterFacts:
    """One poster's content. Empty words leave their place out.

    `recommendation` is the whole line ("X recommends"); `recommendation_unnamed` stands in when no letter
    of `sharer` can be drawn. `link` is the short link. `picture` and `avatar` are untrusted JPEG, PNG or WebP;
    without a picture a neutral plate is shown, without an avatar a disc with the sharer's initial.
    """

    brand: str
    title: str
    price: PosterPrice
    link: str
    short_code: str
    hint: str
    ad_label: str
    code_caption: str = ""
    badge: str = ""
    selling_point: str = ""
    sharer: str = ""
    recommendation: str = ""
    recommendation_unnamed: str = ""
    deadline: str = ""
    sharer_shown: SharerShown = SharerShown.NAMED
    picture: bytes | None = field(default=None, repr=False)
    avatar: bytes | None = field(default=None, repr=False)


class Word(StrEnum):
    """The names by which a template's `bind` and `when` call the words."""

    BRAND = "brand"
    BRAND_INITIAL = "brand-initial"
    AD_LABEL = "ad-label"
    BADGE = "badge"
    PRICE_BEFORE = "price-before"
    PRICE_WHOLE = "price-whole"
    PRICE_AFTER = "price-after"
    STRIKE = "strike"
    SAVING = "saving"
    TITLE = "title"
    SELLING_POINT = "selling-point"
    INITIAL = "initial"
    RECOMMENDATION = "recommendation"
    HINT = "hint"
    CODE_CAPTION = "code-caption"
    SHORT_CODE = "short-code"
    DEADLINE = "deadline"
