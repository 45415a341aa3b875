"""Home, sharing the shop as a whole, and the switcher of those who belong to several shops."""

from __future__ import annotations

import asyncio

from bot.cards.buyers import invite_link
from bot.cards.card import Toast
from bot.cards.home import HomeFacts, MyShop, NextStep, ShareFacts, home_card, my_shops_card, share_card
from bot.cards.words import NAME_COLUMNS
from bot.voice.catalogue import Voice
from bot.voice.names import plain_name
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.catalog.shelves import has_products
from models.errors import NotFound
from models.funnel.links import SHOP, Channel, link_for
from models.growth.progress import Progress, progress
from models.money.cases.seeing import suspended_for
from models.money.earnings import Earnings, earnings
from models.people.levels import level_before
from models.plans.parts import Title
from models.plans.promotions import top_to_reach
from models.plans.versions import Plan, PlanBook


async def show(visit: Visit) -> Answer:
    """Home at the current shop. Raises NoSeat."""
    found = await seats(visit)
    return await _home(visit, found[0], len(found), visit.voice)


async def show_at(visit: Visit, merchant_id: int, voice: Voice, back_to: str | None = None) -> Answer:
    """Home at one shop, which the person just chose. Raises NotFound for a shop that is not theirs.

    `back_to`: what they were asking for in another chat before they came here to join.
    """
    found = await seats(visit)
    seat = next((seat for seat in found if seat.merchant.id == merchant_id), None)
    if seat is None:
        raise NotFound("shop", str(merchant_id))
    return await _home(visit, seat, len(found), voice, back_to)


async def _home(visit: Visit, seat: Seat, shops: int, voice: Voice, back_to: str | None = None) -> Answer:
    session, shop, me = visit.session, seat.merchant, seat.distributor.id
    book, held, sums, has_goods = await asyncio.gather(
        PlanBook.open(session, shop.id),
        level_before(session, me, visit.now),
        earnings(session, shop, me, visit.now),
        has_products(session, shop.id),
    )
    plan = book.in_force(visit.now)
    case = await suspended_for(session, seat.distributor, visit.now)
    facts = HomeFacts(
        shop=shop.name,
        currency=shop.currency,
        zone=shop.zone,
        level=_title(plan, held) if plan is not None else None,
        earnings=sums,
        step=NextStep.SUSPENDED if case is not None else _next_step(plan, sums, has_goods=has_goods),
        now=visit.now,
        shops=shops,
        is_demo=shop.is_demo,
        back_to=back_to,
        case_id=case.id if case is not None else None,
        progress=await _progress(visit, seat, plan),
    )
    return Answer(home_card(facts, voice))


async def _progress(visit: Visit, seat: Seat, plan: Plan | None) -> Progress | None:
    """How far it is to the next level; asked only where conditions lead to one."""
    if plan is None or top_to_reach(plan.document) == 0:
        return None
    return await progress(visit.session, seat.merchant, seat.distributor, plan, visit.now)


def _title(plan: Plan, held: str | None) -> Title | None:
    key = plan.rates.level_or_first(held)
    return next((level.title for level in plan.document.levels if level.key == key), None)


def _next_step(plan: Plan | None, sums: Earnings, *, has_goods: bool) -> NextStep:
    if plan is None:
        return NextStep.WAIT_FOR_PLAN
    if not has_goods:
        return NextStep.SHARE_SHOP
    if sums.debt_minor:
        return NextStep.EARN_BACK
    return NextStep.SHARE_MORE if sums.has_orders else NextStep.FIRST_SHARE


async def share(visit: Visit) -> Answer:
    """The shop's link and the invitation."""
    seat = await current_seat(visit)
    link = await link_for(
        visit.session,
        merchant=seat.merchant,
        distributor=seat.distributor,
        channel=Channel.COPIED,
        sku=SHOP,
        now=visit.now,
    )
    facts = ShareFacts(
        shop=seat.merchant.name,
        url=f"{visit.context.settings.address}/r/{link.code}",
        code=link.code,
        invite_url=invite_link(visit.context.bot_username, seat.distributor.invite_code),
    )
    return Answer(share_card(facts, visit.voice))


async def switcher(visit: Visit) -> Answer:
    """The person's shops."""
    found = await seats(visit)
    shops = [
        MyShop(seat.merchant.id, seat.merchant.name, is_current=seat is found[0])
        for seat in sorted(found, key=lambda seat: seat.distributor.id)
    ]
    return Answer(my_shops_card(shops, visit.voice))


async def enter(visit: Visit) -> Answer:
    """Go over to another of the person's shops. Raises NotFound for one that is not theirs."""
    wanted = read_key(visit.subject, "shop")
    for seat in await seats(visit):
        if seat.merchant.id == wanted:
            await take_seat(visit, seat)
            shown = await show_at(visit, wanted, visit.voice)
            name = plain_name(seat.merchant.name, NAME_COLUMNS, visit.voice.plain("the shop"))
            return Answer(shown.card, Toast(name))
    raise NotFound("shop", visit.subject)
