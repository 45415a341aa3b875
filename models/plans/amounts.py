"""What a rule makes of a line: the arithmetic of rates and boosts, in minor units (docs/plans.md)."""

from __future__ import annotations

from functools import lru_cache

from models.plans.parts import basis_points
from models.plans.rules import Boost, BoostMode, Rate
from models.store.currency import to_minor

WHOLE = 10_000
"""Basis points of everything."""

_minor = lru_cache(maxsize=4096)(to_minor)
_points = lru_cache(maxsize=4096)(basis_points)


def rule_amount(rule: Rate | Boost, base_minor: int, quantity: int, currency: str) -> int:
    """Minor units that one rule makes of a line: a floored percentage, or fixed a unit and at most the base."""
    if rule.percent is not None:
        return base_minor * _points(rule.percent) // 10_000
    assert rule.fixed is not None  # a rule has one of the two
    return min(_minor(rule.fixed, currency) * quantity, base_minor)


def line_amount(rate: Rate | None, boost: Boost | None, base_minor: int, quantity: int, currency: str) -> int:
    """What a rate and the boost on it make of a line, at most its base."""
    if boost is None:
        return rule_amount(rate, base_minor, quantity, currency) if rate is not None else 0
    if boost.mode is BoostMode.REPLACE or rate is None:
        return rule_amount(boost, base_minor, quantity, currency)
    if rate.percent is not None and boost.percent is not None:
        points = _points(rate.percent) + _points(boost.percent)
        return min(base_minor * points // 10_000, base_minor)
    both = rule_amount(rate, base_minor, quantity, currency) + rule_amount(
        boost, base_minor, quantity, currency
    )
    return min(both, base_minor)
