"""Periods as people read them: the books' own names (`2026-11`, `2026-Q4`, `2026-W48`) in words."""

from __future__ import annotations

import re
from datetime import date

from babel.dates import format_date

from bot.voice.languages import Language
from bot.voice.moments import month_name

_CODE = re.compile(
    r"(?P<year>[1-9][0-9]{3})-"
    r"(?:(?P<month>0[1-9]|1[0-2])|Q(?P<quarter>[1-4])|W(?P<week>0[1-9]|[1-4][0-9]|5[0-3]))"
)
_QUARTER = {Language.EN: "QQQQ y", Language.ZH: "y年QQQQ"}
_WEEK = {Language.EN: "week {week} of {year}", Language.ZH: "{year}年第{week}周"}


def period_words(code: str, language: Language) -> str:
    """A month, quarter or (ISO) week: `November 2026`, `4th quarter 2026`, `week 48 of 2026`; `2026年11月` and so on.

    What is no name of a period comes back as it is.
    """
    found = _CODE.fullmatch(code)
    if found is None:
        return code
    year = int(found["year"])
    if found["month"] is not None:
        return month_name(date(year, int(found["month"]), 1), language)
    if found["quarter"] is not None:
        first = date(year, 3 * int(found["quarter"]) - 2, 1)
        return format_date(first, _QUARTER[language], locale=language.locale)
    return _WEEK[language].format(week=int(found["week"]), year=year)
