"""A distributor's own review: how it stands, and their word on it, once."""

from __future__ import annotations

from bot.cards.card import Toast
from bot.cards.reviews import ReviewFacts, ask_appeal_card, review_card
from handlers.chat.visit import Answer, Seat, Visit, read_key, seats, take_seat
from models.errors import Invalid, NotFound
from models.money.cases.appealing import NoAppeal, appeal, can_appeal, own_case
from models.money.cases.cases import Case, case_of_distributor
from models.money.cases.seeing import seen_in_order
from models.money.earnings import earnings
from models.people.persons import ask_person


async def show(visit: Visit) -> Answer:
    """What is under review, until when."""
    seat, case = await _mine(visit)
    return await _one(visit, seat, case)


async def _mine(visit: Visit) -> tuple[Seat, Case]:
    """The person's own case that a button names, at whichever of their shops it is. Raises NotFound.

    Named none, it is the one that keeps back what they earn at the shop that they look at.
    """
    found = await seats(visit)
    if not visit.subject:
        case = await case_of_distributor(visit.session, found[0].merchant.id, found[0].distributor.id)
        if case is None:
            raise NotFound("case", "of yours")
        return found[0], case
    key = read_key(visit.subject, "case")
    for seat in found:
        try:
            case = await own_case(visit.session, seat.merchant.id, seat.distributor.id, key)
        except NotFound:
            continue
        await take_seat(visit, seat)
        return seat, case
    raise NotFound("case", visit.subject)


async def _one(visit: Visit, seat: Seat, case: Case, toast: Toast | None = None) -> Answer:
    shop = seat.merchant
    [seen] = await seen_in_order(visit.session, [case])
    sums = await earnings(visit.session, shop, seat.distributor.id, visit.now)
    facts = ReviewFacts(shop.id, shop.name, shop.currency, shop.zone, seen, sums.review_minor, visit.now)
    return Answer(review_card(facts, visit.voice), toast)


async def ask(visit: Visit) -> Answer:
    """The next text is the appeal; once a case."""
    seat, case = await _mine(visit)
    if not can_appeal(case):
        return await _one(visit, seat, case, _no_appeal(visit))
    await ask_person(visit.session, visit.person.id, f"case:appeal:{case.id}", visit.now)
    return Answer(ask_appeal_card(case.id, visit.voice))


async def write(visit: Visit) -> Answer:
    """What the distributor says."""
    seat, case = await _mine(visit)
    try:
        said = await appeal(
            visit.session, seat.merchant.id, seat.distributor.id, case.id, visit.text, visit.now
        )
    except Invalid:
        await ask_person(visit.session, visit.person.id, f"case:appeal:{case.id}", visit.now)
        return Answer(ask_appeal_card(case.id, visit.voice, refused=True))
    except NoAppeal as error:
        return await _one(visit, seat, error.case, _no_appeal(visit))
    return await _one(visit, seat, said)


def _no_appeal(visit: Visit) -> Toast:
    return Toast(visit.voice.plain("You have said your word on this, or it is decided."), alert=True)
