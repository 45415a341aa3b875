"""What a period's sales pay: the ladder's extra and the team target (docs/plans.md). Pure, in minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.plans.parts import basis_points
from models.plans.rules import Ladder, LadderMode, PeriodLength, TeamTarget
from models.store.currency import to_minor


@dataclass(frozen=True, slots=True)
class Step:
    """What one band pays on net sales: `percent` of what lies between `above_minor` and `up_to_minor`."""

    above_minor: int
    up_to_minor: int
    percent: str

    @property
    def amount_minor(self) -> int:
        """Rounded down by itself."""
        return (self.up_to_minor - self.above_minor) * basis_points(self.percent) // 10_000


def ladder_steps(ladder: Ladder, sales_minor: int, currency: str) -> tuple[Step, ...]:
    """The bands that net sales reach, each with its part of them; by `whole` the last one, with all of them."""
    starts = [to_minor(band.start, currency) for band in ladder.bands]
    reached = [
        (band, start) for band, start in zip(ladder.bands, starts, strict=True) if start <= sales_minor
    ]
    if ladder.mode is LadderMode.WHOLE:
        return tuple(Step(0, max(sales_minor, 0), band.percent) for band, _ in reached[-1:])
    return tuple(
        Step(start, sales_minor if after is None else min(sales_minor, after), band.percent)
        for (band, start), after in zip(reached, [*starts[1:], None], strict=False)
        if start < sales_minor
    )


def ladder_amount(ladder: Ladder, sales_minor: int, currency: str) -> int:
    """The extra on net sales: each band's part floored by itself, or the whole at the band that was reached."""
    return sum(step.amount_minor for step in ladder_steps(ladder, sales_minor, currency))


def first_rung(ladder: Ladder, currency: str) -> int:
    """Net sales below which a ladder pays nothing."""
    return to_minor(ladder.bands[0].start, currency)


def target_reached(
    targets: Sequence[TeamTarget], length: PeriodLength, sales_minor: int, currency: str
) -> TeamTarget | None:
    """The highest step that the team's sales reached in a period of this length; None below the first."""
    reached = [
        target
        for target in targets
        if target.period is length and to_minor(target.sales, currency) <= sales_minor
    ]
    return max(reached, key=lambda target: to_minor(target.sales, currency), default=None)


def target_amount(
    targets: Sequence[TeamTarget], length: PeriodLength, sales_minor: int, currency: str
) -> int:
    """What that step pays; 0 below the first."""
    reached = target_reached(targets, length, sales_minor, currency)
    return to_minor(reached.amount, currency) if reached is not None else 0
