"""What a product is to its reader: what it earns at their level, and their own link to it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards.goods import Offer
from handlers.chat.visit import Seat, Visit, read_key, seats, take_seat
from models.catalog.products import Product, product_by_id
from models.errors import NotFound
from models.funnel.links import Channel, Link, link_for
from models.money.cases.seeing import suspended_for
from models.people.levels import LevelBook
from models.people.profiles import ProfileBook
from models.plans.amounts import line_amount
from models.plans.versions import PlanBook


async def offers(visit: Visit, seat: Seat, products: Sequence[Product]) -> list[Offer]:
    """What each product earns the person, under the plan in force, and whether that is kept back for a suspension."""
    is_suspended = await suspended_for(visit.session, seat.distributor, visit.now) is not None
    plan = (await PlanBook.open(visit.session, seat.merchant.id)).in_force(visit.now)
    if plan is None:
        return [Offer(product, None, None, is_suspended=is_suspended) for product in products]
    me = seat.distributor.id
    levels = await LevelBook.open(visit.session, [me])
    profiles = await ProfileBook.open(visit.session, [me]) if plan.document.profiles else ProfileBook({})
    level = plan.rates.level_or_first(levels.level_before(me, visit.now))
    profile = plan.rates.known_profile(profiles.profile_before(me, visit.now))
    currency = seat.merchant.currency
    found = []
    for product in products:
        rate = plan.rates.find(product.sku, product.category, level, profile)
        boost = plan.rates.boost(product.sku, product.category, level, profile, visit.now)
        amount = line_amount(rate, boost, product.price_minor, 1, currency)
        found.append(Offer(product, rate, amount, boost, is_suspended=is_suspended))
    return found


async def my_product(visit: Visit, key: str) -> tuple[Seat, Product]:
    """The product that a button names, at whichever of the person's shops sells it. Raises NotFound.

    A product that the shop has taken off its list is no longer there.
    """
    product_id = read_key(key, "product")
    for seat in await seats(visit):
        try:
            product = await product_by_id(visit.session, seat.merchant.id, product_id)
        except NotFound:
            continue
        if not product.is_on_sale:
            break
        await take_seat(visit, seat)
        return seat, product
    raise NotFound("product", key)


async def my_link(visit: Visit, seat: Seat, sku: str, channel: Channel) -> Link:
    """The person's own link to a product or the shop, in a channel."""
    return await link_for(
        visit.session,
        merchant=seat.merchant,
        distributor=seat.distributor,
        channel=channel,
        sku=sku,
        now=visit.now,
    )


def link_url(visit: Visit, code: str) -> str:
    """The address of a link, as it is handed out."""
    return f"{visit.context.settings.address}/r/{code}"
