"""What a rehearsal found, as the shop's people read it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.cards.rehearsal import findings_card, report_card
from bot.cards.rehearsal_people import people_columns, people_file_card, people_row
from bot.voice.catalogue import Voice
from models.errors import Sentence
from models.plans.lint import Code, LintFinding
from models.plans.parts import Title
from models.plans.reading import read_plan_file
from tests.bot.cards.growing import person_result, plan_result, report
from tests.bot.cards.test_screens import EN, ZH, words
from tests.builders import BASE_PLAN

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


@pytest.mark.parametrize(
    ("voice", "placed", "unplaced", "more"),
    [
        (
            EN,
            "Unknown goods, line 14, rates[3].product: nothing on sale is called X1; compare it with the catalogue",
            "Unknown goods, rates[3].product: nothing on sale is called X1; ",
            "… and 2 more",
        ),
        (
            ZH,
            "，第 14 行 rates[3].product：在售商品里没有 X1；请与商品库逐字核对",
            "，rates[3].product：在售商品里没有 X1；",
            "……还有 2 处",
        ),
    ],
)
def test_what_lint_says_is_listed_five_at_most_with_lines_where_there_is_a_file(
    voice: Voice, placed: str, unplaced: str, more: str
) -> None:
    finding = LintFinding(
        Code.GOODS_UNKNOWN,
        ("rates", 3, "product"),
        Sentence("nothing on sale is called {name}", name="X1"),
        Sentence("compare it with the catalogue, letter by letter"),
    )
    file = read_plan_file(BASE_PLAN, "GBP")

    def told(count: int, *, with_file: bool) -> list[str]:
        card = findings_card(report(findings=(finding,) * count), file if with_file else None, voice)
        return words(card)[1:] if card is not None else []

    assert told(0, with_file=True) == []
    (one,) = told(1, with_file=True)
    assert placed in one
    assert unplaced in told(1, with_file=False)[0]
    assert len(told(5, with_file=True)) == 5
    assert len(told(7, with_file=True)) == 6
    assert told(7, with_file=True)[-1] == more


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        (EN, "Most gained: Mei Wang +£154.51, Tom & Co +£154.51, 王芳 +£154.51"),
        (ZH, "多得最多：Mei Wang +£154.51、Tom & Co +£154.51、王芳 +£154.51"),
    ],
)
def test_names_stand_one_after_the_other_as_the_language_does(voice: Voice, said: str) -> None:
    winners = tuple(replace(person_result(15451), name=name) for name in ("Mei Wang", "Tom & Co", "王芳"))
    found = words(people_file_card(report(top_winners=winners), b"x", voice))
    assert said in [line.replace("\N{NO-BREAK SPACE}", " ") for line in found]


@pytest.mark.parametrize(
    ("voice", "said"),
    [
        (EN, "counted as they stand: November 2026, quarter 4 of 2026, week 48 of 2026 (from Nov 23)"),
        (ZH, "2026年11月、2026年第4季度、2026年第48周，11月23日起"),
    ],
)
def test_periods_that_still_run_are_called_in_words(voice: Voice, said: str) -> None:
    still = report(open_periods=("2026-11", "2026-Q4", "2026-W48"))
    assert said in "\n".join(words(report_card(still, LONDON, voice)))
