"""Where a finding stands: its line, and its place as people read it."""

from __future__ import annotations

import pytest

from models.errors import Sentence
from models.files.findings import Path, found, shown

LINES: dict[Path, int] = {(): 1, ("rates",): 4, ("rates", 0): 5}
SENTENCE = Sentence("this key stands twice; keep one of the two")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (("rates", 0), "line 5, rates[0]: this key stands twice; keep one of the two"),
        (("rates", 0, "percent"), "line 5, rates[0].percent: this key stands twice; keep one of the two"),
        (("rates", 7), "line 4, rates[7]: this key stands twice; keep one of the two"),
        (("name",), "line 1, name: this key stands twice; keep one of the two"),
        ((), "line 1: this key stands twice; keep one of the two"),
    ],
)
def test_what_is_missing_stands_on_the_line_of_what_should_hold_it(path: Path, said: str) -> None:
    assert str(found(LINES, path, SENTENCE)) == said


def test_a_place_of_a_file_without_lines_is_on_its_first() -> None:
    assert found({}, ("name",), SENTENCE).line == 1


def test_a_place_is_shown_as_people_write_it() -> None:
    assert shown(("views", 3, "css", "left")) == "views[3].css.left"
    assert shown((0, 1)) == "[0][1]"
