"""Words of the catalogue: the same word however it is typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalog.words import MOST_CHARS, MOST_TERMS, characters, pairs, plainest, searchable, terms


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ＣＡＦＥ", "cafe"),
        ("Café", "cafe"),
        ("Cafe\u0301", "cafe"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ｶﾞﾗｽ", "カラス"),
        ("红色\u3000杯子", "红色 杯子"),
        ("red\nlamp", "red lamp"),
        ("red\tlamp", "red lamp"),
        ("red\u2028lamp", "red lamp"),
        ("soft\u00adhyphen", "softhyphen"),
        ("\u200bzero\u200bwidth\u200b", "zerowidth"),
        ("👩‍👩‍👧 mug", "👩👩👧 mug"),
        ("Ⅳ ½", "iv 1⁄2"),
        ("  ", ""),
        ("\u200d\ufe0f", ""),
    ],
)
def test_a_word_has_one_form(typed: str, found: str) -> None:
    assert plainest(typed) == found


def test_a_product_is_found_by_title_number_and_category() -> None:
    assert searchable("Brass Lamp", "85123A", "Lights") == "brass lamp 85123a lights"
    assert searchable("Lamp", "A", None) == "lamp a"


def test_only_so_many_words_of_so_many_characters_are_looked_for() -> None:
    assert terms("w " * 40) == ["w"] * MOST_TERMS
    assert sum(map(len, terms("w" * 4000))) == MOST_CHARS
    assert terms("!!! ，。") == ["!!!", ",。"]
    assert terms("🎉") == ["🎉"]


@pytest.mark.parametrize(
    ("words", "two", "one"),
    [
        (["红色杯子"], ["红色", "杯子"], ["红", "色", "杯", "子"]),
        (["大红色杯子"], ["大红", "色杯", "子"], ["大", "红", "色", "杯", "子"]),
        (["lamp红色x"], ["lamp", "x", "红色"], ["lamp", "x", "红", "色"]),
        (["杯"], ["杯"], ["杯"]),
        (["哈哈哈哈"], ["哈哈"], ["哈"]),
        (["lamp"], ["lamp"], ["lamp"]),
    ],
)
def test_runs_of_chinese_come_apart(words: list[str], two: list[str], one: list[str]) -> None:
    assert pairs(words) == two
    assert characters(words) == one


@given(st.text())
def test_the_plainest_form_is_its_own_plainest_form(text: str) -> None:
    once = plainest(text)
    assert plainest(once) == once
    assert once == " ".join(once.split())


@given(st.text(max_size=60))
def test_what_a_product_is_called_finds_it(title: str) -> None:
    kept = searchable(title, "SKU")
    assert all(word in kept for word in terms(title))
