"""Which rate a line earns: the most specific one (docs/plans.md, "Which rate a line earns").

What is sold counts before who sells; of who sells, the profile counts before the level. An explicit zero
is an answer and does not fall through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.plans.document import PlanDocument
from models.plans.rules import Boost, Rate, Selector


@dataclass(frozen=True, slots=True)
class Question:
    """For what and for whom a rate is asked. The level and the profile are the plan's (`RateTable.rank_of`)."""

    sku: str
    category: str | None
    profile: str | None
    level: str | None


def candidates(asked: Question) -> Iterator[Selector]:
    """Selectors that could match, the most specific first."""
    goods: list[tuple[str | None, str | None]] = [(asked.sku, None)]
    if asked.category is not None:
        goods.append((None, asked.category))
    goods.append((None, None))
    for product, category in goods:
        if asked.profile is not None:
            if asked.level is not None:
                yield Selector(product, category, asked.profile, asked.level)
            yield Selector(product, category, asked.profile, None)
        if asked.level is not None:
            yield Selector(product, category, None, asked.level)
        yield Selector(product, category, None, None)


@dataclass(frozen=True, slots=True)
class Asked:
    """One rule place that was asked: what stands there, and whether it is the one that answers."""

    selector: Selector
    rule: Rate | Boost | None
    answers: bool


class RateTable:
    """A plan's rates and boosts, found by selector."""

    def __init__(self, document: PlanDocument) -> None:
        self._rates = {rate.selector: rate for rate in document.rates}
        self._boosts: dict[Selector, list[Boost]] = defaultdict(list)
        for boost in document.boosts:
            self._boosts[boost.selector].append(boost)
        self._levels = {level.key: rank for rank, level in enumerate(document.levels)}
        self._profiles = {profile.key for profile in document.profiles}
        self._first_level = document.levels[0].key

    def level_or_first(self, level: str | None) -> str:
        """The level that counts: the plan's first for who was never given one, or one that the plan lacks."""
        return level if level is not None and level in self._levels else self._first_level

    def known_profile(self, profile: str | None) -> str | None:
        """The profile that counts: none where the plan lacks it."""
        return profile if profile in self._profiles else None

    def find(
        self, sku: str, category: str | None, level: str | None, profile: str | None = None
    ) -> Rate | None:
        """The rate of a line, or None when not even a base rate stands in the plan."""
        for selector in candidates(Question(sku, category, profile, level)):
            rate = self._rates.get(selector)
            if rate is not None:
                return rate
        return None

    def boost(
        self, sku: str, category: str | None, level: str | None, profile: str | None, moment: datetime
    ) -> Boost | None:
        """The boost that holds for a line at a moment."""
        if not self._boosts:
            return None
        for selector in candidates(Question(sku, category, profile, level)):
            boost = self._boost_at(selector, moment)
            if boost is not None:
                return boost
        return None

    def _boost_at(self, selector: Selector, moment: datetime) -> Boost | None:
        holding = self._boosts.get(selector, ())
        return next((boost for boost in holding if boost.starts <= moment < boost.ends), None)

    def trace(self, asked: Question, moment: datetime) -> list[Asked]:
        """Every place that was asked, boosts first, and which answered: the rate, and a boost on it if any."""
        steps: list[Asked] = []
        places = list(candidates(asked))
        found: list[tuple[Selector, Rate | Boost | None]]
        boosts: list[tuple[Selector, Rate | Boost | None]] = [
            (place, self._boost_at(place, moment)) for place in places
        ]
        rates: list[tuple[Selector, Rate | Boost | None]] = [
            (place, self._rates.get(place)) for place in places
        ]
        for found in (boosts, rates) if self._boosts else (rates,):
            answered = False
            for place, rule in found:
                answers = rule is not None and not answered
                answered = answered or answers
                steps.append(Asked(place, rule, answers))
        return steps
