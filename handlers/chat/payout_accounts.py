"""A distributor's payout account in chat: masked, set by a message."""

from __future__ import annotations

from bot.cards.payout_accounts import FROM_WITHDRAWING, account_card, ask_account_card
from handlers.chat.visit import Answer, Seat, Visit, current_seat, seats, take_seat
from models.errors import NotFound
from models.money.payout_accounts import current_account, keep_account
from models.money.payout_forms import AccountKind, AccountRefused, read_account
from models.people.persons import ask_person
from models.store.audit import Actor


async def show(visit: Visit) -> Answer:
    """The account at the current shop; the button says where one came from."""
    seat = await current_seat(visit)
    account = await current_account(visit.session, seat.merchant.id, seat.distributor.id)
    masked = account.masked if account is not None else None
    return Answer(account_card(seat.merchant.name, masked, visit.voice, came_from=visit.subject))


async def ask(visit: Visit) -> Answer:
    """The next text is an account of this kind."""
    word, _, came_from = visit.subject.partition(":")
    seat, kind = await current_seat(visit), _kind(word)
    await _ask(visit, seat, kind, came_from)
    return Answer(ask_account_card(kind, visit.voice, came_from=came_from))


async def _ask(visit: Visit, seat: Seat, kind: AccountKind, came_from: str) -> None:
    # The question names its shop: whoever looks at another one meanwhile still answers this one.
    question = f"account:set:{kind}:{seat.merchant.public_id}"
    if came_from == FROM_WITHDRAWING:
        question += f":{came_from}"
    await ask_person(visit.session, visit.person.id, question, visit.now)


def _kind(word: str) -> AccountKind:
    if word not in set(AccountKind):
        raise NotFound("kind of account", word)
    return AccountKind(word)


async def keep(visit: Visit) -> Answer:
    """An account that the person typed; one that can't be one is asked for again, with the reason."""
    word, _, rest = visit.subject.partition(":")
    shop_id, _, came_from = rest.partition(":")
    kind, seat = _kind(word), await _seat(visit, shop_id)
    try:
        details = read_account(kind, visit.text)
    except AccountRefused as refused:
        await _ask(visit, seat, kind, came_from)
        return Answer(ask_account_card(kind, visit.voice, refused.fault, came_from=came_from))
    kept = await keep_account(
        visit.session,
        seat.merchant,
        seat.distributor,
        details,
        seal=visit.context.settings.seal,
        actor=Actor.person(visit.person.id),
        now=visit.now,
    )
    await take_seat(visit, seat)
    card = account_card(seat.merchant.name, kept.masked, visit.voice, is_new=True, came_from=came_from)
    return Answer(card)


async def _seat(visit: Visit, shop_id: str) -> Seat:
    for seat in await seats(visit):
        if seat.merchant.public_id == shop_id:
            return seat
    raise NotFound("shop", shop_id)
