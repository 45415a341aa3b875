"""Withdrawing in chat: what can be had, how much, confirm, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from bot.cards.card import Toast
from bot.cards.withdrawal_words import moved_words, refusal_words
from bot.cards.withdrawals import (
    MineFacts,
    Offer,
    StatusFacts,
    WithdrawFacts,
    ask_amount_card,
    confirm_card,
    left_card,
    mine_card,
    status_card,
    withdraw_card,
)
from bot.cards.words import other_currency
from bot.context import ChatContext
from bot.gateway.speed import Lane
from bot.voice.catalogue import Voice
from bot.voice.typed_money import OtherCurrency, read_money
from handlers.chat.errands import Place
from handlers.chat.visit import Answer, Seat, Visit, current_seat, read_key, seats, take_seat
from models.errors import Invalid, NotFound
from models.money.earnings import earnings
from models.money.ledger import AccountKind, balances_of
from models.money.payout_accounts import current_account, payout_account
from models.money.withdrawal_listing import withdrawals_of
from models.money.withdrawal_news import followed, live_subject
from models.money.withdrawal_states import RESERVED, Withdrawal, moves_of, withdrawal
from models.money.withdrawal_terms import (
    TooLittle,
    TooMuch,
    WithdrawalRefused,
    in_the_way,
    withdrawal_terms,
)
from models.money.withdrawals import Agreed, AskedAlready, TermsChanged, request_withdrawal
from models.people.persons import ask_person, keep_live
from models.store.audit import Actor
from models.store.ids import ALPHABET, new_code

PAGE = 6
QUESTION = "withdraw:amount"
_NONCE_CHARS = 8
_LONGEST = 13
_LARGEST_KEY = 2**63 - 1


async def show(visit: Visit) -> Answer:
    """What can be withdrawn at the current shop."""
    seat = await current_seat(visit)
    return Answer(withdraw_card(await _facts(visit, seat), visit.voice))


async def show_of(visit: Visit) -> Answer:
    """The same at the shop that a notice came from, which becomes the current one."""
    wanted = read_key(visit.subject, "shop")
    for seat in await seats(visit):
        if seat.merchant.id == wanted:
            await take_seat(visit, seat)
            return Answer(withdraw_card(await _facts(visit, seat), visit.voice))
    raise NotFound("shop", visit.subject)


async def _facts(visit: Visit, seat: Seat) -> WithdrawFacts:
    shop, mine = seat.merchant, seat.distributor.id
    sums = await earnings(visit.session, shop, mine, visit.now)
    balances = await balances_of(visit.session, shop.id, shop.currency, mine)
    account = await current_account(visit.session, shop.id, mine)
    return WithdrawFacts(
        shop=shop.name,
        zone=shop.zone,
        available_minor=sums.available_minor,
        held_minor=sums.held.minor,
        next_release=sums.held.next_at,
        on_its_way_minor=balances[AccountKind.PAYING],
        terms=await withdrawal_terms(visit.session, shop, visit.now),
        account=account.masked if account is not None else None,
        obstacle=await in_the_way(visit.session, shop, mine),
    )


async def ask(visit: Visit) -> Answer:
    """Other: the next text is the amount."""
    seat = await current_seat(visit)
    facts = await _facts(visit, seat)
    if not facts.can_withdraw:
        return Answer(withdraw_card(facts, visit.voice))
    await ask_person(visit.session, visit.person.id, QUESTION, visit.now)
    return Answer(ask_amount_card(facts, visit.voice))


async def type_amount(visit: Visit) -> Answer:
    """An amount that the person typed; one that can't be had is asked for again, with the reason."""
    seat = await current_seat(visit)
    facts = await _facts(visit, seat)
    if not facts.can_withdraw:
        return Answer(withdraw_card(facts, visit.voice))
    currency = seat.merchant.currency
    try:
        amount = read_money(visit.text, currency)
    except OtherCurrency:
        words = other_currency(currency, visit.voice)
    except Invalid:
        words = visit.voice.plain("I can't read that amount. Write it like 12.50.")
    else:
        wrong = _out_of_bounds(facts, amount)
        if wrong is None:
            return await _offer(visit, seat, amount)
        words = refusal_words(wrong, currency, visit.voice)
    await ask_person(visit.session, visit.person.id, QUESTION, visit.now)
    return Answer(ask_amount_card(facts, visit.voice, words))


def _out_of_bounds(facts: WithdrawFacts, amount: int) -> WithdrawalRefused | None:
    currency = facts.terms.currency
    if amount > facts.available_minor:
        return TooMuch(amount, facts.available_minor, currency)
    if amount < facts.terms.smallest_minor:
        return TooLittle(amount, facts.terms.smallest_minor, currency)
    return None


async def see(visit: Visit) -> Answer:
    """An amount off a button: confirm."""
    return await _offer(visit, await current_seat(visit), _read_short(visit.subject))


async def _offer(visit: Visit, seat: Seat, amount: int, *, has_changed: bool = False) -> Answer:
    facts = await _facts(visit, seat)
    account = await current_account(visit.session, seat.merchant.id, seat.distributor.id)
    wrong = _out_of_bounds(facts, amount)
    if not facts.can_withdraw or account is None or wrong is not None:
        words = refusal_words(wrong, facts.terms.currency, visit.voice) if wrong is not None else ""
        return Answer(withdraw_card(facts, visit.voice), Toast(words, alert=True) if words else None)
    offer = Offer(
        shop=facts.shop,
        zone=facts.zone,
        currency=facts.terms.currency,
        amount_minor=amount,
        fee_minor=facts.terms.fee_of(amount),
        due_at=visit.now + timedelta(days=facts.terms.arrives_in_days),
        account=account.masked,
        account_id=account.id,
        nonce=new_code(_NONCE_CHARS),
        has_changed=has_changed,
    )
    return Answer(confirm_card(offer, visit.voice))


async def confirm(visit: Visit) -> Answer:
    """Yes: ask for the money, once a confirm screen. A tap that comes too late is told what became of it."""
    amount, agreed, nonce = _read_offer(visit.subject)
    seat = await _seat_of_account(visit, agreed.account_id)
    await take_seat(visit, seat)
    shop = seat.merchant
    try:
        made = await request_withdrawal(
            visit.session,
            shop,
            seat.distributor,
            amount,
            nonce=nonce,
            actor=Actor.person(visit.person.id),
            now=visit.now,
            agreed=agreed,
        )
    except AskedAlready as error:
        words = moved_words(error.withdrawal, visit.voice)
        return await _status(visit, seat, error.withdrawal, Toast(words))
    except TermsChanged:
        return await _offer(visit, seat, amount, has_changed=True)
    except WithdrawalRefused as error:
        words = refusal_words(error, shop.currency, visit.voice)
        return Answer(withdraw_card(await _facts(visit, seat), visit.voice), Toast(words, alert=True))
    return await _status(visit, seat, made, Toast(visit.voice.plain("Asked for.")))


async def _seat_of_account(visit: Visit, account_id: int) -> Seat:
    """The person's own seat whose payout account this is or was. Raises NotFound."""
    for seat in await seats(visit):
        try:
            account = await payout_account(visit.session, seat.merchant.id, account_id)
        except NotFound:
            continue
        if account.distributor_id == seat.distributor.id:
            return seat
    raise NotFound("payout account", str(account_id))


async def show_one(visit: Visit) -> Answer:
    """One of the person's withdrawals, at whichever of their shops. Raises NotFound."""
    key = read_key(visit.subject, "withdrawal")
    for seat in await seats(visit):
        try:
            one = await withdrawal(visit.session, seat.merchant.id, key)
        except NotFound:
            continue
        if one.distributor_id == seat.distributor.id:
            await take_seat(visit, seat)
            return await _status(visit, seat, one)
    raise NotFound("withdrawal", visit.subject)


@dataclass(frozen=True, slots=True)
class LeaveMessage:
    """The errand of taking the state out of the message that followed a withdrawal until now."""

    message_id: int
    withdrawal: Withdrawal

    @property
    def key(self) -> str:
        """Once a message."""
        return f"left:{self.message_id}"

    async def run(self, context: ChatContext, place: Place, voice: Voice) -> bool:
        """Change it where it still can be changed; however that ends, it may be left again at once."""
        card = left_card(self.withdrawal, voice)
        await context.gateway.amend(place.chat_id, self.message_id, card, lane=Lane.REPLY)
        return False


async def _status(visit: Visit, seat: Seat, one: Withdrawal, toast: Toast | None = None) -> Answer:
    errand = await _follow(visit, one, visit.tapped) if visit.tapped is not None else None
    moves = await moves_of(visit.session, one.id)
    facts = StatusFacts(seat.merchant.name, seat.merchant.zone, one, moves)
    return Answer(status_card(facts, visit.voice), toast, errand)


async def _follow(visit: Visit, one: Withdrawal, message_id: int) -> LeaveMessage | None:
    """From now on this message follows a withdrawal that isn't over; the one before must not stay with an old state."""
    if one.state not in RESERVED:
        return None
    person = visit.person
    await keep_live(visit.session, person.id, message_id, live_subject(one.id))
    if person.live_message_id is None or person.live_message_id == message_id:
        return None
    left = await followed(visit.session, person.live_subject)
    return LeaveMessage(person.live_message_id, left) if left is not None else None


async def show_mine(visit: Visit) -> Answer:
    """The person's withdrawals at the current shop, a page of them."""
    seat = await current_seat(visit)
    before = read_key(visit.subject, "withdrawal") if visit.subject else None
    found = await withdrawals_of(
        visit.session, seat.merchant.id, seat.distributor.id, before=before, limit=PAGE + 1
    )
    items = found[:PAGE]
    facts = MineFacts(
        shop=seat.merchant.name,
        zone=seat.merchant.zone,
        items=items,
        next_before=items[-1].id if len(found) > PAGE else None,
        is_first=before is None,
    )
    return Answer(mine_card(facts, visit.voice))


def _read_offer(subject: str) -> tuple[int, Agreed, str]:
    """Amount, what was agreed to and the nonce, out of a button. Raises NotFound."""
    words = subject.split(":")
    if len(words) != 4 or len(words[3]) != _NONCE_CHARS or not set(words[3]) <= set(ALPHABET):
        raise NotFound("withdrawal", subject)
    account_id, amount, fee = (_read_short(word) for word in words[:3])
    return amount, Agreed(account_id, fee), words[3]


def _read_short(word: str) -> int:
    """A number as `short` wrote it. Raises NotFound."""
    if not (word.isascii() and word.isalnum()) or len(word) > _LONGEST:
        raise NotFound("amount", word)
    return min(int(word, 36), _LARGEST_KEY)
