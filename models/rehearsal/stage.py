"""One plan on stage: past orders played under it in the order in which they were paid (docs/plans.md).

Pure: orders and people come in, sums go out. The amounts are those of `models/money/awards.py`, which real orders
are figured by, too; the plan in force therefore gives what was really paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from models.money.awards import Earner, SoldLine, SoldOrder, awards
from models.plans.document import PlanDocument, SelfPurchase
from models.plans.rates import RateTable
from models.plans.rules import MOST_DEPTH, Boost, Rate, SamePerson, Team
from models.plans.versions import Plan, PlanBook
from models.rehearsal.caps import Caps
from models.rehearsal.past import PastOrder
from models.rehearsal.people import People, Person
from models.rehearsal.periods import PeriodSales
from models.rehearsal.ranks import Ranks
from models.rehearsal.tally import PlanTally
from models.store.types import EPOCH, to_micros

_FOR_EVER = 2**63


class RememberedRates(RateTable):
    """A rate table that answers a question it was asked before at once: a shop has few goods and many orders."""

    def __init__(self, document: PlanDocument) -> None:
        super().__init__(document)
        self._found: dict[tuple[str, str | None, str | None, str | None], Rate | None] = {}
        self._has_boosts = bool(document.boosts)

    def find(
        self, sku: str, category: str | None, level: str | None, profile: str | None = None
    ) -> Rate | None:
        """The rate of a line."""
        asked = (sku, category, level, profile)
        if asked not in self._found:
            self._found[asked] = super().find(sku, category, level, profile)
        return self._found[asked]

    def boost(
        self, sku: str, category: str | None, level: str | None, profile: str | None, moment: datetime
    ) -> Boost | None:
        """The boost that holds for a line at a moment."""
        return super().boost(sku, category, level, profile, moment) if self._has_boosts else None


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is rehearsed, [begins, ends) in UTC, at a shop with this zone and currency. Orders paid from
    `warm` on are read before it, for windows and periods that reach back."""

    begins: datetime
    ends: datetime
    warm: datetime
    zone: ZoneInfo
    currency: str


def on_stage(plan: Plan) -> Plan:
    """The plan with a table that remembers."""
    return replace(plan, rates=RememberedRates(plan.document))


class Stage:
    """A plan, or the versions of one, with everything that it has paid and moved so far."""

    def __init__(self, plans: Sequence[Plan], people: People, span: Span) -> None:
        self._book = PlanBook([on_stage(plan) for plan in plans])
        self._starts = sorted(to_micros(plan.starts_at) for plan in plans if plan.starts_at > EPOCH)
        self._plan: Plan | None = None
        self._plan_holds = (0, 0)
        self._people = people
        self._span = span
        self._begins = to_micros(span.begins)
        self.tally = PlanTally()
        self._ranks = Ranks(self._book, plans, span.begins, span.ends, span.zone, span.currency, self.tally)
        self._periods = PeriodSales(
            self._book, plans, people, span.begins, span.ends, span.zone, span.currency
        )
        self._caps = Caps(span.zone, span.currency)
        self._earners: list[dict[int, Earner]] = [{} for _ in range(MOST_DEPTH + 1)]
        self._teams: dict[tuple[int, int], tuple[tuple[int, int], ...]] = {}

    def meet(self, newcomers: Iterable[Person]) -> None:
        """People whom the next orders name."""
        for person in newcomers:
            self._ranks.meet(person)

    def take(self, order: PastOrder, lines: Sequence[SoldLine], moment: datetime) -> None:
        """The next order: what it pays, counts and moves."""
        self._ranks.advance(order.paid)
        plan = self._plan_before(order.paid, moment)
        if plan is not None:
            document = plan.document
            if order.is_own and document.attribution.self_purchase is SelfPurchase.SKIP:
                return
            counts = order.paid >= self._begins
            # Before the beginning only what caps remember is figured.
            if counts or document.caps.day is not None or document.caps.budget is not None:
                self._pay(order, lines, moment, plan, counts=counts)
        seller = self._people.by_id[order.seller_id].payee
        self._periods.sold(order, seller, plan)
        self._ranks.sold(order, seller, plan)

    def _plan_before(self, paid: int, moment: datetime) -> Plan | None:
        """The version that held just before a moment; looked up again only where another one may have begun."""
        since, until = self._plan_holds
        if not since < paid <= until:
            self._plan = self._book.in_force_before(moment)
            since = max((start for start in self._starts if start < paid), default=-1)
            until = min((start for start in self._starts if start >= paid), default=_FOR_EVER)
            self._plan_holds = (since, until)
        return self._plan

    def _pay(
        self, order: PastOrder, lines: Sequence[SoldLine], moment: datetime, plan: Plan, *, counts: bool
    ) -> None:
        sold = SoldOrder(
            lines=lines,
            seller=self._earner(order.seller_id, 0, plan, moment),
            sponsors=[
                self._earner(distributor_id, depth, plan, moment)
                for depth, distributor_id in self._sponsors(order, plan)
            ],
            moment=moment,
            is_first=order.is_first,
        )
        made = awards(plan, sold, self._span.currency)
        self._caps.cut(plan, sold, order.paid, made)
        if counts:
            self.tally.order(order, made, sold.margin_minor)

    def _sponsors(self, order: PastOrder, plan: Plan) -> tuple[tuple[int, int], ...]:
        """Depths and keys of those who earn as sponsors; the same for all of a seller's orders but a sponsor's own."""
        team = plan.document.team
        if team is None:
            return ()
        if order.own_buyers:
            return self._found_above(order.seller_id, order.own_buyers, team)
        key = (order.seller_id, plan.version)
        known = self._teams.get(key)
        if known is None:
            known = self._teams[key] = self._found_above(order.seller_id, (), team)
        return known

    def _found_above(
        self, seller_id: int, own_buyers: tuple[int, ...], team: Team
    ) -> tuple[tuple[int, int], ...]:
        """Active, and each human once (as `models/sales/cast.py` has it)."""
        above = self._people.by_id[seller_id].payee
        taken, found = [above], []
        for depth in range(1, team.depth + 1):
            if above.sponsor_id is None:
                break
            above = self._people.by_id[above.sponsor_id].payee
            twice = above.id in own_buyers or any(above.is_same_person(other) for other in taken)
            if above.is_active and not (twice and team.same_person is SamePerson.SKIP):
                taken.append(above)
                found.append((depth, above.id))
        return tuple(found)

    def _earner(self, distributor_id: int, depth: int, plan: Plan, moment: datetime) -> Earner:
        level = plan.rates.level_or_first(self._ranks.levels.get(distributor_id))
        if distributor_id in self._people.profiles:
            agreed = self._people.profile_before(distributor_id, moment)
            return Earner(distributor_id, depth, level, plan.rates.known_profile(agreed))
        met = self._earners[depth]
        earner = met.get(distributor_id)
        if earner is None or earner.level != level:
            earner = met[distributor_id] = Earner(distributor_id, depth, level)
        return earner

    def finish(self) -> PlanTally:
        """Close what is due by the end; the sums."""
        self._ranks.advance(to_micros(self._span.ends))
        self._periods.settle(self.tally)
        plan = self._book.in_force_before(self._span.ends)
        assert plan is not None  # nothing is rehearsed where no plan starts before the end
        self.tally.levels = {
            key: plan.rates.level_or_first(level) for key, level in self._ranks.levels.items()
        }
        return self.tally
