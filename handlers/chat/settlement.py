"""The shop's people look at what settlement will release, and at what waits."""

from __future__ import annotations

from bot.cards.settlement import SettlementFacts, settlement_card
from handlers.chat.managing import post
from handlers.chat.visit import Answer, Visit
from models.money.releases import release_calendar
from models.people.permissions import Act


async def show(visit: Visit) -> Answer:
    """The calendar of releases."""
    shop = await post(visit, Act.SEE_MONEY)
    calendar = await release_calendar(visit.session, shop, visit.now)
    facts = SettlementFacts(shop.name, shop.currency, shop.zone, calendar, visit.now)
    return Answer(settlement_card(facts, visit.voice))
