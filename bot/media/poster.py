"""Paints a poster: placed pieces in, a file out, its code read back before it leaves."""

from __future__ import annotations

from PIL import Image

from bot.media.code_square import decodes, place_code
from bot.media.css import QrCss
from bot.media.facts import PosterFacts
from bot.media.forms import PosterForm, encode
from bot.media.kept import Kept
from bot.media.layout import PlacedCode, PlacedPicture, PlacedRect, lay_out
from bot.media.lettering import paint_text
from bot.media.photo import paint_picture
from bot.media.plates import paint_plate
from bot.media.portrait import paint_disc
from bot.media.profiles import SHEETS
from bot.media.typefaces import SHIPPED, Typefaces
from bot.media.typesetting import PlacedDisc, PlacedText
from bot.media.views import RectView, Template

__all__ = ["decodes", "paint_poster", "render_poster"]

_GROUND_BYTES = 48 * 1024 * 1024
"""One sheet of A4 takes 26 MB, a picture for chats 5."""


def render_poster(
    template: Template,
    facts: PosterFacts,
    typefaces: Typefaces = SHIPPED,
    form: PosterForm = PosterForm.JPEG,
) -> bytes:
    """A poster as a file; pure but for its caches. As JPEG, a sheet of A4 has half its size.

    A missing or refused picture gives a neutral plate, a missing or refused avatar the sharer's initial. The
    code is read back as small screens show it; when that fails it is drawn larger, and logged.

    Raises:
        LinkTooLongError: the link's code would not scan in the template's square.
        CodeUnreadableError: no size in the square could be read back.
    """
    poster = paint_poster(template, facts, typefaces)
    return encode(poster, template.profile, SHEETS[template.profile], form)


def paint_poster(template: Template, facts: PosterFacts, typefaces: Typefaces = SHIPPED) -> Image.Image:
    """A poster at the size of its template. Raises as `render_poster`."""
    canvas = _GROUNDS.get_or_make(template, lambda: _ground(template)).copy()
    code_css: QrCss | None = None
    for piece in lay_out(template, facts, typefaces)[_standing(template) :]:
        match piece:
            case PlacedRect():
                paint_plate(canvas, piece.css)
            case PlacedText():
                paint_text(canvas, piece, typefaces)
            case PlacedDisc():
                paint_disc(canvas, piece, facts.avatar, typefaces)
            case PlacedPicture():
                paint_picture(canvas, piece.css, facts.picture)
            case PlacedCode():
                code_css = piece.css
    if code_css is not None:
        place_code(canvas, code_css, facts.link, SHEETS[template.profile])
    return canvas


def _ground(template: Template) -> Image.Image:
    """The background with the plates that stand on every poster before anything else is painted."""
    ground = Image.new("RGB", template.size, template.background)
    for view in template.views[: _standing(template)]:
        if isinstance(view, RectView):
            paint_plate(ground, view.css)
    return ground


def _standing(template: Template) -> int:
    """How many views at the beginning are plates without a condition."""
    changing = (n for n, view in enumerate(template.views) if not isinstance(view, RectView) or view.when)
    return next(changing, len(template.views))


def _bytes_of(ground: Image.Image) -> int:
    return ground.width * ground.height * len(ground.getbands())


_GROUNDS: Kept[Template, Image.Image] = Kept(_GROUND_BYTES, _bytes_of)
