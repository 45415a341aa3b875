"""Windowed counts of many sellers in memory, as time goes on: what levels' conditions count (docs/plans.md, "Levels").

Each order is added once and leaves each window once, so that a seller of a hundred thousand orders costs no more an
order than one of ten. Moments are microseconds since 1970 and never go back.
"""

from __future__ import annotations

import heapq
from array import array
from bisect import bisect_right
from collections.abc import Iterable

_DAY = 24 * 60 * 60 * 1_000_000
_LEAST_LOOK = 64
"""Orders of a seller before it is worth looking for those that no window reaches any more."""


class _Seller:
    """One seller's orders that may still count, and the sums of each window."""

    __slots__ = ("forgotten", "left", "look_at", "net", "orders", "paid", "sales", "starts")

    def __init__(self, windows: int) -> None:
        self.paid = array("q")
        self.left = array("q")
        self.net = bytearray()
        self.forgotten = 0
        self.look_at = _LEAST_LOOK
        self.starts = [0] * windows
        self.orders = [0] * windows
        self.sales = [0] * windows


class Counting:
    """Orders, sales and team sizes over windows of the given lengths in days."""

    def __init__(self, lengths: Iterable[int], team_lengths: Iterable[int]) -> None:
        mine, teams = sorted(set(lengths)), sorted(set(team_lengths))
        self._windows = {days: place for place, days in enumerate(mine)}
        self._spans = [days * _DAY for days in mine]
        self._teams: dict[int, dict[int, _Team]] = {days: {} for days in teams}
        self._reach = max((*mine, *teams), default=0) * _DAY
        self._sellers: dict[int, _Seller] = {}

    @property
    def is_idle(self) -> bool:
        """Whether nothing is asked of it, so that nothing needs to be counted."""
        return self._reach == 0

    def sold(self, seller: int, sponsor: int | None, paid: int, base_minor: int) -> int:
        """An order was paid. Answers its number among the seller's, for refunds. `sponsor`: whose team counts it."""
        if self.is_idle:
            return 0
        mine = self._sellers.get(seller)
        if mine is None:
            mine = self._sellers[seller] = _Seller(len(self._spans))
        elif len(mine.paid) >= mine.look_at:
            self._forget(mine, paid)
        mine.paid.append(paid)
        mine.left.append(base_minor)
        mine.net.append(1)
        for place in range(len(self._spans)):
            mine.orders[place] += 1
            mine.sales[place] += base_minor
        if sponsor is not None:
            for teams in self._teams.values():
                team = teams.get(sponsor)
                if team is None:
                    team = teams[sponsor] = _Team()
                team.seen(seller, paid)
        return mine.forgotten + len(mine.paid) - 1

    def refunded(self, seller: int, number: int, minor: int, sponsor: int | None, *, is_gone: bool) -> None:
        """Some of an order, or (`is_gone`) what was left of it, was refunded."""
        mine = self._sellers.get(seller)
        if mine is None or number < mine.forgotten:
            return
        index = number - mine.forgotten
        mine.left[index] -= minor
        loses = is_gone and mine.net[index] == 1
        for place, start in enumerate(mine.starts):
            if index >= start:
                mine.sales[place] -= minor
                mine.orders[place] -= loses
        if loses:
            mine.net[index] = 0
            self._look_again(mine, seller, sponsor)

    def _look_again(self, mine: _Seller, seller: int, sponsor: int | None) -> None:
        """The member's latest standing order is another one now, or there is none."""
        if sponsor is None or not self._teams:
            return
        last = mine.net.rfind(1)
        for teams in self._teams.values():
            team = teams.get(sponsor)
            if team is not None:
                team.seen(seller, mine.paid[last] if last >= 0 else None)

    def orders(self, seller: int, within_days: int, now: int) -> int:
        """Orders that stand, paid in (now - days, now]."""
        mine, place = self._sellers.get(seller), self._windows[within_days]
        if mine is None:
            return 0
        self._move(mine, place, now)
        return mine.orders[place]

    def sales_minor(self, seller: int, within_days: int, now: int) -> int:
        """Their bases less what was refunded."""
        mine, place = self._sellers.get(seller), self._windows[within_days]
        if mine is None:
            return 0
        self._move(mine, place, now)
        return mine.sales[place]

    def team_size(self, sponsor: int, within_days: int, now: int) -> int:
        """Members with at least one such order."""
        team = self._teams[within_days].get(sponsor)
        return team.size(now - within_days * _DAY) if team is not None else 0

    def _move(self, mine: _Seller, place: int, now: int) -> None:
        """Let what is too old leave a window."""
        floor, start = now - self._spans[place], mine.starts[place]
        paid, end = mine.paid, len(mine.paid)
        while start < end and paid[start] <= floor:
            mine.orders[place] -= mine.net[start]
            mine.sales[place] -= mine.left[start]
            start += 1
        mine.starts[place] = start

    def _forget(self, mine: _Seller, now: int) -> None:
        """Drop what no window reaches; looked for again once as much was added as is left, so that it costs nothing."""
        for place in range(len(self._spans)):
            self._move(mine, place, now)
        gone = bisect_right(mine.paid, now - self._reach)
        del mine.paid[:gone]
        del mine.left[:gone]
        del mine.net[:gone]
        mine.forgotten += gone
        mine.starts = [start - gone for start in mine.starts]
        mine.look_at = max(2 * len(mine.paid), _LEAST_LOOK)


class _Team:
    """Members by their latest standing order; who is too old is found at the front of a heap.

    A member stands in the heap no later than at their latest order, and moves on only once the front comes to them.
    """

    __slots__ = ("_latest", "_oldest")

    def __init__(self) -> None:
        self._latest: dict[int, int] = {}
        self._oldest: list[tuple[int, int]] = []

    def seen(self, member: int, paid: int | None) -> None:
        """A member's latest standing order; None when there is none any more."""
        if paid is None:
            self._latest.pop(member, None)
            return
        known = self._latest.get(member)
        self._latest[member] = paid
        if known is not None and known <= paid:
            return
        heapq.heappush(self._oldest, (paid, member))
        if len(self._oldest) > 4 * len(self._latest) + 64:
            self._oldest = [(latest, each) for each, latest in self._latest.items()]
            heapq.heapify(self._oldest)

    def size(self, floor: int) -> int:
        """How many have one behind a moment."""
        oldest, latest = self._oldest, self._latest
        while oldest and oldest[0][0] <= floor:
            paid, member = oldest[0]
            now = latest.get(member)
            if now is not None and now > paid:
                heapq.heapreplace(oldest, (now, member))
                continue
            heapq.heappop(oldest)
            if now is not None:
                del latest[member]
        return len(latest)


class Tally:
    """One person's counts at one moment, as `models/plans/promotions.py` asks for them."""

    __slots__ = ("_counting", "now", "who")

    def __init__(self, counting: Counting, who: int, now: int) -> None:
        self._counting = counting
        self.who = who
        self.now = now

    def orders(self, within_days: int) -> int:
        """Orders paid and not fully refunded."""
        return self._counting.orders(self.who, within_days, self.now)

    def sales_minor(self, within_days: int) -> int:
        """Their bases less refunds."""
        return self._counting.sales_minor(self.who, within_days, self.now)

    def team_size(self, within_days: int) -> int:
        """Direct members, active, with at least one such order."""
        return self._counting.team_size(self.who, within_days, self.now)
