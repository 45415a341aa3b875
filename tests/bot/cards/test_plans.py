"""A plan in two sentences says its true span."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.plan_picture import PictureWish, plan_flow
from bot.cards.plans import Shown, percent_text, plan_in_two_sentences
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.plans.sample import Seller
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


BOOSTS = """
  - {percent: '8'}
boosts:
  - {percent: '7', from: 2026-11-20T00:00:00Z, until: 2026-12-01T00:00:00Z}
  - {fixed: '0.50', mode: replace, from: 2026-12-01T00:00:00Z, until: 2026-12-03T00:00:00Z}
  - {category: x, percent: '3', from: 2026-12-03T00:00:00Z, until: 2026-12-09T00:00:00Z}
  - {level: b, percent: '2', from: 2026-12-03T00:00:00Z, until: 2026-12-09T00:00:00Z}
"""
TWO_LEVELS = (HEAD % 7).replace("]", ", {key: b, title: {zh: 乙, en: B}}]", 1)


@pytest.mark.parametrize(
    ("day", "reader", "earned", "sentence", "sentence_zh"),
    [
        (
            datetime(2026, 11, 26, tzinfo=UTC),
            Seller(),
            "£15.00",
            "through your links; until Nov 30 a promotion adds 7%. It can",
            "归你；加佣期间（至11月30日）另加 7%。买家",
        ),
        (
            datetime(2026, 12, 1, tzinfo=UTC),
            Seller(),
            "£0.50",
            "through your links; until Dec 2 a promotion pays £0.50 apiece instead. It can",
            "归你；加佣期间（至12月2日）改为 每件 £0.50。买家",
        ),
        (datetime(2026, 12, 3, tzinfo=UTC), Seller(), "£8.00", "through your links. It can", "归你。买家"),
        (
            datetime(2026, 12, 3, tzinfo=UTC),
            Seller("b"),
            "£10.00",
            "through your links; until Dec 8 a promotion adds 2%. It can",
            "归你；加佣期间（至12月8日）另加 2%。买家",
        ),
    ],
    ids=["on top", "instead", "on some goods only", "for the reader's level"],
)
def test_the_sentences_agree_with_the_picture_while_a_boost_holds(
    day: datetime, reader: Seller, earned: str, sentence: str, sentence_zh: str
) -> None:
    document, zone = plan(TWO_LEVELS + BOOSTS), ZoneInfo("UTC")
    shown = Shown(day, zone, reader)
    wish = PictureWish("Shop", document, "GBP", zone, day, reader)

    for language, words in ((Language.EN, sentence), (Language.ZH, sentence_zh)):
        voice = Voice(language)
        text = plain(plan_in_two_sentences(document, "GBP", voice, shown))
        flow = plan_flow(wish, voice)
        assert words in text
        assert flow.shares[0].amount == earned
        assert "".join(flow.sentences).replace(" ", "") == text.replace(" ", "")


def test_without_a_plan_it_says_so() -> None:
    text = plan_in_two_sentences(None, "GBP", Voice(Language.EN))
    assert "has not published its commission plan yet" in text


@pytest.mark.parametrize(("percent", "shown"), [("10", "10"), ("100", "100"), ("12.50", "12.5"), ("0", "0")])
def test_percentages_lose_needless_zeros(percent: str, shown: str) -> None:
    assert percent_text(percent) == shown
