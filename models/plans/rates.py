"""Which rate a line earns: the most specific one (business.md 4).

Precedence: product × level → product → category × level → category → level → plan base. An explicit
zero is an answer and does not fall through. (A promotion's boost will stand before all of these.)
"""

from __future__ import annotations

from collections.abc import Iterator

from models.plans.document import PlanDocument, Rate

Selector = tuple[str | None, str | None, str | None]


def candidates(sku: str, category: str | None, level: str | None) -> Iterator[Selector]:
    """Selectors (product, category, level) that could match, the most specific first."""
    if level is not None:
        yield (sku, None, level)
    yield (sku, None, None)
    if category is not None:
        if level is not None:
            yield (None, category, level)
        yield (None, category, None)
    if level is not None:
        yield (None, None, level)
    yield (None, None, None)


class RateTable:
    """A plan's rates, found by selector."""

    def __init__(self, document: PlanDocument) -> None:
        self._rates = {rate.selector: rate for rate in document.rates}
        self._first_level = document.levels[0].key

    def level_or_first(self, level: str | None) -> str:
        """The level that counts for someone who was never given one: the plan's first."""
        return level if level is not None else self._first_level

    def find(self, sku: str, category: str | None, level: str | None) -> Rate | None:
        """The rate of a line, or None when not even a base rate stands in the plan."""
        for selector in candidates(sku, category, level):
            rate = self._rates.get(selector)
            if rate is not None:
                return rate
        return None
