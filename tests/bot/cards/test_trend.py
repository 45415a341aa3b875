"""The trend: a title that says its finding, points that speak, and buttons that name what they choose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bot.cards.card import Tap
from bot.cards.trend import SPANS, TrendWish, trend_card, trend_facts, trend_title
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.trend import DayEarned
from models.people.preferences import Theme
from tests.journeys.world import bare

ENGLISH = Voice(Language.EN)
both = pytest.mark.parametrize("voice", [Voice(language) for language in Language], ids=list(Language))


def wish(*minors: int, theme: Theme = Theme.LIGHT) -> TrendWish:
    first = date(2026, 2, 27)
    days = tuple(DayEarned(first + timedelta(days=number), minor) for number, minor in enumerate(minors))
    return TrendWish("Shop", "GBP", days, theme)


@pytest.mark.parametrize(
    ("minors", "title"),
    [
        ((100, 100, 0, 200, 300, 0, 100), "≈ £8.00 in 7 days, more in the second half"),
        ((300, 100, 0, 200, 0, 0, 100), "≈ £7.00 in 7 days, less in the second half"),
        ((100, 0, 0, 999, 0, 0, 100), "≈ £11.99 in 7 days"),
        ((0, 0, 0, 0, 0, 0, 0), "No earnings in the last 7 days"),
        # A line that ends below where it began is not called rising, though it brought more
        ((400, 0, 0, 0, 300, 200, 100), "≈ £10.00 in 7 days, more in the second half"),
        ((-100, 0, 0, 0, 0, 0, -300), "≈ -£4.00 in 7 days, less in the second half"),
        ((-100, 0, 0, 0, 0, 0, 100), "≈ £0.00 in 7 days, more in the second half"),
    ],
)
def test_the_title_says_the_finding(minors: tuple[int, ...], title: str) -> None:
    assert trend_title(wish(*minors), ENGLISH).replace("\N{NO-BREAK SPACE}", " ") == title


@both
def test_the_best_day_and_the_last_one_speak(voice: Voice) -> None:
    points = trend_facts(wish(0, 500, 0, 0, 0, 0, 100), voice).points
    assert [at for at, point in enumerate(points) if point.shown] == [1, 6]
    assert points[1].shown == "£5.00"
    assert points[0].label in {"Feb 27", "2月27日"}


@both
def test_of_nothing_no_day_speaks_and_none_is_best(voice: Voice) -> None:
    nothing = wish(*[0] * 30)
    facts = trend_facts(nothing, voice)
    assert not any(point.shown for point in facts.points)
    assert [tick.value for tick in facts.ticks] == [0]
    assert len(plain(trend_card(nothing, voice).text).splitlines()) == 2


@both
@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("days", SPANS)
def test_buttons_name_what_they_choose_and_show_what_is_chosen(voice: Voice, days: int, theme: Theme) -> None:
    spans, (ground,), _ = trend_card(wish(*[100] * days, theme=theme), voice).rows
    assert [tap.data for tap in spans if isinstance(tap, Tap)] == [
        f"trend:show:{each}:{theme}" for each in SPANS
    ]
    assert [tap.label[0] for tap in spans].index("●") == SPANS.index(days)
    assert isinstance(ground, Tap)
    other = Theme.DARK if theme is Theme.LIGHT else Theme.LIGHT
    assert ground.data == f"trend:show:{days}:{other}"


def test_the_card_is_of_the_shop_and_says_that_it_estimates() -> None:
    words = bare(plain(trend_card(wish(0, 500, 0), ENGLISH).text))
    assert "At Shop; estimates, refunds taken off." in words
    assert "Best day: Feb 28" in words
