"""The `css` of a template's views: CSS names with pixel numbers, colours as `#RRGGBB`."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.media.qr import Correction
from bot.media.typefaces import Weight

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$")]
Paint = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$")]
"""A colour that may let the ground shine through: the last two digits are its cover, `00` to `FF`."""
Pixels = Annotated[int, Field(ge=0, le=4000)]
Extent = Annotated[int, Field(ge=1, le=4000)]


class Model(BaseModel):
    """The base of all that stands in a template: no unknown keys, names with hyphens."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=lambda name: name.replace("_", "-"),
        populate_by_name=True,
    )


class Shadow(Model):
    """A soft shadow below a plate."""

    offset: Pixels
    blur: Annotated[int, Field(ge=1, le=200)]
    color: Color


class Gradient(Model):
    """The colour that a plate's own turns into, downwards, to the right, to the lower right, or outwards."""

    to: Paint
    direction: Literal["down", "right", "diagonal", "out"] = "down"


class PatternKind(StrEnum):
    """What a plate may be printed with."""

    DOTS = "dots"
    GRID = "grid"
    LINES = "lines"
    STRIPES = "stripes"
    SCALLOPS = "scallops"
    RAYS = "rays"
    STARS = "stars"
    CONFETTI = "confetti"


class Pattern(Model):
    """A print: `step` pixels from one figure to the next, figures or strokes of `size` pixels."""

    kind: PatternKind
    color: Paint
    step: Annotated[int, Field(ge=8, le=1000)]
    size: Annotated[int, Field(ge=1, le=500)]


class Border(Model):
    """A line inside a plate's edge."""

    width: Annotated[int, Field(ge=1, le=60)]
    color: Color


class BoxCss(Model):
    """A box in pixels of the poster."""

    left: Pixels
    top: Pixels
    width: Extent
    height: Extent
    radius: Pixels = 0


class RectCss(BoxCss):
    """A filled box: colour first, then what it turns into, the print, the border."""

    color: Paint
    gradient: Gradient | None = None
    pattern: Pattern | None = None
    border: Border | None = None
    shadow: Shadow | None = None


class ImageCss(BoxCss):
    """A picture's box and the colour of the neutral plate that stands in for a missing picture."""

    plate: Color
    plate_mark: Color


class LetterCss(Model):
    """How letters look, and the pill behind them, if any."""

    font_size: Annotated[int, Field(ge=8, le=600)]
    color: Color
    font_weight: Weight = Weight.REGULAR
    letter_spacing: Annotated[int, Field(ge=0, le=200)] = 0
    text_decoration: Literal["none", "line-through"] = "none"
    background: Color | None = None
    padding_x: Annotated[int, Field(ge=0, le=400)] = 0
    padding_y: Annotated[int, Field(ge=0, le=400)] = 0
    radius: Pixels = 0


class TextCss(Model):
    """Where a text goes. In a stack, `left`, `top` and `width` come from the stack."""

    left: Pixels = 0
    top: Pixels = 0
    width: Pixels = 0
    margin_top: Pixels = 0
    line_height: Extent
    max_lines: Annotated[int, Field(ge=1, le=6)] = 1
    text_align: Literal["left", "center", "right"] = "left"


class DiscCss(Model):
    """The sharer's picture, or initial, before a text: `size` wide and high, `gap` pixels before the letters."""

    size: Annotated[int, Field(ge=16, le=1000)]
    gap: Pixels
    color: Color
    letter_color: Color
    shape: Literal["circle", "square"] = "circle"


class QrCss(Model):
    """The code's square, `width` wide and, when it couldn't be read back, growing up to `max_width`.

    The engine draws the quiet zone inside it, on white. `correction` Q bears more damage than M and needs
    more modules.
    """

    left: Pixels
    top: Pixels
    width: Extent
    max_width: Extent
    correction: Correction = Correction.M
