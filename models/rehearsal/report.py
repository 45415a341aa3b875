"""What a rehearsal found: both plans side by side (business.md 10). Amounts in minor units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.money.commissions import CommissionKind
from models.plans.document import PlanDocument
from models.plans.lint_findings import LintFinding
from models.plans.parts import Title
from models.rehearsal.people import People
from models.rehearsal.tally import KINDS, PlanTally

TOP = 10
"""How many winners and losers are named."""


@dataclass(frozen=True, slots=True)
class KindCost:
    """What one kind of commission came to: as made, taken back by refunds, and left."""

    kind: CommissionKind
    made_minor: int
    back_minor: int
    net_minor: int


@dataclass(frozen=True, slots=True)
class CapCut:
    """What one cap took: from how many commissions, and how much."""

    cap: str
    commissions: int
    minor: int


@dataclass(frozen=True, slots=True)
class LevelMove:
    """How many people went from one level to another by the plan's rules."""

    before: str
    after: str
    people: int


@dataclass(frozen=True, slots=True)
class PlanResult:
    """What one plan would have cost. `ratio_basis_points`: of net sales; None without sales. `breaches` are orders
    whose cost is known and that pay more than their margin. `promoted`, `demoted` and `moves` are what its rules moved
    during the time; `levels` are its own, by key, the lowest first."""

    name: str
    version: int | None
    cost_minor: int
    ratio_basis_points: int | None
    kinds: tuple[KindCost, ...]
    cuts: tuple[CapCut, ...]
    promoted: int
    demoted: int
    moves: tuple[LevelMove, ...]
    breaches: int
    beyond_margin_minor: int
    levels: Mapping[str, Title]


@dataclass(frozen=True, slots=True)
class PersonResult:
    """One distributor under both plans; `*_kinds` by kind, in the order of the kinds.

    `*_level` is the key of the level that counts under that plan at the end.
    """

    distributor_id: int
    external_id: str
    name: str
    orders: int
    sales_minor: int
    in_force_minor: int
    proposed_minor: int
    in_force_kinds: tuple[int, ...]
    proposed_kinds: tuple[int, ...]
    in_force_level: str
    proposed_level: str

    @property
    def change_minor(self) -> int:
        """What the proposed plan brings them more, or (below zero) less."""
        return self.proposed_minor - self.in_force_minor


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a rehearsal found. `open_periods` still run at the end and count as they stand then.

    `levels_differ`: how many distributors have another level at the end than under the plan in force.
    """

    merchant: str
    currency: str
    begins: datetime
    ends: datetime
    orders: int
    sales_minor: int
    in_force: PlanResult
    proposed: PlanResult
    winners: int
    losers: int
    unchanged: int
    levels_differ: int
    top_winners: tuple[PersonResult, ...]
    top_losers: tuple[PersonResult, ...]
    open_periods: tuple[str, ...]
    findings: tuple[LintFinding, ...]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A report, and the row of each distributor behind it."""

    report: Report
    people: tuple[PersonResult, ...]


@dataclass(slots=True)
class Sellers:
    """Orders and net sales by distributor, whatever the plan."""

    orders: dict[int, int]
    sales: dict[int, int]


def plan_result(
    document: PlanDocument, version: int | None, tally: PlanTally, sales_minor: int
) -> PlanResult:
    """One plan's sums as a result."""
    cost = tally.cost_minor
    moves = sorted(tally.moves.items(), key=lambda move: (-move[1], move[0]))
    return PlanResult(
        name=document.name,
        version=version,
        cost_minor=cost,
        ratio_basis_points=cost * 10_000 // sales_minor if sales_minor > 0 else None,
        kinds=tuple(KindCost(kind, paid.made, paid.back, paid.net) for kind, paid in tally.kinds.items()),
        cuts=tuple(CapCut(cap, taken.count, taken.minor) for cap, taken in sorted(tally.cuts.items())),
        promoted=tally.promoted,
        demoted=tally.demoted,
        moves=tuple(LevelMove(before, after, people) for (before, after), people in moves),
        breaches=tally.breaches,
        beyond_margin_minor=tally.beyond_margin_minor,
        levels={level.key: level.title for level in document.levels},
    )


def people_results(
    people: People, sellers: Sellers, in_force: PlanTally, proposed: PlanTally
) -> tuple[PersonResult, ...]:
    """Everybody who sold or earned something, by their number at the shop."""
    keys = set(sellers.orders) | set(in_force.people) | set(proposed.people)
    nothing = [0] * len(KINDS)
    results = []
    for key in keys:
        person = people.by_id[key]
        before, after = in_force.people.get(key, nothing), proposed.people.get(key, nothing)
        results.append(
            PersonResult(
                distributor_id=key,
                external_id=person.payee.external_id,
                name=person.name,
                orders=sellers.orders.get(key, 0),
                sales_minor=sellers.sales.get(key, 0),
                in_force_minor=sum(before),
                proposed_minor=sum(after),
                in_force_kinds=tuple(before),
                proposed_kinds=tuple(after),
                in_force_level=in_force.levels[key],
                proposed_level=proposed.levels[key],
            )
        )
    return tuple(sorted(results, key=lambda each: each.external_id))


def top(people: tuple[PersonResult, ...], sign: int) -> tuple[PersonResult, ...]:
    """Those who win (sign 1) or lose (-1) most, the most first."""
    moved = [each for each in people if each.change_minor * sign > 0]
    return tuple(sorted(moved, key=lambda each: (-sign * each.change_minor, each.external_id))[:TOP])


def by_kind(result: PlanResult) -> Mapping[CommissionKind, int]:
    """What is left of each kind."""
    return {cost.kind: cost.net_minor for cost in result.kinds}
