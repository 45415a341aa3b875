"""A rehearsal as JSON: its report by the names that the API and the other commands have for the same things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.plan_findings import FindingShown, findings_shown

if TYPE_CHECKING:
    from models.people.merchants import Merchant
    from models.plans.reading import PlanFile
    from models.rehearsal.report import KindCost, LevelMove, PersonResult, PlanResult, Report


@dataclass(frozen=True, slots=True)
class CutShown:
    """What one cap took, in minor units, and from how many commissions."""

    cap: str
    commissions: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class PlanShown:
    """What one plan would have cost.

    `ratio_basis_points`: of net sales, null without sales; `breaches`: orders that pay more than their margin;
    `promoted`, `demoted` and `moves`: what the plan's rules moved during the time.
    """

    name: str
    plan_version: int | None
    cost_minor: int
    ratio_basis_points: int | None
    kinds: tuple[KindCost, ...]
    cuts: tuple[CutShown, ...]
    promoted: int
    demoted: int
    moves: tuple[LevelMove, ...]
    breaches: int
    beyond_margin_minor: int


@dataclass(frozen=True, slots=True)
class PersonShown:
    """One distributor under both plans; `change_minor` is below zero for who would get less.

    `*_level`: the level that counts under that plan at the end.
    """

    distributor: str
    name: str
    orders: int
    sales_minor: int
    in_force_minor: int
    proposed_minor: int
    change_minor: int
    in_force_level: str
    proposed_level: str


@dataclass(frozen=True, slots=True)
class RehearsalShown:
    """Both plans over the orders with `begins_at <= paid < ends_at`; amounts in minor units."""

    merchant_id: str
    currency: str
    begins_at: datetime
    ends_at: datetime
    orders: int
    sales_minor: int
    in_force: PlanShown
    proposed: PlanShown
    winners: int
    losers: int
    unchanged: int
    levels_differ: int
    top_winners: tuple[PersonShown, ...]
    top_losers: tuple[PersonShown, ...]
    open_periods: tuple[str, ...]
    findings: tuple[FindingShown, ...]


def rehearsal_shown(report: Report, shop: Merchant, file: PlanFile) -> RehearsalShown:
    """A report about a plan file."""
    return RehearsalShown(
        merchant_id=shop.public_id,
        currency=report.currency,
        begins_at=report.begins,
        ends_at=report.ends,
        orders=report.orders,
        sales_minor=report.sales_minor,
        in_force=_plan(report.in_force),
        proposed=_plan(report.proposed),
        winners=report.winners,
        losers=report.losers,
        unchanged=report.unchanged,
        levels_differ=report.levels_differ,
        top_winners=tuple(map(_person, report.top_winners)),
        top_losers=tuple(map(_person, report.top_losers)),
        open_periods=report.open_periods,
        findings=findings_shown(report.findings, file),
    )


def _plan(result: PlanResult) -> PlanShown:
    return PlanShown(
        name=result.name,
        plan_version=result.version,
        cost_minor=result.cost_minor,
        ratio_basis_points=result.ratio_basis_points,
        kinds=result.kinds,
        cuts=tuple(CutShown(cut.cap, cut.commissions, cut.minor) for cut in result.cuts),
        promoted=result.promoted,
        demoted=result.demoted,
        moves=result.moves,
        breaches=result.breaches,
        beyond_margin_minor=result.beyond_margin_minor,
    )


def _person(result: PersonResult) -> PersonShown:
    return PersonShown(
        distributor=result.external_id,
        name=result.name,
        orders=result.orders,
        sales_minor=result.sales_minor,
        in_force_minor=result.in_force_minor,
        proposed_minor=result.proposed_minor,
        change_minor=result.change_minor,
        in_force_level=result.in_force_level,
        proposed_level=result.proposed_level,
    )
