"""Time zones as readers call them: by their city in Chinese (上海), by their key in English (Asia/Shanghai)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global
from babel.dates import get_timezone, get_timezone_location

from bot.voice.languages import Language

_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def zone_name(key: str, language: Language) -> str:
    """A zone's name for a reader; its key where the language has no name for it."""
    return key if language is Language.EN else _city(key, language) or key


def zone_called(typed: str) -> str | None:
    """The key of the zone that somebody calls by a city's name in a language that has such names."""
    return _by_city(Language.ZH).get(typed.strip())


@cache
def _city(key: str, language: Language) -> str | None:
    city = str(get_timezone_location(get_timezone(key), locale=language.locale, return_city=True))
    return city if _CHINESE.search(city) else None  # cities without a name of their own stay in English


@cache
def _by_city(language: Language) -> Mapping[str, str]:
    aliases = get_global("zone_aliases")
    named = ((_city(key, language), key) for key in sorted(available_timezones() - aliases.keys()))
    return {city: key for city, key in named if city is not None}
