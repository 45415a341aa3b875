"""Writes SVG by hand: every text and attribute escaped, nothing from outside; and turns it into a picture."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import resvg_py

from bot.media.text import drawable
from bot.media.typefaces import FONT_FILES, SHIPPED

FONT_FAMILIES = "Noto Sans CJK SC, Noto Sans SC, Noto Emoji, system-ui, sans-serif"
"""The shipped fonts' own names first; a web page without them uses its own."""

Attributes = Mapping[str, str | int | float]


def element(tag: str, attributes: Attributes, *inner: str) -> str:
    """One element; `inner` is SVG already."""
    written = "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
    return f"<{tag}{written}>{''.join(inner)}</{tag}>" if inner else f"<{tag}{written}/>"


def letters(text: str) -> str:
    """A text of a caller as SVG holds it: only what can be drawn, escaped."""
    return escape(drawable(text, SHIPPED))


def png(svg: str) -> bytes:
    """The picture of an SVG, with the shipped fonts alone. Holds the interpreter while it draws (30 to 60 ms)."""
    return resvg_py.svg_to_bytes(
        svg_string=svg, skip_system_fonts=True, font_files=[str(file) for file in FONT_FILES]
    )
