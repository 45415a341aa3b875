"""What one order pays, to whom and why: the plan applied, pure and in minor units (docs/plans.md).

The same function figures real orders (`models/sales`), estimates and rehearsals, so that a rehearsal of the
plan in force gives what was really paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from models.money.commissions import CommissionKind, RateKind
from models.plans.amounts import line_amount
from models.plans.parts import basis_points
from models.plans.rules import Boost
from models.plans.versions import Plan
from models.store.currency import to_minor
from models.store.types import JsonValue


class Earner(NamedTuple):
    """Somebody whom an order may pay: 0 levels above the seller is the seller. Level and profile are the plan's."""

    distributor_id: int
    depth: int
    level: str
    profile: str | None = None


class SoldLine(NamedTuple):
    """One line as the plan sees it; `cost_minor` is a unit's, None where it is not known."""

    line_id: int
    sku: str
    category: str | None
    quantity: int
    base_minor: int
    cost_minor: int | None = None


class SoldOrder(NamedTuple):
    """One order as the plan sees it. `sponsors` are those who may earn, nearest first."""

    lines: Sequence[SoldLine]
    seller: Earner
    sponsors: Sequence[Earner]
    moment: datetime
    is_first: bool
    """Whether it is its customer's first order at the merchant."""

    @property
    def base_minor(self) -> int:
        """The sum of the lines' bases."""
        return sum(line.base_minor for line in self.lines)

    @property
    def margin_minor(self) -> int | None:
        """What is left after the goods' cost, never below zero; None when a cost is not known."""
        total = 0
        for line in self.lines:
            if line.cost_minor is None:
                return None
            total += line.base_minor - line.cost_minor * line.quantity
        return max(total, 0)


@dataclass(slots=True)
class Award:
    """One commission in the making. `cuts` are what caps took of it, by cap."""

    kind: CommissionKind
    earner: Earner
    line: SoldLine | None
    base_minor: int
    quantity: int
    rate_kind: RateKind | None
    rate: str
    rule: str
    amount_minor: int
    boost: dict[str, JsonValue] | None = None
    cuts: dict[str, int] = field(default_factory=dict)

    def cut(self, cap: str, excess: int) -> int:
        """Let a cap take at most `excess`; answers what of it is left to take elsewhere."""
        taken = min(self.amount_minor, excess)
        if taken > 0:
            self.amount_minor -= taken
            self.cuts[cap] = self.cuts.get(cap, 0) + taken
        return excess - taken


_minor = lru_cache(maxsize=4096)(to_minor)
_points = lru_cache(maxsize=4096)(basis_points)


def awards(plan: Plan, order: SoldOrder, currency: str) -> list[Award]:
    """Everything that an order pays before caps: the seller's lines, the sponsors' lines, the first-order bonus."""
    made = [_line(plan, order, line, currency) for line in order.lines]
    team = plan.document.team
    if team is not None:
        for sponsor in order.sponsors:
            if sponsor.depth <= team.depth:
                percent = team.percents[sponsor.depth - 1]
                made += [_team(sponsor, line, percent) for line in order.lines]
    bonus = plan.document.bonuses.first_order
    if bonus is not None and order.is_first:
        made.append(
            Award(
                CommissionKind.FIRST_ORDER,
                order.seller,
                None,
                base_minor=0,
                quantity=1,
                rate_kind=RateKind.FIXED,
                rate=bonus,
                rule="first_order",
                amount_minor=_minor(bonus, currency),
            )
        )
    return made


def _line(plan: Plan, order: SoldOrder, line: SoldLine, currency: str) -> Award:
    who = order.seller
    rate = plan.rates.find(line.sku, line.category, who.level, who.profile)
    boost = plan.rates.boost(line.sku, line.category, who.level, who.profile, order.moment)
    return Award(
        CommissionKind.LINE,
        who,
        line,
        base_minor=line.base_minor,
        quantity=line.quantity,
        rate_kind=None if rate is None else RateKind.PERCENT if rate.percent is not None else RateKind.FIXED,
        rate=(rate.percent or rate.fixed or "") if rate is not None else "",
        rule=rate.rule if rate is not None else "none",
        amount_minor=line_amount(rate, boost, line.base_minor, line.quantity, currency),
        boost=_told(boost) if boost is not None else None,
    )


def _told(boost: Boost) -> dict[str, JsonValue]:
    kind = RateKind.PERCENT if boost.percent is not None else RateKind.FIXED
    rate = boost.percent or boost.fixed or ""
    return {"rule": boost.rule, "kind": kind.value, "rate": rate, "mode": boost.mode.value}


def _team(sponsor: Earner, line: SoldLine, percent: str) -> Award:
    return Award(
        CommissionKind.TEAM,
        sponsor,
        line,
        base_minor=line.base_minor,
        quantity=line.quantity,
        rate_kind=RateKind.PERCENT,
        rate=percent,
        rule=f"team depth={sponsor.depth}",
        amount_minor=line.base_minor * _points(percent) // 10_000,
    )


@dataclass(slots=True)
class Room:
    """What caps leave: of each earner's day, and of the merchant's month; None where there is no such cap."""

    days: dict[int, int] | None = None
    budget_minor: int | None = None


def cut(plan: Plan, order: SoldOrder, made: Sequence[Award], room: Room, currency: str) -> None:
    """Let the caps take what is too much, in the stated order, each with its name; `room` shrinks by what is left."""
    caps = plan.document.caps
    first_to_go = _first_to_go(made)
    if caps.order_percent is not None:
        ceiling = order.base_minor * _points(caps.order_percent) // 10_000
        _take("order_percent", first_to_go, ceiling)
    margin = order.margin_minor
    if caps.margin_percent is not None and margin is not None:
        _take("margin", first_to_go, margin * _points(caps.margin_percent) // 10_000)
    if room.days is not None:
        for earner in dict.fromkeys(award.earner.distributor_id for award in first_to_go):
            own = [award for award in first_to_go if award.earner.distributor_id == earner]
            room.days[earner] = max(room.days[earner], 0) - _take("day", own, max(room.days[earner], 0))
    if room.budget_minor is not None:
        room.budget_minor -= _take("budget", first_to_go, max(room.budget_minor, 0))


def _first_to_go(made: Sequence[Award]) -> list[Award]:
    """Bonuses of the order, then the farthest sponsor down to the seller; within these the last line first."""

    def place(item: tuple[int, Award]) -> tuple[int, int]:
        index, award = item
        return (3 if award.kind is CommissionKind.FIRST_ORDER else award.earner.depth, index)

    return [award for _, award in sorted(enumerate(made), key=place, reverse=True)]


def _take(cap: str, first_to_go: Iterable[Award], ceiling: int) -> int:
    """Bring awards under a ceiling; answers what they come to then."""
    listed = list(first_to_go)
    total = sum(award.amount_minor for award in listed)
    excess = total - ceiling
    for award in listed:
        if excess <= 0:
            break
        excess = award.cut(cap, excess)
    return min(total, ceiling) if total > ceiling else total
