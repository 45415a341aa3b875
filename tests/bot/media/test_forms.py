"""The forms of a poster: what chats show, what is kept whole, what is printed."""

from __future__ import annotations

import io
import re

import pytest
from PIL import Image

from bot.media.forms import PosterForm
from bot.media.poster import decodes, paint_poster, render_poster
from bot.media.profiles import SHEETS, Profile
from bot.media.template import families
from tests.bot.media.posters import LANTERN, named, resized, template_of

MM_PER_INCH = 25.4
every_profile = pytest.mark.parametrize("profile", list(Profile), ids=named)


def embedded(pdf: bytes) -> bytes:
    """The one picture in a poster's PDF."""
    found = re.search(rb"/DCTDecode /Length (\d+) >>\nstream\n", pdf)
    assert found is not None
    return pdf[found.end() : found.end() + int(found.group(1))]


@every_profile
def test_a_png_is_the_poster_as_it_was_painted(profile: Profile) -> None:
    template = template_of("paper", profile)

    with Image.open(io.BytesIO(render_poster(template, LANTERN, form=PosterForm.PNG))) as picture:
        assert (picture.format, picture.size) == ("PNG", SHEETS[profile].size)
        assert picture.convert("RGB").tobytes() == paint_poster(template, LANTERN).tobytes()


@pytest.mark.parametrize("family", families())
def test_a_printed_sheet_reads_back_from_its_embedded_picture(family: str) -> None:
    pdf = render_poster(template_of(family, Profile.A4), LANTERN, form=PosterForm.PDF)

    picture = embedded(pdf)
    with Image.open(io.BytesIO(picture)) as opened:
        assert opened.size == (2480, 3508)
    for long_side in (3508, 1280, 800, 480):
        assert decodes(resized(picture, long_side), LANTERN.link), long_side


def test_a_sheet_is_a4_on_paper_and_its_code_46_to_50_millimetres() -> None:
    pdf = render_poster(template_of("classic", Profile.A4), LANTERN, form=PosterForm.PDF)

    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box is not None
    width, height = (float(side) / 72 * MM_PER_INCH for side in box.groups())
    assert width == pytest.approx(210, abs=0.3)
    assert height == pytest.approx(297, abs=0.3)
    with Image.open(io.BytesIO(embedded(pdf))) as picture:
        # The code is the only thing that is black here; classic's darkest ink is not.
        black = (
            picture.convert("L")
            .crop((1400, 2400, 2480, 3508))
            .point([255 if v < 12 else 0 for v in range(256)])
        )
        left, _, right, _ = black.getbbox() or (0, 0, 0, 0)
    assert 46 <= (right - left) / 300 * MM_PER_INCH <= 50


def test_a_pdf_says_where_its_parts_are() -> None:
    """Readers find objects by the table at the end (ISO 32000-1, 7.5.4)."""
    pdf = render_poster(template_of("bold", Profile.SQUARE), LANTERN, form=PosterForm.PDF)

    start = int(pdf.split(b"startxref\n")[1].split(b"\n")[0])
    assert pdf[start:].startswith(b"xref\n0 6\n")
    places = [int(line[:10]) for line in pdf[start:].split(b"\n")[3:8]]
    for number, place in enumerate(places, 1):
        assert pdf[place:].startswith(b"%d 0 obj\n" % number)
    content = re.search(rb"<< /Length (\d+) >>\nstream\n(.*?)\nendstream", pdf)
    assert content is not None
    assert len(content.group(2)) == int(content.group(1))


@every_profile
def test_the_same_poster_gives_the_same_bytes(profile: Profile) -> None:
    template = template_of("festive", profile)
    for form in PosterForm:
        assert render_poster(template, LANTERN, form=form) == render_poster(template, LANTERN, form=form)
