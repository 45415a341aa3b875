"""Markup becomes text and entities with offsets in UTF-16 units."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.chat.content import CLEANED, read_text
from bot.sandbox.chat.entities import Entity, Formatted, finished
from bot.sandbox.chat.html import parse_html
from bot.sandbox.chat.markdown import parse_markdown
from bot.sandbox.chat.params import Params


def spans(formatted: Formatted) -> list[tuple[str, int, int]]:
    return [(entity.kind, entity.offset, entity.length) for entity in formatted.entities]


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("🎉 <b>a<i>b</i></b>", "🎉 ab", [("bold", 3, 2), ("italic", 4, 1)]),
        ("&lt;b&gt; &amp;amp; &#x1F389;", "<b> &amp; 🎉", []),
        ("  <b> x </b>  ", "x", [("bold", 0, 1)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("<blockquote expandable>q</blockquote>", "q", [("expandable_blockquote", 0, 1)]),
        ("see https://shop.example/r/K7Q2ABCD.", "see https://shop.example/r/K7Q2ABCD.", [("url", 4, 31)]),
        (
            "/start @ann_b #sale",
            "/start @ann_b #sale",
            [("bot_command", 0, 6), ("mention", 7, 6), ("hashtag", 14, 5)],
        ),
        ("<code>/start</code>", "/start", [("code", 0, 6)]),
    ],
)
def test_html(source: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    formatted = finished(*parse_html(source))
    assert formatted.text == text
    assert spans(formatted) == expected


def test_links_and_languages_are_kept() -> None:
    linked = finished(*parse_html('<a href="https://shop.example/?a=1&amp;b=2">here</a>'))
    code = finished(*parse_html('<pre><code class="language-python">x</code></pre>'))
    assert linked.entities == (Entity("text_link", 0, 4, url="https://shop.example/?a=1&b=2"),)
    assert code.entities == (Entity("pre", 0, 1, language="python"),)


@pytest.mark.parametrize(
    ("source", "text", "expected"),
    [
        ("*a _b_*", "a b", [("bold", 0, 3), ("italic", 2, 1)]),
        (r"1\.0 \*", "1.0 *", []),
        ("__u__ ~s~ ||h||", "u s h", [("underline", 0, 1), ("strikethrough", 2, 1), ("spoiler", 4, 1)]),
        ("[x](https://shop.example/)", "x", [("text_link", 0, 1)]),
        (">a\n>b\nc", "a\nb\nc", [("blockquote", 0, 3)]),
        ("```py\nx*y\n```", "x*y", [("pre", 0, 3)]),
    ],
)
def test_markdown(source: str, text: str, expected: list[tuple[str, int, int]]) -> None:
    formatted = finished(*parse_markdown(source))
    assert formatted.text == text
    assert spans(formatted) == expected


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
def test_escaped_words_come_back_as_they_were(words: str) -> None:
    # Whatever somebody is called, escaped it is neither markup nor an error
    expected = words.translate(CLEANED).strip()
    if not expected:
        return
    values = {"text": f"<b>{escape(words)}</b>", "parse_mode": "HTML"}
    read = read_text(Params(values))
    assert read.text == expected
    bold = next(entity for entity in read.entities if entity.kind == "bold")
    assert (bold.offset, bold.length) == (0, read.length)


def test_what_could_turn_a_line_around_is_taken_out() -> None:
    assert read_text(Params({"text": "a\u202eb\rc\u0007d"})).text == "abc d"
