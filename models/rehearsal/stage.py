"""One plan on stage: past orders played under it in the order in which they were paid (docs/plans.md).

Pure: orders and people come in, sums go out. The amounts are those of `models/money/awards.py`, which real orders
are figured by, too; the plan in force therefore gives what was really paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from models.money.awards import Earner, Room, SoldLine, SoldOrder, awards, cut
from models.people.distributors import Payee
from models.plans.document import PlanDocument, SelfPurchase
from models.plans.periods import day_of
from models.plans.rates import RateTable
from models.plans.rules import Boost, Rate, SamePerson
from models.plans.versions import Plan, PlanBook
from models.rehearsal.past import PastOrder
from models.rehearsal.people import People, Person
from models.rehearsal.periods import PeriodSales
from models.rehearsal.ranks import Ranks
from models.rehearsal.tally import PlanTally
from models.store.currency import to_minor
from models.store.types import to_micros


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
        self._people = people
        self._span = span
        self._begins = to_micros(span.begins)
        self.tally = PlanTally()
        self._ranks = Ranks(self._book, plans, span.begins, span.ends, span.zone, span.currency, self.tally)
        self._periods = PeriodSales(
            self._book, plans, people, span.begins, span.ends, span.zone, span.currency
        )
        self._used = _Used(span.zone, span.currency)
        self._earners: dict[tuple[int, int, str | None, int], Earner] = {}

    def meet(self, newcomers: Iterable[Person]) -> None:
        """People whom the next orders name."""
        for person in newcomers:
            self._ranks.meet(person)

    def take(self, order: PastOrder, lines: Sequence[SoldLine], moment: datetime) -> None:
        """The next order: what it pays, counts and moves."""
        self._ranks.advance(order.paid)
        plan = self._book.in_force_before(moment)
        if plan is None:
            self._count(order, None)
            return
        document = plan.document
        if order.is_own and document.attribution.self_purchase is SelfPurchase.SKIP:
            return
        counts = order.paid >= self._begins
        caps = document.caps
        if counts or caps.day is not None or caps.budget is not None:
            self._pay(order, lines, moment, plan, counts=counts)
        self._count(order, plan)

    def _pay(
        self, order: PastOrder, lines: Sequence[SoldLine], moment: datetime, plan: Plan, *, counts: bool
    ) -> None:
        seller = self._people.by_id[order.seller_id].payee
        sold = SoldOrder(
            lines=lines,
            seller=self._earner(seller.id, 0, plan, moment),
            sponsors=[
                self._earner(payee.id, depth, plan, moment)
                for depth, payee in self._sponsors(seller, order, plan)
            ],
            moment=moment,
            is_first=order.is_first,
        )
        made = awards(plan, sold, self._span.currency)
        earners = {award.earner.distributor_id for award in made}
        cut(plan, sold, made, self._used.room(plan, moment, earners), self._span.currency)
        for award in made:
            self._used.use(award.earner.distributor_id, award.amount_minor)
        if counts:
            self.tally.order(order, made, sold.margin_minor)

    def _count(self, order: PastOrder, plan: Plan | None) -> None:
        seller = self._people.by_id[order.seller_id].payee
        self._periods.sold(order, seller, plan)
        self._ranks.sold(order, seller, plan)

    def _sponsors(self, seller: Payee, order: PastOrder, plan: Plan) -> Iterator[tuple[int, Payee]]:
        """Those who earn as sponsors: active, and each human once (as `models/sales/cast.py` has it)."""
        team = plan.document.team
        if team is None:
            return
        taken, above = [seller], seller
        for depth in range(1, team.depth + 1):
            if above.sponsor_id is None:
                return
            above = self._people.by_id[above.sponsor_id].payee
            twice = above.id in order.own_buyers or any(above.is_same_person(other) for other in taken)
            if above.is_active and not (twice and team.same_person is SamePerson.SKIP):
                taken.append(above)
                yield depth, above

    def _earner(self, distributor_id: int, depth: int, plan: Plan, moment: datetime) -> Earner:
        held = self._ranks.levels.get(distributor_id)
        if distributor_id in self._people.profiles:
            agreed = self._people.profile_before(distributor_id, moment)
            return Earner(
                distributor_id, depth, plan.rates.level_or_first(held), plan.rates.known_profile(agreed)
            )
        key = (distributor_id, depth, held, plan.version)
        earner = self._earners.get(key)
        if earner is None:
            earner = Earner(distributor_id, depth, plan.rates.level_or_first(held), None)
            self._earners[key] = earner
        return earner

    def finish(self) -> PlanTally:
        """Close what is due by the end; the sums."""
        self._ranks.advance(to_micros(self._span.ends))
        self._periods.settle(self.tally)
        self.tally.levels = {key: level for key, level in self._ranks.levels.items() if level is not None}
        return self.tally


class _Used:
    """What the day's and the month's caps have used up, as orders come in time's order."""

    def __init__(self, zone: ZoneInfo, currency: str) -> None:
        self._zone = zone
        self._currency = currency
        self._day: date | None = None
        self._by_earner: dict[int, int] = {}
        self._month_used = 0

    def room(self, plan: Plan, moment: datetime, earners: Iterable[int]) -> Room:
        """What the plan's day cap and budget leave at a moment."""
        caps, room = plan.document.caps, Room()
        if caps.day is None and caps.budget is None:
            return room
        self._turn(day_of(moment, self._zone))
        if caps.day is not None:
            most = to_minor(caps.day, self._currency)
            room.days = {earner: most - self._by_earner.get(earner, 0) for earner in earners}
        if caps.budget is not None:
            room.budget_minor = to_minor(caps.budget, self._currency) - self._month_used
        return room

    def _turn(self, day: date) -> None:
        """A new day begins at nothing, a new month too."""
        if day == self._day:
            return
        if self._day is None or (day.year, day.month) != (self._day.year, self._day.month):
            self._month_used = 0
        self._day, self._by_earner = day, {}

    def use(self, earner: int, amount_minor: int) -> None:
        """Somebody earned something on the day that was asked for last."""
        if self._day is None:
            return
        self._by_earner[earner] = self._by_earner.get(earner, 0) + amount_minor
        self._month_used += amount_minor
