"""When a condition will be reached at a distributor's own pace, honestly: what is old leaves the window meanwhile.

Pure: what was made on which day comes in, a number of days or none goes out.
"""

from __future__ import annotations

from collections.abc import Sequence


def days_at_pace(by_day: Sequence[tuple[int, int]], needed: int, within_days: int) -> int | None:
    """Days until a window of `within_days` holds `needed`, when the pace of the window goes on.

    `by_day`: days back (0 is the last 24 hours) and what was made on them. The pace is what the window holds over
    the days since its oldest sale. None where nothing was made, or where as much leaves the window as comes in.
    """
    made = [(ago, amount) for ago, amount in by_day if ago < within_days and amount > 0]
    if not made:
        return None
    total = sum(amount for _, amount in made)
    if total >= needed:
        return 0
    span = max(ago for ago, _ in made) + 1
    for ahead in range(1, within_days + 1):
        left = sum(amount for ago, amount in made if ago + ahead < within_days)
        if left + total * ahead // span >= needed:
            return ahead
    return None
