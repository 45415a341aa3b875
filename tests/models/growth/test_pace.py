"""The pace: when a window will hold enough, while what is old leaves it."""

from __future__ import annotations

import pytest

from models.growth.pace import days_at_pace


@pytest.mark.parametrize(
    ("by_day", "needed", "within", "days"),
    [
        ([], 5, 30, None),
        ([(40, 9)], 5, 30, None),
        ([(0, 5)], 5, 30, 0),
        # One in the last 24 hours: one a day, four more in four days
        ([(0, 1)], 5, 30, 4),
        # Three over three days is one a day
        ([(0, 1), (2, 2)], 5, 30, 2),
        # Two over ten days, each of them still inside for weeks: three more take fifteen days
        ([(1, 1), (9, 1)], 5, 30, 15),
        # Four spread over the whole window: as one comes one goes, and five are never there at once
        ([(0, 1), (10, 1), (19, 1), (29, 1)], 5, 30, None),
        # Refunds below zero on a day take nothing away from the days that stand
        ([(0, 2), (1, -7)], 3, 30, 1),
        # A window of one day holds what a day makes
        ([(0, 4)], 5, 1, None),
    ],
)
def test_days_until_a_window_holds_enough(
    by_day: list[tuple[int, int]], needed: int, within: int, days: int | None
) -> None:
    assert days_at_pace(by_day, needed, within) == days
