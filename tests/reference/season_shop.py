"""The real shop under one of the three plans, told to the product and to the reference alike."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from models.catalog.products import Product, keep_products
from models.funnel.events import Buyer, RefundedLine, ShopEvent
from models.funnel.links import SHOP, Channel, link_for
from models.people.distributors import Distributor, DistributorState
from models.people.levels import BEGINNING, LevelCause, set_level
from models.people.privacy import customer_hash, email_hash
from models.people.profiles import set_profile
from models.store.engine import Store
from tests.builders import Shop, line, open_shop
from tests.reference.export import category_of, read_export, titles_of
from tests.reference.facts import LAST, Human
from tests.reference.happenings import Happening, happenings, number
from tests.reference.plan_reference import Reference
from tests.reference.terms import read_terms
from tests.reference.three_plans import Season

OPENING = datetime(2010, 12, 1, tzinfo=UTC)
MANY = 150
Tick = Callable[[Shop, datetime], Awaitable[None]]


@dataclass
class SeasonShop:
    """A merchant, the reference that knows the same people and goods, and everybody's link."""

    season: Season
    shop: Shop
    reference: Reference
    ids: dict[str, int]
    codes: dict[str, str]

    @property
    def sellers(self) -> list[str]:
        return sorted(self.codes)


def people_of() -> dict[str, Human]:
    """A tree of people: some suspended, some pinned, some who share their sponsor's contact data."""
    people: dict[str, Human] = {}
    for place in range(MANY):
        key = f"d{place:03}"
        sponsor = f"d{number(key, 'sponsor', place) // 3:03}" if place > 4 and place % 9 else None
        own = f"{key}@shop.example" if place % 2 else None
        mark = people[sponsor].mark if sponsor is not None and place % 13 == 0 else own
        people[key] = Human(key, sponsor, mark, active=place % 17 != 5)
    return people


def _given(season: Season, place: int) -> tuple[str | None, bool, str | None]:
    """Level, whether it is pinned, and profile that somebody has from the beginning."""
    levels = {
        "issue": (None, "leader", "promoter"),
        "levelled": (None, "0", "1", "gone"),
        "bonuses": (None, "given", "partner"),
    }
    level = levels[season.name][place % len(levels[season.name])] if place % 3 == 0 else None
    profile = {1: "kol", 4: "fan", 7: "gone"}.get(place % 10)
    return level, level is not None and place % 4 == 1, profile


async def open_season(store: Store, path: Path, season: Season) -> SeasonShop:
    shop = await open_shop(store, OPENING, timezone=season.zone)
    for text in season.versions:
        await shop.plan(text)
    titles = titles_of(read_export(path))
    categories = {sku: category_of(title) for sku, title in titles.items()}
    costs = {sku: 5 + number(sku, "cost", 90) for sku in titles if number(sku, "known", 20)}
    people = people_of()
    ids: dict[str, int] = {}
    codes: dict[str, str] = {}
    async with store.write() as session:
        await keep_products(
            session,
            shop.merchant.id,
            [
                Product(
                    merchant_id=shop.merchant.id,
                    sku=sku,
                    title=title,
                    price_minor=100,
                    category=categories[sku],
                    cost_minor=costs.get(sku),
                    updated_at=OPENING,
                )
                for sku, title in titles.items()
            ],
        )
        for place, (key, human) in enumerate(people.items()):
            made = Distributor(
                merchant_id=shop.merchant.id,
                external_id=key,
                name=key,
                sponsor_id=ids.get(human.sponsor or ""),
                email_hash=email_hash(shop.merchant.customer_key, human.mark),
                state=DistributorState.ACTIVE if human.active else DistributorState.SUSPENDED,
                joined_at=OPENING,
            )
            session.add(made)
            await session.flush()
            ids[key] = made.id
            level, pinned, profile = _given(season, place)
            if level is not None:
                human.rise((BEGINNING, LAST), level)
                human.pinned = pinned
                await set_level(
                    session,
                    merchant_id=shop.merchant.id,
                    distributor_id=made.id,
                    level=level,
                    since=BEGINNING,
                    cause=LevelCause.PINNED if pinned else LevelCause.GIVEN,
                    pinned=pinned,
                )
            since = BEGINNING if place % 20 != 11 else OPENING + timedelta(days=9, hours=11, minutes=3)
            if profile is not None:
                human.profiles.append(((since, LAST), profile))
                await set_profile(
                    session,
                    merchant_id=shop.merchant.id,
                    distributor_id=made.id,
                    profile=profile,
                    since=since,
                )
            if human.active:
                link = await link_for(
                    session,
                    merchant=shop.merchant,
                    distributor=made,
                    channel=Channel.COPIED,
                    sku=SHOP,
                    now=OPENING,
                )
                codes[key] = link.code
    plans = [read_terms(text) for text in season.versions]
    reference = Reference(ZoneInfo(season.zone), plans, people, categories, costs)
    return SeasonShop(season, shop, reference, ids, codes)


async def live_through(told: SeasonShop, path: Path, tick: Tick) -> None:
    """Tell everything to both, day by day, with the clock's work every night and for a while afterwards."""
    people = told.reference.people
    happened = happenings(
        path,
        told.sellers,
        {key: human.mark for key, human in people.items()},
        {key: human.sponsor for key, human in people.items()},
        by_customer=told.season.by_customer,
    )
    nights = itertools.count()
    night = OPENING
    for end, group in _by_night(happened):
        events = [event_of(told, one) for one in group]
        if events:
            await told.shop.tell(*events, now=group[-1].told)
        for one in group:
            tell_reference(told.reference, one)
        night = end
        await _night(told, night, tick)
    for _ in itertools.takewhile(lambda passed: passed < 60, nights):
        night += timedelta(days=3)
        await _night(told, night, tick)


async def _night(told: SeasonShop, night: datetime, tick: Tick) -> None:
    await tick(told.shop, night)
    told.reference.close(night, OPENING)
    told.reference.settle(night)


def _by_night(happened: Sequence[Happening]) -> list[tuple[datetime, list[Happening]]]:
    """Groups up to half past two in the morning, UTC."""
    first = OPENING + timedelta(days=1, hours=2, minutes=30)
    groups: dict[int, list[Happening]] = {}
    for one in happened:
        groups.setdefault(max(-((first - one.told) // timedelta(days=1)), 0), []).append(one)
    return [(first + timedelta(days=day), groups.get(day, [])) for day in range(max(groups) + 1)]


def event_of(told: SeasonShop, one: Happening) -> ShopEvent:
    """The happening in the product's words."""
    shop, key = told.shop, told.shop.merchant.customer_key
    if one.kind == "pay":
        bought = one.purchase
        assert bought is not None
        buyer = Buyer(
            customer=customer_hash(key, bought.customer) if bought.customer else None,
            email=email_hash(key, bought.mark),
        )
        lines = [
            line(item.ref, item.sku, quantity=item.quantity, price=str(item.price)) for item in bought.items
        ]
        code = told.codes[bought.seller] if bought.seller is not None else None
        return shop.paid(one.ref, *lines, code=code, buyer=buyer, at=one.at)
    if one.kind == "receive":
        return shop.received(one.ref, at=one.at)
    if one.kind == "cancel":
        return shop.cancelled(one.ref, at=one.at)
    lines_back = [RefundedLine(line_ref=ref, quantity=units) for ref, units in one.units]
    return shop.refunded(
        one.ref, one.refund, lines=lines_back, amount_minor=None if lines_back else one.amount, at=one.at
    )


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
