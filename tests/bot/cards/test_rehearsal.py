"""What a rehearsal found, as the shop's people read it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.rehearsal import report_card
from bot.voice.catalogue import Voice
from tests.bot.cards.growing import report
from tests.bot.cards.test_screens import EN, ZH, words

LONDON, SHANGHAI = ZoneInfo("Europe/London"), ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("voice", "zone", "begins", "ends", "said"),
    [
        (EN, LONDON, "2026-10-01", "2026-11-01", "Oct 1, 2026 to Oct 31, 2026: "),
        (ZH, SHANGHAI, "2026-10-01", "2026-11-01", "2026年10月1日至2026年10月31日"),
        # Everything ends now, not at midnight
        (EN, LONDON, "2026-10-01", "2026-11-01T09:30", "Oct 1, 2026 to Nov 1, 2026: "),
    ],
)
def test_the_last_day_is_the_last_one_that_was_rehearsed(
    voice: Voice, zone: ZoneInfo, begins: str, ends: str, said: str
) -> None:
    first, end = (
        datetime.fromisoformat(each).replace(tzinfo=zone).astimezone(UTC) for each in (begins, ends)
    )
    found = "".join(words(report_card(report(begins=first, ends=end), zone, voice)))
    assert said in found.replace(" ", " ").replace("\N{NO-BREAK SPACE}", " ")
