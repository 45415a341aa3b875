"""Reading new terms: "Got it", or opening them from the rules, records who opened them and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from bot.cards.card import Card, Toast
from bot.cards.terms import terms_card, terms_changes_card
from handlers.chat.visit import Answer, Seat, Visit, read_key, seats
from models.errors import NotFound
from models.money.terms import TermsTold, terms_of
from models.plans.terms import note_read, read_at
from models.plans.versions import Plan, PlanBook


async def show(visit: Visit) -> Answer:
    """The terms of a version, such as one that has been announced."""
    seat, book, plan = await _wanted(visit)
    first = await read_at(visit.session, plan.id, seat.distributor.id)
    return Answer(await _card(visit, seat, book, plan, first))


async def show_all(visit: Visit) -> Answer:
    """Everything that a version changes, a page of it. Raises NotFound and NoSeat."""
    key, _, page = visit.subject.partition(":")
    number = read_key(page, "page")
    seat, book, plan = await _wanted(replace(visit, subject=key))
    return Answer(terms_changes_card(await _facts(visit, seat, book, plan), number, visit.voice))


async def read(visit: Visit) -> Answer:
    """The terms of a version were read, by one of its merchant's distributors."""
    return Answer(await _noted(visit), Toast(visit.voice.plain("Noted.")))


async def open_from_rules(visit: Visit) -> Answer:
    """Whoever opens the same card by themselves has opened it: nobody need tap once more."""
    return Answer(await _noted(visit))


async def _noted(visit: Visit) -> Card:
    """The terms, with when they were opened first; that is now, unless it was before."""
    seat, book, plan = await _wanted(visit)
    me = seat.distributor.id
    await note_read(
        visit.session,
        merchant_id=seat.merchant.id,
        plan_version_id=plan.id,
        distributor_id=me,
        now=visit.now,
    )
    first = await read_at(visit.session, plan.id, me)
    return await _card(visit, seat, book, plan, first)


async def _wanted(visit: Visit) -> tuple[Seat, PlanBook, Plan]:
    """The version that a button names, at whichever of the person's shops has it. Raises NotFound and NoSeat."""
    wanted = read_key(visit.subject, "plan")
    for seat in await seats(visit):
        book = await PlanBook.open(visit.session, seat.merchant.id)
        for plan in book.newest_first:
            if plan.id == wanted:
                return seat, book, plan
    raise NotFound("plan", visit.subject)


async def _card(visit: Visit, seat: Seat, book: PlanBook, plan: Plan, first: datetime | None) -> Card:
    return terms_card(await _facts(visit, seat, book, plan), first, visit.voice)


async def _facts(visit: Visit, seat: Seat, book: PlanBook, plan: Plan) -> TermsTold:
    before = book.followed_by(plan)
    return await terms_of(visit.session, seat.merchant, book, plan, before, plan.published_at)
