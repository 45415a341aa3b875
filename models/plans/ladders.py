"""What a period's sales pay: the ladder's extra and the team target (docs/plans.md). Pure, in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.plans.parts import basis_points
from models.plans.rules import Ladder, LadderMode, PeriodLength, TeamTarget
from models.store.currency import to_minor


@dataclass(frozen=True, slots=True)
class _Rung:
    """Net sales from here on, and the basis points that they earn."""

    start_minor: int
    basis_points: int


def _rungs(ladder: Ladder, currency: str) -> list[_Rung]:
    return [_Rung(to_minor(band.start, currency), basis_points(band.percent)) for band in ladder.bands]


def ladder_amount(ladder: Ladder, sales_minor: int, currency: str) -> int:
    """The extra on net sales: each band's part floored by itself, or the whole at the band that was reached."""
    rungs = _rungs(ladder, currency)
    if ladder.mode is LadderMode.WHOLE:
        reached = [rung for rung in rungs if rung.start_minor <= sales_minor]
        return max(sales_minor, 0) * reached[-1].basis_points // 10_000 if reached else 0
    total = 0
    for rung, after in zip(rungs, [*rungs[1:], None], strict=True):
        top = sales_minor if after is None else min(sales_minor, after.start_minor)
        total += max(top - rung.start_minor, 0) * rung.basis_points // 10_000
    return total


def first_rung(ladder: Ladder, currency: str) -> int:
    """Net sales below which a ladder pays nothing."""
    return to_minor(ladder.bands[0].start, currency)


def target_amount(
    targets: Sequence[TeamTarget], length: PeriodLength, sales_minor: int, currency: str
) -> int:
    """What the highest step pays that the team's sales reached in a period of this length; 0 below the first."""
    reached = [
        (to_minor(target.sales, currency), to_minor(target.amount, currency))
        for target in targets
        if target.period is length and to_minor(target.sales, currency) <= sales_minor
    ]
    return max(reached)[1] if reached else 0
