"""Which rate a line earns (business.md 4): the most specific, deterministic, an explicit zero included."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plans.document import PlanDocument
from models.plans.parts import Title
from models.plans.ranks import Level
from models.plans.rates import RateTable
from models.plans.rules import Rate

LEVELS = tuple(Level(key=key, title=Title(zh=key, en=key)) for key in ("promoter", "leader"))
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
