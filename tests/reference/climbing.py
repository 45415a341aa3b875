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
        """Behind this order, the highest level whose conditions hold."""
        if human.pinned:
            return
        behind = (place[0], place[1] + "\0")
        rank = terms.levels.index(terms.level(human.level_at(behind)))
        for step in reversed(terms.levels[rank + 1 :]):
            if self._holds(human, step, place[0]):
                human.rise(place, step.key)
                return

    def judge(self, human: Human, end: datetime, terms: Terms) -> None:
        """At a month's end: warned, or taken down, or neither."""
        step = terms.level(human.level_at((end, "")))
        if human.pinned or not step.wishes or self._holds(human, step, end):
            human.warned = None
            return
        if human.warned is None or human.warned[0] != step.key:
            human.warned = (step.key, end + step.grace)
        if human.warned[1] > end:
            return
        theirs = {key for since, key in human.levels if since < (end, "")}
        lower = terms.levels[: terms.levels.index(step)]
        fits = [one for one in lower if (self._holds(human, one, end) if one.wishes else one.key in theirs)]
        human.rise((end, LAST), (fits or lower[:1])[-1].key)
        human.warned = None

    def _holds(self, human: Human, step: Step, at: datetime) -> bool:
        answers = [self._count(human, wish, at) >= wish.at_least for wish in step.wishes]
        return bool(answers) and (all(answers) if step.every else any(answers))

    def _count(self, human: Human, wish: Wish, at: datetime) -> int:
        if wish.metric == "team_size":
            members = [one for one in self.people.values() if one.sponsor == human.key and one.active]
            return sum(1 for one in members if self._window(one.key, at, wish.window))
        bills = self._window(human.key, at, wish.window)
        return len(bills) if wish.metric == "orders" else sum(bill.net for bill in bills)

    def _window(self, who: str, at: datetime, window: timedelta) -> list[Bill]:
        return [
            bill
            for bill in self.sold_by.get(who, ())
            if bill.counts and not bill.gone and at - window < bill.purchase.at <= at
        ]
