"""Names that people typed, and what is left of them on a card."""

from __future__ import annotations

import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from bot.voice.names import cut, display_width, person_name, plain_name

FSI, PDI = "\u2068", "\u2069"
FAMILY = "👩\u200d👩\u200d👧\u200d👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
BIDI = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"

widths = st.integers(min_value=1, max_value=40)
# Ordinary letters alone seldom meet: this mixes in what breaks names.
awkward = st.sampled_from(
    [*BIDI, *'<>&"{}', "\u200d", "\u200c", "\u0301", "\ufe0f", "\u20e3", "🇨", "🇳", "👩", "👍", "🏽"]
)
pieces = st.one_of(
    awkward, st.characters(), st.sampled_from([FAMILY, ENGLAND, "张", "م", "\u3164", "\n", " "])
)
typed = st.lists(pieces, max_size=60).map("".join)


def test_a_hostile_nickname_stays_a_word() -> None:
    assert person_name('<b>&"', 20, "Someone") == f"{FSI}&lt;b&gt;&amp;&#34;{PDI}"
    assert plain_name('<b>&"', 20, "Someone") == f'{FSI}<b>&"{PDI}'


def test_marks_that_turn_the_line_around_are_taken_out() -> None:
    assert person_name("\u202egnp.\u2066x\u2069", 20, "Someone") == f"{FSI}gnp.x{PDI}"
    assert person_name("עברית", 20, "Someone") == f"{FSI}עברית{PDI}"


@pytest.mark.parametrize(
    "raw", [None, "", "  \n ", "\u200b\u200d\u2060", "\u3164\u3164", "\u0301", BIDI, "\x00", "\ud800"]
)
def test_a_name_with_nothing_to_show_gives_the_neutral_word(raw: str | None) -> None:
    assert person_name(raw, 20, "A & B") == "A &amp; B"
    assert plain_name(raw, 20, "A & B") == "A & B"


@pytest.mark.parametrize(
    ("raw", "width", "shown"),
    [
        ("x" * 200, 10, "x" * 9 + "…"),
        ("张三李四王五", 12, "张三李四王五"),
        ("张三李四王五", 11, "张三李四王…"),
        ("张三李四王五", 10, "张三李四…"),
        ("张三", 1, "…"),
        ("two words", 5, "two…"),
        ("  many \t\n spaces ", 20, "many spaces"),
        (FAMILY + "👍🏽🇨🇳" + ENGLAND, 8, FAMILY + "👍🏽🇨🇳" + ENGLAND),
        (FAMILY + "👍🏽🇨🇳" + ENGLAND, 7, FAMILY + "👍🏽🇨🇳…"),
        (FAMILY + "👍🏽🇨🇳", 4, FAMILY + "…"),
        ("1\ufe0f\u20e3 ☺\ufe0f", 5, "1\ufe0f\u20e3 ☺\ufe0f"),
        ("می\u200cخواهم", 20, "می\u200cخواهم"),
        ("ad\u200cmin\u200d", 20, "admin"),
        ("Zoe\u0308", 3, "Zoë"),
        ("a \u0301b\u200e\u0301", 20, "a b"),
        ("\U00030ede\U00031350", 4, "\U00030ede\U00031350"),
    ],
)
def test_names_are_cut_at_whole_letters(raw: str, width: int, shown: str) -> None:
    assert cut(raw, width) == shown


def test_a_tower_of_accents_is_taken_down() -> None:
    tower = cut("x" + "\u0334" * 300 + "y", 20)
    assert tower.startswith("x")
    assert tower.endswith("y")
    assert len(tower) <= 6


def test_widths_as_a_terminal_counts_them() -> None:
    counted = {text: display_width(text) for text in ("", "abc", "张三", "e\u0302", FAMILY, "🇨🇳", "Ａ", "…")}
    assert counted == {"": 0, "abc": 3, "张三": 4, "e\u0302": 1, FAMILY: 2, "🇨🇳": 2, "Ａ": 2, "…": 1}


def test_no_room_at_all_is_our_fault() -> None:
    with pytest.raises(ValueError, match="0 columns"):
        cut("x", 0)


class _NoTags(HTMLParser):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"a tag came through: {tag}")

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment came through: {data}")


@settings(deadline=None)
@given(typed, widths)
@example('<b>&"', 5)
def test_no_name_makes_a_tag(raw: str, width: int) -> None:
    name = person_name(raw, width, "Someone")
    reader = _NoTags(convert_charrefs=True)
    reader.feed(name)
    reader.close()
    assert isinstance(name, Markup)
    assert name.unescape() == plain_name(raw, width, "Someone")


@settings(deadline=None)
@given(typed, widths)
def test_isolates_are_balanced_and_nothing_else_turns_the_line(raw: str, width: int) -> None:
    name = plain_name(raw, width, "")
    inside = name.removeprefix(FSI).removesuffix(PDI)
    assert name == (f"{FSI}{inside}{PDI}" if inside else "")
    assert not set(inside) & set(BIDI)
    assert not [char for char in inside if unicodedata.category(char) in ("Cc", "Cs", "Co", "Zl", "Zp")]


@settings(deadline=None)
@given(typed, widths)
@example("张" * 30, 7)
@example(FAMILY * 9, 5)
def test_no_name_is_wider_than_its_room(raw: str, width: int) -> None:
    assert display_width(cut(raw, width)) <= width
    assert display_width(cut("张" + raw, width)) >= 1


@settings(deadline=None)
@given(typed, widths)
def test_a_cut_name_is_the_beginning_of_the_whole(raw: str, width: int) -> None:
    whole, shown = cut(raw, 10_000), cut(raw, width)
    assert shown == whole or whole.startswith(shown.removesuffix("…"))
    assert (shown == whole) == (display_width(whole) <= width)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([FAMILY, "👍🏽", "🇨🇳", ENGLAND, "1\ufe0f\u20e3"]), min_size=1, max_size=20),
    widths,
)
def test_an_emoji_is_there_whole_or_not_at_all(emoji: list[str], width: int) -> None:
    shown = cut("".join(emoji), width).removesuffix("…")
    assert shown in {"".join(emoji[:count]) for count in range(len(emoji) + 1)}
