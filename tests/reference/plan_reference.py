"""A shop's whole story told a second time: decimals and dictionaries, from docs/plans.md and business.md alone.

Slow and plain on purpose. It shares no line with the product; the product must come to the same cent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tests.reference.caps import Used
from tests.reference.climbing import Climbing
from tests.reference.closing import Periods
from tests.reference.facts import Bill, Gain, Human, Purchase, shared, sold
from tests.reference.ledger import HELD, Ledger
from tests.reference.spans import CLOSES_AFTER, LENGTHS, Span, span_of
from tests.reference.terms import Terms, Who, part


class Reference:
    """One merchant's books. A shop tells by `pay`, `receive`, `refund`, `cancel`; the clock by `settle`, `close`."""

    def __init__(
        self,
        zone: ZoneInfo,
        plans: Sequence[Terms],
        people: Mapping[str, Human],
        categories: Mapping[str, str],
        costs: Mapping[str, int] | None = None,
    ) -> None:
        self.zone = zone
        self.plans = sorted(plans, key=lambda plan: plan.starts)
        self.people = people
        self.categories = categories
        self.costs = costs or {}
        self.bills: dict[str, Bill] = {}
        self.ledger = Ledger()
        sold_by: dict[str, list[Bill]] = defaultdict(list)
        self._sold_by = sold_by
        self.climbing = Climbing(people, sold_by)
        self.periods = Periods(self.ledger, sold_by)
        self.used = Used(zone)
        self._customers: set[str] = set()
        self._bound: dict[str, tuple[str, datetime]] = {}

    def pay(self, purchase: Purchase) -> None:
        terms, seller = self._plan_before(purchase.at), self._payee(purchase)
        bill = Bill(purchase, sold(purchase), seller, terms, counts=True)
        self.bills[purchase.ref] = bill
        first = purchase.customer is not None and purchase.customer not in self._customers
        self._customers |= {purchase.customer} if purchase.customer is not None else set()
        if terms is None or seller is None:
            return
        bill.sponsors = self._sponsors(seller)
        own = purchase.mark is not None and purchase.mark == self.people[seller].mark
        bill.counts = not (own and terms.own == "skip")
        self._sold_by[seller].append(bill)
        gains = self._gains(bill, seller, terms, first=first)
        if not bill.counts:
            gains = [Gain("line", seller, 0, "void", purchase.ref, line.item.ref) for line in bill.lines]
        for gain in gains:
            gain.state = "review" if own and terms.own == "review" else gain.state
            gain.due = purchase.at + terms.delivery + terms.hold
        self.used.cut(bill, gains, self.costs)
        self.ledger.keep(gains)
        if bill.counts:
            for key in (seller, *bill.sponsors[:1]):
                self.climbing.promote(self.people[key], bill.place, terms)
            self.periods.add_late(bill, seller)

    def receive(self, ref: str, at: datetime) -> None:
        terms = self.bills[ref].terms
        for gain in self.ledger.by_order[ref]:
            if gain.state in HELD and terms is not None:
                gain.due = at + terms.hold
                gain.state = "held" if gain.state == "awaiting" else gain.state

    def refund(self, ref: str, at: datetime, units: Mapping[str, int]) -> None:
        """So many units of each line."""
        bill = self.bills[ref]
        before = bill.net
        for line in bill.lines:
            count = units.get(line.item.ref, 0)
            if not count:
                continue
            quantity, done = line.item.quantity, line.units + count
            share = line.base * done // quantity - line.base * line.units // quantity
            line.refunded += line.left if done == quantity else min(share, line.left)
            line.units, line.gone = done, done == quantity or line.base > 0 == line.left
        self._taken(bill, at, before)

    def refund_amount(self, ref: str, at: datetime, amount: int | None = None) -> None:
        """An amount spread over what is left of the lines, or all of it."""
        bill = self.bills[ref]
        before = bill.net
        left = [line.left for line in bill.lines]
        whole = amount is None or amount >= sum(left) > 0
        shares = left if amount is None else shared(amount, left)
        for line, share in zip(bill.lines, shares, strict=True):
            line.refunded += share
            line.gone = line.gone or whole or (share > 0 and line.left == 0)
            line.units = line.item.quantity if line.gone else line.units
        self._taken(bill, at, before)

    def cancel(self, ref: str, at: datetime) -> None:
        """All of it goes back, and what it earned is void."""
        self.refund_amount(ref, at)
        self.used.use(self.bills[ref], self.ledger.by_order[ref], back=True)
        for gain in self.ledger.by_order[ref]:
            gain.state = "void"

    def settle(self, now: datetime) -> None:
        """What is due becomes available; an invitee's first release brings the sponsor's cashback."""
        due = [
            (
                gain.due,
                self.bills[gain.order].purchase.at if gain.order else gain.due,
                gain.order or "",
                place,
            )
            for place, gain in enumerate(self.ledger.gains)
            if gain.due is not None and gain.state in {"awaiting", "held"} and gain.due <= now
        ]
        for _, _, ref, place in sorted(due):
            gain = self.ledger.gains[place]
            gain.state = "available"
            self.ledger.move(gain, now, gain.net, "released")
            if gain.kind == "line":
                self._cashback(self.bills[ref], now)

    def close(self, now: datetime, since: datetime) -> None:
        """Every period that ended an hour ago or more, once; those that ended by `since` aside."""
        spans: list[Span] = []
        for length in LENGTHS:
            span = span_of(since, length, self.zone)
            while span.ends + CLOSES_AFTER <= now:
                spans.append(span)
                span = span_of(span.ends, length, self.zone)
        for span in sorted(spans, key=lambda one: (one.ends, one.length)):
            terms = self._plan_before(span.ends)
            if span.name in self.periods.closed or terms is None:
                continue
            self.periods.close(span, terms, [key for key, human in self.people.items() if human.active])
            for human in self.people.values() if span.length == "month" else ():
                self.climbing.judge(human, span.ends, terms)

    def _plan_before(self, moment: datetime) -> Terms | None:
        return next((plan for plan in reversed(self.plans) if plan.starts < moment), None)

    def _gains(self, bill: Bill, seller: str, terms: Terms, *, first: bool) -> list[Gain]:
        human, ref = self.people[seller], bill.purchase.ref
        level, profile = terms.level(human.level_at(bill.place)).key, human.profile_at(bill.place)
        profile = profile if profile in terms.profiles else None
        gains = []
        for line in bill.lines:
            item = line.item
            asked = Who(item.sku, self.categories.get(item.sku), profile, level)
            amount = terms.line(asked, bill.purchase.at, line.base, item.quantity)
            gains.append(Gain("line", seller, amount, "awaiting", ref, item.ref))
        for depth, key in self._paid_sponsors(bill, seller, terms):
            for line in bill.lines:
                amount = part(line.base, terms.team[depth - 1])
                gains.append(Gain("team", key, amount, "awaiting", ref, line.item.ref, depth))
        if first and terms.first_order:
            gains.append(Gain("first_order", seller, terms.first_order, "awaiting", ref))
        return gains

    def _sponsors(self, seller: str) -> tuple[str, ...]:
        first = self.people[seller].sponsor
        second = self.people[first].sponsor if first is not None else None
        return tuple(key for key in (first, second) if key is not None)

    def _paid_sponsors(self, bill: Bill, seller: str, terms: Terms) -> Iterable[tuple[int, str]]:
        """Who is suspended earns nothing and nobody moves up; nor does who is on this order already."""
        marks = {self.people[seller].mark, bill.purchase.mark} - {None}
        for depth, key in enumerate(bill.sponsors[: len(terms.team)], 1):
            sponsor = self.people[key]
            same = sponsor.mark in marks and terms.skips_same_person
            marks |= {sponsor.mark} - {None}
            if sponsor.active and not same:
                yield depth, key

    def _payee(self, purchase: Purchase) -> str | None:
        """Coupon, a protected binding, code, a binding that is still valid (docs/plans.md, "Binding")."""
        terms = next((plan for plan in reversed(self.plans) if plan.starts <= purchase.at), None)
        claim = purchase.coupon or purchase.seller
        if terms is None or terms.protect is None or purchase.customer is None:
            return claim
        binder, since = self._bound.get(purchase.customer, (None, purchase.at))
        protected = binder is not None and since <= purchase.at < since + terms.protect
        valid = binder is not None and since <= purchase.at < since + terms.valid
        payee = purchase.coupon or (binder if protected else None) or claim or (binder if valid else None)
        newest = binder is None or since <= purchase.at
        if payee is not None and payee == claim and newest and (binder == payee or not protected):
            self._bound[purchase.customer] = (payee, purchase.at)
        return payee

    def _taken(self, bill: Bill, at: datetime, before: int) -> None:
        self.ledger.reverse_order(bill, at)
        self.periods.lower(bill, at, before - bill.net)

    def _cashback(self, bill: Bill, now: datetime) -> None:
        assert bill.seller is not None
        assert bill.terms is not None
        invitee = self.people[bill.seller]
        if invitee.cashback_done:
            return
        invitee.cashback_done = True
        sponsor = self.people[invitee.sponsor] if invitee.sponsor is not None else None
        if sponsor is None or not sponsor.active:
            return
        profile = sponsor.profile_at(bill.place) or ""
        amount = bill.terms.cashback_of.get(profile, bill.terms.cashback)
        if amount:
            gain = Gain("invite_cashback", sponsor.key, amount, "available", bill.purchase.ref)
            gain.invitee = invitee.key
            self.ledger.keep([gain])
            self.ledger.move(gain, now, amount, "released")
