"""The sharer on the poster: by picture and name, by picture alone, or not at all."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.media.drawn import draw_product
from bot.media.facts import SharerShown
from bot.media.layout import Piece, lay_out
from bot.media.poster import decodes, paint_poster, render_poster
from bot.media.profiles import Profile
from bot.media.template import Template
from bot.media.typefaces import SHIPPED
from bot.media.typesetting import PlacedDisc
from tests.bot.media.posters import HEART, LANTERN, template_of, texts

GREEN = (0x20, 0xA0, 0x60)


@pytest.fixture(params=["classic", "bold"])
def template(request: pytest.FixtureRequest) -> Template:
    return template_of(str(request.param), Profile.PORTRAIT_3X4)


def avatar(size: tuple[int, int] = (640, 640)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, GREEN).save(out, "JPEG", quality=95)
    return out.getvalue()


def disc(pieces: tuple[Piece, ...]) -> PlacedDisc:
    return next(piece for piece in pieces if isinstance(piece, PlacedDisc))


def test_the_avatar_is_cut_to_the_disc(template: Template) -> None:
    box = disc(lay_out(template, LANTERN, SHIPPED)).box
    poster = paint_poster(template, replace(LANTERN, avatar=avatar((900, 300))))
    without = paint_poster(template, LANTERN)

    middle = ((box.left + box.right) // 2, (box.top + box.bottom) // 2)
    assert poster.getpixel(middle) == pytest.approx(GREEN, abs=4)
    corner = (box.left, box.top)
    assert poster.getpixel(corner) == without.getpixel(corner)


@pytest.mark.parametrize(
    "wreck", [b"", b"GIF89a", b"\xff\xd8\xff nonsense", draw_product("Mug", "", 1)[:9000]]
)
def test_a_wrecked_avatar_gives_the_initial_and_is_logged(template: Template, wreck: bytes) -> None:
    with capture_logs() as logs:
        poster = render_poster(template, replace(LANTERN, avatar=wreck))

    assert poster == render_poster(template, LANTERN)
    assert [entry["event"] for entry in logs] == ["poster.avatar_refused"]


@pytest.mark.parametrize(
    ("sharer", "brand", "letter"),
    [("小雅🌸", "Gifts", "小"), ("🌸🐼", "Gifts", "🌸"), ("حسن", "Gifts", "G"), ("", "Gifts", "G")],
)
def test_an_initial_stands_in_for_a_missing_avatar(sharer: str, brand: str, letter: str) -> None:
    template = template_of("classic", Profile.PORTRAIT_3X4)

    placed = disc(lay_out(template, replace(HEART, sharer=sharer, brand=brand), SHIPPED))

    assert placed.letter is not None
    assert placed.letter.text == letter


def test_a_name_of_emoji_is_shown(template: Template) -> None:
    shown = [
        text.text
        for text in texts(lay_out(template, replace(LANTERN, sharer="🌸", recommendation="🌸 推荐"), SHIPPED))
    ]

    assert "🌸 推荐" in shown


def test_without_a_name_the_disc_stands_where_it_stood(template: Template) -> None:
    named = lay_out(template, replace(HEART, sharer_shown=SharerShown.NAMED), SHIPPED)
    alone = lay_out(template, replace(HEART, sharer_shown=SharerShown.AVATAR), SHIPPED)

    assert disc(alone).box.left == disc(named).box.left
    assert not any("Amelia" in text.text for text in texts(alone))


def test_a_centred_disc_stands_alone_in_the_middle() -> None:
    template = template_of("festive", Profile.SQUARE)
    stack = next(stack for stack in template.stacks if stack.name == "invitation")

    box = disc(lay_out(template, replace(HEART, sharer_shown=SharerShown.AVATAR), SHIPPED)).box

    assert (box.left + box.right) // 2 == pytest.approx(stack.left + stack.width // 2, abs=1)


def test_anonymous_leaves_no_hole(template: Template) -> None:
    named = texts(lay_out(template, HEART, SHIPPED))
    anonymous = texts(lay_out(template, replace(HEART, sharer_shown=SharerShown.ANONYMOUS), SHIPPED))

    def hint(placed: list[object]) -> int:
        return next(text.baseline for text in texts(tuple(placed)) if text.text == HEART.hint)

    assert hint(list(anonymous)) < hint(list(named))
    assert decodes(render_poster(template, replace(HEART, sharer_shown=SharerShown.ANONYMOUS)), HEART.link)
