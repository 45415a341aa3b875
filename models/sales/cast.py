"""Who takes part in a story: payees and their sponsors, their levels and profiles, and who goes up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import Order
from models.funnel.tallies import TallyBook
from models.money.awards import Earner
from models.people.distributors import Payee, payees_with_sponsors
from models.people.levels import LevelBook, LevelCause, LevelHeld
from models.people.profiles import ProfileBook
from models.plans.promotions import (
    Tally,
    counted,
    counts_teams,
    level_reached,
    longest_window,
    top_to_reach,
)
from models.plans.ranks import Level
from models.plans.rules import SamePerson
from models.plans.versions import Plan
from models.store.types import JsonValue


class Cast:
    """The people of one merchant's story."""

    def __init__(
        self,
        payees: dict[int, Payee],
        levels: LevelBook,
        profiles: ProfileBook,
        tallies: TallyBook,
        currency: str,
    ) -> None:
        self.payees = payees
        self.levels = levels
        self.tallies = tallies
        self._profiles = profiles
        self._currency = currency

    @classmethod
    async def open(
        cls,
        session: AsyncSession,
        people: Sequence[int],
        plans: Sequence[Plan],
        moments: Sequence[datetime],
        currency: str,
    ) -> Cast:
        """Read these people and, as far as these plans ask, their sponsors, profiles and what they sold.

        `moments` are those at which orders of the story are paid; without any nobody goes up.
        """
        payees = await payees_with_sponsors(session, people, _depth(plans))
        everybody = sorted(payees)
        levels = await LevelBook.open(session, everybody)
        with_profiles = any(plan.document.profiles for plan in plans)
        profiles = await ProfileBook.open(session, everybody) if with_profiles else ProfileBook({})
        rising = [key for key in everybody if _may_rise(key, levels, plans)] if moments else []
        if not rising:
            return cls(payees, levels, profiles, TallyBook({}, {}), currency)
        window = timedelta(days=max(longest_window(plan.document) for plan in plans))
        teams = any(counts_teams(plan.document) for plan in plans)
        tallies = await TallyBook.open(session, rising, min(moments) - window, teams=teams)
        return cls(payees, levels, profiles, tallies, currency)

    def earner(self, distributor_id: int, depth: int, plan: Plan, moment: datetime, order_ref: str) -> Earner:
        """Somebody as the plan sees them just before an order was paid."""
        held = self.levels.level_before(distributor_id, moment, order_ref)
        agreed = self._profiles.profile_before(distributor_id, moment)
        return Earner(
            distributor_id, depth, plan.rates.level_or_first(held), plan.rates.known_profile(agreed)
        )

    def sponsors(self, order: Order, plan: Plan) -> Iterator[tuple[int, Payee]]:
        """Those who earn on the order as sponsors, with their depth: active, and each human once."""
        team = plan.document.team
        if team is None or order.distributor_id is None:
            return
        seller = self.payees[order.distributor_id]
        taken, above = [seller], seller
        for depth in range(1, team.depth + 1):
            found = self.payees.get(above.sponsor_id) if above.sponsor_id is not None else None
            if found is None:
                return
            above = found
            twice = found.id in order.own_buyers or any(found.is_same_person(other) for other in taken)
            if found.is_active and not (twice and team.same_person is SamePerson.SKIP):
                taken.append(found)
                yield depth, found

    def rise(self, order: Order, plan: Plan, now: datetime) -> list[LevelHeld]:
        """The order counts from now on: its seller and their sponsor go up where its plan says so."""
        self.tallies.note(order)
        if order.distributor_id is None or not order.counts or top_to_reach(plan.document) == 0:
            return []
        seller = self.payees[order.distributor_id]
        sponsor = self.payees.get(seller.sponsor_id) if seller.sponsor_id is not None else None
        raised = (self._raise(who, order, plan, now) for who in (seller, sponsor) if who is not None)
        return [held for held in raised if held is not None]

    def _raise(self, who: Payee, order: Order, plan: Plan, now: datetime) -> LevelHeld | None:
        assert order.paid_at is not None  # asked when it is paid
        if not who.is_active or self.levels.is_pinned(who.id):
            return None
        held = plan.rates.level_or_first(self.levels.latest(who.id))
        place = (order.paid_at, order.order_ref)
        # An order that is told late may complete a condition only together with those that came after it.
        for moment, order_ref in sorted({place, self.tallies.last_place(who.id) or place}):
            if (moment, order_ref) < place:
                continue
            tally = self.tallies.up_to(who.id, moment, order_ref)
            reached = level_reached(plan.document, held, tally, self._currency)
            if reached is not None:
                made = LevelHeld(
                    merchant_id=order.merchant_id,
                    distributor_id=who.id,
                    level=reached.key,
                    since=moment,
                    after_order=order_ref,
                    cause=LevelCause.PROMOTED,
                    evidence=evidence(reached, tally, held),
                    written_at=now,
                )
                self.levels.promote(made)
                return made
        return None


def evidence(level: Level, tally: Tally, before: str) -> dict[str, JsonValue]:
    """The numbers behind a move: what each condition of the level counted (sales in minor units)."""
    parts = level.when.parts if level.when is not None else ()
    counts: list[JsonValue] = [
        {
            "metric": part.metric.value,
            "within_days": part.within_days,
            "at_least": part.at_least,
            "counted": counted(part.metric, part.within_days, tally),
        }
        for part in parts
    ]
    return {"before": before, "conditions": counts}


def _depth(plans: Sequence[Plan]) -> int:
    """How many steps up sponsors matter: for team rewards, and one for levels that may rise."""
    deepest = max((plan.document.team.depth for plan in plans if plan.document.team is not None), default=0)
    return max(deepest, 1 if any(top_to_reach(plan.document) for plan in plans) else 0)


def _may_rise(distributor_id: int, levels: LevelBook, plans: Sequence[Plan]) -> bool:
    """Whether any of these plans has a level above the one held, so that it matters what was sold."""
    if levels.is_pinned(distributor_id):
        return False
    latest = levels.latest(distributor_id)
    for plan in plans:
        held = plan.rates.level_or_first(latest)
        rank = next(place for place, level in enumerate(plan.document.levels) if level.key == held)
        if rank < top_to_reach(plan.document):
            return True
    return False
