"""The sharer's disc: the avatar cut round, or the initial on a plain disc."""

from __future__ import annotations

import structlog
from PIL import Image, ImageOps

from bot.media.errors import PictureError
from bot.media.lettering import paint_text
from bot.media.pictures import open_picture
from bot.media.plates import rounded
from bot.media.typefaces import Typefaces
from bot.media.typesetting import PlacedDisc

_SQUARE_CORNER = 6
"""A square portrait's corners are round by a sixth of its side."""

log = structlog.get_logger(__name__)


def paint_disc(canvas: Image.Image, piece: PlacedDisc, avatar: bytes | None, typefaces: Typefaces) -> None:
    """Paint the avatar, or the initial when there is none or it is refused (which is logged)."""
    css, box = piece.css, piece.box
    radius = css.size // 2 if css.shape == "circle" else css.size // _SQUARE_CORNER
    mask = rounded(css.size, css.size, radius)
    portrait = _portrait(avatar, css.size)
    if portrait is not None:
        canvas.paste(portrait, (box.left, box.top), mask)
        return
    canvas.paste(css.color, (box.left, box.top), mask)
    if piece.letter is not None:
        paint_text(canvas, piece.letter, typefaces)


def _portrait(avatar: bytes | None, side: int) -> Image.Image | None:
    if avatar is None:
        return None
    try:
        return ImageOps.fit(
            open_picture(avatar, at_least=(side, side)), (side, side), Image.Resampling.BICUBIC
        )
    except PictureError as error:
        log.warning("poster.avatar_refused", reason=str(error))
        return None
