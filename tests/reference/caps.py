"""The caps of docs/plans.md, cut one after the other from what an order would pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from zoneinfo import ZoneInfo

from tests.reference.facts import Bill, Gain
from tests.reference.spans import local_day
from tests.reference.terms import part


class Used:
    """What orders have earned, as made: by person and day, and by month."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self.days: dict[tuple[str, date], int] = defaultdict(int)
        self.months: dict[tuple[int, int], int] = defaultdict(int)

    def cut(self, bill: Bill, gains: Sequence[Gain], costs: Mapping[str, int]) -> None:
        """Lower these gains until every cap holds, and remember what is left of them."""
        terms = bill.terms
        assert terms is not None
        line_order = {line.item.ref: place for place, line in enumerate(bill.lines)}
        first_cut = sorted(gains, key=lambda gain: _turn(gain, line_order))
        if terms.order_cap is not None:
            _lower(first_cut, part(bill.base, terms.order_cap), "order_percent")
        if terms.margin_cap is not None and all(line.item.sku in costs for line in bill.lines):
            margin = sum(line.base - costs[line.item.sku] * line.item.quantity for line in bill.lines)
            _lower(first_cut, part(max(margin, 0), terms.margin_cap), "margin")
        today = local_day(bill.purchase.at, self._zone)
        earners = sorted({gain.who for gain in gains})
        for who in earners if terms.day_cap is not None else ():
            assert terms.day_cap is not None
            mine = [gain for gain in first_cut if gain.who == who]
            _lower(mine, max(terms.day_cap - self.days[who, today], 0), "day")
        month = today.year, today.month
        if terms.budget is not None:
            _lower(first_cut, max(terms.budget - self.months[month], 0), "budget")
        self.use(bill, gains)

    def use(self, bill: Bill, gains: Sequence[Gain], *, back: bool = False) -> None:
        """What an order earned uses up room; a cancelled order gives it `back`."""
        today = local_day(bill.purchase.at, self._zone)
        for gain in gains:
            amount = -gain.amount if back else gain.amount
            self.days[gain.who, today] += amount
            self.months[today.year, today.month] += amount


def _turn(gain: Gain, lines: Mapping[str, int]) -> tuple[int, int]:
    """First-order bonus, second sponsor, sponsor, seller; within these the last line first."""
    kinds = 0 if gain.kind == "first_order" else 3 - gain.depth
    return kinds, -lines.get(gain.line or "", 0)


def _lower(gains: Sequence[Gain], most: int, cap: str) -> None:
    over = sum(gain.amount for gain in gains) - most
    for gain in gains:
        taken = min(max(over, 0), gain.amount)
        if taken:
            gain.amount -= taken
            gain.cuts.append((cap, taken))
            over -= taken
