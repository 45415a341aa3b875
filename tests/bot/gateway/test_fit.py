"""Cutting by the server's measure: UTF-16 units, whole characters, closed tags, whole short entities."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from bot.gateway.fit import fit, fit_plain, plain, units


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class Nesting(HTMLParser):
    """Fails on a tag that is not closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def assert_closed(html: str) -> None:
    nesting = Nesting()
    nesting.feed(html)
    nesting.close()
    assert nesting.open == []


def test_what_fits_stays_as_it_is() -> None:
    html = '<b>Tea</b> &amp; <a href="https://x.example/?a=1&amp;b=2">cups</a>\n  '

    assert fit(html, 1024) == html


def test_tags_and_character_references_do_not_count() -> None:
    html = "<b>" + "&amp;" * 10 + "</b>"

    assert fit(html, 10) == html


def test_a_cut_closes_what_is_open() -> None:
    html = "<blockquote><b>" + "x" * 200 + "</b></blockquote>"

    assert fit(html, 100) == "<blockquote><b>" + "x" * 99 + "…</b></blockquote>"


@pytest.mark.parametrize(
    "whole", ["<b>¥1,234.56</b>", '<a href="https://x.example/">the terms</a>', "<i>a<b>b</b></i>"]
)
def test_a_short_entity_is_whole_or_absent(whole: str) -> None:
    html = "Your commission is " + whole + " this month, and more follows here"

    assert fit(html, len("Your commission is ") + 2) == "Your commission is …"


@pytest.mark.parametrize("seen", ["😀", "👨‍👩‍👧", "👍🏽", "é", "🇨🇳", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
@pytest.mark.parametrize("limit", range(20, 40))
def test_a_visible_character_is_never_cut_in_two(seen: str, limit: int) -> None:
    cut = fit_plain(seen * 40, limit)

    assert cut.removesuffix("…") == seen * (cut.count(seen))
    assert limit - utf16(seen) < utf16(cut) + 1 <= limit + 1


def test_plain_text_keeps_its_lines() -> None:
    assert plain("<b>Tea &amp; cups</b>\n\n  <code>a &lt; b</code>") == "Tea & cups\n\n  a < b"


def test_plain_text_of_broken_html_keeps_the_words() -> None:
    assert plain("1 < 2 and <b>three") == "1 < 2 and three"


WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=80)


@given(WORDS)
def test_units_are_those_of_utf16(text: str) -> None:
    assert units(text) == utf16(text)


@given(st.lists(st.tuples(st.sampled_from(["b", "i", "code", ""]), WORDS), max_size=6), st.integers(5, 200))
def test_any_names_fit_and_stay_closed(parts: list[tuple[str, str]], limit: int) -> None:
    pieces = (f"<{tag}>{escape(words)}</{tag}>" if tag else str(escape(words)) for tag, words in parts)
    html = "".join(pieces)

    cut = fit(html, limit)

    assert utf16(plain(cut)) <= limit
    assert plain(html).startswith(plain(cut).removesuffix("…")) or plain(cut) == plain(html)
    assert_closed(cut)


@given(WORDS, st.integers(1, 60))
def test_any_plain_text_fits(text: str, limit: int) -> None:
    assert utf16(fit_plain(text, limit)) <= limit
