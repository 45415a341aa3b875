"""The rules screen of distributors."""

from __future__ import annotations

from bot.cards.plan_rules import Coming, RulesFacts, rules_card
from bot.cards.plans import Shown
from handlers.chat.plan_picture import pictured, seller_of, whole_picture
from handlers.chat.visit import Answer, Visit, current_seat
from models.plans.versions import PlanBook


async def show(visit: Visit) -> Answer:
    """The plan in force at the current shop, as it holds for its reader."""
    seat = await current_seat(visit)
    shop = seat.merchant
    book = await PlanBook.open(visit.session, shop.id)
    plan = book.in_force(visit.now)
    coming = next(iter(book.coming(visit.now)), None)
    reader = await seller_of(visit, seat.distributor.id)
    facts = RulesFacts(
        shop=shop.name,
        currency=shop.currency,
        zone=shop.zone,
        plan=plan.document if plan is not None else None,
        coming=Coming(coming.id, coming.starts_at) if coming is not None else None,
        shown=Shown(visit.now, shop.zone, reader),
    )
    card = rules_card(facts, visit.voice)
    if plan is None:
        return Answer(card)
    wish = await whole_picture(visit, shop, plan.document, visit.now, reader)
    return await pictured(visit, card, wish, visit.voice)
