"""Signals: what about a distributor's orders may be cheating, each with its evidence (business.md 8).

Pure functions over facts. No signal is a raw count, for whatever is only much, honest people have too: an office
shares an address, a good post brings a burst, a firm buys often. Each looks at a combination that its honest
look-alike lacks, says nothing of what it doesn't know, and needs a sample. Signals of one `Ground` have one cause
in common (who buys, when, ...), so only signals on different grounds are independent of each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from models.money.cases.thresholds import Thresholds

MOST_REFS = 10
"""Order numbers that a signal names."""
_SITTING = timedelta(hours=6)
"""Orders further apart than this belong to different sittings: a firm that orders each Monday keeps a calendar."""
_IN_A_BURST = 3
"""Orders of each customer in a burst, on average."""
_SHARED_TIMES = 2
"""An address by which others buy a half as much again, or more, belongs to no single person."""


class Ground(StrEnum):
    """The cause that signals have in common."""

    IDENTITY = "identity"
    CIRCLE = "circle"
    TIMING = "timing"
    REFUNDS = "refunds"
    PAYOUT = "payout"


class SignalKind(StrEnum):
    OWN_CONTACT = "own_contact"
    ONE_ADDRESS = "one_address"
    ONE_CUSTOMER = "one_customer"
    FEW_CUSTOMERS = "few_customers"
    QUICK = "quick"
    EVEN = "even"
    BURST = "burst"
    REFUNDS = "refunds"
    SAME_RETURNS = "same_returns"
    SPIKE = "spike"
    SHARED_ACCOUNT = "shared_account"


GROUNDS = {
    SignalKind.OWN_CONTACT: Ground.IDENTITY,
    SignalKind.ONE_ADDRESS: Ground.CIRCLE,
    SignalKind.ONE_CUSTOMER: Ground.CIRCLE,
    SignalKind.FEW_CUSTOMERS: Ground.CIRCLE,
    # Somebody new whose friends all buy is a small circle too, as is an office that has just begun.
    SignalKind.SPIKE: Ground.CIRCLE,
    # A burst is one by few customers, so it says again who buys.
    SignalKind.BURST: Ground.CIRCLE,
    SignalKind.SAME_RETURNS: Ground.CIRCLE,
    SignalKind.QUICK: Ground.TIMING,
    SignalKind.EVEN: Ground.TIMING,
    SignalKind.REFUNDS: Ground.REFUNDS,
    SignalKind.SHARED_ACCOUNT: Ground.PAYOUT,
}


@dataclass(frozen=True, slots=True)
class OrderFact:
    """One paid order of the distributor, as much as the shop told of it.

    `own`: its buyer is the distributor or their sponsor, by contact data. `came_back`: cancelled after payment, or
    refunded by a half or more. `after_click`: how long after the last click on its link it was placed, where the
    link is so quiet that this click must be the buyer's.
    """

    ref: str
    placed_at: datetime
    customer: str | None = None
    address: str | None = None
    own: bool = False
    came_back: bool = False
    link_id: int | None = None
    after_click: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The merchant's paid orders in the window, and how many of them came back."""

    orders: int = 0
    came_back: int = 0


@dataclass(frozen=True, slots=True)
class SellerFacts:
    """One distributor in the window: orders from the oldest on.

    `visitors` came by the links of these orders; None where nobody is counted. `elsewhere` says how many orders
    of an address went to others. `same_account`: distributors who are paid out to the same account, this one
    included. `own_is_paid`: the plan pays own purchases, so that they are nothing to hide.
    """

    distributor_id: int
    joined_at: datetime
    orders: tuple[OrderFact, ...] = ()
    visitors: int | None = None
    elsewhere: dict[str, int] = field(default_factory=dict)
    same_account: int = 1
    own_is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence: whole numbers by name, and the orders that show it (`MOST_REFS` at most)."""

    kind: SignalKind
    numbers: dict[str, int]
    orders: tuple[str, ...] = ()

    @property
    def ground(self) -> Ground:
        """The cause that it shares with others."""
        return GROUNDS[self.kind]


def independent(signals: Iterable[Signal]) -> int:
    """How many grounds the signals stand on: one is a Watch, two are a Hold."""
    return len({signal.ground for signal in signals})


def signals_of(seller: SellerFacts, baseline: Baseline, terms: Thresholds, now: datetime) -> list[Signal]:
    """Everything that speaks against a distributor, in the order of `SignalKind`."""
    found = (
        _own_contact(seller, terms),
        _one_address(seller, terms),
        _customers(seller, terms),
        _quick(seller, terms),
        _even(seller, terms),
        _burst(seller, terms),
        _refunds(seller, baseline, terms),
        _same_returns(seller, terms),
        _spike(seller, terms, now),
        _shared_account(seller, terms),
    )
    return [signal for signal in found if signal is not None]


def _refs(orders: Iterable[OrderFact]) -> tuple[str, ...]:
    return tuple(order.ref for order in orders)[:MOST_REFS]


def _is_share(part: int, whole: int, percent: int) -> bool:
    return part * 100 >= whole * percent


def _own_contact(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """Contact data of the distributor, on orders of their own or of a customer of whom one order has it."""
    if seller.own_is_paid:
        return None
    themselves = {order.customer for order in seller.orders if order.own and order.customer}
    own = [order for order in seller.orders if order.own or order.customer in themselves]
    if len(own) < terms.own_orders or not _is_share(len(own), len(seller.orders), terms.own_percent):
        return None
    numbers = {"own": len(own), "of": len(seller.orders)}
    return Signal(SignalKind.OWN_CONTACT, numbers, _refs(own))


def _one_address(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """Addresses that bring several orders each to this distributor and hardly any to others."""
    known = [order for order in seller.orders if order.address]
    count = Counter(order.address for order in known if order.address)
    # A hash is comparable within its week only: one address shows as several, so all that repeat are summed.
    theirs = {
        address
        for address, orders in count.items()
        if orders >= terms.address_orders // 2 and seller.elsewhere.get(address, 0) * _SHARED_TIMES < orders
    }
    from_theirs = [order for order in known if order.address in theirs]
    if len(from_theirs) < terms.address_orders:
        return None
    if not _is_share(len(from_theirs), len(known), terms.address_percent):
        return None
    numbers = {
        "orders": len(from_theirs),
        "of": len(known),
        "addresses": len(theirs),
        "customers": len({order.customer for order in from_theirs if order.customer}),
    }
    return Signal(SignalKind.ONE_ADDRESS, numbers, _refs(from_theirs))


def _customers(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """One customer for nearly all orders, or few who come back again and again. Friends do so as well: a Watch."""
    known = [order for order in seller.orders if order.customer]
    counts = Counter(order.customer for order in known).most_common()
    if not counts:
        return None
    customer, most = counts[0]
    if most >= terms.customer_orders and _is_share(most, len(known), terms.customer_percent):
        theirs = [order for order in known if order.customer == customer]
        return Signal(SignalKind.ONE_CUSTOMER, {"orders": most, "of": len(known)}, _refs(theirs))
    regulars = {customer for customer, orders in counts if orders >= terms.few_each}
    theirs = [order for order in known if order.customer in regulars]
    if len(theirs) < terms.few_orders or not _is_share(len(theirs), len(known), terms.customer_percent):
        return None
    numbers = {"orders": len(theirs), "of": len(known), "customers": len(regulars)}
    return Signal(SignalKind.FEW_CUSTOMERS, numbers, _refs(theirs))


def _quick(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """Placed sooner after the click than anybody reads a page. Asked only of links that hardly anybody clicks.

    Where colleagues click and buy at the same hour, one's click may stand just before another's order; so it takes
    more quick ones than chance would bring, by four standard deviations.
    """
    known = [order for order in seller.orders if order.after_click is not None]
    limit = timedelta(seconds=terms.quick_seconds)
    quick = [order for order in known if order.after_click is not None and order.after_click <= limit]
    above = 100 * len(quick) - len(known) * terms.quick_percent
    chance = len(known) * terms.quick_percent * (100 - terms.quick_percent)
    if len(quick) < terms.quick_orders or above <= 0 or above * above < 16 * chance:
        return None
    numbers = {"orders": len(quick), "of": len(known), "seconds": terms.quick_seconds}
    return Signal(SignalKind.QUICK, numbers, _refs(quick))


def _even(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """Orders of one sitting at distances that hardly stray: a script's, for people come at random."""
    for sitting in _sittings(seller.orders):
        gaps = [
            (later.placed_at - earlier.placed_at) // timedelta(seconds=1)
            for earlier, later in pairwise(sitting)
        ]
        total = sum(gaps)
        if len(sitting) < terms.even_orders or total == 0:
            continue
        # (standard deviation / mean)² = (n Σx² - (Σx)²) / (Σx)², in whole numbers.
        spread = len(gaps) * sum(gap * gap for gap in gaps) - total * total
        if spread * 10_000 <= terms.even_percent**2 * total * total:
            numbers = {"orders": len(sitting), "seconds": total // len(gaps)}
            return Signal(SignalKind.EVEN, numbers, _refs(sitting))
    return None


def _sittings(orders: Sequence[OrderFact]) -> list[list[OrderFact]]:
    sittings: list[list[OrderFact]] = []
    for order in orders:
        if sittings and order.placed_at - sittings[-1][-1].placed_at <= _SITTING:
            sittings[-1].append(order)
        else:
            sittings.append([order])
    return sittings


def _burst(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """Many orders within the hour by a few customers, three each and more: an audience comes once each.

    A single customer is no burst: a clerk who orders for a whole firm does it in one go.
    """
    known = [order for order in seller.orders if order.customer]
    length = timedelta(minutes=terms.burst_minutes)
    first = 0
    worst: list[OrderFact] = []
    for last, order in enumerate(known):
        while order.placed_at - known[first].placed_at > length:
            first += 1
        inside = known[first : last + 1]
        if len(inside) > len(worst) and _is_by_few(inside):
            worst = inside
    if len(worst) < terms.burst_orders or not _is_share(len(worst), len(seller.orders), terms.burst_percent):
        return None
    numbers = {
        "orders": len(worst),
        "minutes": terms.burst_minutes,
        "customers": len({order.customer for order in worst}),
    }
    return Signal(SignalKind.BURST, numbers, _refs(worst))


def _is_by_few(orders: Sequence[OrderFact]) -> bool:
    """Three orders a customer and more on average, and more than one who came back."""
    counts = Counter(order.customer for order in orders).most_common(2)
    several = len(counts) == 2 and counts[1][1] > 1
    return several and len({order.customer for order in orders}) * _IN_A_BURST <= len(orders)


def _refunds(seller: SellerFacts, baseline: Baseline, terms: Thresholds) -> Signal | None:
    """Orders that come back, many times as often as those of the merchant's others, and not by chance."""
    back = [order for order in seller.orders if order.came_back]
    count, whole = len(back), len(seller.orders)
    if count < terms.refund_orders or not _is_share(count, whole, terms.refund_percent):
        return None
    # Of the others alone, with one more that came back and one that did not, so that nothing is never or always.
    others, others_back = baseline.orders - whole + 2, baseline.came_back - count + 1
    if others < 2 or count * others < terms.refund_times * whole * others_back:
        return None
    # Three standard deviations above what chance would bring: (count - np)² > 9 np(1 - p), p = back / others.
    above = count * others - whole * others_back
    if above * above <= 9 * whole * others_back * (others - others_back):
        return None
    numbers = {
        "orders": count,
        "of": whole,
        "percent": 100 * count // whole,
        "usual_percent": 100 * others_back // others,
    }
    return Signal(SignalKind.REFUNDS, numbers, _refs(back))


def _same_returns(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    """A few customers send back again and again. Where much comes back because of its size, everybody sends back."""
    back = [order for order in seller.orders if order.came_back and order.customer]
    customers = len({order.customer for order in back})
    if len(back) < terms.returns_orders or customers * 2 > len(back):
        return None
    numbers = {"orders": len(back), "customers": customers}
    return Signal(SignalKind.SAME_RETURNS, numbers, _refs(back))


def _spike(seller: SellerFacts, terms: Thresholds, now: datetime) -> Signal | None:
    """Somebody new sells much by links that hardly anybody came by. Whoever brings an audience has visitors."""
    if now - seller.joined_at > timedelta(days=terms.new_days) or not seller.visitors:
        return None
    by_link = [order for order in seller.orders if order.link_id is not None]
    # Orders from before joining: a distributor who was taken over from elsewhere and is not new.
    if len(by_link) < terms.spike_orders or seller.orders[0].placed_at < seller.joined_at:
        return None
    if seller.visitors * 100 >= len(by_link) * terms.spike_visitors_percent:
        return None
    days = (now - seller.joined_at) // timedelta(days=1) + 1
    numbers = {"orders": len(by_link), "visitors": seller.visitors, "days": days}
    return Signal(SignalKind.SPIKE, numbers, _refs(by_link))


def _shared_account(seller: SellerFacts, terms: Thresholds) -> Signal | None:
    if seller.same_account < terms.account_distributors:
        return None
    return Signal(SignalKind.SHARED_ACCOUNT, {"distributors": seller.same_account})
