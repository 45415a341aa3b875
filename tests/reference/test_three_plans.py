"""The real shop's month and its four months under three plans: the product and the reference agree to the penny."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from models.store.engine import Store
from tests.models.books import assert_books_in_order
from tests.reference.agreeing import assert_agree, assert_statements_agree
from tests.reference.season_shop import live_through, open_season
from tests.reference.test_real_orders import history
from tests.reference.three_plans import SEASONS, Season

__all__ = ["history"]
MONTHS = [date(2010, 12, 1), date(2011, 1, 1), date(2011, 2, 1), date(2011, 3, 1), date(2011, 6, 1)]


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("season", SEASONS, ids=lambda season: season.name)
async def test_every_penny_of_a_plan_is_what_the_reference_says(
    store: Store, history: Path, season: Season
) -> None:
    told = await open_season(store, history, season)

    await live_through(told, history, season)

    await assert_agree(told)
    await assert_statements_agree(told, sorted(told.ids)[::4], MONTHS)
    await assert_books_in_order(store)
    paid = {gain.kind for gain in told.reference.ledger.gains if gain.amount}
    assert paid >= season.pays
