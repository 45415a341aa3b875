"""Posters: the code always reads back, all stays on the canvas, nothing that people send breaks one."""

from __future__ import annotations

import io
from dataclasses import fields, replace

import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.media import qr
from bot.media.code_square import place_code
from bot.media.css import QrCss
from bot.media.errors import CodeUnreadableError, LinkTooLongError
from bot.media.facts import PosterFacts, PosterPrice
from bot.media.layout import lay_out
from bot.media.poster import decodes, render_poster
from bot.media.profiles import SHEETS, Profile
from bot.media.template import Template
from bot.media.typefaces import SHIPPED
from tests.bot.media.posters import HEART, LANTERN, UNRULY, named, resized, template_of, texts

SHEET = SHEETS[Profile.PORTRAIT_3X4]


@pytest.fixture(params=["classic", "night"])
def template(request: pytest.FixtureRequest) -> Template:
    return template_of(str(request.param), Profile.PORTRAIT_3X4)


@pytest.mark.parametrize("profile", list(Profile), ids=named)
@pytest.mark.parametrize("length", range(12, 133, 12))
def test_links_of_every_length_that_fits_read_back_small(profile: Profile, length: int) -> None:
    link = "https://s.io/r/K7Q2ABCD".ljust(length, "x")[:length]

    poster = render_poster(template_of("classic", profile), replace(HEART, link=link))

    assert decodes(resized(poster, 480), link)


def test_a_link_too_long_for_a_code_that_scans_is_refused(template: Template) -> None:
    with pytest.raises(LinkTooLongError, match="use the short link"):
        render_poster(template, replace(HEART, link="https://shop.example.com/" + "x" * 300))


def test_a_link_that_no_code_holds_is_refused(template: Template) -> None:
    with pytest.raises(LinkTooLongError):
        render_poster(template, replace(HEART, link="x" * 5000))


def test_another_link_is_not_taken_for_the_expected_one(template: Template) -> None:
    poster = render_poster(template, HEART)

    assert not decodes(poster, LANTERN.link)
    assert not decodes(_jpeg(Image.new("RGB", (400, 400), "white")), HEART.link)


def test_the_poster_is_a_jpeg_of_the_templates_size(template: Template) -> None:
    with Image.open(io.BytesIO(render_poster(template, LANTERN))) as poster:
        assert poster.format == "JPEG"
        assert poster.size == template.size


def test_the_same_facts_give_the_same_bytes(template: Template) -> None:
    assert render_poster(template, LANTERN) == render_poster(template, LANTERN)


@pytest.mark.parametrize("profile", list(Profile), ids=named)
def test_the_code_is_as_large_as_its_profile_asks(profile: Profile) -> None:
    sheet = SHEETS[profile]
    for length in (20, 35, 60, 120):
        code = qr.encode("x" * length)
        module = qr.smallest_module(code, sheet.code_px)
        assert module >= 6
        assert module * code.modules >= sheet.code_px
    assert sheet.code_px * 100 >= 22 * sheet.size[0]


def test_every_promised_part_is_on_the_poster(template: Template) -> None:
    shown = "\n".join(text.text for text in texts(lay_out(template, LANTERN, SHIPPED)))

    price = LANTERN.price
    for part in (
        LANTERN.brand, LANTERN.badge, price.before, price.whole, price.after, price.strike, price.saving,
        LANTERN.title[:8], LANTERN.selling_point, "小雅🌸 推荐", LANTERN.hint, LANTERN.short_code,
        LANTERN.deadline, LANTERN.ad_label,
    ):  # fmt: skip
        assert part in shown


def test_the_integer_of_the_price_is_the_largest_thing_said(template: Template) -> None:
    placed = texts(lay_out(template, LANTERN, SHIPPED))

    whole = next(text for text in placed if text.text == "59")
    assert all(text.size < whole.size for text in placed if text is not whole)


def test_a_price_too_wide_for_its_row_gets_smaller_but_keeps_every_digit(template: Template) -> None:
    price = PosterPrice(before="Rp", whole="123,456,789,012,345,678", after=".90", strike="Rp2", saving="-1")

    shown = [text.text for text in texts(lay_out(template, replace(HEART, price=price), SHIPPED))]

    assert {price.before, price.whole, price.after} <= set(shown)


def test_a_long_title_takes_two_lines_and_ends_in_an_ellipsis(template: Template) -> None:
    placed = texts(lay_out(template, LANTERN, SHIPPED))

    title = [text.text for text in placed if text.text[:2] == "复古" or text.text[-1] == "…"]
    assert len(title) == 2
    assert title[1].endswith("…")


def test_facts_have_no_place_for_commission_or_phone() -> None:
    named = {field.name for kind in (PosterFacts, PosterPrice) for field in fields(kind)}

    assert not {name for name in named if "commission" in name or "earn" in name or "phone" in name}


def test_a_name_without_a_letter_we_can_draw_gives_the_unnamed_line(template: Template) -> None:
    placed = texts(lay_out(template, replace(LANTERN, sharer="حسن", recommendation="حسن 推荐"), SHIPPED))

    shown = [text.text for text in placed]
    assert "好友推荐" in shown
    assert "推荐" not in shown


@pytest.mark.parametrize("picture", [None, b"", b"\xff\xd8\xff broken", UNRULY.picture])
def test_a_missing_or_broken_picture_gives_the_neutral_plate(
    template: Template, picture: bytes | None
) -> None:
    poster = render_poster(template, replace(HEART, picture=picture))

    assert poster == render_poster(template, replace(HEART, picture=None))
    assert decodes(poster, HEART.link)


def test_a_refused_picture_is_logged(template: Template) -> None:
    with capture_logs() as logs:
        render_poster(template, replace(HEART, picture=b"nonsense"))

    assert [entry["event"] for entry in logs] == ["poster.picture_refused"]


@pytest.mark.parametrize("size", [(1, 1), (1, 4000), (4000, 1), (300, 1200), (1200, 300)])
def test_pictures_of_any_shape_are_placed(template: Template, size: tuple[int, int]) -> None:
    picture = _jpeg(Image.linear_gradient("L").resize(size).convert("RGB"))

    assert decodes(render_poster(template, replace(HEART, picture=picture)), HEART.link)


def test_a_studio_picture_is_shown_whole_on_its_own_ground() -> None:
    template = template_of("classic", Profile.PORTRAIT_3X4)
    studio = Image.new("RGB", (900, 900), "#20A060")
    studio.paste("#FFFFFF", (0 + 10, 400, 20, 500))

    poster = _open(render_poster(template, replace(HEART, picture=_jpeg(studio))))

    left_edge, ground = poster.getpixel((60, 400)), poster.getpixel((1000, 400))
    assert left_edge == pytest.approx(ground, abs=6)
    assert ground == pytest.approx((0x20, 0xA0, 0x60), abs=6)


def test_when_a_code_cannot_be_read_back_it_is_drawn_larger_and_logged() -> None:
    canvas = Image.new("RGB", (1080, 1440), "white")
    css = QrCss(left=100, top=100, width=376, max_width=500)
    tried: list[int] = []

    def reads_when_large(jpeg: bytes, link: str) -> bool:
        tried.append(_open(jpeg).width)
        return len(tried) == 3 and decodes(jpeg, link)

    with capture_logs() as logs:
        place_code(canvas, css, HEART.link, SHEET, reads_when_large)

    assert tried == sorted(set(tried))
    assert [entry["event"] for entry in logs] == ["poster.code_unreadable"] * 2
    assert decodes(_jpeg(canvas), HEART.link)


def test_when_no_size_can_be_read_back_no_poster_is_made() -> None:
    canvas = Image.new("RGB", (1080, 1440), "white")
    css = QrCss(left=100, top=100, width=376, max_width=408)

    with pytest.raises(CodeUnreadableError):
        place_code(canvas, css, HEART.link, SHEET, lambda _jpeg, _link: False)


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def _open(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg)) as picture:
        return picture.convert("RGB")
