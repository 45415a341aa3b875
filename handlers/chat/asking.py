"""Ask about an order: the number in, the answer out, from stored facts."""

from __future__ import annotations

from bot.cards.asking import (
    AnswerFacts,
    answer_card,
    ask_number_card,
    bad_number,
    no_number,
    too_many_questions_card,
)
from bot.cards.timeline import TimelineFacts, timeline_card
from handlers.chat.visit import Answer, Visit, current_seat, seats
from models.funnel.order_numbers import BadOrderNumber, has_figure, orders_spelled, read_number
from models.funnel.orders import REF_CHARS
from models.money.asking import TooManyQuestions, ask
from models.money.claims import claims_of
from models.people.merchants import Merchant
from models.people.persons import ask_person

NUMBER_QUESTION = "ask:number"


async def show(visit: Visit) -> Answer:
    """The next text is an order number."""
    seat = await current_seat(visit)
    await ask_person(visit.session, visit.person.id, NUMBER_QUESTION, visit.now)
    claims = bool(await claims_of(visit.session, seat.distributor.id, limit=1))
    return Answer(ask_number_card(seat.merchant.name, visit.voice, claims=claims))


async def take_number(visit: Visit) -> Answer:
    """The number: whose order it is. One that can't be a number is asked for again."""
    places = await seats(visit)
    shop, me = places[0].merchant, places[0].distributor
    try:
        number = read_number(visit.text)
        if not has_figure(number) and not await orders_spelled(visit.session, shop.id, number):
            return await _ask_again(visit, shop, no_number(visit.voice))
        question, answer = await ask(visit.session, shop, me, visit.text, visit.now)
    except BadOrderNumber:
        return await _ask_again(visit, shop, bad_number(REF_CHARS, visit.voice))
    except TooManyQuestions as refused:
        return Answer(too_many_questions_card(refused.again_at, shop.zone, visit.voice))
    if answer.story is not None:
        return Answer(timeline_card(TimelineFacts(shop.zone, answer.story), visit.voice))
    return Answer(answer_card(AnswerFacts(shop.name, question.id, answer, len(places)), visit.voice))


async def _ask_again(visit: Visit, shop: Merchant, wrong: str) -> Answer:
    await ask_person(visit.session, visit.person.id, NUMBER_QUESTION, visit.now)
    return Answer(ask_number_card(shop.name, visit.voice, wrong))
