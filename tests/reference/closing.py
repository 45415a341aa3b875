"""What periods pay in the reference: the ladder, corrected by what comes after the close, and team targets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tests.reference.facts import Bill, Gain
from tests.reference.ledger import Ledger
from tests.reference.spans import Span
from tests.reference.terms import Ladder, Terms


@dataclass
class Periods:
    """Closed periods, each with its plan."""

    ledger: Ledger
    sold_by: Mapping[str, Sequence[Bill]]
    closed: dict[str, tuple[Span, Terms]] = field(default_factory=dict)
    refunds: list[tuple[datetime, Bill, int]] = field(default_factory=list)

    def close(self, span: Span, terms: Terms, active: Sequence[str]) -> None:
        self.closed[span.name] = (span, terms)
        if terms.ladder is not None and terms.ladder.length == span.length:
            for who in sorted(self.sold_by):
                amount = terms.ladder.pays(self._sales(who, span))
                self.ledger.keep([_gain("ladder", who, amount, span, terms)] if amount else [])
        if terms.targets.get(span.length):
            self._pay_targets(span, terms, active)

    def _pay_targets(self, span: Span, terms: Terms, active: Sequence[str]) -> None:
        sales: dict[str, int] = defaultdict(int)
        for bills in self.sold_by.values():
            for bill in bills:
                if bill.sponsors and bill.counts and span.has(bill.purchase.at):
                    sales[bill.sponsors[0]] += bill.base
        for at, bill, amount in self.refunds:
            if bill.sponsors and bill.counts and span.has(at):
                sales[bill.sponsors[0]] -= amount
        for who in sorted(set(sales) & set(active)):
            reached = [amount for step, amount in sorted(terms.targets[span.length]) if sales[who] >= step]
            self.ledger.keep([_gain("team_target", who, reached[-1], span, terms)] if reached else [])

    def add_late(self, bill: Bill, who: str) -> None:
        """An order of a closed period that is told now posts the difference, in its own name."""
        for span, terms, ladder in self._ladders(bill):
            sales = self._sales(who, span)
            more = ladder.pays(sales) - ladder.pays(sales - bill.net)
            gain = _gain("ladder", who, more, span, terms)
            gain.order = bill.purchase.ref
            self.ledger.keep([gain] if more else [])

    def lower(self, bill: Bill, at: datetime, amount: int) -> None:
        """A refund counts in the month that it is made in, and takes back what a closed ladder paid for it."""
        self.refunds.append((at, bill, amount))
        if bill.seller is None or not bill.counts:
            return
        for span, _, ladder in self._ladders(bill):
            sales = self._sales(bill.seller, span)
            back = ladder.pays(sales + amount) - ladder.pays(sales)
            for gain in reversed(self.ledger.by_period[bill.seller, span.name]):
                more = min(back, gain.net)
                self.ledger.reverse(gain, at, gain.taken + more, bill.purchase.ref)
                back -= more

    def _sales(self, who: str, span: Span) -> int:
        bills = self.sold_by.get(who, ())
        return sum(bill.net for bill in bills if bill.counts and span.has(bill.purchase.at))

    def _ladders(self, bill: Bill) -> Iterable[tuple[Span, Terms, Ladder]]:
        for span, terms in self.closed.values():
            ladder = terms.ladder
            if ladder is not None and ladder.length == span.length and span.has(bill.purchase.at):
                yield span, terms, ladder


def _gain(kind: str, who: str, amount: int, span: Span, terms: Terms) -> Gain:
    return Gain(kind, who, amount, "held", period=span.name, due=span.ends + terms.delivery + terms.hold)
