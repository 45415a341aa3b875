"""Poster templates by the command line: checked with every fault's line, drawn with a sample."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from PIL import Image

from bot.cli.posters import MOST_BYTES
from bot.media.poster import decodes
from tests.bot.cli.conftest import Tuike
from tests.bot.media.test_template import PLAIN
from tests.bot.media.test_template_faults import NO_COLOUR


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.json"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def test_a_template_that_can_be_used_is_told(tuike: Tuike, mine: Path) -> None:
    told = tuike("poster", "check", str(mine))
    as_json = tuike("poster", "check", str(mine), "--json")

    assert told.code == as_json.code == 0
    assert "mine.json can be used." in told.out
    assert json.loads(as_json.out) == {"name": "mine", "profile": "3:4", "size": [1080, 1440], "views": 4}


def test_a_refused_template_names_every_fault_on_a_line_of_its_own(tuike: Tuike, mine: Path) -> None:
    mine.write_text(PLAIN.replace('"left": 640', '"left": -1').replace("#FFFFFF", "white"))

    ended = tuike("poster", "check", str(mine))
    as_json = tuike("poster", "check", str(mine), "--json")

    assert ended.code == as_json.code == 1
    assert ended.err.splitlines() == [
        f"mine.json, line 5, background: {NO_COLOUR}",
        "mine.json, line 17, views[3].css.left: this is too small; write 0 or more",
    ]
    told = json.loads(as_json.out)["faults"]
    assert [fault["line"] for fault in told] == [5, 17]
    assert told[1] == {
        "line": 17,
        "path": "views[3].css.left",
        "sentence": "this is too small; write 0 or more",
    }


@pytest.mark.parametrize(("lang", "link"), [("zh", "K7Q2ABCD"), ("en", "M3X9PQRS")])
def test_a_template_is_previewed_in_both_languages(tuike: Tuike, mine: Path, lang: str, link: str) -> None:
    ended = tuike("poster", "preview", str(mine), "-o", "out.jpg", "--lang", lang, "--json")

    assert ended.code == 0, ended.err
    told = json.loads(ended.out)
    poster = Path("out.jpg").read_bytes()
    assert decodes(poster, f"https://shop.example.com/r/{link}")
    assert (told["file"], told["template"], told["form"]) == ("out.jpg", "mine", "jpg")
    assert told["bytes"] == len(poster)


def test_a_shipped_family_is_previewed_in_a_profile(tuike: Tuike) -> None:
    ended = tuike("poster", "preview", "--family", "festive", "--profile", "1:1", "--out", "square.png")

    assert ended.code == 0, ended.err
    assert "festive-1x1" in ended.out
    with Image.open(io.BytesIO(Path("square.png").read_bytes())) as picture:
        assert (picture.format, picture.size) == ("PNG", (1080, 1080))
    assert not list(Path().glob("*.part"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-o", "x.jpg"], "either a template FILE or a --family"),
        (["mine.json", "--family", "bold", "-o", "x.jpg"], "either a template FILE or a --family"),
        (["--family", "neon", "-o", "x.jpg"], "there are classic, bold, paper, night, festive"),
        (["--family", "bold", "-o", "x.gif"], "must end in one of .jpg, .png, .pdf"),
        (["--family", "bold", "--profile", "5:4", "-o", "x.jpg"], "'5:4' is not one of"),
        (["--family", "bold"], "Missing option"),
    ],
)
def test_what_is_asked_wrongly_ends_with_two(
    tuike: Tuike, mine: Path, arguments: list[str], sentence: str
) -> None:
    ended = tuike("poster", "preview", *arguments)

    assert ended.code == 2
    assert sentence in ended.err
    assert not Path("x.jpg").exists()


def test_files_that_are_no_templates_are_refused_in_a_sentence(tuike: Tuike, mine: Path) -> None:
    mine.write_bytes(b" " * (MOST_BYTES + 1))
    long = tuike("poster", "check", str(mine))
    mine.write_bytes("模板".encode("gb18030"))
    foreign = tuike("poster", "preview", str(mine), "-o", "x.jpg")
    missing = tuike("poster", "check", "nowhere.json")

    assert (long.code, long.err) == (1, "mine.json is too long for a template; at most 256 KB are read.\n")
    assert (foreign.code, missing.code) == (1, 1)
    assert "not UTF-8" in foreign.err
    assert "nowhere.json" in missing.err
