"""Ten thousand money commands in any order on either store: the books stay in order, and end as the reference ends."""

from __future__ import annotations

import pytest

from tests.models.sales.money_machine import run_machine

STEPS = 50
EXAMPLES = 20
"""A thousand steps a seed; five seeds a store."""


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.full) for seed in (2, 3, 4, 5))])
def test_the_books_stay_in_order_whatever_happens(database_url: str, seed: int) -> None:
    run_machine(database_url, examples=EXAMPLES, steps=STEPS, seed=seed)
