"""Levels in the reference: conditions over windows, promotion after an order, warning and demotion at a month's end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.reference.facts import LAST, Bill, Human, Place
from tests.reference.terms import Step, Terms, Wish


@dataclass
class Climbing:
    """Who holds which level, asked of the orders that each has sold."""

    people: Mapping[str, Human]
    sold_by: Mapping[str, Sequence[Bill]]

    def promote(self, human: Human, place: Place, terms: Terms) -> None:
        """Behind this order, the highest level whose conditions hold.

        An order that is told late may complete a condition only together with those that were told before it.
        """
        if human.pinned or not human.active:
            return
        rank = terms.levels.index(terms.level(human.latest_level))
        latest = max((bill.place for bill in self.sold_by.get(human.key, ()) if _net(bill)), default=place)
        for behind in sorted({place, max(place, latest)}):
            for step in reversed(terms.levels[rank + 1 :]):
                if self._holds(human, step, behind):
                    human.rise(behind, step.key)
                    human.warned = None
                    return

    def judge(self, human: Human, end: datetime, terms: Terms) -> None:
        """At a month's end: warned, or taken down, or neither."""
        step, place = terms.level(human.level_at((end, ""))), (end, LAST)
        if human.pinned or not step.wishes or self._holds(human, step, place):
            human.warned = None
            return
        if human.warned is None:
            human.warned = (step.key, end + step.grace) if human.active else None
            return
        if human.warned[1] > end:
            return
        theirs = {key for since, key in human.levels if since < (end, "")}
        lower = terms.levels[: terms.levels.index(step)]
        fits = [one for one in lower if (self._holds(human, one, place) if one.wishes else one.key in theirs)]
        human.rise(place, (fits or lower[:1])[-1].key)
        human.warned = None

    def _holds(self, human: Human, step: Step, place: Place) -> bool:
        answers = [self._count(human, wish, place) >= wish.at_least for wish in step.wishes]
        return bool(answers) and (all(answers) if step.every else any(answers))

    def _count(self, human: Human, wish: Wish, place: Place) -> int:
        if wish.metric == "team_size":
            members = [one for one in self.people.values() if one.sponsor == human.key and one.active]
            return sum(1 for one in members if self._window(one.key, place, wish.window))
        bills = self._window(human.key, place, wish.window)
        return len(bills) if wish.metric == "orders" else sum(bill.net for bill in bills)

    def _window(self, who: str, place: Place, window: timedelta) -> list[Bill]:
        """Orders in (t - window, t], up to this place, that were paid and not fully refunded."""
        opens = place[0] - window
        return [
            bill
            for bill in self.sold_by.get(who, ())
            if _net(bill) and opens < bill.purchase.at and bill.place <= place
        ]


def _net(bill: Bill) -> bool:
    return bill.counts and not bill.gone
