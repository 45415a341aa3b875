"""Which level somebody reaches (docs/plans.md, "Levels"). Pure: what was sold is asked of a tally."""

from __future__ import annotations

from functools import lru_cache
from typing import Protocol

from models.plans.document import PlanDocument
from models.plans.ranks import Condition, Conditions, Level, Metric
from models.store.currency import to_minor

_minor = lru_cache(maxsize=1024)(to_minor)  # asked after every order, of a few conditions


class Tally(Protocol):
    """What counts for levels, at one moment t, over (t - days, t]."""

    def orders(self, within_days: int) -> int:
        """Orders paid and not fully refunded."""

    def sales_minor(self, within_days: int) -> int:
        """Their bases less refunds."""

    def team_size(self, within_days: int) -> int:
        """Direct members, active, with at least one such order."""


def counted(metric: Metric, within_days: int, tally: Tally) -> int:
    """How much of a metric a tally has; sales in minor units."""
    match metric:
        case Metric.ORDERS:
            return tally.orders(within_days)
        case Metric.SALES:
            return tally.sales_minor(within_days)
        case Metric.TEAM_SIZE:
            return tally.team_size(within_days)


def wanted(condition: Condition, currency: str) -> int:
    """How much a condition asks for; sales in minor units."""
    if isinstance(condition.at_least, str):
        return _minor(condition.at_least, currency)
    return condition.at_least


def holds(conditions: Conditions, tally: Tally, currency: str) -> bool:
    """Whether they are fulfilled."""
    needs_all = conditions.all is not None
    for condition in conditions.parts:
        is_met = counted(condition.metric, condition.within_days, tally) >= wanted(condition, currency)
        if is_met is not needs_all:
            return is_met
    return needs_all


def level_reached(document: PlanDocument, held: str, tally: Tally, currency: str) -> Level | None:
    """The highest level above the one held whose conditions are fulfilled; None when there is none."""
    for level in reversed(document.levels[1:]):
        if level.key == held:
            break
        if level.when is not None and holds(level.when, tally, currency):
            return level
    return None


def level_below(document: PlanDocument, held: str, had: frozenset[str], tally: Tally, currency: str) -> Level:
    """Where somebody falls to: the highest lower level that they fulfil or, without conditions, had; else the first."""
    rank = next((place for place, level in enumerate(document.levels) if level.key == held), 0)
    for level in reversed(document.levels[1:rank]):
        if level.key in had if level.when is None else holds(level.when, tally, currency):
            return level
    return document.levels[0]


def top_to_reach(document: PlanDocument) -> int:
    """The rank of the highest level that can be reached by conditions; 0 when none can."""
    return max((rank for rank, level in enumerate(document.levels) if level.when is not None), default=0)


def longest_window(document: PlanDocument) -> int:
    """Days that the longest condition looks back; 0 without conditions."""
    return max((part.within_days for part in _conditions(document)), default=0)


def counts_teams(document: PlanDocument) -> bool:
    """Whether any level asks for the size of a team."""
    return any(part.metric is Metric.TEAM_SIZE for part in _conditions(document))


def _conditions(document: PlanDocument) -> list[Condition]:
    return [part for level in document.levels if level.when is not None for part in level.when.parts]
