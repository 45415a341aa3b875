"""Payouts: approved withdrawals on their way to an account (business.md 6; operations.md A8).

The claim, which no two can make, is committed before anybody is asked to pay. What a provider then says is recorded
afterwards; when it says nothing, nobody knows whether the money left, and only a person who looked may decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.books import check_books_of
from models.money.ledger import MERCHANT, AccountKind, Holding, Journal, Move, TransferKind
from models.money.payout_forms import PayoutDetails
from models.money.withdrawal_news import news_of_state, show_state
from models.money.withdrawal_states import (
    NOTE_CHARS,
    OPEN,
    REFERENCE_CHARS,
    TABLE,
    MovedOn,
    Step,
    Withdrawal,
    WithdrawalState,
    check_words,
    move,
)
from models.money.withdrawal_terms import WithdrawalRefused, in_the_way
from models.money.withdrawals import give_back, record, refuse_own
from models.people.merchants import Merchant, lock_merchant
from models.store.audit import Actor
from models.store.deeds import Deed
from models.store.sql import values_of

CSV, MANUAL = "csv", "manual"
"""The providers that ship: a batch file for the bank, and a person who pays by hand. Neither answers by itself."""
_GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PayoutOrder:
    """What a provider is asked to pay: minor units of a currency, to an account. `reference` is the same each time
    that one withdrawal is told of, so that a provider which knows it pays it once."""

    reference: str
    amount_minor: int
    currency: str
    account: PayoutDetails


@dataclass(frozen=True, slots=True)
class Sent:
    """The money is on its way for certain; the provider's own number for it."""

    reference: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The money did not leave and will not; why."""

    reason: str


PayoutAnswer = Sent | Failed


class PayoutProvider(Protocol):
    """Somebody who moves money. An error or a time-out means that nobody knows whether it moved."""

    @property
    def name(self) -> str:
        """One word, kept with each withdrawal."""
        ...

    @property
    def patience(self) -> timedelta:
        """How long an answer may take."""
        ...

    async def pay(self, order: PayoutOrder) -> PayoutAnswer:
        """Pay once, whatever happens. May raise anything."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """An approved withdrawal that may not be paid now, and why."""

    withdrawal: Withdrawal
    why: WithdrawalRefused


async def claim(
    session: AsyncSession,
    merchant: Merchant,
    approved: Withdrawal,
    *,
    provider: str,
    actor: Actor,
    now: datetime,
    patience: timedelta | None = None,
    batch_id: int | None = None,
) -> Withdrawal:
    """Take an approved withdrawal for paying; of however many who try at once, one gets it.

    `patience` is how long a provider that answers by itself may take. Raises OwnWithdrawal, WithdrawalRefused while
    something stands in the way, BooksDiffer where the receiver's accounts contradict themselves, and MovedOn. Takes
    the merchant's lock.
    """
    await lock_merchant(session, merchant.id)
    await refuse_own(session, approved, actor)
    obstacle = await in_the_way(session, merchant, approved.distributor_id)
    if obstacle is not None:
        raise obstacle
    await check_books_of(session, merchant, approved.distributor_id)
    after = await move(
        session,
        approved,
        Step.CLAIM,
        out_of={WithdrawalState.APPROVED},
        to=WithdrawalState.PAYING,
        actor=actor,
        now=now,
        provider=provider,
        batch_id=batch_id,
        claimed_at=now,
        answer_due_at=now + patience + _GRACE if patience is not None else None,
    )
    await record(session, approved, after, Deed.WITHDRAWAL_CLAIM, actor, now, through=provider)
    await show_state(session, [after], now)
    return after


async def mark_paid(
    session: AsyncSession,
    merchant: Merchant,
    paying: Withdrawal,
    *,
    actor: Actor,
    now: datetime,
    reference: str = "",
) -> Withdrawal:
    """The money left for certain: what arrives is paid, the fee is the merchant's.

    Raises WordsTooLong, OwnWithdrawal, and MovedOn, when it is paid already too. Takes the merchant's lock.
    """
    check_words(reference, REFERENCE_CHARS)
    await lock_merchant(session, merchant.id)
    await refuse_own(session, paying, actor)
    after = await move(
        session,
        paying,
        Step.PAY,
        out_of={WithdrawalState.PAYING, WithdrawalState.UNKNOWN},
        to=WithdrawalState.PAID,
        actor=actor,
        now=now,
        note=reference,
        finished_at=now,
        provider_reference=reference or None,
    )
    await _book(session, after, now)
    await record(session, paying, after, Deed.WITHDRAWAL_PAY, actor, now, reference)
    await news_of_state(session, after, now)
    return after


async def _book(session: AsyncSession, paid: Withdrawal, now: datetime) -> None:
    """What the merchant's cash gave stands on `paid`, by its receiver; the fee is what the merchant kept."""
    journal = Journal(paid.merchant_id, paid.currency, now)
    reserved = Holding(AccountKind.PAYING, paid.distributor_id)
    journal.transfer(
        key=f"withdrawal:{paid.id}:paid",
        kind=TransferKind.PAYOUT,
        at=now,
        moves=[
            Move(reserved, Holding(AccountKind.PAID, paid.distributor_id), paid.arrives_minor),
            Move(reserved, Holding(AccountKind.FEES, MERCHANT), paid.fee_minor),
        ],
    )
    await journal.post(session)


async def pay_by_hand(
    session: AsyncSession,
    merchant: Merchant,
    chosen: Withdrawal,
    *,
    actor: Actor,
    now: datetime,
    reference: str = "",
) -> Withdrawal:
    """Somebody paid it: one that is only approved is claimed first. Raises as `claim` and `mark_paid` do."""
    if chosen.state is WithdrawalState.APPROVED:
        chosen = await claim(session, merchant, chosen, provider=MANUAL, actor=actor, now=now)
    return await mark_paid(session, merchant, chosen, actor=actor, now=now, reference=reference)


async def mark_failed(
    session: AsyncSession, merchant: Merchant, paying: Withdrawal, *, actor: Actor, why: str, now: datetime
) -> Withdrawal:
    """The money did not leave, or came back: it is available again. Takes the merchant's lock.

    Raises WordsTooLong, OwnWithdrawal and MovedOn.
    """
    check_words(why, NOTE_CHARS)
    await lock_merchant(session, merchant.id)
    await refuse_own(session, paying, actor)
    after = await move(
        session,
        paying,
        Step.FAIL,
        out_of={WithdrawalState.PAYING, WithdrawalState.UNKNOWN},
        to=WithdrawalState.FAILED,
        actor=actor,
        now=now,
        note=why,
        finished_at=now,
    )
    await give_back(session, after, now)
    await record(session, paying, after, Deed.WITHDRAWAL_FAIL, actor, now, why)
    await news_of_state(session, after, now)
    return after


async def mark_unknown(
    session: AsyncSession, merchant: Merchant, paying: Withdrawal, *, actor: Actor, why: str, now: datetime
) -> Withdrawal:
    """Nobody knows whether the money left; it stays reserved until a person has looked. Raises MovedOn."""
    await lock_merchant(session, merchant.id)
    after = await move(
        session,
        paying,
        Step.LOSE,
        out_of={WithdrawalState.PAYING},
        to=WithdrawalState.UNKNOWN,
        actor=actor,
        now=now,
        note=why,
    )
    await record(session, paying, after, Deed.WITHDRAWAL_LOSE, actor, now, why)
    await show_state(session, [after], now)
    return after


async def unanswered(session: AsyncSession, now: datetime) -> list[Withdrawal]:
    """Withdrawals of all merchants whose provider was given up waiting for."""
    rows = await session.execute(
        select(TABLE).where(OPEN, TABLE.c.state == WithdrawalState.PAYING, TABLE.c.answer_due_at < now)
    )
    return [values_of(row, Withdrawal) for row in rows]


async def hear(
    session: AsyncSession,
    merchant: Merchant,
    paying: Withdrawal,
    answer: PayoutAnswer,
    *,
    actor: Actor,
    now: datetime,
) -> Withdrawal:
    """Record what a provider said, however late and long. What is decided already stays so; that they differ is
    written down."""
    try:
        if isinstance(answer, Sent):
            return await mark_paid(
                session,
                merchant,
                paying,
                actor=actor,
                now=now,
                reference=answer.reference[:REFERENCE_CHARS],
            )
        why = answer.reason[:NOTE_CHARS]
        return await mark_failed(session, merchant, paying, actor=actor, why=why, now=now)
    except MovedOn as error:
        stands = error.withdrawal
        if (stands.state is WithdrawalState.PAID) != isinstance(answer, Sent):
            said = "paid" if isinstance(answer, Sent) else f"failed: {answer.reason}"
            await record(session, stands, stands, Deed.WITHDRAWAL_CONTRADICTED, actor, now, said)
        return stands
