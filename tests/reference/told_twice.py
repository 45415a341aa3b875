"""One story told to two tellers: to the product, and to the reference that shares no code with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from jobs.closing import close_due
from models.catalog.products import Product, keep_products
from models.funnel.events import Buyer, EventStatus, RefundedLine, ShopEvent
from models.funnel.links import SHOP, Channel, link_for
from models.people.distributors import Distributor, DistributorState, distributor_by_external_id
from models.people.levels import BEGINNING, LevelCause, set_level
from models.people.privacy import customer_hash, email_hash
from models.people.profiles import set_profile
from models.store.engine import Store
from tests.builders import Shop, line, open_shop
from tests.models.books import release
from tests.models.payouts import Till
from tests.reference.facts import LAST, Human, Movement, Purchase
from tests.reference.plan_reference import Reference
from tests.reference.terms import read_terms


@dataclass(frozen=True)
class Happening:
    """One thing that the shop tells at `told`; a refund of `units` by line, of `amount` in pence, or of all."""

    told: datetime
    kind: str
    ref: str
    at: datetime
    purchase: Purchase | None = None
    refund: str = ""
    units: tuple[tuple[str, int], ...] = ()
    amount: int | None = None
    event: ShopEvent | None = None


@dataclass
class ToldTwice:
    """A merchant, the reference that knows the same people and goods, and everybody's link."""

    shop: Shop
    reference: Reference
    opened: datetime
    ids: dict[str, int] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)

    async def tell(self, *happened: Happening) -> list[EventStatus]:
        """In one transaction, as a shop may send them."""
        now = happened[-1].told
        receipts = await self.shop.tell(*map(self.event, happened), now=now)
        movements = self.reference.ledger.movements
        known = len(movements)
        for one in happened:
            tell_reference(self.reference, one)
        # What moves is in the books of the day on which it was told.
        movements[known:] = [replace(moved, at=now) for moved in movements[known:]]
        return [receipt.status for receipt in receipts]

    async def night(self, now: datetime) -> None:
        """What the clock does: periods close, and what is due is released."""
        await clock_work(self.shop, now)
        self.reference.close(now, self.opened)
        self.reference.settle(now)

    async def pay_out(self, who: str, amount: int, at: datetime) -> None:
        """A withdrawal from its request to its end; the reference knows only that the money is gone."""
        async with self.shop.store.read() as session:
            person = await distributor_by_external_id(session, self.shop.merchant.id, who)
        till = Till(self.shop, person, self.codes[who], at)
        await till.account()
        await till.paid_out(amount)
        self.reference.ledger.movements.append(Movement(who, at, -amount, "withdrawn", None))

    def balance(self, who: str) -> tuple[int, int]:
        """Held and available, as the reference has them."""
        ledger = self.reference.ledger
        return ledger.held()[who], ledger.available()[who]

    def event(self, one: Happening) -> ShopEvent:
        if one.kind in {"pay", "place"}:
            return self._payment(one)
        if one.kind == "receive":
            return self.shop.received(one.ref, at=one.at)
        if one.kind == "cancel":
            return self.shop.cancelled(one.ref, at=one.at)
        lines = [RefundedLine(line_ref=ref, quantity=units) for ref, units in one.units]
        full = not lines and one.amount is None
        return self.shop.refunded(
            one.ref, one.refund, lines=lines, amount_minor=one.amount, full=full, at=one.at
        )

    def _payment(self, one: Happening) -> ShopEvent:
        bought = one.purchase
        assert bought is not None
        key = self.shop.merchant.customer_key
        buyer = Buyer(
            customer=customer_hash(key, bought.customer) if bought.customer else None,
            email=email_hash(key, bought.mark),
        )
        lines = [
            line(
                item.ref,
                item.sku,
                quantity=item.quantity,
                price=str(item.price),
                discount_minor=item.discount,
            )
            for item in bought.items
        ]
        code = self.codes[bought.seller] if bought.seller is not None else None
        return self.shop.paid(
            one.ref,
            *lines,
            code=code,
            buyer=buyer,
            order_discount_minor=bought.discount,
            at=one.at,
            placed=one.kind == "place",
        )


async def clock_work(shop: Shop, now: datetime) -> None:
    """The product's nightly work at a moment: periods that ended close, what is due is released."""
    await close_due(shop.store, shop.merchant.id, now, patient=False)
    await release(shop, now)


@dataclass(frozen=True)
class Goods:
    """What a SKU is: its category, and its cost where that is known."""

    category: str | None = None
    cost: int | None = None


async def open_twice(
    store: Store,
    opened: datetime,
    zone: str,
    plans: Sequence[str],
    people: Sequence[Human],
    goods: Mapping[str, Goods],
    currency: str = "GBP",
) -> ToldTwice:
    """A merchant with these plans, people and goods; whoever is active has a link."""
    shop = await open_shop(store, opened, timezone=zone, currency=currency)
    for text in plans:
        await shop.plan(text)
    products = [
        Product(
            merchant_id=shop.merchant.id,
            sku=sku,
            title=sku,
            price_minor=100,
            category=known.category,
            cost_minor=known.cost,
            updated_at=opened,
        )
        for sku, known in goods.items()
    ]
    reference = Reference(
        ZoneInfo(zone),
        [read_terms(text) for text in plans],
        {human.key: human for human in people},
        {sku: known.category for sku, known in goods.items() if known.category is not None},
        {sku: known.cost for sku, known in goods.items() if known.cost is not None},
    )
    told = ToldTwice(shop, reference, opened)
    async with store.write() as session:
        await keep_products(session, shop.merchant.id, products)
    for human in people:
        await _enrol(told, human)
    return told


async def _enrol(told: ToldTwice, human: Human) -> None:
    """The product gets to know a person as the reference knows them."""
    shop = told.shop
    merchant = shop.merchant
    made = Distributor(
        merchant_id=merchant.id,
        external_id=human.key,
        name=human.key,
        sponsor_id=told.ids.get(human.sponsor or ""),
        email_hash=email_hash(merchant.customer_key, human.mark),
        state=DistributorState.ACTIVE if human.active else DistributorState.SUSPENDED,
        joined_at=told.opened,
    )
    async with shop.store.write() as session:
        session.add(made)
        await session.flush()
        told.ids[human.key] = made.id
        for (since, _), level in human.levels:
            await set_level(
                session,
                merchant_id=merchant.id,
                distributor_id=made.id,
                level=level,
                since=since,
                cause=LevelCause.PINNED if human.pinned else LevelCause.GIVEN,
                pinned=human.pinned,
            )
        for (since, _), profile in human.profiles:
            await set_profile(
                session, merchant_id=merchant.id, distributor_id=made.id, profile=profile, since=since
            )
        if human.active:
            link = await link_for(
                session,
                merchant=merchant,
                distributor=made,
                channel=Channel.COPIED,
                sku=SHOP,
                now=told.opened,
            )
            told.codes[human.key] = link.code


def human(
    key: str,
    sponsor: str | None = None,
    *,
    level: str | None = None,
    profile: str | None = None,
    mark: str | None = None,
    active: bool = True,
    pinned: bool = False,
    profile_since: datetime = BEGINNING,
) -> Human:
    """Somebody who has a level and a profile from the beginning, or from a moment on."""
    made = Human(key, sponsor, mark, active=active, pinned=pinned)
    if level is not None:
        made.rise((BEGINNING, LAST), level)
    if profile is not None:
        made.profiles.append(((profile_since, LAST), profile))
    return made


def tell_reference(reference: Reference, one: Happening) -> None:
    if one.kind == "pay":
        assert one.purchase is not None
        reference.pay(one.purchase)
    elif one.kind == "receive":
        reference.receive(one.ref, one.at)
    elif one.kind == "cancel":
        reference.cancel(one.ref, one.at)
    elif one.units:
        reference.refund(one.ref, one.at, dict(one.units))
    else:
        reference.refund_amount(one.ref, one.at, one.amount)
