"""Withdrawals on the desk of the shop's finance people: look, decide, pay, and batches for the bank."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass

from bot.cards.card import Toast
from bot.cards.payouts import (
    InboxFacts,
    PayoutFacts,
    Waits,
    account_words,
    ask_reference_card,
    fail_card,
    inbox_card,
    payout_card,
    refuse_card,
    too_long,
)
from bot.cards.withdrawal_words import refusal_words
from handlers.chat.managing import go_to, post
from handlers.chat.visit import Answer, Visit, read_key
from models.errors import DomainError, NotFound
from models.money.ledger import AccountKind, balances_of
from models.money.payout_accounts import details_of, payout_account
from models.money.payout_batches import (
    bank_payable_count,
    latest_batch,
)
from models.money.payouts import MANUAL, claim, mark_failed, mark_paid
from models.money.withdrawal_decisions import approve, refuse, undo_approval
from models.money.withdrawal_listing import (
    WithdrawalListed,
    open_count,
    open_withdrawals,
    paid_count,
    withdrawal_listed,
)
from models.money.withdrawal_states import (
    NOTE_CHARS,
    REFERENCE_CHARS,
    UNDO_WITHIN,
    Withdrawal,
    WithdrawalState,
    moves_of,
)
from models.money.withdrawal_terms import in_the_way
from models.money.withdrawals import OwnWithdrawal, record, refuse_own
from models.people.merchants import Merchant, lock_merchant
from models.people.permissions import MAY, Act, check, posts
from models.people.persons import ask_person, names_of_actors
from models.people.staff import Role
from models.store.audit import Actor
from models.store.deeds import Deed
from models.store.sealing import SealBroken

LISTED = 8
REFERENCE_QUESTION = "payout:reference"
REFUSAL_QUESTION = "payout:no"
FAILURE_QUESTION = "payout:lost"


@dataclass(frozen=True, slots=True)
class Desk:
    """A withdrawal, the shop that it is of, and what the person is there."""

    shop: Merchant
    role: Role
    listed: WithdrawalListed

    @property
    def withdrawal(self) -> Withdrawal:
        """As it was read."""
        return self.listed.withdrawal


async def _desk(visit: Visit, act: Act, key: str) -> Desk:
    """The withdrawal that a button names, at whichever of the shops has it that the person works for.

    Raises NotFound and NotAllowed.
    """
    withdrawal_id = read_key(key, "withdrawal")
    for shop, role in await posts(visit.session, visit.person.id):
        try:
            listed = await withdrawal_listed(visit.session, shop.id, withdrawal_id)
        except NotFound:
            continue
        check(role, act)
        await go_to(visit, shop)
        return Desk(shop, role, listed)
    raise NotFound("withdrawal", key)


async def show_inbox(visit: Visit) -> Answer:
    """What is open."""
    shop = await post(visit, Act.SEE_MONEY)
    role = next(role for at, role in await posts(visit.session, visit.person.id) if at.id == shop.id)
    items = await open_withdrawals(visit.session, shop.id, LISTED)
    may_pay = role in MAY[Act.MARK_PAID]
    facts = InboxFacts(
        shop=shop.name,
        zone=shop.zone,
        items=[Waits(one, name) for one, name in items],
        total=await open_count(visit.session, shop.id),
        may_pay=may_pay,
        batch=await bank_payable_count(visit.session, shop.id) if may_pay else 0,
        last_batch=await latest_batch(visit.session, shop.id),
    )
    return Answer(inbox_card(facts, visit.voice))


async def show(visit: Visit) -> Answer:
    """One withdrawal."""
    desk = await _desk(visit, Act.SEE_MONEY, visit.subject)
    return Answer(payout_card(await _facts(visit, desk), visit.voice))


async def _facts(visit: Visit, desk: Desk) -> PayoutFacts:
    listed = await withdrawal_listed(visit.session, desk.shop.id, desk.withdrawal.id)
    one, shop = listed.withdrawal, desk.shop
    balances = await balances_of(visit.session, shop.id, one.currency, one.distributor_id)
    decided, moves = one.decided_at, await moves_of(visit.session, one.id)
    return PayoutFacts(
        shop=shop.name,
        zone=shop.zone,
        waits=Waits(one, listed.name),
        moves=moves,
        names=await names_of_actors(visit.session, [each.actor for each in moves]),
        available_minor=balances[AccountKind.AVAILABLE],
        paid_before=await paid_count(visit.session, shop.id, one.distributor_id),
        obstacle=await in_the_way(visit.session, shop, one.distributor_id),
        may_decide=desk.role in MAY[Act.APPROVE_WITHDRAWAL],
        may_pay=desk.role in MAY[Act.MARK_PAID],
        may_undo=decided is not None
        and visit.now - decided <= UNDO_WITHIN
        and one.state in {WithdrawalState.REQUESTED, WithdrawalState.APPROVED},
        is_own=await _is_own(visit, one),
    )


async def _is_own(visit: Visit, one: Withdrawal) -> bool:
    try:
        await refuse_own(visit.session, one, Actor.person(visit.person.id))
    except OwnWithdrawal:
        return True
    return False


async def _done(visit: Visit, desk: Desk, act: Awaitable[Withdrawal], words: str) -> Answer:
    """Do it and show where it stands; why it could not be done is an alert, and nothing was changed then."""
    try:
        await act
    except DomainError as error:
        alert = Toast(refusal_words(error, desk.shop.currency, visit.voice), alert=True)
        return Answer(payout_card(await _facts(visit, desk), visit.voice), alert)
    return Answer(payout_card(await _facts(visit, desk), visit.voice), Toast(words))


def _me(visit: Visit) -> Actor:
    return Actor.person(visit.person.id)


async def agree(visit: Visit) -> Answer:
    """Approve, or agree as the second person."""
    desk = await _desk(visit, Act.APPROVE_WITHDRAWAL, visit.subject)
    act = approve(visit.session, desk.shop, desk.withdrawal, actor=_me(visit), now=visit.now)
    return await _done(
        visit, desk, act, visit.voice.plain("Approved. You can take it back for five minutes.")
    )


async def undo(visit: Visit) -> Answer:
    """Take an approval back."""
    desk = await _desk(visit, Act.APPROVE_WITHDRAWAL, visit.subject)
    act = undo_approval(visit.session, desk.shop, desk.withdrawal, actor=_me(visit), now=visit.now)
    return await _done(visit, desk, act, visit.voice.plain("The approval is taken back."))


async def ask_refusal(visit: Visit) -> Answer:
    """Before refusing; the next text is the reason."""
    desk = await _desk(visit, Act.APPROVE_WITHDRAWAL, visit.subject)
    await _ask(visit, REFUSAL_QUESTION, desk)
    return Answer(refuse_card(await _facts(visit, desk), visit.voice))


async def _ask(visit: Visit, question: str, desk: Desk) -> None:
    await ask_person(visit.session, visit.person.id, f"{question}:{desk.withdrawal.id}", visit.now)


async def refused(visit: Visit) -> Answer:
    """Refuse, for the reason that was sent or none."""
    desk, why = await _desk(visit, Act.APPROVE_WITHDRAWAL, visit.subject), _line(visit.text)
    if len(why) > NOTE_CHARS:
        await _ask(visit, REFUSAL_QUESTION, desk)
        wrong = too_long(len(why), NOTE_CHARS, visit.voice)
        return Answer(refuse_card(await _facts(visit, desk), visit.voice, wrong))
    act = refuse(visit.session, desk.shop, desk.withdrawal, actor=_me(visit), why=why, now=visit.now)
    return await _done(visit, desk, act, visit.voice.plain("Refused; the money is available again."))


async def take(visit: Visit) -> Answer:
    """Pay by hand: nobody else does from now on; the account comes as an alert."""
    desk = await _desk(visit, Act.MARK_PAID, visit.subject)
    act = claim(visit.session, desk.shop, desk.withdrawal, provider=MANUAL, actor=_me(visit), now=visit.now)
    answer = await _done(visit, desk, act, "")
    if answer.toast is not None and answer.toast.alert:
        return answer
    return Answer(answer.card, await _account(visit, desk))


async def show_account(visit: Visit) -> Answer:
    """The account once more, for whoever pays by hand: an alert, which stays in no chat."""
    desk = await _desk(visit, Act.MARK_PAID, visit.subject)
    one = desk.withdrawal
    if one.provider != MANUAL or one.state not in {WithdrawalState.PAYING, WithdrawalState.UNKNOWN}:
        return Answer(payout_card(await _facts(visit, desk), visit.voice))
    return Answer(toast=await _account(visit, desk))


async def _account(visit: Visit, desk: Desk) -> Toast:
    """The account in clear; that it was read is written down."""
    one = desk.withdrawal
    account = await payout_account(visit.session, desk.shop.id, one.account_id)
    try:
        details = details_of(account, visit.context.settings.seal)
    except SealBroken as error:
        return Toast(refusal_words(error, one.currency, visit.voice), alert=True)
    await lock_merchant(visit.session, desk.shop.id)
    await record(visit.session, one, one, Deed.PAYOUT_ACCOUNT_READ, _me(visit), visit.now)
    return Toast(account_words(details), alert=True)


async def ask_reference(visit: Visit) -> Answer:
    """Paid: the next text is the payment's number."""
    desk = await _desk(visit, Act.MARK_PAID, visit.subject)
    await _ask(visit, REFERENCE_QUESTION, desk)
    return Answer(ask_reference_card(await _facts(visit, desk), visit.voice))


async def paid(visit: Visit) -> Answer:
    """Paid, under the number that was sent or none."""
    desk, reference = await _desk(visit, Act.MARK_PAID, visit.subject), _line(visit.text)
    if len(reference) > REFERENCE_CHARS:
        await _ask(visit, REFERENCE_QUESTION, desk)
        wrong = too_long(len(reference), REFERENCE_CHARS, visit.voice)
        return Answer(ask_reference_card(await _facts(visit, desk), visit.voice, wrong))
    act = mark_paid(
        visit.session, desk.shop, desk.withdrawal, actor=_me(visit), now=visit.now, reference=reference
    )
    return await _done(visit, desk, act, visit.voice.plain("Paid. They are told."))


def _line(text: str) -> str:
    """What somebody wrote, in one line; nothing where a button was tapped."""
    return " ".join(text.split())


async def ask_failure(visit: Visit) -> Answer:
    """Before saying that it failed; the next text is the reason."""
    desk = await _desk(visit, Act.MARK_PAID, visit.subject)
    await _ask(visit, FAILURE_QUESTION, desk)
    return Answer(fail_card(await _facts(visit, desk), visit.voice))


async def failed(visit: Visit) -> Answer:
    """It failed, for the reason that was sent or none."""
    desk, why = await _desk(visit, Act.MARK_PAID, visit.subject), _line(visit.text)
    if len(why) > NOTE_CHARS:
        await _ask(visit, FAILURE_QUESTION, desk)
        wrong = too_long(len(why), NOTE_CHARS, visit.voice)
        return Answer(fail_card(await _facts(visit, desk), visit.voice, wrong))
    act = mark_failed(visit.session, desk.shop, desk.withdrawal, actor=_me(visit), why=why, now=visit.now)
    return await _done(visit, desk, act, visit.voice.plain("Failed; the money is available again."))
