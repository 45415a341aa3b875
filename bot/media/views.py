"""The form of a poster template: layers of views, painted in order, checked against this schema.

A `stack` is a column whose texts follow each other and are aligned as a whole, so that a missing line leaves
no hole. What a template must obey beyond its form is in `rules`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from bot.media.css import Color, DiscCss, Extent, ImageCss, LetterCss, Model, Pixels, QrCss, RectCss, TextCss
from bot.media.facts import Word
from bot.media.profiles import Profile
from models.catalog.templates import FAMILY_CHARS

Name = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class Span(Model):
    """A bound word in a row with its own letters, `gap` pixels after the one before, raised by `rise`.

    Where a row is too wide, `optional` words leave it from the end before the others get very small.
    """

    bind: Word
    css: LetterCss
    gap: Pixels = 0
    rise: Pixels = 0
    optional: bool = False


class RectView(Model):
    """A plate."""

    type: Literal["rect"]
    css: RectCss
    when: Word | None = None


class ImageView(Model):
    """The product's picture."""

    type: Literal["image"]
    bind: Literal["picture"]
    css: ImageCss


class TextView(Model):
    """One text that may break into lines (one span), or a row of spans that stays on its line.

    A `disc` before it shows the sharer, and stands alone when the sharer's name is not to be shown.
    """

    type: Literal["text"]
    spans: Annotated[tuple[Span, ...], Field(min_length=1, max_length=8)]
    css: TextCss
    disc: DiscCss | None = None
    when: Word | None = None
    stack: str | None = None


class QrView(Model):
    """The link's code in a square, quiet zone included, drawn as large as whole modules allow."""

    type: Literal["qrcode"]
    bind: Literal["link"]
    css: QrCss


class Stack(Model):
    """A column of texts, placed as a whole in its box."""

    name: Name
    left: Pixels
    top: Pixels
    width: Extent
    height: Extent
    align: Literal["start", "center", "end"] = "start"


View = Annotated[RectView | ImageView | TextView | QrView, Field(discriminator="type")]


class Template(Model):
    """A whole poster. Views are painted in order, the code last."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=FAMILY_CHARS)]
    profile: Profile
    size: tuple[Extent, Extent]
    background: Color
    stacks: Annotated[tuple[Stack, ...], Field(max_length=20)] = ()
    views: Annotated[tuple[View, ...], Field(min_length=1, max_length=80)]
