"""How well letters stand out from their ground (WCAG 2.2, "contrast ratio")."""

from __future__ import annotations

from PIL import ImageColor

TEXT = 4.5
LARGE_TEXT = 3.0
"""For letters so large or bold that less is enough."""


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white; colours as `#RRGGBB`, a cover is not looked at."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def over(paint: str, ground: str) -> str:
    """The colour that is seen where a paint with a cover lies on a ground."""
    red, green, blue, *cover = ImageColor.getrgb(paint)
    share = cover[0] if cover else 255
    under = ImageColor.getrgb(ground)
    mixed = ((c * share + g * (255 - share)) // 255 for c, g in zip((red, green, blue), under, strict=False))
    return "#" + "".join(f"{channel:02X}" for channel in mixed)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in ImageColor.getrgb(color)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
