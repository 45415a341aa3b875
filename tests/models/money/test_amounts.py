"""What a rate makes of a line: percent and fixed, always down, never more than the base."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.plans.amounts import rule_amount
from models.plans.rules import Rate


@pytest.mark.parametrize(
    ("percent", "base", "amount"),
    [
        ("10", 999, 99),
        ("12.5", 999, 124),
        ("0.01", 9999, 0),
        ("0.01", 10_000, 1),
        ("100", 999, 999),
        ("0", 999, 0),
    ],
)
def test_a_percentage_is_floored(percent: str, base: int, amount: int) -> None:
    assert rule_amount(Rate(percent=percent), base, 3, "GBP") == amount


@pytest.mark.parametrize(
    ("fixed", "currency", "quantity", "base", "amount"),
    [
        pytest.param("0.30", "GBP", 6, 1530, 180, id="for each unit"),
        pytest.param("0.30", "GBP", 6, 100, 100, id="at most the base"),
        pytest.param("0.30", "GBP", 6, 0, 0, id="nothing of nothing"),
        pytest.param("0", "GBP", 6, 1530, 0, id="an explicit zero"),
        pytest.param("30", "JPY", 2, 1000, 60, id="no minor unit"),
        pytest.param("0.305", "KWD", 2, 1000, 610, id="three places"),
    ],
)
def test_a_fixed_amount_counts_units(
    fixed: str, currency: str, quantity: int, base: int, amount: int
) -> None:
    assert rule_amount(Rate(fixed=fixed), base, quantity, currency) == amount


@given(st.integers(0, 10_000), st.integers(0, 10**12))
def test_a_percentage_never_strays_from_the_exact_share(basis_points: int, base: int) -> None:
    percent = f"{basis_points // 100}.{basis_points % 100:02}"

    amount = rule_amount(Rate(percent=percent), base, 1, "GBP")

    exact = Fraction(base) * basis_points / 10_000
    assert 0 <= exact - amount < 1
