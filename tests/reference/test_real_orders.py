"""Four months of a real shop, order by order and to the penny, against a reference that shares no code."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from models.funnel.events import EventStatus
from models.store.engine import Store
from tests.reference.comparing import assert_every_penny
from tests.reference.real_shop import find_upwards, open_real_shop, tell_history

MONTH = Path(__file__).parents[1] / "data" / "online-retail-2010-12.csv.xz"
FOUR_MONTHS = find_upwards("shared/data/online-retail-2010-12_2011-03.csv.xz")


@pytest.fixture(
    params=[
        pytest.param(MONTH, id="month"),
        pytest.param(
            FOUR_MONTHS,
            id="four months",
            marks=[
                pytest.mark.full,
                pytest.mark.timeout(1800),
                pytest.mark.skipif(
                    FOUR_MONTHS is None, reason="the four months lie in shared/data, which is not here"
                ),
            ],
        ),
    ]
)
def history(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


async def test_every_real_order_earns_what_the_reference_says(
    store: Store, history: Path, now: datetime, tmp_path: Path
) -> None:
    real = await open_real_shop(store, history, now)

    await tell_history(real, history, tmp_path)

    accepted, parked = await assert_every_penny(real, history)
    assert real.statuses == {EventStatus.ACCEPTED: accepted, EventStatus.PARKED: parked}
