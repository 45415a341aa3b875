"""Templates: what is wrong is named by its path; codes keep their quiet zone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from bot.media import qr, template
from bot.media.errors import TemplateInvalidError
from bot.media.qr import Correction
from bot.media.template import parse_template, shipped_template

SHIPPED = sorted(path.stem for path in (Path(template.__file__).parent / "templates").glob("*.json"))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_template_is_valid_and_keeps_inside_its_size(name: str) -> None:
    poster = shipped_template(name)

    assert poster.name == name
    for view in poster.views:
        left, width = view.css.left, view.css.width
        assert left + width <= poster.size[0]


def changed(path: str, value: object) -> str:
    source = json.loads(
        (Path(template.__file__).parent / "templates" / "classic-3x4.json").read_text("utf-8")
    )
    place = source
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[last] = value
    return json.dumps(source)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        ("background", "red", "background: "),
        ("size", [1080], "size"),
        ("profile", "5:4", "profile"),
        ("views.0.css.left", -1, "views.0.rect.css.left"),
        ("views.0.css.colour", "#FFFFFF", "views.0.rect.css.colour"),
        ("views.0.type", "video", "views.0"),
        ("views.3.spans.0.bind", "commission", "views.3.text.spans.0.bind"),
        ("views.3.stack", "nowhere", "views.3.stack"),
        ("views", [], "views"),
    ],
)
def test_a_fault_is_named_by_its_path(path: str, value: object, named: str) -> None:
    with pytest.raises(TemplateInvalidError) as caught:
        parse_template("mine", changed(path, value))

    assert any(named in fault for fault in caught.value.faults), caught.value.faults
    assert "mine" in str(caught.value)


def test_a_template_without_a_code_is_refused() -> None:
    source = json.loads(changed("name", "x"))
    source["views"] = [view for view in source["views"] if view["type"] != "qrcode"]

    with pytest.raises(TemplateInvalidError, match="exactly one view of type qrcode"):
        parse_template("x", json.dumps(source))


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(TemplateInvalidError):
        parse_template("x", "{")


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


def test_a_code_with_room_for_a_logo_corrects_more() -> None:
    link = "https://shop.example.com/r/K7Q2ABCD"

    assert qr.encode(link, Correction.Q).modules > qr.encode(link, Correction.M).modules


def test_the_same_link_is_encoded_once() -> None:
    assert qr.encode("https://a.example/r/1") is qr.encode("https://a.example/r/1")
