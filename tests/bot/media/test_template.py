"""A merchant's own template: taken only when its posters can be read; codes keep their quiet zone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media import qr
from bot.media.errors import TemplateInvalidError
from bot.media.facts import PosterFacts, Word
from bot.media.layout import lay_out
from bot.media.positions import NoJsonError, positions
from bot.media.poster import decodes, render_poster
from bot.media.profiles import Profile
from bot.media.qr import Correction
from bot.media.sample import SampleLanguage, sample_facts
from bot.media.template import families, parse_template
from bot.media.typefaces import SHIPPED
from models.files.findings import Finding
from tests.bot.media.posters import HEART, STRANGERS, texts

DOCS = Path(__file__).parents[3] / "docs" / "poster-templates.md"

PLAIN = """\
{
  "name": "mine",
  "profile": "3:4",
  "size": [1080, 1440],
  "background": "#FFFFFF",
  "stacks": [
    {"name": "offer", "left": 60, "top": 820, "width": 500, "height": 300}
  ],
  "views": [
    {"type": "image", "bind": "picture", "css":
      {"left": 60, "top": 100, "width": 960, "height": 700, "plate": "#EEEEEE", "plate-mark": "#CCCCCC"}},
    {"type": "text", "stack": "offer", "spans": [{"bind": "title", "css": {"font-size": 46, "color": "#222222"}}],
      "css": {"line-height": 60, "max-lines": 2}},
    {"type": "text", "spans": [{"bind": "ad-label", "css": {"font-size": 24, "color": "#444444"}}],
      "css": {"left": 60, "top": 20, "width": 300, "line-height": 60}},
    {"type": "qrcode", "bind": "link", "css":
      {"left": 640, "top": 900, "width": 376, "max-width": 400}}
  ]
}
"""
CODE = '{"type": "qrcode", "bind": "link", "css":\n      {"left": 640, "top": 900, "width": 376, "max-width": 400}}'
LABEL = '{"bind": "ad-label", "css": {"font-size": 24, "color": "#444444"}}'


def faults(source: str) -> tuple[Finding, ...]:
    with pytest.raises(TemplateInvalidError) as caught:
        parse_template("mine.json", source)
    assert "mine.json" in str(caught.value)
    return caught.value.faults


def test_a_plain_template_is_taken() -> None:
    mine = parse_template("mine.json", PLAIN)
    facts = sample_facts(SampleLanguage.CHINESE)

    assert decodes(render_poster(mine, facts), facts.link)


NUMBERS = st.integers(0, 700)


@settings(deadline=None, max_examples=300)
@given(
    st.fixed_dictionaries(
        {"left": NUMBERS, "top": NUMBERS, "width": NUMBERS, "line-height": st.integers(1, 250)},
        optional={"max-lines": st.integers(1, 6), "text-align": st.sampled_from(["left", "center", "right"])},
    ),
    st.fixed_dictionaries(
        {"font-size": st.integers(8, 150), "color": st.just("#222222")},
        optional={
            "padding-x": st.integers(0, 90),
            "padding-y": st.integers(0, 60),
            "letter-spacing": st.integers(0, 90),
            "background": st.just("#DDDDDD"),
        },
    ),
    st.sampled_from(list(STRANGERS.values())),
)
def test_whatever_template_is_taken_its_words_stay_on_the_canvas_and_off_the_code(
    css: dict[str, object], letters: dict[str, object], facts: PosterFacts
) -> None:
    view = {"type": "text", "spans": [{"bind": "title", "css": letters}], "css": css}
    try:
        mine = parse_template("mine", PLAIN.replace('"views": [', f'"views": [\n{json.dumps(view)},'))
    except TemplateInvalidError:
        return

    assert decodes(render_poster(mine, HEART), HEART.link)
    for text in texts(lay_out(mine, facts, SHIPPED)):
        assert text.box.left >= 0
        assert text.box.right <= 1080
        air = text.size // 8
        assert text.box.top >= -air
        assert text.box.bottom <= 1440 + air


def test_a_story_keeps_words_and_code_out_of_what_apps_cover() -> None:
    story = PLAIN.replace('"3:4"', '"9:16"').replace("1440", "1920")

    found = faults(story)

    assert [(fault.line, fault.path) for fault in found] == [(15, "views[2].css.top")]
    assert "between 250 and 1670" in found[0].sentence


def test_all_faults_are_named_at_once_in_the_order_of_their_lines() -> None:
    broken = PLAIN.replace('"left": 640', '"left": -1').replace("#FFFFFF", "white").replace('"3:4"', '"3:5"')

    assert [fault.line for fault in faults(broken)] == [3, 5, 17]
    assert str(faults(broken)[1]).startswith("line 5, background: ")


def test_positions_agree_with_a_look_at_the_text() -> None:
    text = PLAIN.replace("\n", "\r\n")
    found = positions(text)

    lines = text.splitlines()
    for path, line in found.lines.items():
        if path and isinstance(path[-1], str):
            key = f'"{path[-1]}"'
            assert key in lines[line - 1] or key in lines[line - 2], (path, line)
    assert found.line(("views", 3, "css", "nothing", 7)) == found.lines["views", 3, "css"]


def test_escaped_keys_are_the_same_keys() -> None:
    assert positions('{"a": 1,\n"\\u0061": 2}').doubled == [(("a",), 2)]
    with pytest.raises(NoJsonError, match="no key stands here"):
        positions("{'a': 1}")


def test_the_documented_example_is_a_template() -> None:
    blocks = re.findall(r"```json\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)

    mine = parse_template("docs", blocks[0])

    assert decodes(
        render_poster(mine, sample_facts(SampleLanguage.ENGLISH)), "https://shop.example.com/r/M3X9PQRS"
    )


def test_every_word_family_and_profile_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")

    for name in (*families(), *Profile, *Word):
        assert f"`{name}`" in text, name


@pytest.mark.parametrize("correction", list(Correction))
@pytest.mark.parametrize("module_px", [1, 6, 10])
def test_a_code_has_four_free_modules_around_it_and_is_black_on_white(
    correction: Correction, module_px: int
) -> None:
    code = qr.encode("https://shop.example.com/r/K7Q2ABCD", correction)

    drawn = qr.draw(code, module_px).convert("L")

    quiet = 4 * module_px  # ISO/IEC 18004
    dark = Image.eval(drawn, lambda value: 255 - value).getbbox()
    assert dark == (quiet, quiet, drawn.width - quiet, drawn.height - quiet)
    assert {color for _, color in drawn.getcolors() or []} == {0, 255}


def test_a_code_that_bears_more_damage_has_more_modules() -> None:
    link = "https://shop.example.com/r/K7Q2ABCD"

    assert qr.encode(link, Correction.Q).modules > qr.encode(link, Correction.M).modules


def test_the_same_link_is_encoded_once() -> None:
    assert qr.encode("https://a.example/r/1") is qr.encode("https://a.example/r/1")
