"""Time zones as readers call them."""

from __future__ import annotations

from zoneinfo import available_timezones

import pytest

from bot.cards.settings import ZONES
from bot.voice.languages import Language
from bot.voice.zones import zone_called, zone_name


@pytest.mark.parametrize(
    ("key", "chinese"),
    [
        ("Asia/Shanghai", "上海"),
        ("America/New_York", "纽约"),
        ("Europe/London", "伦敦"),
        ("Asia/Chongqing", "上海"),
        ("America/Argentina/ComodRivadavia", "America/Argentina/ComodRivadavia"),
        ("UTC", "UTC"),
    ],
)
def test_chinese_readers_see_a_zones_city_where_it_has_a_chinese_name(key: str, chinese: str) -> None:
    assert zone_name(key, Language.ZH) == chinese
    assert zone_name(key, Language.EN) == key


@pytest.mark.parametrize("key", ZONES)
def test_every_zone_on_a_button_has_a_chinese_name_that_can_be_typed(key: str) -> None:
    assert zone_name(key, Language.ZH).isalpha()
    assert not zone_name(key, Language.ZH).isascii()
    assert zone_called(f" {zone_name(key, Language.ZH)} ") == key


@pytest.mark.parametrize("typed", ["", "Atlantis", "中国", "Asia/Shanghai", "W" * 4000])
def test_what_is_no_chinese_city_is_nobodys_zone_here(typed: str) -> None:
    assert zone_called(typed) is None


def test_every_zone_there_is_has_a_name_in_either_language() -> None:
    for key in available_timezones():
        assert zone_name(key, Language.EN)
        assert zone_name(key, Language.ZH)
