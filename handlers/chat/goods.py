"""Goods: the list, one product with its link, its poster."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.goods import GoodsPage, Offer, ProductFacts, goods_card, product_card
from bot.cards.posters import PosterWish
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.catalog.products import Product, count_products, product_by_id, product_page
from models.errors import NotFound
from models.funnel.links import Channel, Link, link_for
from models.money.commissions import commission_amount
from models.people.levels import LevelBook
from models.plans.rates import RateTable
from models.plans.versions import PlanBook

PAGE = 6


async def first_page(visit: Visit) -> Answer:
    """The catalogue from its beginning."""
    return await _page(visit, None)


async def page_after(visit: Visit) -> Answer:
    """The catalogue behind a product; from its beginning when that product has gone since."""
    after = read_key(visit.subject, "product")
    try:
        return await _page(visit, str(after))
    except NotFound:
        return await _page(visit, None)


async def _page(visit: Visit, after: str | None) -> Answer:
    seat = await current_seat(visit)
    page = await product_page(visit.session, seat.merchant.id, after, PAGE)
    facts = GoodsPage(
        currency=seat.merchant.currency,
        total=await count_products(visit.session, seat.merchant.id),
        offers=tuple(await _offers(visit, seat, page.items)),
        next_after=page.next_after,
        is_first=after is None,
    )
    return Answer(goods_card(facts, visit.voice))


async def _offers(visit: Visit, seat: Seat, products: tuple[Product, ...]) -> list[Offer]:
    plan = (await PlanBook.open(visit.session, seat.merchant.id)).in_force(visit.now)
    if plan is None:
        return [Offer(product, None, None) for product in products]
    levels = await LevelBook.open(visit.session, [seat.distributor.id])
    level = plan.rates.level_or_first(levels.level_before(seat.distributor.id, visit.now))
    return [_offer(product, plan.rates, level, seat.merchant.currency) for product in products]


def _offer(product: Product, rates: RateTable, level: str, currency: str) -> Offer:
    rate = rates.find(product.sku, product.category, level)
    if rate is None:
        return Offer(product, None, 0)
    return Offer(product, rate, commission_amount(rate, product.price_minor, 1, currency))


async def show(visit: Visit) -> Answer:
    """One product, with the person's own link to it."""
    seat, product = await _mine(visit)
    link = await _link(visit, seat, product, Channel.COPIED)
    [offer] = await _offers(visit, seat, (product,))
    facts = ProductFacts(seat.merchant.currency, offer, _url(visit, link), link.code)
    return Answer(product_card(facts, visit.voice))


async def poster(visit: Visit) -> Answer:
    """The product's poster, made behind this answer."""
    seat, product = await _mine(visit)
    link = await _link(visit, seat, product, Channel.POSTER)
    wish = PosterWish(
        key=link.id,
        shop=seat.merchant.name,
        currency=seat.merchant.currency,
        product=product,
        sharer=visit.person.name,
        url=_url(visit, link),
        code=link.code,
        picture_hosts=seat.merchant.picture_hosts,
    )
    return Answer(toast=Toast(visit.voice.plain("⏳ Making your poster…")), poster=wish)


async def _mine(visit: Visit) -> tuple[Seat, Product]:
    """The product that a button names, at whichever of the person's shops sells it. Raises NotFound."""
    key = read_key(visit.subject, "product")
    for seat in await seats(visit):
        try:
            product = await product_by_id(visit.session, seat.merchant.id, key)
        except NotFound:
            continue
        await take_seat(visit, seat)
        return seat, product
    raise NotFound("product", visit.subject)


async def _link(visit: Visit, seat: Seat, product: Product, channel: Channel) -> Link:
    return await link_for(
        visit.session,
        merchant=seat.merchant,
        distributor=seat.distributor,
        channel=channel,
        sku=product.sku,
        now=visit.now,
    )


def _url(visit: Visit, link: Link) -> str:
    return f"{visit.context.settings.address}/r/{link.code}"
