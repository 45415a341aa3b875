"""What periods pay under a rehearsed plan: ladders, team targets, and cashback for invitees (docs/plans.md).

None of it changes what a single order pays, so that it is added up while orders pass and figured at the end, with
every refund until today.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.money.commissions import CommissionKind
from models.people.distributors import Payee
from models.plans.ladders import ladder_amount, target_amount
from models.plans.periods import Period, period_of
from models.plans.rules import PeriodLength
from models.plans.versions import Plan, PlanBook
from models.rehearsal.past import PastOrder
from models.rehearsal.people import People
from models.rehearsal.tally import PlanTally
from models.store.currency import to_minor
from models.store.types import from_micros, to_micros

_DAY = 24 * 60 * 60 * 1_000_000


class _Release(NamedTuple):
    """When an invitee's order is released, and the version of the plan that it was figured by."""

    at: int
    version: int


class _Sums:
    """Sums by person of one period; moments are asked for in the order of time, and mostly lie in the same one."""

    def __init__(self, length: PeriodLength, zone: ZoneInfo) -> None:
        self._length = length
        self._zone = zone
        self._begins = self._ends = 0
        self._current: dict[int, int] = {}
        self.by_period: dict[Period, dict[int, int]] = {}

    def add(self, at: int, distributor_id: int, minor: int) -> None:
        """So much more in the period of a moment."""
        if not self._begins <= at < self._ends:
            period = period_of(self._length, from_micros(at), self._zone)
            self._begins, self._ends = to_micros(period.begins), to_micros(period.ends)
            self._current = self.by_period.setdefault(period, {})
        current = self._current
        current[distributor_id] = current.get(distributor_id, 0) + minor


class PeriodSales:
    """Sales by period and person, and the first releases of those who were invited."""

    def __init__(
        self,
        book: PlanBook,
        plans: Sequence[Plan],
        people: People,
        begins: datetime,
        ends: datetime,
        zone: ZoneInfo,
        currency: str,
    ) -> None:
        self._book = book
        self._people = people
        self._begins = begins
        self._ends = ends
        self._currency = currency
        ladders = {plan.document.ladder.period for plan in plans if plan.document.ladder is not None}
        targets = {target.period for plan in plans for target in plan.document.bonuses.team_target}
        self._cashback = any(_pays_cashback(plan) for plan in plans)
        self._sold = [_Sums(length, zone) for length in sorted(ladders)]
        self._teams = [_Sums(length, zone) for length in sorted(targets)]
        self._first: dict[int, _Release] = {}

    def sold(self, order: PastOrder, seller: Payee, plan: Plan | None) -> None:
        """An order that counts: its sales go to its seller's ladder and its sponsor's target."""
        for sums in self._sold:
            sums.add(order.paid, seller.id, order.base_minor - order.refunded_minor)
        if seller.sponsor_id is None:
            return
        for sums in self._teams:
            sums.add(order.paid, seller.sponsor_id, order.base_minor)
            for refund in order.refunds:
                sums.add(refund.at, seller.sponsor_id, -refund.minor)
        if self._cashback and plan is not None and not order.is_own:
            self._note_release(order, seller, plan)

    def _note_release(self, order: PastOrder, seller: Payee, plan: Plan) -> None:
        first = self._first.get(seller.id)
        if first is not None and first.at < order.paid:
            return  # orders come in the order of time, and none is released before it is paid
        settlement = plan.document.settlement
        arrives = (
            order.received if order.received is not None else order.paid + settlement.delivery_days * _DAY
        )
        at = arrives + settlement.hold_days * _DAY
        left = order.base_minor - sum(refund.minor for refund in order.refunds if refund.at < at)
        if order.is_gone and left == 0:
            return
        if first is None or at < first.at:  # of two at one moment the one that was paid first
            self._first[seller.id] = _Release(at, plan.version)

    def settle(self, tally: PlanTally) -> None:
        """Everything that is due: whole periods, and one that still runs at the end as it stands."""
        for period, sales in (
            (period, some) for sums in self._sold for period, some in sums.by_period.items()
        ):
            plan = self._plan_of(period)
            ladder = plan.document.ladder if plan is not None else None
            if ladder is not None and ladder.period is period.length:
                for distributor_id, minor in sales.items():
                    amount = ladder_amount(ladder, minor, self._currency)
                    if amount:
                        tally.pay(CommissionKind.LADDER, distributor_id, amount)
        for period, teams in (
            (period, some) for sums in self._teams for period, some in sums.by_period.items()
        ):
            plan = self._plan_of(period)
            if plan is not None:
                self._pay_targets(period, teams, plan, tally)
        self._pay_cashback(tally)

    def _plan_of(self, period: Period) -> Plan | None:
        """The plan of a period that ends in the rehearsal, or runs at its end; None for others."""
        if period.ends <= self._begins or period.begins >= self._ends:
            return None
        return self._book.in_force_before(min(period.ends, self._ends))

    def _pay_targets(self, period: Period, teams: dict[int, int], plan: Plan, tally: PlanTally) -> None:
        targets = plan.document.bonuses.team_target
        for sponsor_id, minor in teams.items():
            amount = target_amount(targets, period.length, minor, self._currency)
            if amount and self._people.by_id[sponsor_id].payee.is_active:
                tally.pay(CommissionKind.TEAM_TARGET, sponsor_id, amount)

    def _pay_cashback(self, tally: PlanTally) -> None:
        begins, ends = to_micros(self._begins), to_micros(self._ends)
        for invitee, release in self._first.items():
            person = self._people.by_id[invitee]
            if person.was_released or not begins <= release.at < ends or person.payee.sponsor_id is None:
                continue
            sponsor = self._people.by_id[person.payee.sponsor_id].payee
            amount = self._cashback_of(sponsor, self._book.numbered(release.version), release.at)
            if sponsor.is_active and amount:
                tally.pay(CommissionKind.INVITE_CASHBACK, sponsor.id, amount)

    def _cashback_of(self, sponsor: Payee, plan: Plan, at: int) -> int:
        """The plan's amount, or what the sponsor's profile names instead."""
        agreed = plan.rates.known_profile(self._people.profile_before(sponsor.id, from_micros(at)))
        profile = next((each for each in plan.document.profiles if each.key == agreed), None)
        own = profile.invite_cashback if profile is not None else None
        amount = own if own is not None else plan.document.bonuses.invite_cashback
        return to_minor(amount, self._currency) if amount is not None else 0


def _pays_cashback(plan: Plan) -> bool:
    document = plan.document
    return document.bonuses.invite_cashback is not None or any(
        profile.invite_cashback is not None for profile in document.profiles
    )
