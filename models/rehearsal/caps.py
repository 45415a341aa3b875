"""Caps in a rehearsal: what a day and a month have used up, and whether an order meets any cap at all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from models.money.awards import Award, Room, SoldOrder, cut
from models.plans.parts import basis_points
from models.plans.periods import day_of, midnight
from models.plans.versions import Plan
from models.store.currency import to_minor
from models.store.types import from_micros, to_micros


class _Limits:
    """A plan's caps as numbers: basis points and minor units; None where there is no such cap."""

    def __init__(self, plan: Plan, currency: str) -> None:
        caps = plan.document.caps
        self.order_points = basis_points(caps.order_percent) if caps.order_percent is not None else None
        self.margin_points = basis_points(caps.margin_percent) if caps.margin_percent is not None else None
        self.day = to_minor(caps.day, currency) if caps.day is not None else None
        self.budget = to_minor(caps.budget, currency) if caps.budget is not None else None


class Caps:
    """What caps take of orders that come in the order of time."""

    def __init__(self, zone: ZoneInfo, currency: str) -> None:
        self._zone = zone
        self._currency = currency
        self._limits: dict[int, _Limits] = {}
        self._day_ends = 0
        self._month: tuple[int, int] | None = None
        self._day_used: dict[int, int] = {}
        self._month_used = 0

    def cut(self, plan: Plan, sold: SoldOrder, paid: int, made: Sequence[Award]) -> None:
        """Let the plan's caps take what is too much, and remember what is left. Most orders meet none."""
        limits = self._limits.get(plan.version)
        if limits is None:
            limits = self._limits[plan.version] = _Limits(plan, self._currency)
        if paid >= self._day_ends:
            self._turn(paid)
        earned = _by_earner(made)
        if not self._fits(limits, sold, earned):
            cut(plan, sold, made, self._room(limits, earned), self._currency)
            earned = _by_earner(made)
        if limits.day is not None or limits.budget is not None:
            used = self._day_used
            for earner, amount in earned.items():
                used[earner] = used.get(earner, 0) + amount
                self._month_used += amount

    def _fits(self, limits: _Limits, sold: SoldOrder, earned: dict[int, int]) -> bool:
        """Whether no cap would take anything."""
        total = sum(earned.values())
        if limits.order_points is not None and total > sold.base_minor * limits.order_points // 10_000:
            return False
        if limits.margin_points is not None:
            margin = sold.margin_minor
            if margin is not None and total > margin * limits.margin_points // 10_000:
                return False
        if limits.day is not None:
            used = self._day_used
            for earner, amount in earned.items():
                if used.get(earner, 0) + amount > limits.day:
                    return False
        return limits.budget is None or self._month_used + total <= limits.budget

    def _room(self, limits: _Limits, earned: dict[int, int]) -> Room:
        room = Room()
        if limits.day is not None:
            room.days = {earner: limits.day - self._day_used.get(earner, 0) for earner in earned}
        if limits.budget is not None:
            room.budget_minor = limits.budget - self._month_used
        return room

    def _turn(self, paid: int) -> None:
        """A new day begins at nothing, a new month too."""
        day = day_of(from_micros(paid), self._zone)
        self._day_ends = to_micros(midnight(day + timedelta(days=1), self._zone))
        self._day_used = {}
        if (day.year, day.month) != self._month:
            self._month, self._month_used = (day.year, day.month), 0


def _by_earner(made: Sequence[Award]) -> dict[int, int]:
    earned: dict[int, int] = {}
    for award in made:
        earner = award.earner.distributor_id
        earned[earner] = earned.get(earner, 0) + award.amount_minor
    return earned
