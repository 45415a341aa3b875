"""A plan in two sentences says its true span."""

from __future__ import annotations

import pytest

from bot.cards.plans import percent_text, plan_in_two_sentences
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from tests.bot.cards.gallery import plan

HEAD = """
name: P
starts_at: 2020-01-01T00:00:00Z
settlement: {hold_days: %d}
levels: [{key: a, title: {zh: 甲, en: A}}]
rates:
"""


def told(rates: str, *, hold_days: int = 7, language: Language = Language.EN) -> str:
    return plain(plan_in_two_sentences(plan(HEAD % hold_days + rates), "GBP", Voice(language)))


@pytest.mark.parametrize(
    ("rates", "sentence"),
    [
        ("  - {percent: '10.50'}", "You earn 10.5% of what buyers pay for the goods through your links."),
        (
            "  - {percent: '10'}\n  - {category: x, percent: '0'}",
            (
                "You earn 0% – 10% of what buyers pay for the goods through your links, "
                "depending on the goods and your level."
            ),
        ),
        (
            "  - {category: x, percent: '9'}",
            (
                "You earn 0% – 9% of what buyers pay for the goods through your links, "
                "depending on the goods and your level."
            ),
        ),
        ("  - {fixed: '0.30'}", "You earn £0.30 for each item that is bought through your links."),
        (
            "  - {product: X, fixed: '0.30'}",
            "You earn £0.00 – £0.30 for each item that is bought through your links.",
        ),
        (
            "  - {percent: '10'}\n  - {product: X, fixed: '0.30'}",
            (
                "You earn 10% of what buyers pay for the goods through your links "
                "(for some goods £0.30 apiece instead), depending on the goods and your level."
            ),
        ),
    ],
)
def test_what_one_earns(rates: str, sentence: str) -> None:
    assert told(rates).startswith(sentence)


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (0, "It can be withdrawn once the buyer has the goods;"),
        (1, "It can be withdrawn 1 day after the buyer has the goods;"),
        (7, "It can be withdrawn 7 days after the buyer has the goods;"),
    ],
)
def test_when_it_can_be_withdrawn(days: int, sentence: str) -> None:
    assert sentence in told("  - {percent: '10'}", hold_days=days)


def test_both_sentences_in_chinese() -> None:
    assert told("  - {percent: '10'}", language=Language.ZH) == (
        "买家通过你的链接实付货款的 10% 归你。买家收货 7 天后可提现；如有退款，会扣回相应部分。"
    )


def test_without_a_plan_it_says_so() -> None:
    text = plan_in_two_sentences(None, "GBP", Voice(Language.EN))
    assert "has not published its commission plan yet" in text


@pytest.mark.parametrize(("percent", "shown"), [("10", "10"), ("100", "100"), ("12.50", "12.5"), ("0", "0")])
def test_percentages_lose_needless_zeros(percent: str, shown: str) -> None:
    assert percent_text(percent) == shown
