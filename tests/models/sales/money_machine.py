"""Every money command in any order, with duplicates and crashes, told to the product and to the reference."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from jobs.closing import close_due
from models.funnel.events import EventStatus
from models.money.settlement import settle_due
from models.money.verify import verify
from models.people.merchants import lock_merchant
from models.sales import receive
from models.sales.closing import pay_ladders
from models.sales.due_closings import open_closing
from models.store.engine import Store
from models.store.inbox import EventState, known_events
from tests.models.books import assert_books_in_order, release
from tests.models.sales.machine_plan import OPENED, PEOPLE, PLAN
from tests.reference.agreeing import assert_agree
from tests.reference.facts import Item, Purchase
from tests.reference.told_twice import Goods, Happening, ToldTwice, human, open_twice, tell_reference

T = TypeVar("T")
Basket = Sequence[tuple[str, int, int]]
"""Lines: SKU, quantity, unit price in pence."""
PEN_DISCOUNT = 25
"""A line's own discount, which may be more than the line is worth."""
ORDERS = st.sampled_from([f"{number}" for number in range(1, 7)])
BASKETS = st.lists(
    st.tuples(st.sampled_from(["A", "LAMP", "PEN"]), st.integers(1, 4), st.integers(0, 4000)),
    min_size=1,
    max_size=3,
)
SELLERS = st.sampled_from(["mei", "eve", "bo", "ann", None])
CUSTOMERS = st.sampled_from(["c1", "c2", None])
REFUNDS = st.sampled_from(["r1", "r2", "r3"])


class MoneyMachine(RuleBasedStateMachine):
    """What shops, clocks and staff do to the money of one merchant, whatever comes first."""

    url: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.store = Store(self.url)
        self.now = OPENED + timedelta(hours=14)
        self.steps = 0
        people = [human(key, sponsor, mark=mark) for key, sponsor, mark in PEOPLE]
        goods = {"A": Goods(cost=300), "LAMP": Goods("lights"), "PEN": Goods(cost=10)}
        self.told: ToldTwice = self.run(
            open_twice(self.store, OPENED, "Europe/London", [PLAN], people, goods)
        )
        self.placed: dict[str, Purchase] = {}
        self.said: list[Happening] = []
        self.waiting: dict[str, Happening] = {}
        self.say(self.payment("0", [("A", 1, 1000)], "mei", None))

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        try:
            self.assert_as_the_reference()
            self.run(self.verified())
        finally:
            self.run(self.store.close())
            self.loop.close()

    def assert_as_the_reference(self) -> None:
        self.run(assert_agree(self.told))

    # What the shop tells

    def payment(
        self,
        ref: str,
        basket: Basket,
        seller: str | None,
        customer: str | None,
        *,
        late: int = 0,
        discount: int = 0,
    ) -> Happening:
        items = tuple(
            Item(str(place), sku, quantity, Decimal(pence) / 100, PEN_DISCOUNT if sku == "PEN" else 0)
            for place, (sku, quantity, pence) in enumerate(basket, 1)
        )
        at = max(self.now - timedelta(days=late), OPENED + timedelta(hours=13))
        mark = "own" if customer == "c2" else None
        purchase = Purchase(ref, at, items, seller, customer=customer, mark=mark, discount=discount)
        return Happening(self.now, "pay", ref, at, purchase)

    def say(self, one: Happening) -> EventStatus:
        """Tell the product, and the reference what of it took effect, what had waited for it included."""
        event = self.told.event(one)
        [receipt] = self.run(self.told.shop.tell(event, now=self.now))
        self.said.append(replace(one, event=event))
        if receipt.status is EventStatus.PARKED:
            self.waiting[event.id] = one
        elif receipt.status is EventStatus.ACCEPTED:
            self.took_effect(one)
            for woken in self.run(self.woken()):
                self.took_effect(self.waiting.pop(woken))
        return receipt.status

    async def woken(self) -> list[str]:
        """Ids of events that waited and have been told since, in the order in which they happened."""
        async with self.store.read() as session:
            rows = await known_events(session, self.told.shop.merchant.id, list(self.waiting))
        for key, row in rows.items():
            if row.state is EventState.REJECTED:
                del self.waiting[key]
        accepted = [row for row in rows.values() if row.state is EventState.ACCEPTED]
        return [row.event_id for row in sorted(accepted, key=lambda row: (row.occurred_at, row.id))]

    def took_effect(self, one: Happening) -> None:
        if one.kind == "place":
            assert one.purchase is not None
            self.placed[one.ref] = one.purchase
        elif one.kind == "pay" and one.ref in self.placed:
            assert one.purchase is not None
            before = self.placed[one.ref]
            items = one.purchase.items or before.items
            kept = replace(
                before,
                at=one.at,
                items=items,
                customer=before.customer or one.purchase.customer,
                mark=before.mark or one.purchase.mark,
                discount=one.purchase.discount if one.purchase.items else before.discount,
            )
            tell_reference(self.told.reference, replace(one, purchase=kept))
        elif one.kind == "pay" or one.ref in self.told.reference.bills:
            tell_reference(self.told.reference, one)

    @rule(
        ref=ORDERS,
        basket=BASKETS,
        seller=SELLERS,
        customer=CUSTOMERS,
        late=st.sampled_from([0, 0, 0, 3, 40]),
        discount=st.sampled_from([0, 0, 199, 5000]),
    )
    def pay(
        self, ref: str, basket: Basket, seller: str | None, customer: str | None, late: int, discount: int
    ) -> None:
        self.say(self.payment(ref, basket, seller, customer, late=late, discount=discount))

    @rule(ref=ORDERS, basket=BASKETS, seller=SELLERS)
    def place(self, ref: str, basket: Basket, seller: str | None) -> None:
        self.say(replace(self.payment(ref, basket, seller, None), kind="place"))

    @rule(ref=ORDERS)
    def pay_what_was_placed(self, ref: str) -> None:
        self.say(self.payment(ref, [], None, None))

    @rule(ref=ORDERS)
    def receive(self, ref: str) -> None:
        self.say(Happening(self.now, "receive", ref, self.now))

    @rule(ref=ORDERS)
    def cancel(self, ref: str) -> None:
        self.say(Happening(self.now, "cancel", ref, self.now))

    @rule(ref=ORDERS, name=REFUNDS, amount=st.one_of(st.none(), st.integers(1, 6000)))
    def refund_money(self, ref: str, name: str, amount: int | None) -> None:
        self.say(Happening(self.now, "refund", ref, self.now, refund=name, amount=amount))

    @rule(
        ref=ORDERS, name=REFUNDS, lines=st.dictionaries(st.sampled_from("123"), st.integers(1, 3), min_size=1)
    )
    def refund_units(self, ref: str, name: str, lines: dict[str, int]) -> None:
        units = tuple(sorted(lines.items()))
        self.say(Happening(self.now, "refund", ref, self.now, refund=name, units=units))

    @rule(which=st.integers(0, 30))
    def say_again(self, which: int) -> None:
        """A duplicate is a success and changes nothing; the same id with other content is refused."""
        one = self.said[-1 - which % len(self.said)]
        assert one.event is not None
        if not self.run(self.is_known(one.event.id)):
            return
        other = one.event.model_copy(update={"digest": "other"})
        again, changed = self.run(self.told.shop.tell(one.event, other, now=self.now))
        assert again.status in {EventStatus.DUPLICATE, EventStatus.REJECTED}
        assert changed.status is EventStatus.REJECTED

    async def is_known(self, event_id: str) -> bool:
        async with self.store.read() as session:
            return bool(await known_events(session, self.told.shop.merchant.id, [event_id]))

    # What the clock does

    @rule(days=st.integers(1, 16))
    def nights_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.run(self.told.night(self.now))

    @rule(days=st.integers(0, 8))
    def only_settle(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.run(release(self.told.shop, self.now))
        self.told.reference.settle(self.now)

    @rule(days=st.integers(0, 8))
    def only_close(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.run(close_due(self.store, self.told.shop.merchant.id, self.now, patient=False))
        self.told.reference.close(self.now, self.told.opened)

    # What breaks

    @rule(ref=ORDERS, basket=BASKETS, seller=SELLERS, what=st.sampled_from(["pay", "cancel", "refund"]))
    def die_while_telling(self, ref: str, basket: Basket, seller: str | None, what: str) -> None:
        """A transaction that is never committed leaves nothing, and its event may be told again."""
        one = self.payment(ref, basket, seller, "c1")
        if what != "pay":
            one = Happening(self.now, what, ref, self.now, refund="r9")
        self.crash(self.tell_without_end(one))
        self.say(one)

    async def tell_without_end(self, one: Happening) -> None:
        shop = self.told.shop
        async with self.store.write() as session:
            merchant = await lock_merchant(session, shop.merchant.id)
            await receive(session, merchant, [self.told.event(one)], self.now)
            raise KeyboardInterrupt

    @rule()
    def die_while_settling(self) -> None:
        self.crash(self.settle_without_end())

    async def settle_without_end(self) -> None:
        async with self.store.write() as session:
            merchant = await lock_merchant(session, self.told.shop.merchant.id)
            await settle_due(session, merchant, self.now)
            raise KeyboardInterrupt

    @rule(days=st.integers(0, 20), paid=st.booleans())
    def die_while_closing(self, days: int, paid: bool) -> None:
        """A close that was begun, and perhaps paid its ladders, is finished by the next one."""
        self.now += timedelta(days=days)
        self.run(self.close_without_end(paid=paid))
        self.run(close_due(self.store, self.told.shop.merchant.id, self.now, patient=False))
        self.told.reference.close(self.now, self.told.opened)

    async def close_without_end(self, *, paid: bool) -> None:
        async with self.store.write() as session:
            merchant = await lock_merchant(session, self.told.shop.merchant.id)
            closing = await open_closing(session, merchant, self.now, patient=False)
        if closing is not None and paid:
            async with self.store.write() as session:
                merchant = await lock_merchant(session, self.told.shop.merchant.id)
                await pay_ladders(session, merchant, closing, self.now)

    def crash(self, work: Coroutine[object, object, None]) -> None:
        with pytest.raises(KeyboardInterrupt):
            self.run(work)

    # What must hold whatever happened

    @invariant()
    def the_books_are_in_order(self) -> None:
        self.run(assert_books_in_order(self.store, self.told.shop.merchant.id))
        self.steps += 1
        if self.steps % 10 == 0:
            self.run(self.verified())

    async def verified(self) -> None:
        async with self.store.read() as session:
            findings = await verify(session, self.told.shop.merchant)
        assert not findings, "\n".join(finding.sentence for finding in findings)


def run_machine(machine: type[MoneyMachine], url: str, *, examples: int, steps: int, seed: int) -> None:
    machine.url = url
    run_state_machine_as_test(
        seeded(seed)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            # The steps that led to a fault say enough; making them fewest can take minutes on a store.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
