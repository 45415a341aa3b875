"""The demo's shop as it stands before its first order: merchant, goods, plan, distributors and links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from bot.sandbox.market.captions import CAPTIONS
from bot.sandbox.market.cast import PROMOTERS, Promoter
from bot.sandbox.market.goods import (
    AS_OLD_AS_THE_SHOP,
    CURRENCY,
    DAYS_OLD,
    GOODS,
    REDUCED_FROM,
    SHOP_NAME,
    TIMEZONE,
    Good,
)
from bot.sandbox.market.story import LinkKey
from models.catalog.captions import write_caption
from models.catalog.coupons import keep_coupon
from models.catalog.products import Product, keep_products, products_by_sku
from models.errors import Conflict
from models.funnel.links import Link, link_for
from models.people.distributors import Distributor
from models.people.levels import BEGINNING, set_level
from models.people.merchants import Merchant, add_merchant, all_merchants, merchant_by_public_id
from models.plans.publishing import publish_plan
from models.store.deployment import keep, kept
from models.store.ids import new_id

PLAN = Path(__file__).parent / "plan.yaml"
MERCHANT, API_KEY, SHOP_URL, STARTED = "demo:merchant", "demo:api-key", "demo:shop-url", "demo:started"
"""What the store keeps for the demo's next start."""
LOWEST_LEVEL = "promoter"


class NotADemoStore(Conflict):
    """The store belongs to real merchants."""

    code = "not_a_demo_store"

    def __init__(self) -> None:
        super().__init__(
            "This store has merchants of its own; give the demo a place of its own with --data DIR "
            "(and leave DATABASE_URL empty)."
        )


async def open_shop(session: AsyncSession, shop_url: str, now: datetime) -> Merchant:
    """The demo's merchant, made at the first start. Raises NotADemoStore."""
    known = await kept(session, MERCHANT)
    if known is not None:
        return await merchant_by_public_id(session, known)
    if await all_merchants(session):
        raise NotADemoStore
    made = await add_merchant(
        session,
        name=SHOP_NAME,
        currency=CURRENCY,
        timezone=TIMEZONE,
        shop_urls=[shop_url],
        now=now,
        is_demo=True,
    )
    shop = made.merchant
    await keep_products(session, shop.id, [_product(shop, good, now) for good in GOODS])
    await _write_captions(session, shop, now)
    await publish_plan(session, merchant_id=shop.id, currency=CURRENCY, text=PLAN.read_text("utf-8"), now=now)
    await _enrol(session, shop, now)
    for key, value in ((MERCHANT, shop.public_id), (API_KEY, made.api_key), (STARTED, now.isoformat())):
        await keep(session, key, value)
    return shop


def _product(shop: Merchant, good: Good, now: datetime) -> Product:
    return Product(
        merchant_id=shop.id,
        sku=good.sku,
        title=good.title,
        price_minor=_minor(good.price),
        category=good.category,
        list_price_minor=_minor(REDUCED_FROM[good.sku]) if good.sku in REDUCED_FROM else None,
        created_at=now - timedelta(days=DAYS_OLD.get(good.sku, AS_OLD_AS_THE_SHOP)),
        updated_at=now,
    )


def _minor(price: str) -> int:
    return int(Decimal(price).scaleb(2))


async def _write_captions(session: AsyncSession, shop: Merchant, now: datetime) -> None:
    """What the shop's people have written for their distributors, for two goods; Tuike's words serve the others."""
    known = await products_by_sku(session, shop.id, list(CAPTIONS))
    for sku, written in CAPTIONS.items():
        for (tone, language), text in written.items():
            await write_caption(
                session,
                merchant_id=shop.id,
                product_id=known[sku].id,
                tone=tone,
                language=language,
                text=text,
                now=now,
            )


async def _enrol(session: AsyncSession, shop: Merchant, now: datetime) -> None:
    ids = {promoter.external_id: new_id() for promoter in PROMOTERS}
    for promoter in PROMOTERS:
        made = Distributor(
            id=ids[promoter.external_id],
            merchant_id=shop.id,
            external_id=promoter.external_id,
            name=promoter.name,
            sponsor_id=ids.get(promoter.sponsor or ""),
            joined_at=now - timedelta(days=90),
        )
        session.add(made)
        await session.flush()
        await _raise(session, made, promoter, now)
        if promoter.coupon is not None:
            await keep_coupon(session, shop.id, promoter.coupon, made.id)
        for sku, channel in promoter.shelves:
            await link_for(session, merchant=shop, distributor=made, channel=channel, sku=sku, now=now)


async def _raise(session: AsyncSession, made: Distributor, promoter: Promoter, now: datetime) -> None:
    steps = [(promoter.level, BEGINNING)]
    if promoter.risen_days_ago is not None:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        risen = midnight - timedelta(days=promoter.risen_days_ago)
        steps = [(LOWEST_LEVEL, BEGINNING), (promoter.level, risen)]
    for level, since in steps:
        await set_level(
            session, merchant_id=made.merchant_id, distributor_id=made.id, level=level, since=since
        )


async def move_shop(session: AsyncSession, shop: Merchant, shop_url: str, now: datetime) -> None:
    """Let links and pictures lead to where the demo shop stands at this start; other addresses stay."""
    before = await kept(session, SHOP_URL)
    shop.shop_urls = [shop_url, *(url for url in shop.shop_urls if url not in {before, shop_url})]
    session.add(shop)
    known = await products_by_sku(session, shop.id, [good.sku for good in GOODS])
    for product in known.values():
        sku = quote(product.sku, safe="")
        product.url, product.image = f"{shop_url}/products/{sku}", f"{shop_url}/pictures/{sku}.jpg"
        product.updated_at = now
    await keep_products(session, shop.id, known.values())
    await keep(session, SHOP_URL, shop_url)


@dataclass(frozen=True, slots=True)
class Roster:
    """The demo's distributors by external id, and their links."""

    distributors: Mapping[str, Distributor]
    links: Mapping[LinkKey, Link]


async def roster(session: AsyncSession, shop: Merchant) -> Roster:
    """Whoever the seeding enrolled, and the links that it made."""
    names = [promoter.external_id for promoter in PROMOTERS]
    rows = await session.execute(
        select(Distributor).where(
            col(Distributor.merchant_id) == shop.id, col(Distributor.external_id).in_(names)
        )
    )
    people = {each.external_id: each for each in rows.scalars()}
    keys = {each.id: name for name, each in people.items()}
    found = await session.execute(select(Link).where(col(Link.distributor_id).in_(sorted(keys))))
    links = {(keys[link.distributor_id], link.sku, link.channel): link for link in found.scalars()}
    return Roster(people, links)
