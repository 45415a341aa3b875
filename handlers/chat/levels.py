"""The level screen."""

from __future__ import annotations

from bot.cards.levels import LevelFacts, level_card
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.errors import NotFound
from models.growth.next_level import Standing, worth_more
from models.growth.progress import progress
from models.people.profiles import ProfileBook
from models.plans.versions import PlanBook


async def show(visit: Visit) -> Answer:
    """One's level at the current shop."""
    return await _level(visit, await current_seat(visit))


async def show_of(visit: Visit) -> Answer:
    """One's level at the shop that a notice came from, which becomes the current one."""
    wanted = read_key(visit.subject, "shop")
    for seat in await seats(visit):
        if seat.merchant.id == wanted:
            await take_seat(visit, seat)
            return await _level(visit, seat)
    raise NotFound("shop", visit.subject)


async def _level(visit: Visit, seat: Seat) -> Answer:
    session, shop, me, now = visit.session, seat.merchant, seat.distributor, visit.now
    plan = (await PlanBook.open(session, shop.id)).in_force(now)
    if plan is None:
        return Answer(level_card(LevelFacts(shop.name, shop.currency, shop.zone, None), visit.voice))
    standing = await progress(session, shop, me, plan, now)
    worth = None
    if standing.climb is not None:
        book = await ProfileBook.open(session, [me.id])
        mine = Standing(standing.level.key, plan.rates.known_profile(book.profile_before(me.id, now)))
        worth = await worth_more(session, shop, me.id, plan, mine, standing.climb.level.key, now)
    facts = LevelFacts(shop.name, shop.currency, shop.zone, standing, worth)
    return Answer(level_card(facts, visit.voice))
