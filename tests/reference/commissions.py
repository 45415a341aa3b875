"""Every commission and reversal a second time, from business.md alone: decimals and dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from tests.reference.export import Goods, Paper, Refund, pence

BASE_RATES: Mapping[tuple[str | None, str | None, str | None], tuple[str, Decimal]] = {
    (None, None, None): ("percent", Decimal(10)),
    (None, None, "leader"): ("percent", Decimal(12)),
    (None, "lights", None): ("percent", Decimal(15)),
    ("85123A", None, "leader"): ("fixed", Decimal("0.30")),
}
"""The issue's plan by (product, category, level)."""


@dataclass
class Line:
    """What one line earned, and what refunds took back of it."""

    base: int
    quantity: int
    amount: int
    refunded_units: int = 0
    reversed: int = 0


@dataclass
class Order:
    """One order as it must stand at the end."""

    number: str
    distributor: str
    lines: dict[int, Line] = field(default_factory=dict)

    @property
    def refunded(self) -> bool:
        return all(line.refunded_units == line.quantity for line in self.lines.values())


def figure(paper: Paper, distributor: str, level: str, categories: Mapping[str, str]) -> Order:
    order = Order(paper.number, distributor)
    for goods in paper.goods:
        base = pence(goods.quantity * goods.price)
        order.lines[goods.number] = Line(base, goods.quantity, _amount(goods, base, level, categories))
    return order


def _amount(goods: Goods, base: int, level: str, categories: Mapping[str, str]) -> int:
    category = categories[goods.sku]
    ranked = [
        (goods.sku, None, level),
        (goods.sku, None, None),
        (None, category, level),
        (None, category, None),
        (None, None, level),
        (None, None, None),
    ]
    kind, rate = next(BASE_RATES[selector] for selector in ranked if selector in BASE_RATES)
    if kind == "fixed":
        return min(pence(rate) * goods.quantity, base)
    return int(base * rate // 100)


def take_back(order: Order, refund: Refund) -> None:
    """Cumulative: floor(amount × refunded base / base), and the whole amount when nothing of the line is left."""
    for number, quantity in refund.lines.items():
        line = order.lines[number]
        line.refunded_units += quantity
        refunded_base = line.base * line.refunded_units // line.quantity
        if line.refunded_units == line.quantity:
            line.reversed = line.amount
        elif line.base:
            line.reversed = line.amount * refunded_base // line.base


def figure_all(
    papers: Sequence[Paper],
    refunds: Sequence[Refund],
    people: Mapping[str, tuple[str, str]],
    categories: Mapping[str, str],
) -> dict[str, Order]:
    """Every order by its number; `people` gives (distributor, level) by order number."""
    orders = {paper.number: figure(paper, *people[paper.number], categories) for paper in papers}
    for refund in refunds:
        if refund.found:
            take_back(orders[refund.order], refund)
    return orders
