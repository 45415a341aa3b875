"""Words that several screens share."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.earning import EntriesFacts, entries_card
from bot.cards.timeline import BonusShop, bonus_card
from bot.cards.words import period_words
from bot.gateway.fit import plain
from bot.voice.catalogue import Voice
from bot.voice.languages import Language
from models.money.commissions import CommissionKind
from models.money.entries import EntryPage
from models.plans.periods import period_of, read_period
from models.plans.rules import PeriodLength
from tests.bot.cards.gallery import commission, entry


@pytest.mark.parametrize(
    ("key", "said", "said_zh"),
    [
        ("2026-11", "November 2026", "2026年11月"),
        ("2026-Q4", "quarter 4 of 2026", "2026年第4季度"),
        ("2026-W48", "week 48 of 2026 (from Nov 23)", "2026年第48周，11月23日起"),
        ("2026-W01", "week 1 of 2026 (from Dec 29)", "2026年第1周，12月29日起"),
    ],
)
def test_a_period_is_said_in_words(key: str, said: str, said_zh: str) -> None:
    assert period_words(key, Voice(Language.EN)) == said
    assert period_words(key, Voice(Language.ZH)) == said_zh


@pytest.mark.parametrize("length", list(PeriodLength))
@pytest.mark.parametrize("at", ["2026-01-01", "2024-12-30", "2020-12-31", "2026-05-17"])
def test_a_periods_name_is_read_as_it_was_given(length: PeriodLength, at: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    period = period_of(length, datetime.fromisoformat(f"{at}T12:00:00+08:00"), zone)

    assert read_period(period.key) == (length, period.begins.astimezone(zone).date())


@pytest.mark.parametrize(
    ("language", "title"),
    [(Language.EN, "Ladder bonus, quarter 4 of 2026"), (Language.ZH, "阶梯奖励（2026年第4季度）")],
)
def test_entries_their_buttons_and_bonuses_name_the_period_in_words(language: Language, title: str) -> None:
    voice, zone = Voice(language), ZoneInfo("UTC")
    kinds = (CommissionKind.LADDER,)
    page = EntryPage((replace(entry(), order=None, kinds=kinds, period="2026-Q4"),), None)
    bonus = commission(line_id=None, order_id=None, kind=CommissionKind.LADDER, period="2026-Q4")

    listed = entries_card(EntriesFacts("GBP", zone, page, None, is_first=True), voice)
    shown = bonus_card(bonus, (), BonusShop("GBP", zone), voice)

    assert title in plain(listed.text)
    assert any(title in getattr(tap, "label", "") for row in listed.rows for tap in row)
    assert title in plain(shown.text)
