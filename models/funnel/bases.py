"""The base of each line, on which commission is figured (business.md 4, "exact meaning").

base = floor(quantity × unit price) − the line's discount − its share of the order's discount, never
below zero. Shipping and tax stand beside the lines and never enter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.errors import Invalid
from models.funnel.events import BoughtLine
from models.store.currency import MOST_MINOR, floor_to_minor


@dataclass(frozen=True, slots=True)
class LineBase:
    """The components of one line's base, in minor units."""

    gross_minor: int
    discount_minor: int
    order_discount_minor: int

    @property
    def base_minor(self) -> int:
        """What commission is figured on."""
        return self.gross_minor - self.discount_minor - self.order_discount_minor


def spread(amount: int, weights: Sequence[int]) -> list[int]:
    """Spread an amount over weights by largest remainder, ties to the earlier one; at most the sum of weights.

    Each share is at most its weight, and the shares add up to `min(amount, sum(weights))` exactly.
    """
    total = sum(weights)
    amount = min(amount, total)
    if total == 0:
        return [0] * len(weights)
    shares = [amount * weight // total for weight in weights]
    rest = amount - sum(shares)
    by_remainder = sorted(range(len(weights)), key=lambda index: (-(amount * weights[index] % total), index))
    for index in by_remainder[:rest]:
        shares[index] += 1
    return shares


def line_bases(lines: Sequence[BoughtLine], order_discount_minor: int, currency: str) -> list[LineBase]:
    """Each line's base, in the order of the lines. A discount larger than the line counts as far as the line goes.

    Raises Invalid for a line that comes to more than any real one.
    """
    gross = [floor_to_minor(line.quantity * line.unit_price, currency) for line in lines]
    for line, value in zip(lines, gross, strict=True):
        if value > MOST_MINOR:
            raise Invalid(f"Line {line.line_ref!r} comes to more than any order of ours can.")
    discounts = [min(line.discount_minor, value) for line, value in zip(lines, gross, strict=True)]
    left = [value - discount for value, discount in zip(gross, discounts, strict=True)]
    shares = spread(order_discount_minor, left)
    return [LineBase(*parts) for parts in zip(gross, discounts, shares, strict=True)]
