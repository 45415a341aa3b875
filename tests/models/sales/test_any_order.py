"""Orders, receipts, refunds, cancellations and releases in any order, with duplicates: the books stay in order."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from models.errors import NotFound
from models.funnel.events import BoughtLine, EventStatus, RefundedLine, ShopEvent
from models.people.merchants import lock_merchant
from models.sales import receive
from models.store.engine import Store
from models.store.inbox import known_events
from tests.builders import BASE_PLAN, Shop, line, open_shop
from tests.conftest import NOW
from tests.models.books import Money, assert_books_in_order, earned, money, order_of, release

Goods = list[tuple[str, int, str, int]]
"""Lines: SKU, quantity, unit price, discount in pence."""
Share = tuple[tuple[RefundedLine, ...], int | None, bool]
"""A refund: its lines, or its amount, or all of it."""
T = TypeVar("T")
DAY = timedelta(days=1)
PLAN = BASE_PLAN.replace('- {percent: "10"}', '- {percent: "33.33"}\n  - {product: FIX, fixed: "0.07"}')
orders = st.sampled_from(["1", "2", "3"])
goods = st.lists(
    st.builds(
        lambda sku, quantity, pence, discount: (sku, quantity, f"{pence // 100}.{pence % 100:02}", discount),
        st.sampled_from(["A", "LAMP", "FIX"]),
        st.integers(1, 5),
        st.integers(0, 2000),
        st.integers(0, 300),
    ),
    min_size=1,
    max_size=4,
)
refs = st.sampled_from("123")
shares: st.SearchStrategy[Share] = st.one_of(
    st.builds(lambda ref, n: ((RefundedLine(line_ref=ref, quantity=n),), None, False), refs, st.integers(1, 4)),
    st.builds(lambda ref, n: ((RefundedLine(line_ref=ref, amount_minor=n),), None, False), refs, st.integers(1, 900)),
    st.builds(lambda n: ((), n, False), st.integers(1, 3000)),
    st.just(((), None, True)),
)  # fmt: skip


class Town:
    """A fresh store with a shop in it, driven from outside its event loop."""

    def __init__(self, template: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tuike-town-"))
        shutil.copyfile(template, self.folder / "town.db")
        self.loop = asyncio.new_event_loop()
        self.store = Store(f"sqlite:///{self.folder / 'town.db'}")
        self.shop = self.run(open_shop(self.store, NOW))
        self.run(self.shop.plan(PLAN))
        self.run(self.shop.product("LAMP", category="lights"))
        self.people = [self.run(self.shop.distributor(name)) for name in ("mei", "bo")]
        self.codes = [self.run(self.shop.link(person)).code for person in self.people]
        self.codes.append("UNKNOWN2")

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.loop.run_until_complete(work)

    def close(self) -> None:
        self.run(self.store.close())
        self.loop.close()
        shutil.rmtree(self.folder)


def bought(lines: Goods) -> list[BoughtLine]:
    return [
        line(str(number), sku, quantity=quantity, price=price, discount_minor=discount)
        for number, (sku, quantity, price, discount) in enumerate(lines, 1)
    ]


class AnyOrder(RuleBasedStateMachine):
    """Whatever a shop tells, in whatever order and however often, and whenever the release job runs."""

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.town = Town(self.template)
        self.told: list[ShopEvent] = []
        self.today = NOW

    def teardown(self) -> None:
        self.town.close()

    @property
    def shop(self) -> Shop:
        return self.town.shop

    def tell(self, event: ShopEvent) -> EventStatus:
        self.told.append(event)
        [receipt] = self.town.run(self.shop.tell(event, now=self.today))
        return receipt.status

    @rule(
        order=orders, lines=goods, who=st.integers(0, 2), discount=st.integers(0, 900), placed=st.booleans()
    )
    def buy(self, order: str, lines: Goods, who: int, discount: int, placed: bool) -> None:
        self.tell(
            self.shop.paid(
                order,
                *bought(lines),
                code=self.town.codes[who],
                order_discount_minor=discount,
                placed=placed,
                at=self.today,
            )
        )

    @rule(order=orders)
    def pay_as_placed(self, order: str) -> None:
        self.tell(self.shop.paid(order, at=self.today))

    @rule(order=orders)
    def receive(self, order: str) -> None:
        self.tell(self.shop.received(order, at=self.today))

    @rule(order=orders)
    def cancel(self, order: str) -> None:
        self.tell(self.shop.cancelled(order, at=self.today))

    @rule(order=orders, ref=st.sampled_from(["r1", "r2", "r3"]), share=shares)
    def refund(self, order: str, ref: str, share: Share) -> None:
        self.tell(
            self.shop.refunded(
                order, ref, lines=share[0], amount_minor=share[1], full=share[2], at=self.today
            )
        )

    @rule(data=st.data())
    def say_again(self, data: st.DataObject) -> None:
        if not self.told:
            return
        before = self.town.run(self.balances())
        event = data.draw(st.sampled_from(self.told))
        known = self.town.run(is_known(self.shop, event))
        [receipt] = self.town.run(self.shop.tell(event, now=self.today))
        if known:
            assert receipt.status in {EventStatus.DUPLICATE, EventStatus.REJECTED}
            assert self.town.run(self.balances()) == before

    @rule(order=orders, lines=goods)
    def die_before_the_commit(self, order: str, lines: Goods) -> None:
        before = self.town.run(self.balances())
        payment = self.shop.paid(order, *bought(lines), code=self.town.codes[0], at=self.today)
        with pytest.raises(KeyboardInterrupt):
            self.town.run(die_telling(self.shop, [payment, self.shop.cancelled(order, at=self.today)]))
        assert self.town.run(self.balances()) == before
        assert not self.town.run(is_known(self.shop, payment))

    @rule(days=st.integers(1, 12))
    def days_pass(self, days: int) -> None:
        self.today += days * DAY
        self.town.run(release(self.shop, self.today))

    async def balances(self) -> list[Money]:
        return [await money(self.shop, person) for person in self.town.people]

    @invariant()
    def the_books_are_in_order(self) -> None:
        self.town.run(assert_books_in_order(self.town.store))


async def is_known(shop: Shop, event: ShopEvent) -> bool:
    async with shop.store.read() as session:
        return event.id in await known_events(session, shop.merchant.id, [event.id])


async def die_telling(shop: Shop, events: Sequence[ShopEvent]) -> None:
    async with shop.store.write() as session:
        merchant = await lock_merchant(session, shop.merchant.id)
        await receive(session, merchant, events, shop.now)
        raise KeyboardInterrupt


def run_machine(template: Path, *, examples: int, steps: int) -> None:
    AnyOrder.template = template
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            # The steps that led to a fault say enough; making them fewest can take minutes on a store.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_books_stay_in_order_whatever_is_told(sqlite_template: Path) -> None:
    run_machine(sqlite_template, examples=12, steps=25)


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_the_books_stay_in_order_for_ten_thousand_steps(sqlite_template: Path) -> None:
    run_machine(sqlite_template, examples=200, steps=50)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=goods, refunds=st.lists(shares, max_size=4), received=st.booleans())
def test_refunds_that_waited_for_their_order_end_as_those_that_did_not(
    sqlite_template: Path, lines: Goods, refunds: list[Share], received: bool
) -> None:
    town = Town(sqlite_template)
    try:
        shop = town.shop
        for order, early in (("1", False), ("2", True)):
            later = [
                shop.refunded(
                    order,
                    f"r{place}",
                    lines=share[0],
                    amount_minor=share[1],
                    full=share[2],
                    at=NOW + place * DAY,
                )
                for place, share in enumerate(refunds, 1)
            ]
            if received:
                later.append(shop.received(order, at=NOW + 9 * DAY))
            payment = shop.paid(order, *bought(lines), code=town.codes[0])
            # The waiting ones come in the wrong order too: the time when they happened decides.
            for event in [*reversed(later), payment] if early else [payment, *later]:
                town.run(shop.tell(event))

        in_order, parked = (town.run(outcome(shop, order)) for order in ("1", "2"))
        assert parked == in_order
        town.run(assert_books_in_order(town.store))
    finally:
        town.close()


happenings = st.one_of(
    st.tuples(st.just("buy"), goods, st.booleans()),
    st.tuples(st.just("receive")),
    st.tuples(st.just("cancel")),
    st.tuples(st.just("refund"), st.sampled_from(["r1", "r2"]), shares),
)


def event_of(town: Town, happening: tuple[object, ...], order: str, at: datetime) -> ShopEvent:
    shop = town.shop
    match happening:
        case ("buy", list() as lines, bool() as placed):
            return shop.paid(order, *bought(lines), code=town.codes[0], placed=placed, at=at)
        case ("refund", str() as ref, (tuple() as lines, (int() | None) as amount, bool() as full)):
            return shop.refunded(order, ref, lines=lines, amount_minor=amount, full=full, at=at)
        case ("receive",):
            return shop.received(order, at=at)
        case _:
            return shop.cancelled(order, at=at)


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], phases=[Phase.generate]
)
@given(story=st.lists(st.tuples(st.integers(0, 1), happenings), min_size=2, max_size=10))
def test_events_in_one_request_end_as_the_same_events_one_by_one(
    sqlite_template: Path, story: list[tuple[int, tuple[object, ...]]]
) -> None:
    town = Town(sqlite_template)
    try:
        together, apart = (
            [
                event_of(town, happening, f"{name}{number}", NOW + place * DAY)
                for place, (number, happening) in enumerate(story)
            ]
            for name in ("together", "apart")
        )

        at_once = town.run(town.shop.tell(*together))
        in_turn = [town.run(town.shop.tell(event))[0] for event in apart]

        assert [receipt.status for receipt in at_once] == [receipt.status for receipt in in_turn]
        for number in {number for number, _ in story}:
            outcomes = [town.run(outcome(town.shop, f"{name}{number}")) for name in ("together", "apart")]
            assert outcomes[0] == outcomes[1]
        town.run(assert_books_in_order(town.store))
    finally:
        town.close()


async def outcome(shop: Shop, order_ref: str) -> list[object]:
    try:
        order = await order_of(shop, order_ref)
    except NotFound:
        return []
    commissions = await earned(shop, order_ref)
    return [order.state, *((one.state, one.amount_minor, one.reversed_minor) for one in commissions)]
