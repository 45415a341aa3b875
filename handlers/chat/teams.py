"""The team screen: sums, members page by page, a reminder to one of them."""

from __future__ import annotations

from bot.cards.buyers import invite_link
from bot.cards.card import Toast
from bot.cards.plans import percent_text
from bot.cards.teams import TeamFacts, team_card
from handlers.chat.visit import Answer, Visit, current_seat, read_key
from models.errors import NotFound
from models.growth.reminders import remind
from models.growth.teams import member_page, month_at, my_member, team_sums
from models.people.distributors import DistributorState
from models.plans.versions import PlanBook

PAGE = 6


async def show(visit: Visit) -> Answer:
    """The first page."""
    return await _page(visit, None)


async def show_after(visit: Visit) -> Answer:
    """Members behind one of them; an old or foreign cursor begins anew."""
    try:
        return await _page(visit, read_key(visit.subject, "member"))
    except NotFound:
        return await _page(visit, None)


async def send_reminder(visit: Visit) -> Answer:
    """Ask after one direct member, at most once in seven days."""
    seat = await current_seat(visit)
    member = await my_member(
        visit.session, seat.merchant.id, seat.distributor.id, read_key(visit.subject, "member")
    )
    active = member.state is DistributorState.ACTIVE and seat.distributor.state is DistributorState.ACTIVE
    sent = active and await remind(visit.session, member, seat.distributor, visit.now)
    shown = await _page(visit, None)
    words = (
        visit.voice.plain("They will get a kind word from you.")
        if sent
        else visit.voice.plain("They were reminded in the last seven days, or can't be written to.")
    )
    return Answer(shown.card, Toast(words))


async def _page(visit: Visit, after: int | None) -> Answer:
    seat = await current_seat(visit)
    session, shop, me, now = visit.session, seat.merchant, seat.distributor, visit.now
    plan = (await PlanBook.open(session, shop.id)).in_force(now)
    team = plan.document.team if plan is not None else None
    page = await member_page(session, shop, me.id, after, PAGE, now)
    if after is not None and not page.items:
        after, page = None, await member_page(session, shop, me.id, None, PAGE, now)
    facts = TeamFacts(
        shop=shop.name,
        currency=shop.currency,
        zone=shop.zone,
        month=month_at(shop, now).begins,
        direct=await team_sums(session, shop, me.id, 1, now),
        second=await team_sums(session, shop, me.id, 2, now) if team is not None and team.depth > 1 else None,
        pays=tuple(percent_text(each) for each in team.percents) if team is not None else (),
        page=page,
        is_first=after is None,
        invite_url=invite_link(visit.context.bot_username, me.invite_code),
        now=now,
    )
    return Answer(team_card(facts, visit.voice))
