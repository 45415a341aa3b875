"""What a rehearsal found, as the shop's people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.rehearsal import report_card
from bot.cards.rehearsal_people import people_columns, people_file_card, people_row
from bot.voice.catalogue import Voice
from models.plans.parts import Title
from tests.bot.cards.growing import person_result, plan_result, report
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


@pytest.mark.parametrize(
    ("voice", "before", "after"),
    [(EN, "Promoter", "Leader"), (ZH, "推广员", "团长"), (None, "promoter", "leader")],
)
def test_levels_stand_by_their_titles_for_readers_and_by_their_keys_for_programs(
    voice: Voice | None, before: str, after: str
) -> None:
    titles = {"promoter": Title(zh="推广员", en="Promoter"), "leader": Title(zh="团长", en="Leader")}
    result = replace(plan_result(), levels=titles)
    row = people_row(person_result(), report(in_force=result, proposed=result), voice)
    columns = people_columns(EN)
    assert row[columns.index("Level in force")] == before
    assert row[columns.index("Level rehearsed")] == after


@pytest.mark.parametrize(
    ("voice", "by_rules", "one", "two"),
    [
        (EN, "Levels by the rules: 0 up and 0 down", "end 1 has another level", "end 2 have another level"),
        (ZH, "按规则升降等级：升 0 人次、降 0 人次", "有 1 名分销员", "有 2 名分销员"),
    ],
)
def test_moves_by_rules_are_told_apart_from_levels_at_the_end(
    voice: Voice, by_rules: str, one: str, two: str
) -> None:
    still = replace(plan_result(), promoted=0, demoted=0)
    assert by_rules in "\n".join(words(report_card(report(proposed=still), LONDON, voice)))
    for differ, said in ((1, one), (2, two)):
        assert said in "\n".join(words(people_file_card(report(levels_differ=differ), b"x", voice)))
