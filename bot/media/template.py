"""Poster templates: JSON layers, checked against this schema, with errors that name the place by its path.

`css` carries CSS names with pixel numbers. A `stack` is a column whose texts follow each other and are
aligned as a whole, so that a missing line leaves no hole.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from bot.media.errors import TemplateInvalidError
from bot.media.facts import Word
from bot.media.qr import Correction
from bot.media.typefaces import Weight

_TEMPLATES = Path(__file__).parent / "templates"

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Pixels = Annotated[int, Field(ge=0, le=4000)]
Extent = Annotated[int, Field(ge=1, le=4000)]


class Profile(StrEnum):
    """What a poster is for (design, chat 6)."""

    PORTRAIT_3X4 = "3:4"
    STORY_9X16 = "9:16"
    SQUARE = "1:1"
    WIDE = "1.91:1"
    A4 = "A4"


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )


class Shadow(_Model):
    """A soft shadow below a plate."""

    offset: Pixels
    blur: Pixels
    color: Color


class BoxCss(_Model):
    """A box in pixels of the poster."""

    left: Pixels
    top: Pixels
    width: Extent
    height: Extent
    radius: Pixels = 0


class RectCss(BoxCss):
    """A filled box."""

    color: Color
    shadow: Shadow | None = None


class ImageCss(BoxCss):
    """A picture's box and the colour of the neutral plate that stands in for a missing picture."""

    plate: Color
    plate_mark: Color


class LetterCss(_Model):
    """How letters look, and the pill behind them, if any."""

    font_size: Annotated[int, Field(ge=8, le=400)]
    color: Color
    font_weight: Weight = Weight.REGULAR
    letter_spacing: Pixels = 0
    text_decoration: Literal["none", "line-through"] = "none"
    background: Color | None = None
    padding_x: Pixels = 0
    padding_y: Pixels = 0
    radius: Pixels = 0


class TextCss(_Model):
    """Where a text goes. In a stack, `left`, `top` and `width` come from the stack."""

    left: Pixels = 0
    top: Pixels = 0
    width: Pixels = 0
    margin_top: Pixels = 0
    line_height: Extent
    max_lines: Annotated[int, Field(ge=1, le=6)] = 1
    text_align: Literal["left", "center", "right"] = "left"


class Span(_Model):
    """A bound word in a row with its own letters, `gap` pixels after the one before, raised by `rise`.

    Where a row is too wide, `optional` words leave it from the end before the others get very small.
    """

    bind: Word
    css: LetterCss
    gap: Pixels = 0
    rise: Pixels = 0
    optional: bool = False


class RectView(_Model):
    """A plate."""

    type: Literal["rect"]
    css: RectCss
    when: Word | None = None


class ImageView(_Model):
    """The product's picture."""

    type: Literal["image"]
    bind: Literal["picture"]
    css: ImageCss


class TextView(_Model):
    """One text that may break into lines (one span), or a row of spans that stays on its line."""

    type: Literal["text"]
    spans: Annotated[tuple[Span, ...], Field(min_length=1)]
    css: TextCss
    when: Word | None = None
    stack: str | None = None


class QrCss(_Model):
    """The code's square, `width` wide and, when it couldn't be read back, growing up to `max_width`.

    `correction` is Q when a logo covers the code's middle.
    """

    left: Pixels
    top: Pixels
    width: Extent
    max_width: Extent
    correction: Correction = Correction.M


class QrView(_Model):
    """The link's code in a square, quiet zone included, drawn as large as whole modules allow."""

    type: Literal["qrcode"]
    bind: Literal["link"]
    css: QrCss


class Stack(_Model):
    """A column of texts, placed as a whole in its box."""

    name: str
    left: Pixels
    top: Pixels
    width: Extent
    height: Extent
    align: Literal["start", "center", "end"] = "start"


View = Annotated[RectView | ImageView | TextView | QrView, Field(discriminator="type")]


class Template(_Model):
    """A whole poster. Views are painted in order."""

    name: str
    profile: Profile
    size: tuple[Extent, Extent]
    background: Color
    stacks: tuple[Stack, ...] = ()
    views: Annotated[tuple[View, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _has_one_code_and_known_stacks(self) -> Self:
        if sum(isinstance(view, QrView) for view in self.views) != 1:
            raise ValueError("a poster has exactly one view of type qrcode")
        known = {stack.name for stack in self.stacks}
        for number, view in enumerate(self.views):
            if isinstance(view, TextView) and view.stack is not None and view.stack not in known:
                raise ValueError(f"views.{number}.stack names {view.stack!r}, which is not in stacks")
        return self


def parse_template(name: str, source: str) -> Template:
    """Read a template from JSON.

    Raises:
        TemplateInvalidError: with each fault as `path: what is wrong`.
    """
    try:
        return Template.model_validate_json(source)
    except ValidationError as error:
        faults = tuple(
            f"{'.'.join(str(step) for step in fault['loc']) or 'template'}: {fault['msg']}"
            for fault in error.errors()
        )
        raise TemplateInvalidError(name, faults) from error


@lru_cache(maxsize=8)
def shipped_template(name: str) -> Template:
    """A template that comes with the program, such as `classic-3x4`."""
    return parse_template(name, (_TEMPLATES / f"{name}.json").read_text(encoding="utf-8"))
