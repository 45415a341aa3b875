"""Words for pictures: what is left of what people type, and where lines break."""

from __future__ import annotations

from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.media.fonts import coverage
from bot.media.text import LONGEST_TEXT, drawable, initial, shorten, wrap
from bot.media.typefaces import SHIPPED, Typefaces, Weight

FONTS = Path(coverage.__file__).parent
SIZE = 40


def measure(text: str) -> int:
    return SHIPPED.width(text, Weight.REGULAR, SIZE)


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("小雅🌸 推荐", "小雅🌸 推荐"),
        ("👩‍👩‍👧‍👦", "👩👩👧👦"),
        ("👍🏽", "👍"),
        ("🇨🇳", ""),
        ("1️⃣号店", "1号店"),
        ("\u202eevil\u202c\u200f", "evil"),
        ("مرحبا Ali", "Ali"),
        ("a\nb\t c\u3000d", "a b c d"),
        ("e\u0301te\u0301", "été"),
        ("Z̸͑a̴l̷g̵o", "Zalgo"),
        ("It’s “fine”", 'It\'s "fine"'),
        ("他说“好”", "他说“好”"),
        ('<b>&"', '<b>&"'),
        ("\ud800x", "x"),
        ("", ""),
    ],
)
def test_only_what_can_be_drawn_is_left(typed: str, left: str) -> None:
    assert drawable(typed, SHIPPED) == left


@settings(deadline=None)
@given(st.text())
def test_whatever_is_typed_what_is_left_can_be_drawn(typed: str) -> None:
    left = drawable(typed, SHIPPED)

    assert len(left) <= LONGEST_TEXT
    assert all(SHIPPED.can_draw(character) for character in left)


@pytest.mark.parametrize(
    ("name", "letter"),
    [("小雅", "小"), ("(amelia)", "A"), ("ßen", "S"), ("🌸🌸", "🌸"), ("🌸a", "A"), ("!?", ""), ("", "")],
)
def test_the_initial_is_the_first_letter(name: str, letter: str) -> None:
    assert initial(name) == letter


def test_chinese_breaks_at_any_character_and_no_mark_starts_a_line() -> None:
    text = "手提灯，暖光；夜灯。好（礼物）吗？" * 6

    for width in range(80, 400, 7):
        lines = wrap(text, width, 99, measure).lines
        assert "".join(lines) == text
        assert not {line[0] for line in lines} & set("，。；：？！）、")
        assert not {line[-1] for line in lines} & set("（")


def test_latin_breaks_at_spaces_and_a_word_too_long_is_broken() -> None:
    assert wrap("White hanging heart", measure("White hanging"), 9, measure).lines == (
        "White hanging",
        "heart",
    )
    assert all(measure(line) <= 100 for line in wrap("W" * 50, 100, 99, measure).lines)


def test_no_word_or_two_stand_alone_in_the_last_line() -> None:
    text = "复古黄铜手提灯笼露营氛围灯户外"
    width = measure(text) - 10

    first, second = wrap(text, width, 2, measure).lines

    assert measure(second) * 2 > measure(first)


@settings(deadline=None)
@given(
    st.text(alphabet="a bW灯，。（,. 光", max_size=120), st.integers(SIZE * 4, SIZE * 20), st.integers(1, 3)
)
def test_lines_never_exceed_their_width_or_number(text: str, width: int, most: int) -> None:
    clean = drawable(text, SHIPPED)

    lines = wrap(clean, width, most, measure)

    assert len(lines.lines) <= most
    assert all(measure(line) <= width for line in lines.lines)
    assert lines.cut or "".join(lines.lines).replace(" ", "") == clean.replace(" ", "")


@pytest.mark.parametrize(
    ("line", "width", "shown"),
    [
        ("Hand painted lids", "Hand painted li...", "Hand painted..."),
        ("手工彩绘的盖子与量勺", "手工彩绘的盖…", "手工彩绘的盖…"),
        ("短", "短短", "短"),
    ],
)
def test_what_is_cut_ends_in_the_ellipsis_of_its_script(line: str, width: str, shown: str) -> None:
    assert shorten(line, measure(width), measure) == shown


@pytest.mark.parametrize("name", ["NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf", "NotoEmoji-Medium.ttf"])
def test_coverage_agrees_with_an_independent_reader(name: str) -> None:
    with TTFont(FONTS / name) as font:
        assert coverage.characters(FONTS / name) == set(font.getBestCmap())


@pytest.mark.parametrize("name", ["NotoSansSC-Regular.otf", "NotoSansSC-Bold.otf"])
def test_every_letter_of_gb2312_latin_and_kana_is_there_in_a_small_file(name: str) -> None:
    rows = [bytes([row, cell]) for row in range(0xB0, 0xF8) for cell in range(0xA1, 0xFF)]
    hanzi = {ord(character) for pair in rows for character in pair.decode("gb2312", errors="ignore")}

    wanted = (
        hanzi | set(range(0x21, 0x7F)) | set(range(0x3041, 0x3097)) | {ord(sign) for sign in "¥£€éñ…，。"}
    )

    assert len(hanzi) == 6763
    assert wanted <= coverage.characters(FONTS / name)
    assert (FONTS / name).stat().st_size < 1_700_000


def test_the_emoji_of_names_are_there_and_no_joiner_is() -> None:
    emoji = coverage.characters(FONTS / "NotoEmoji-Medium.ttf")

    assert {ord(sign) for sign in "🌸😀🎉🎁🐼🍵❤🔥🌙⭐👍💐🐱"} <= emoji
    assert not emoji & {0x200D, 0xFE0F, 0x20E3, *range(0x1F3FB, 0x1F400), *range(0x1F1E6, 0x1F200)}
    assert (FONTS / "NotoEmoji-Medium.ttf").stat().st_size < 400_000


def test_letters_come_from_our_letters_before_emoji() -> None:
    assert SHIPPED.width("1", Weight.REGULAR, SIZE) < SHIPPED.width("🌸", Weight.REGULAR, SIZE)


def test_the_fonts_licence_travels_with_them() -> None:
    licence = (FONTS / "OFL.txt").read_text(encoding="utf-8")

    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(path.name in licence for path in FONTS.glob("*.?tf"))


def test_an_extra_font_draws_what_ours_lack(tmp_path: Path) -> None:
    # Given a font with one character that ours have not: ours, its A moved to the Arabic Alef.
    extra = tmp_path / "extra.otf"
    with TTFont(FONTS / "NotoSansSC-Regular.otf") as font:
        for table in font["cmap"].tables:
            table.cmap = {0x0627: table.cmap[ord("A")]} if ord("A") in table.cmap else {}
        font.save(extra)

    widened = Typefaces(extra)

    assert drawable("ا好", SHIPPED) == "好"
    assert drawable("ا好", widened) == "ا好"
    assert widened.width("ا", Weight.REGULAR, SIZE) == SHIPPED.width("A", Weight.REGULAR, SIZE)
