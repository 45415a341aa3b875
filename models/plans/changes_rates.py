"""How two plans differ in what a line earns: every kind of goods and seller that their rules tell apart is asked.

Comparing rule with rule would miss what falls through: a rate that is taken out leaves its goods to a wider one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from models.plans.changes_kinds import Change, Topic, Way, more_is_better, together
from models.plans.document import PlanDocument
from models.plans.priced import Catalogue
from models.plans.rates import RateTable
from models.plans.rules import Boost, Rate, Selector
from models.plans.sample import Bought, bought_amount, hundred


@dataclass(frozen=True, slots=True)
class _Who:
    """One seller as each of the two plans counts them."""

    old_level: str
    new_level: str
    old_profile: str | None
    new_profile: str | None


@dataclass(frozen=True, slots=True)
class _Goods:
    """Goods that rules tell apart."""

    sku: str
    category: str | None


def rate_changes(
    old: PlanDocument, new: PlanDocument, start: datetime, catalogue: Catalogue
) -> Iterator[Change]:
    """Differences of rates, then of boosts that hold from `start` on."""
    both = _Both(old, new, catalogue)
    rates: dict[tuple[Rate | None, Rate | None], list[Way]] = defaultdict(list)
    for goods, who in product(_goods([*old.rates, *new.rates], catalogue), both.sellers()):
        was, becomes = both.rates(goods, who)
        if was != becomes:
            rates[was, becomes].append(both.way((was, None), (becomes, None), goods))
    for (was, becomes), ways in rates.items():
        if together(ways) is not Way.NEUTRAL:
            yield Change(Topic.RATE, together(ways), _about(was, becomes), was, becomes)
    boosts: _Boosts = defaultdict(list)
    moments = {start, *(at for each in (*old.boosts, *new.boosts) for at in (each.starts, each.ends))}
    kinds = list(_goods([*old.boosts, *new.boosts], catalogue)) if old.boosts or new.boosts else []
    for moment in sorted(at for at in moments if at >= start):
        for goods, who in product(kinds, both.sellers()):
            had, has = both.boosts(goods, who, moment)
            if had != has:
                was, becomes = both.rates(goods, who)
                boosts[had, has].append(both.way((was, had), (becomes, has), goods))
    for (had, has), ways in _stretches_joined(boosts).items():
        if together(ways) is not Way.NEUTRAL:
            yield Change(Topic.BOOST, together(ways), _about(had, has), had, has)


_Boosts = dict[tuple[Boost | None, Boost | None], list[Way]]


def _stretches_joined(found: _Boosts) -> _Boosts:
    """A boost that only begins or ends at another time is one change, not one that goes and one that comes."""
    joined: _Boosts = {}
    for (had, has), ways in found.items():
        pair = (had, has)
        if had is None or has is None:
            pair = next((other for other in found if _is_stretch(pair, other)), pair)
        joined.setdefault(pair, []).extend(ways)
    return joined


def _is_stretch(part: tuple[Boost | None, Boost | None], whole: tuple[Boost | None, Boost | None]) -> bool:
    """Whether the one boost of `part` is one of the two of `whole`, which are for the same goods and people."""
    had, has = whole
    alone = part[0] or part[1]
    return had is not None and has is not None and alone in whole and had.selector == has.selector


class _Both:
    """Two plans side by side."""

    def __init__(self, old: PlanDocument, new: PlanDocument, catalogue: Catalogue) -> None:
        self._plans = (old, new)
        self._old, self._new = RateTable(old), RateTable(new)
        self._catalogue = catalogue
        self._sellers: list[_Who] | None = None

    def sellers(self) -> list[_Who]:
        """Everybody whom the rules tell apart, the least special first."""
        if self._sellers is None:
            named = {rule.level for plan in self._plans for rule in (*plan.rates, *plan.boosts)}
            levels = dict.fromkeys(level.key for plan in self._plans for level in plan.levels)
            # Levels that no rule names are all alike; each plan counts one that it lacks as its first.
            pairs = dict.fromkeys(
                (self._old.level_or_first(key), self._new.level_or_first(key)) for key in levels
            )
            plain = [pair for pair in pairs if not {*pair} & named][:1]
            profiles = dict.fromkeys(
                rule.profile for plan in self._plans for rule in (*plan.rates, *plan.boosts)
            )
            self._sellers = [
                _Who(*pair, self._old.known_profile(profile), self._new.known_profile(profile))
                for profile in dict.fromkeys([None, *profiles])
                for pair in [*plain, *(pair for pair in pairs if {*pair} & named)]
            ]
        return self._sellers

    def rates(self, goods: _Goods, who: _Who) -> tuple[Rate | None, Rate | None]:
        """What answers in each plan."""
        return (
            self._old.find(goods.sku, goods.category, who.old_level, who.old_profile),
            self._new.find(goods.sku, goods.category, who.new_level, who.new_profile),
        )

    def boosts(self, goods: _Goods, who: _Who, moment: datetime) -> tuple[Boost | None, Boost | None]:
        """What holds in each plan."""
        return (
            self._old.boost(goods.sku, goods.category, who.old_level, who.old_profile, moment),
            self._new.boost(goods.sku, goods.category, who.new_level, who.new_profile, moment),
        )

    def way(
        self,
        was: tuple[Rate | None, Boost | None],
        becomes: tuple[Rate | None, Boost | None],
        goods: _Goods,
    ) -> Way:
        """Compared in money, at the product's price or over all prices that a shop may have."""
        currency = self._catalogue.currency
        known = self._catalogue.by_sku.get(goods.sku)
        unit = hundred(currency)
        prices = [known.price_minor] if known is not None else [unit // 100, unit // 10, unit, unit * 10]
        return together(
            more_is_better(
                bought_amount(*was, Bought(price), currency), bought_amount(*becomes, Bought(price), currency)
            )
            for price in prices
        )


def _goods(rules: Iterable[Rate | Boost], catalogue: Catalogue) -> Iterator[_Goods]:
    found = {_Goods("", None): None}
    for rule in rules:
        if rule.product is not None:
            found[_Goods(rule.product, catalogue.category_of(rule.product))] = None
        elif rule.category is not None:
            found[_Goods("", rule.category)] = None
    yield from found


def _about(was: Rate | Boost | None, becomes: Rate | Boost | None) -> Selector:
    """All that the two rules name together."""
    first, second = (
        rule.selector if rule is not None else Selector(None, None, None, None) for rule in (was, becomes)
    )
    return Selector(*(one if one is not None else other for one, other in zip(second, first, strict=True)))
