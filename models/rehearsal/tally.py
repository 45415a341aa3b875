"""What one plan pays in a rehearsal: sums by kind and person, cuts, moves and breaches, as they add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from models.money.awards import Award
from models.money.commissions import CommissionKind
from models.rehearsal.past import PastLine, PastOrder

KINDS = tuple(CommissionKind)
_PLACES = {kind: place for place, kind in enumerate(KINDS)}


class Taken:
    """How often a cap cut, and how much (minor units)."""

    __slots__ = ("count", "minor")

    def __init__(self) -> None:
        self.count = 0
        self.minor = 0


@dataclass(slots=True)
class Paid:
    """Minor units as made, and what refunds took back of them."""

    made: int = 0
    back: int = 0

    @property
    def net(self) -> int:
        """What is left."""
        return self.made - self.back


@dataclass(slots=True)
class PlanTally:
    """One plan's sums. `people` has what each distributor is left with, by kind in the order of KINDS.

    `levels` is the level of each that counts under the plan at the end; `moves` are those that its rules made.
    """

    kinds: dict[CommissionKind, Paid] = field(default_factory=lambda: {kind: Paid() for kind in KINDS})
    people: dict[int, list[int]] = field(default_factory=dict)
    cuts: dict[str, Taken] = field(default_factory=lambda: defaultdict(Taken))
    moves: Counter[tuple[str, str]] = field(default_factory=Counter)
    promoted: int = 0
    demoted: int = 0
    breaches: int = 0
    beyond_margin_minor: int = 0
    levels: dict[int, str] = field(default_factory=dict)

    def order(self, order: PastOrder, made: Iterable[Award], margin_minor: int | None) -> None:
        """What an order pays, less what its refunds took back until today."""
        total = 0
        for award in made:
            amount = award.amount_minor
            total += amount
            for cap, minor in award.cuts.items():
                taken = self.cuts[cap]
                taken.count += 1
                taken.minor += minor
            if amount:
                back = taken_back(award, order) if order.refunds else 0
                self.pay(award.kind, award.earner.distributor_id, amount, back)
        if margin_minor is not None and total > margin_minor:
            self.breaches += 1
            self.beyond_margin_minor += total - margin_minor

    def pay(self, kind: CommissionKind, distributor_id: int, made: int, back: int = 0) -> None:
        """Somebody is paid, or (below zero) paid less."""
        sums = self.kinds[kind]
        sums.made += made
        sums.back += back
        mine = self.people.get(distributor_id)
        if mine is None:
            mine = self.people[distributor_id] = [0] * len(KINDS)
        mine[_PLACES[kind]] += made - back

    def move(self, before: str, after: str, *, is_up: bool) -> None:
        """Somebody's level moved by itself."""
        self.moves[before, after] += 1
        if is_up:
            self.promoted += 1
        else:
            self.demoted += 1

    @property
    def cost_minor(self) -> int:
        """Everything that is left to pay."""
        return sum(paid.net for paid in self.kinds.values())


def taken_back(award: Award, order: PastOrder) -> int:
    """Of one commission: in proportion to its line's refunds, all of it when nothing is left (business.md 5)."""
    if award.line is None:
        return award.amount_minor if order.is_gone else 0
    line: PastLine = order.lines[award.line.line_id]
    if line.is_gone:
        return award.amount_minor
    if not line.refunded_minor:
        return 0
    return award.amount_minor * line.refunded_minor // line.base_minor
