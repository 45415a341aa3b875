"""What signals say of cheaters, and that they are silent about the honest people who look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models.money.cases.signals import (
    MOST_REFS,
    Baseline,
    OrderFact,
    SellerFacts,
    SignalKind,
    independent,
    signals_of,
)
from models.money.cases.thresholds import Thresholds
from tests.conftest import NOW

USUAL = Baseline(orders=1000, came_back=60)
HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)


def orders(count: int, *, apart: timedelta = 7 * HOUR, **facts: Any) -> tuple[OrderFact, ...]:
    """Orders of different customers from different places, by a link, `apart` from each other."""
    first = NOW - count * apart
    return tuple(
        replace(OrderFact(f"o{n}", first + n * apart, customer=f"c{n}", address=f"a{n}", link_id=1), **facts)
        for n in range(count)
    )


def facts(given: Sequence[OrderFact], **more: Any) -> SellerFacts:
    seller = SellerFacts(1, NOW - timedelta(days=200), tuple(given), visitors=500)
    return replace(seller, **more)


def kinds(seller: SellerFacts, baseline: Baseline = USUAL, **terms: Any) -> list[SignalKind]:
    return [signal.kind for signal in signals_of(seller, baseline, Thresholds(**terms), NOW)]


def every(nth: int, given: Sequence[OrderFact], **facts: Any) -> tuple[OrderFact, ...]:
    """Each n-th of these otherwise."""
    return tuple(replace(order, **facts) if n % nth == 0 else order for n, order in enumerate(given))


def by_turns(given: Sequence[OrderFact], field: str, *values: str) -> tuple[OrderFact, ...]:
    changes: list[dict[str, Any]] = [{field: values[n % len(values)]} for n in range(len(given))]
    return tuple(replace(order, **change) for order, change in zip(given, changes, strict=True))


def uneven(given: Sequence[OrderFact], *steps: int) -> tuple[OrderFact, ...]:
    """The same orders, so many minutes after one another, by turns."""
    at, moved = NOW - 2 * HOUR, []
    for n, order in enumerate(given):
        moved.append(replace(order, placed_at=at))
        at += steps[n % len(steps)] * MINUTE
    return tuple(moved)


MANY_RETURNS = (*orders(10, came_back=True), *orders(5))
CHEATING = {
    "own contact data": (facts(every(2, orders(8), own=True)), SignalKind.OWN_CONTACT),
    "a customer who once left their own e-mail": (
        facts(by_turns(every(8, orders(8), own=True), "customer", "me")),
        SignalKind.OWN_CONTACT,
    ),
    "one address": (facts(orders(8, address="a")), SignalKind.ONE_ADDRESS),
    "one customer": (facts((*orders(8, customer="c"), *orders(1))), SignalKind.ONE_CUSTOMER),
    "few customers": (facts(by_turns(orders(12), "customer", "c", "d", "e")), SignalKind.FEW_CUSTOMERS),
    "too quick": (facts(orders(8, after_click=20 * SECOND)), SignalKind.QUICK),
    "like clockwork": (facts(orders(10, apart=90 * SECOND)), SignalKind.EVEN),
    "a burst by two": (
        facts(by_turns(uneven(orders(9), 1, 9, 2, 5), "customer", "c", "d")),
        SignalKind.BURST,
    ),
    "much comes back": (facts(MANY_RETURNS), SignalKind.REFUNDS),
    "the same ones send back": (
        facts(by_turns(orders(9, came_back=True), "customer", "c", "d", "e")),
        SignalKind.SAME_RETURNS,
    ),
    "a newcomer without an audience": (
        facts(orders(12, apart=7 * HOUR), joined_at=NOW - timedelta(days=5), visitors=14),
        SignalKind.SPIKE,
    ),
    "one account for three": (facts((), same_account=3), SignalKind.SHARED_ACCOUNT),
}
HONEST = {
    "nobody sold anything": facts(()),
    "a few orders at one address": facts(orders(5, address="a")),
    "an address that others share": facts(orders(8, address="a"), elsewhere={"a": 5}),
    "addresses unknown": facts(orders(8, address=None)),
    "customers unknown": facts(orders(12, customer=None)),
    "buys for themselves, too": facts(every(5, orders(15), own=True)),
    "own purchases that the plan pays": facts(orders(8, own=True), own_is_paid=True),
    "buyers who take their time": facts(orders(8, after_click=6 * MINUTE)),
    "few quick ones": facts(every(3, orders(12, after_click=HOUR), after_click=9 * SECOND)),
    "a post and its audience": facts(uneven(orders(40), 1, 4, 0, 2, 7)),
    "a clerk's spree": facts((*orders(4), *uneven((*orders(5, customer="firm"), *orders(1)), 1, 9, 3))),
    "every Monday at nine": facts(orders(4, apart=timedelta(days=7))),
    "imported at one moment": facts(orders(8, apart=timedelta(0))),
    "many returns where many return": facts(MANY_RETURNS[5:]),
    "one of two came back": facts((*orders(1, came_back=True), *orders(1))),
    "a newcomer with an audience": facts(orders(12), joined_at=NOW - timedelta(days=5), visitors=300),
    "taken over from elsewhere": facts(orders(12), joined_at=NOW - timedelta(days=1), visitors=14),
    "a newcomer by coupon": facts(orders(12, link_id=None), joined_at=NOW - timedelta(days=5), visitors=1),
    "a couple": facts((), same_account=2),
}


@pytest.mark.parametrize(("seller", "kind"), CHEATING.values(), ids=CHEATING)
def test_each_signal_speaks_of_what_it_is_for(seller: SellerFacts, kind: SignalKind) -> None:
    assert kind in kinds(seller)


@pytest.mark.parametrize("seller", HONEST.values(), ids=HONEST)
def test_honest_look_alikes_are_not_named(seller: SellerFacts) -> None:
    assert kinds(seller, Baseline(orders=1000, came_back=400 if "came_back" in repr(seller) else 60)) == []


def test_evidence_has_numbers_and_some_of_its_orders() -> None:
    [signal] = signals_of(facts(orders(14, address="a")), USUAL, Thresholds(), NOW)
    assert signal.numbers == {"orders": 14, "of": 14, "addresses": 1, "customers": 14}
    assert signal.orders == tuple(f"o{n}" for n in range(MOST_REFS))


def test_an_office_and_a_firm_stand_on_one_ground_whatever_they_show() -> None:
    """One address, few customers, a burst and a start: all say that a small circle buys."""
    office = facts(
        by_turns(uneven(orders(12, address="a"), 1, 9, 2, 5), "customer", "c", "d", "e"),
        joined_at=NOW - timedelta(days=3),
        visitors=15,
    )
    found = signals_of(office, USUAL, Thresholds(), NOW)
    assert {signal.kind for signal in found} >= {
        SignalKind.ONE_ADDRESS,
        SignalKind.FEW_CUSTOMERS,
        SignalKind.BURST,
        SignalKind.SPIKE,
    }
    assert independent(found) == 1


def test_one_address_and_quick_orders_are_independent() -> None:
    ring = facts(orders(8, address="a", after_click=20 * SECOND))
    assert independent(signals_of(ring, USUAL, Thresholds(), NOW)) == 2


def test_returns_are_held_against_the_shop_own_share() -> None:
    assert SignalKind.REFUNDS in kinds(facts(MANY_RETURNS), Baseline(1000, 60))
    assert SignalKind.REFUNDS not in kinds(facts(MANY_RETURNS), Baseline(1000, 300))
    # A shop without a single other order says nothing about what is usual.
    assert SignalKind.REFUNDS not in kinds(facts(MANY_RETURNS), Baseline(15, 10))


@pytest.mark.parametrize(("terms", "speaks"), [({"address_orders": 9}, False), ({"address_orders": 8}, True)])
def test_a_merchant_own_thresholds_count(terms: dict[str, Any], speaks: bool) -> None:
    assert (SignalKind.ONE_ADDRESS in kinds(facts(orders(8, address="a")), **terms)) is speaks


def test_a_week_changes_the_hash_of_an_address_and_not_the_finding() -> None:
    both = (*orders(4, address="this week's"), *orders(4, address="last week's"))
    assert SignalKind.ONE_ADDRESS in kinds(facts(both))
