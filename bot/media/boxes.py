"""The boxes of a template's views and the colours that lie under them, before any words are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.media.contrast import over
from bot.media.css import BoxCss
from bot.media.facts import Word
from bot.media.views import ImageView, QrView, RectView, Stack, Template, TextView, View

_OPAQUE_DIGITS = len("#RRGGBB")
_UNKNOWN = "#808080"
"""Stands for the colour of a picture below an opaque plate, where it doesn't show."""


@dataclass(frozen=True, slots=True)
class Area:
    """A box in pixels of the poster; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def of(cls, box: BoxCss | Stack) -> Self:
        """The area of a box that has a height."""
        return cls(box.left, box.top, box.left + box.width, box.top + box.height)

    def meets(self, other: Area) -> bool:
        """Whether the two share a pixel."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: Area) -> bool:
        """Whether the other lies wholly in this one."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


def view_area(template: Template, view: View) -> Area | None:
    """Where a view may paint, or nothing for a text that a stack places."""
    match view:
        case RectView() | ImageView():
            return Area.of(view.css)
        case QrView():
            spare = max(0, view.css.max_width - view.css.width)
            left, top = view.css.left - spare // 2, view.css.top - spare // 2
            side = view.css.width + spare
            return Area(left, top, left + side, top + side)
        case TextView():
            if view.stack is not None:
                return None
            height = view.css.line_height * view.css.max_lines
            height = max(height, view.disc.size) if view.disc is not None else height
            left, top = view.css.left, view.css.top
            return Area(left, top, left + view.css.width, top + height)


def letters_area(template: Template, view: View) -> Area | None:
    """Where a text's letters may stand, its stack's box for a text in a stack; nothing for other views."""
    if not isinstance(view, TextView):
        return None
    if view.stack is None:
        return view_area(template, view)
    stacks = (stack for stack in template.stacks if stack.name == view.stack)
    return next((Area.of(stack) for stack in stacks), None)


def ground_colors(template: Template, number: int) -> tuple[str, ...]:
    """The colours that may lie under a text, by its number, while it is shown; empty when a picture does."""
    text = template.views[number]
    area = letters_area(template, text)
    met = {None, *_conditions(text)}
    colors: set[str] = {template.background}
    for view in template.views[:number]:
        if area is None or isinstance(view, TextView | QrView) or not Area.of(view.css).meets(area):
            continue
        if isinstance(view, ImageView):
            colors = set()
            continue
        paints = (view.css.color,) if view.css.gradient is None else (view.css.color, view.css.gradient.to)
        painted = {over(paint, color) for paint in paints for color in colors or {_UNKNOWN}}
        if view.css.pattern is not None:
            painted |= {over(view.css.pattern.color, color) for color in painted}
        hides = view.when in met and Area.of(view.css).holds(area)
        if hides and (colors or all(len(paint) == _OPAQUE_DIGITS for paint in paints)):
            colors = painted
        elif colors:
            colors |= painted
    return tuple(sorted(colors))


def _conditions(view: View) -> tuple[Word | None, ...]:
    """Words that are not empty while a text is shown."""
    if not isinstance(view, TextView):
        return ()
    return (view.when, view.spans[0].bind) if len(view.spans) == 1 else (view.when,)
