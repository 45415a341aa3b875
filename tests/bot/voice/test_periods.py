"""Periods in words, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.voice.languages import Language
from bot.voice.periods import period_words
from models.plans.periods import period_of
from models.plans.rules import PeriodLength

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("length", "at", "english", "chinese"),
    [
        (PeriodLength.MONTH, "2026-11-26", "November 2026", "2026年11月"),
        (PeriodLength.MONTH, "2026-01-01", "January 2026", "2026年1月"),
        (PeriodLength.QUARTER, "2026-11-26", "4th quarter 2026", "2026年第四季度"),
        (PeriodLength.QUARTER, "2026-01-01", "1st quarter 2026", "2026年第一季度"),
        (PeriodLength.WEEK, "2026-11-26", "week 48 of 2026", "2026年第48周"),
        # A week belongs to the year that its Thursday lies in
        (PeriodLength.WEEK, "2027-01-03", "week 53 of 2026", "2026年第53周"),
        (PeriodLength.WEEK, "2026-01-01", "week 1 of 2026", "2026年第1周"),
    ],
)
def test_a_period_is_called_as_people_call_it(
    length: PeriodLength, at: str, english: str, chinese: str
) -> None:
    code = period_of(length, datetime.fromisoformat(at).replace(tzinfo=UTC), LONDON).key
    assert (period_words(code, Language.EN), period_words(code, Language.ZH)) == (english, chinese)


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-13", "2026-Q5", "2026-W54", "2026-W00", "0000-01", "soon"]
)
def test_what_is_no_period_comes_back_as_it_is(code: str) -> None:
    assert period_words(code, Language.EN) == period_words(code, Language.ZH) == code
