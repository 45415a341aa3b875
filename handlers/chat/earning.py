"""Earnings, entries, one order's time line and why it earned what it earned."""

from __future__ import annotations

from bot.cards.answers import not_understood_card
from bot.cards.earning import (
    FROM_THE_NEWEST,
    EarningsFacts,
    EntriesFacts,
    earnings_card,
    entries_card,
)
from bot.cards.timeline import BonusShop, TimelineFacts, bonus_card, timeline_card, why_card
from handlers.chat.asking import take_number
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.errors import NotFound
from models.funnel.order_numbers import BadOrderNumber, has_figure, read_number
from models.money.asking import answer
from models.money.commissions import CommissionState
from models.money.earnings import earnings
from models.money.entries import BadCursor, entries
from models.money.timeline import commission_story, timeline
from models.plans.versions import PlanBook

PAGE = 6


async def show(visit: Visit) -> Answer:
    """Sums at the current shop."""
    return await _sums(visit, await current_seat(visit))


async def show_of(visit: Visit) -> Answer:
    """Sums at the shop that a notice came from, which becomes the current one."""
    wanted = read_key(visit.subject, "shop")
    for seat in await seats(visit):
        if seat.merchant.id == wanted:
            await take_seat(visit, seat)
            return await _sums(visit, seat)
    raise NotFound("shop", visit.subject)


async def _sums(visit: Visit, seat: Seat) -> Answer:
    sums = await earnings(visit.session, seat.merchant, seat.distributor.id, visit.now)
    shop = seat.merchant
    facts = EarningsFacts(
        shop.name, shop.currency, shop.zone, sums, visit.now, on_hold=seat.distributor.on_hold
    )
    return Answer(earnings_card(facts, visit.voice))


async def show_entries(visit: Visit) -> Answer:
    """Orders of one state or all, a page of them; an old cursor begins anew."""
    word, _, cursor = visit.subject.partition(":")
    state = _state(word)
    after = None if cursor in {"", FROM_THE_NEWEST} else cursor
    seat = await current_seat(visit)
    shop = seat.merchant
    try:
        page = await entries(
            visit.session, shop.id, seat.distributor.id, after=after, limit=PAGE, state=state
        )
    except BadCursor:
        after = None
        page = await entries(visit.session, shop.id, seat.distributor.id, limit=PAGE, state=state)
    facts = EntriesFacts(shop.currency, shop.zone, page, state, is_first=after is None)
    return Answer(entries_card(facts, visit.voice))


def _state(word: str) -> CommissionState | None:
    return CommissionState(word) if word in set(CommissionState) else None


async def show_order(visit: Visit) -> Answer:
    """An order's time line."""
    return Answer(timeline_card(await _mine(visit, visit.subject), visit.voice))


async def show_bonus(visit: Visit) -> Answer:
    """A bonus that no order brought, at whichever of the person's shops it was earned. Raises NotFound."""
    key = read_key(visit.subject, "bonus")
    for seat in await seats(visit):
        try:
            bonus, moments = await commission_story(visit.session, seat.merchant.id, seat.distributor.id, key)
        except NotFound:
            continue
        await take_seat(visit, seat)
        plan = (await PlanBook.open(visit.session, seat.merchant.id)).numbered(bonus.plan_version)
        shop = BonusShop(seat.merchant.currency, seat.merchant.zone, plan.document)
        return Answer(bonus_card(bonus, moments, shop, visit.voice))
    raise NotFound("bonus", visit.subject)


async def show_why(visit: Visit) -> Answer:
    """An order's amounts, line by line; `subject` is page and order."""
    page, _, order = visit.subject.partition(":")
    return Answer(why_card(await _mine(visit, order), read_key(page, "page"), visit.voice))


async def _mine(visit: Visit, order: str) -> TimelineFacts:
    """The order that a button names, at whichever of the person's shops it was. Raises NotFound."""
    key = read_key(order, "order")
    for seat in await seats(visit):
        try:
            story = await timeline(visit.session, seat.merchant, seat.distributor.id, key)
        except NotFound:
            continue
        await take_seat(visit, seat)
        return TimelineFacts(seat.merchant.zone, story)
    raise NotFound("order", order)


async def ask(visit: Visit) -> Answer:
    """A text that is no command: perhaps the number of an order of theirs, else a kind word.

    A number behind `#` is meant as one, so whose it is gets answered as where orders are asked about.
    """
    try:
        number = read_number(visit.subject)
    except BadOrderNumber:
        return Answer(not_understood_card(visit.voice))
    for seat in await seats(visit):
        found = await answer(visit.session, seat.merchant, seat.distributor, number)
        if found.story is not None:
            await take_seat(visit, seat)
            return Answer(timeline_card(TimelineFacts(seat.merchant.zone, found.story), visit.voice))
    if number.startswith("#") and has_figure(number):
        return await take_number(visit)
    return Answer(not_understood_card(visit.voice, may_be_number=has_figure(number)))
