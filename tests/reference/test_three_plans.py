"""The real shop's month and its four months under three plans: the product and the reference agree to the penny."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.store.engine import Store
from tests.models.books import assert_books_in_order
from tests.reference.agreeing import assert_agree
from tests.reference.season_shop import live_through, open_season
from tests.reference.test_real_orders import history
from tests.reference.three_plans import SEASONS, Season

__all__ = ["history"]


@pytest.mark.parametrize("season", SEASONS, ids=lambda season: season.name)
async def test_every_penny_of_a_plan_is_what_the_reference_says(
    store: Store, history: Path, season: Season
) -> None:
    told = await open_season(store, history, season)

    await live_through(told, history, season)

    await assert_agree(told)
    await assert_books_in_order(store)
    paid = {gain.kind for gain in told.reference.ledger.gains if gain.amount}
    assert paid >= season.pays
