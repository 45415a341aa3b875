"""Merchants, distributors, plans and events for stories in tests, each with sensible values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from models.catalog.products import Product, keep_products
from models.funnel.events import (
    BoughtLine,
    Buyer,
    EventType,
    OrderBought,
    OrderMoved,
    OrderRefunded,
    Receipt,
    RefundedLine,
    ShopEvent,
    StepTaken,
)
from models.funnel.links import SHOP, Channel, Link, link_for
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, set_level
from models.people.merchants import Merchant, add_merchant, lock_merchant
from models.people.persons import Person, meet_person
from models.plans.publishing import publish_plan
from models.plans.versions import PlanVersion
from models.sales import receive
from models.store.engine import Store
from models.store.ids import new_code

BASE_PLAN = """
name: Base
starts_at: 2010-12-01T00:00:00Z
attribution: {model: last_click, window_days: 30, self_purchase: review}
settlement: {hold_days: 7, delivery_days: 3, minimum_withdrawal: "20.00"}
levels:
  - {key: promoter, title: {zh: 推广员, en: Promoter}}
  - {key: leader, title: {zh: 团长, en: Leader}}
  - {key: partner, title: {zh: 合伙人, en: Partner}}
rates:
  - {percent: "10"}
  - {level: leader, percent: "12"}
  - {category: lights, percent: "15"}
  - {product: 85123A, level: leader, fixed: "0.30"}
"""
"""The plan of the first issue, which must be accepted as it stands."""


@dataclass
class Shop:
    """A merchant in a store, with short ways to make what stories need."""

    store: Store
    merchant: Merchant
    api_key: str
    now: datetime
    _events: int = field(default=0)

    async def plan(self, text: str = BASE_PLAN, *, now: datetime | None = None) -> PlanVersion:
        """Publish a plan."""
        async with self.store.write() as session:
            published = await publish_plan(
                session,
                merchant_id=self.merchant.id,
                currency=self.merchant.currency,
                text=text,
                now=now or self.now,
            )
        return published.row

    async def product(
        self, sku: str, *, price_minor: int = 1000, category: str | None = None, cost_minor: int | None = None
    ) -> Product:
        """Put a product into the catalogue."""
        made = Product(
            merchant_id=self.merchant.id,
            sku=sku,
            title=f"Product {sku}",
            price_minor=price_minor,
            category=category,
            cost_minor=cost_minor,
            updated_at=self.now,
        )
        async with self.store.write() as session:
            await keep_products(session, self.merchant.id, [made])
        return made

    async def person(self, chat_id: int, name: str = "Mei") -> Person:
        """Someone who wrote to the bot."""
        async with self.store.write() as session:
            return await meet_person(
                session, chat_id=chat_id, name=name, username=None, client_language="en", now=self.now
            )

    async def distributor(
        self,
        external_id: str = "d1",
        *,
        level: str | None = None,
        person: Person | None = None,
        email_hash: str | None = None,
        sponsor: Distributor | None = None,
    ) -> Distributor:
        """Enrol a distributor."""
        made = Distributor(
            merchant_id=self.merchant.id,
            external_id=external_id,
            person_id=person.id if person is not None else None,
            name=external_id,
            email_hash=email_hash,
            sponsor_id=sponsor.id if sponsor is not None else None,
            joined_at=self.now,
        )
        async with self.store.write() as session:
            session.add(made)
            await session.flush()
            if level is not None:
                await set_level(
                    session,
                    merchant_id=self.merchant.id,
                    distributor_id=made.id,
                    level=level,
                    since=BEGINNING,
                )
        return made

    async def link(
        self, distributor: Distributor, *, sku: str = SHOP, channel: Channel = Channel.COPIED
    ) -> Link:
        """The distributor's link."""
        async with self.store.write() as session:
            return await link_for(
                session,
                merchant=self.merchant,
                distributor=distributor,
                channel=channel,
                sku=sku,
                now=self.now,
            )

    async def tell(self, *events: ShopEvent, now: datetime | None = None) -> list[Receipt]:
        """Tell events as the web side does: lock, receive, commit."""
        async with self.store.write() as session:
            merchant = await lock_merchant(session, self.merchant.id)
            return await receive(session, merchant, events, now or self.now)

    def event(
        self,
        what: OrderBought | OrderMoved | OrderRefunded | StepTaken,
        *,
        at: datetime | None = None,
        key: str | None = None,
    ) -> ShopEvent:
        """Wrap a happening with an id of its own and a digest of its content."""
        self._events += 1
        digest = hashlib.sha256(what.model_dump_json().encode()).hexdigest()
        return ShopEvent(
            id=key or f"evt-{self._events}", digest=digest, occurred_at=at or self.now, what=what
        )

    def paid(
        self,
        order_ref: str,
        *lines: BoughtLine,
        code: str | None = None,
        coupon: str | None = None,
        visitor: str | None = None,
        buyer: Buyer | None = None,
        order_discount_minor: int = 0,
        at: datetime | None = None,
        key: str | None = None,
        placed: bool = False,
    ) -> ShopEvent:
        """An order that was paid (or, with `placed`, only placed)."""
        what = OrderBought(
            type=EventType.ORDER_PLACED if placed else EventType.ORDER_PAID,
            order_ref=order_ref,
            currency=self.merchant.currency,
            code=code,
            coupon=coupon,
            visitor=visitor,
            buyer=buyer or Buyer(),
            order_discount_minor=order_discount_minor,
            lines=lines,
        )
        return self.event(what, at=at, key=key)

    def received(self, order_ref: str, *, at: datetime | None = None) -> ShopEvent:
        """The buyer has the goods."""
        return self.event(OrderMoved(type=EventType.ORDER_RECEIVED, order_ref=order_ref), at=at)

    def cancelled(self, order_ref: str, *, at: datetime | None = None) -> ShopEvent:
        """The order was cancelled."""
        return self.event(OrderMoved(type=EventType.ORDER_CANCELLED, order_ref=order_ref), at=at)

    def refunded(
        self,
        order_ref: str,
        refund_ref: str = "r1",
        *,
        lines: Sequence[RefundedLine] = (),
        amount_minor: int | None = None,
        full: bool = False,
        at: datetime | None = None,
        key: str | None = None,
    ) -> ShopEvent:
        """Money went back."""
        what = OrderRefunded(
            order_ref=order_ref,
            refund_ref=refund_ref,
            lines=tuple(lines),
            amount_minor=amount_minor,
            full=full,
        )
        return self.event(what, at=at, key=key)


def line(
    ref: str = "1", sku: str = "A", *, quantity: int = 1, price: str = "10.00", discount_minor: int = 0
) -> BoughtLine:
    """One bought line."""
    return BoughtLine(
        line_ref=ref, sku=sku, quantity=quantity, unit_price=Decimal(price), discount_minor=discount_minor
    )


async def open_shop(
    store: Store,
    now: datetime,
    *,
    currency: str = "GBP",
    timezone: str = "Europe/London",
    shop_urls: Sequence[str] = ("https://shop.example",),
) -> Shop:
    """A merchant of its own."""
    async with store.write() as session:
        made = await add_merchant(
            session,
            name=f"Shop {new_code(4)}",
            currency=currency,
            timezone=timezone,
            shop_urls=shop_urls,
            now=now,
        )
    return Shop(store, made.merchant, made.api_key, now)
