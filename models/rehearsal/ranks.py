"""Levels under a rehearsed plan: up after each order, down at closes, and wherever staff gave one."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import IntEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.people.distributors import Payee
from models.plans.periods import next_period, period_of
from models.plans.promotions import (
    holds,
    level_below,
    level_reached,
    top_to_reach,
)
from models.plans.ranks import Level, Metric
from models.plans.rules import PeriodLength
from models.plans.versions import Plan, PlanBook
from models.rehearsal.counting import Counting, Tally
from models.rehearsal.past import PastOrder
from models.rehearsal.people import Person
from models.rehearsal.tally import PlanTally
from models.store.types import from_micros, to_micros

_DAY = 24 * 60 * 60 * 1_000_000


class _What(IntEnum):
    """In this order where they fall on one moment; an order comes before what staff give at that very moment."""

    REFUND = 0
    CLOSE = 1
    GIVEN = 2


class _Due(NamedTuple):
    """Something that happens at a moment: a refund of an order, a month's close, a level given by staff."""

    at: int
    what: _What
    number: int
    seller: int = 0
    sponsor: int | None = None
    order: int = 0
    minor: int = 0
    is_gone: bool = False
    level: str = ""
    pinned: bool = False


class _Warned(NamedTuple):
    """A level that goes at the first close from `due` on."""

    level: str
    due: int


class Ranks:
    """Everybody's level as time goes on. `levels` is what each holds; None where none was ever given."""

    def __init__(
        self,
        book: PlanBook,
        plans: Sequence[Plan],
        begins: datetime,
        ends: datetime,
        zone: ZoneInfo,
        currency: str,
        tally: PlanTally,
    ) -> None:
        self._book = book
        self._currency = currency
        self._tally = tally
        self._begins = to_micros(begins)
        self._ends = to_micros(ends)
        self.levels: dict[int, str | None] = {}
        self._pinned: set[int] = set()
        self._had: dict[int, frozenset[str]] = {}
        self._people: dict[int, Payee] = {}
        self._since: dict[int, int] = {}
        self._warned: dict[int, _Warned] = {}
        self._due: list[_Due] = []
        self._numbers = 0
        self._rises: dict[int, bool] = {}
        lengths, teams = _windows(plans)
        self._counting = Counting(lengths, teams)
        self._moves = not self._counting.is_idle
        if self._moves:
            month = period_of(PeriodLength.MONTH, begins - longest_grace(plans), zone)
            while month.ends <= ends:
                self._push(_Due(to_micros(month.ends), _What.CLOSE, self._number()))
                month = next_period(month, zone)

    def meet(self, person: Person) -> None:
        """Somebody as they stood at the beginning."""
        key = person.payee.id
        self.levels[key] = person.level
        self._people[key] = person.payee
        self._had[key] = person.had
        self._since[key] = person.level_since
        if person.is_pinned:
            self._pinned.add(key)
        for given in person.given:
            if given.at < self._ends:
                self._push(
                    _Due(
                        given.at,
                        _What.GIVEN,
                        self._number(),
                        seller=key,
                        level=given.level,
                        pinned=given.pinned,
                    )
                )

    def sold(self, order: PastOrder, seller: Payee, plan: Plan | None) -> None:
        """An order counts from now on; whoever it brings up holds the new level for those behind it."""
        if not self._moves:
            return
        team = seller.sponsor_id if seller.is_active else None
        number = self._counting.sold(seller.id, team, order.paid, order.base_minor)
        left, is_gone = order.base_minor, order.is_gone
        for refund in order.refunds:
            left -= refund.minor
            if refund.at < self._ends:
                self._push(
                    _Due(
                        max(refund.at, order.paid),
                        _What.REFUND,
                        self._number(),
                        seller=seller.id,
                        sponsor=team,
                        minor=refund.minor,
                        is_gone=is_gone and left == 0,
                        order=number,
                    )
                )
        if plan is None or order.paid < self._begins or not self._can_rise(plan):
            return
        self._raise(seller, plan, order.paid)
        if seller.sponsor_id is not None:
            self._raise(self._people[seller.sponsor_id], plan, order.paid)

    def _can_rise(self, plan: Plan) -> bool:
        """Whether the plan has a level that is reached by selling; it is asked after each order."""
        known = self._rises.get(plan.version)
        if known is None:
            known = self._rises[plan.version] = top_to_reach(plan.document) > 0
        return known

    def _raise(self, who: Payee, plan: Plan, now: int) -> None:
        if not who.is_active or who.id in self._pinned:
            return
        held = plan.rates.level_or_first(self.levels[who.id])
        if plan.document.levels[-1].key == held:
            return
        reached = level_reached(plan.document, held, Tally(self._counting, who.id, now), self._currency)
        if reached is not None:
            self._hold(who.id, reached.key)
            self._tally.move(held, reached.key, is_up=True)

    def _hold(self, key: int, level: str) -> None:
        self.levels[key] = level
        self._had[key] |= {level}
        self._warned.pop(key, None)

    def advance(self, now: int) -> None:
        """Let everything happen that comes before an order that was paid now."""
        while self._due and self._due[0][:2] < (now, _What.GIVEN):
            due = heapq.heappop(self._due)
            match due.what:
                case _What.REFUND:
                    self._counting.refunded(
                        due.seller, due.order, due.minor, due.sponsor, is_gone=due.is_gone
                    )
                case _What.CLOSE:
                    self._close(due.at)
                case _What.GIVEN:
                    self._hold(due.seller, due.level)
                    (self._pinned.add if due.pinned else self._pinned.discard)(due.seller)

    def _close(self, at: int) -> None:
        """A month's close: who no longer fulfils their level is warned and, once the grace is over, goes down."""
        plan = self._book.in_force_before(from_micros(at))
        if plan is None:
            return
        by_key = {level.key: level for level in plan.document.levels}
        for key, held in list(self.levels.items()):
            level = by_key.get(held or "")
            if level is None or level.when is None or key in self._pinned:
                continue
            if at > self._begins or self._since[key] < at:
                self._judge(key, level, plan, at)

    def _judge(self, key: int, level: Level, plan: Plan, at: int) -> None:
        assert level.when is not None  # asked only of those
        tally = Tally(self._counting, key, at)
        if level is plan.document.levels[0] or holds(level.when, tally, self._currency):
            self._warned.pop(key, None)
            return
        warned = self._warned.get(key)
        if warned is None or warned.level != level.key:
            if self._people[key].is_active:
                self._warned[key] = _Warned(level.key, at + level.grace_days * _DAY)
            return
        if at < warned.due or at <= self._begins:
            return  # before the beginning levels are those that were really held; only warnings are found again
        below = level_below(plan.document, level.key, self._had[key], tally, self._currency)
        self._hold(key, below.key)
        self._tally.move(level.key, below.key, is_up=False)

    def _push(self, due: _Due) -> None:
        heapq.heappush(self._due, due)

    def _number(self) -> int:
        self._numbers += 1
        return self._numbers


def longest_grace(plans: Sequence[Plan]) -> timedelta:
    """How far back a warning may have been given that still stands: a grace and the month of its close."""
    graces = [level.grace_days for plan in plans for level in plan.document.levels if level.when is not None]
    return timedelta(days=max(graces, default=0) + 31)


def _windows(plans: Sequence[Plan]) -> tuple[set[int], set[int]]:
    """Lengths in days of what is counted of people, and of their teams."""
    mine: set[int] = set()
    teams: set[int] = set()
    for plan in plans:
        for level in plan.document.levels:
            for part in level.when.parts if level.when is not None else ():
                (teams if part.metric is Metric.TEAM_SIZE else mine).add(part.within_days)
    return mine, teams
