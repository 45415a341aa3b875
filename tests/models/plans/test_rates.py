"""Which rate a line earns (business.md 4): the most specific, deterministic, an explicit zero included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plans.document import PlanDocument
from models.plans.parts import Title
from models.plans.ranks import Level, Profile
from models.plans.rates import Question, RateTable
from models.plans.rules import Boost, Rate

LEVELS = tuple(Level(key=key, title=Title(zh=key, en=key)) for key in ("promoter", "leader"))
START = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MOST_SPECIFIC_FIRST = (
    Rate(product="LAMP", level="leader", percent="1"),
    Rate(product="LAMP", percent="2"),
    Rate(category="lights", level="leader", percent="3"),
    Rate(category="lights", percent="4"),
    Rate(level="leader", percent="5"),
    Rate(percent="6"),
)


def table(*rates: Rate) -> RateTable:
    starts_at = datetime(2020, 1, 1, tzinfo=UTC)
    return RateTable(PlanDocument(name="P", starts_at=starts_at, levels=LEVELS, rates=rates))


@pytest.mark.parametrize("left", range(1, 7))
def test_each_rule_gives_way_to_the_one_before_it(left: int) -> None:
    remaining = MOST_SPECIFIC_FIRST[-left:]

    assert table(*remaining).find("LAMP", "lights", "leader") == remaining[0]


@pytest.mark.parametrize("zeroed", range(6))
def test_an_explicit_zero_does_not_fall_through(zeroed: int) -> None:
    zero = MOST_SPECIFIC_FIRST[zeroed].model_copy(update={"percent": "0"})

    found = table(zero, *MOST_SPECIFIC_FIRST[zeroed + 1 :]).find("LAMP", "lights", "leader")

    assert found == zero


def test_what_the_line_is_not_never_matches() -> None:
    rates = table(*MOST_SPECIFIC_FIRST)

    assert rates.find("lamp", None, "promoter") == MOST_SPECIFIC_FIRST[5]
    assert rates.find("OTHER", "Lights", "promoter") == MOST_SPECIFIC_FIRST[5]
    assert rates.find("OTHER", "lights", "promoter") == MOST_SPECIFIC_FIRST[3]
    assert rates.find("OTHER", None, "leader") == MOST_SPECIFIC_FIRST[4]


def test_a_plan_without_a_matching_rate_gives_none() -> None:
    assert table(Rate(product="LAMP", percent="2")).find("OTHER", "lights", "leader") is None


def test_who_was_never_given_a_level_has_the_plans_first() -> None:
    rates = table(Rate(percent="6"))

    assert rates.level_or_first(None) == "promoter"
    assert rates.level_or_first("leader") == "leader"


@given(st.permutations(MOST_SPECIFIC_FIRST), st.sets(st.sampled_from(range(6)), min_size=1))
def test_the_order_in_the_file_never_matters(shuffled: list[Rate], kept: set[int]) -> None:
    rates = [rate for rate in shuffled if MOST_SPECIFIC_FIRST.index(rate) in kept]

    assert table(*rates).find("LAMP", "lights", "leader") == MOST_SPECIFIC_FIRST[min(kept)]


TWELVE = tuple(
    Rate(product=product, category=category, profile=profile, level=level, percent=str(number))
    for number, (product, category, profile, level) in enumerate(
        [
            (product, category, profile, level)
            for product, category in (("LAMP", None), (None, "lights"), (None, None))
            for profile, level in (("kol", "leader"), ("kol", None), (None, "leader"), (None, None))
        ],
        start=1,
    )
)
"""docs/plans.md's twelve rows, each earning its own number."""


def engine_table(rates: Sequence[Rate], boosts: Sequence[Boost] = ()) -> RateTable:
    profiles = (Profile(key="kol", title=Title(zh="达人", en="KOL")),)
    document = PlanDocument(
        name="P", starts_at=START, levels=LEVELS, profiles=profiles, rates=tuple(rates), boosts=tuple(boosts)
    )
    return RateTable(document)


def boost_of(rate: Rate, until: datetime) -> Boost:
    return Boost.model_validate({**rate.model_dump(), "from": START, "until": until})


@pytest.mark.parametrize("first", range(12))
def test_the_first_of_the_twelve_rows_that_stands_answers(first: int) -> None:
    standing = TWELVE[first:]
    boosts = [boost_of(rate, START + DAY) for rate in standing]
    rates = engine_table(standing, boosts)

    assert rates.find("LAMP", "lights", "leader", "kol") == standing[0]
    assert rates.boost("LAMP", "lights", "leader", "kol", START) == boosts[0]
    answers = [
        step.rule for step in rates.trace(Question("LAMP", "lights", "kol", "leader"), START) if step.answers
    ]
    assert answers == [boosts[0], standing[0]]


@pytest.mark.parametrize(
    ("sku", "category", "level", "profile", "rows"),
    [
        ("LAMP", "lights", "leader", "kol", (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)),
        ("LAMP", None, "promoter", None, (4, 12)),
        ("MUG", "lights", "promoter", "kol", (6, 8, 10, 12)),
        ("MUG", "cups", "leader", None, (11, 12)),
    ],
)
def test_the_trace_asks_every_place_and_passes_by_what_is_for_others(
    sku: str, category: str | None, level: str, profile: str | None, rows: tuple[int, ...]
) -> None:
    trace = engine_table(TWELVE).trace(Question(sku, category, profile, level), START)

    assert [int(step.rule.percent or 0) for step in trace if step.rule is not None] == list(rows)
    assert [step.answers for step in trace if step.rule is not None] == [True] + [False] * (len(rows) - 1)
    assert trace[-1].selector == (None, None, None, None)


def test_a_boost_holds_from_its_first_moment_to_just_before_its_last() -> None:
    rates = engine_table(TWELVE, [boost_of(TWELVE[-1], START + DAY)])
    tick = timedelta(microseconds=1)

    moments = (START - tick, START, START + DAY - tick, START + DAY)
    held = [rates.boost("MUG", None, "promoter", None, moment) is not None for moment in moments]

    assert held == [False, True, True, False]


def test_levels_and_profiles_that_the_plan_lacks_count_as_the_first_and_none() -> None:
    rates = engine_table(TWELVE)

    assert (rates.level_or_first("boss"), rates.level_or_first("leader")) == ("promoter", "leader")
    assert (rates.known_profile("vip"), rates.known_profile("kol"), rates.known_profile(None)) == (
        *(None, "kol", None),
    )
