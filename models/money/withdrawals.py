"""Withdrawals as they are asked for: what is asked is reserved at once, and nothing is asked for twice.

Whoever changes one takes the merchant's lock, moves the state by a conditional update and the money in the same
transaction, and leaves what was decided by hand in the audit chain (business.md 6; operations.md A7, A8, A10). The
decisions are in `withdrawal_decisions.py`, what follows an approval in `payouts.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict
from models.money.ledger import AccountKind, Holding, Journal, Move, TransferKind, balances_of
from models.money.payout_accounts import current_account
from models.money.withdrawal_news import news_of_request
from models.money.withdrawal_states import (
    FOR_STAFF,
    OPEN,
    TABLE,
    Withdrawal,
    begin,
)
from models.money.withdrawal_terms import TooLittle, TooMuch, WithdrawalRefused, in_the_way, withdrawal_terms
from models.people.distributors import Distributor
from models.people.merchants import Merchant, lock_merchant
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.sql import table_of, values_of

_DISTRIBUTOR = table_of(Distributor)


class NoAccount(WithdrawalRefused):
    """Nobody knows yet where the money should go."""

    code = "withdrawal_no_account"

    def __init__(self) -> None:
        super().__init__("There is no payout account yet; set one before withdrawing.")


class TermsChanged(WithdrawalRefused):
    """What was agreed to is not what would happen."""

    code = "withdrawal_terms_changed"

    def __init__(self) -> None:
        super().__init__("The fee or the payout account has changed since; look at the numbers again.")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What the distributor saw when they said yes."""

    account_id: int
    fee_minor: int


class AskedAlready(Conflict):
    """This very request stands already; nothing was changed."""

    code = "withdrawal_asked_already"

    def __init__(self, withdrawal: Withdrawal) -> None:
        super().__init__(
            f"This was asked for already: withdrawal {withdrawal.reference} is {withdrawal.state}."
        )
        self.withdrawal = withdrawal


class OwnWithdrawal(Conflict):
    """Nobody decides on a payout to themselves."""

    code = "withdrawal_own"

    def __init__(self) -> None:
        super().__init__("This is your own withdrawal; somebody else must decide on it.")


async def request_withdrawal(
    session: AsyncSession,
    merchant: Merchant,
    distributor: Distributor,
    amount_minor: int,
    *,
    nonce: str,
    actor: Actor,
    now: datetime,
    agreed: Agreed | None = None,
) -> Withdrawal:
    """Ask for money and reserve it at once, the whole amount, fee included.

    `agreed` is what was shown before; it happens so or not at all. Raises AskedAlready for a nonce that was used,
    and WithdrawalRefused of some kind.
    """
    await lock_merchant(session, merchant.id)
    asked = await _asked_with(session, merchant.id, distributor.id, nonce)
    if asked is not None:
        raise AskedAlready(asked)
    obstacle = await in_the_way(session, merchant, distributor.id)
    if obstacle is not None:
        raise obstacle
    account = await current_account(session, merchant.id, distributor.id)
    if account is None:
        raise NoAccount
    terms = await withdrawal_terms(session, merchant, now)
    balances = await balances_of(session, merchant.id, merchant.currency, distributor.id)
    if amount_minor > balances[AccountKind.AVAILABLE]:
        raise TooMuch(amount_minor, balances[AccountKind.AVAILABLE], merchant.currency)
    fee = terms.fee_of(amount_minor)
    if amount_minor < terms.minimum_minor or amount_minor <= fee:
        raise TooLittle(amount_minor, terms.smallest_minor, merchant.currency)
    if agreed is not None and agreed != Agreed(account.id, fee):
        raise TermsChanged
    made = Withdrawal(
        merchant_id=merchant.id,
        distributor_id=distributor.id,
        nonce=nonce,
        amount_minor=amount_minor,
        fee_minor=fee,
        currency=merchant.currency,
        account_id=account.id,
        account_kind=account.kind,
        account_masked=account.masked,
        plan_version=terms.plan_version,
        needs_second=terms.needs_second(amount_minor),
        requested_at=now,
        due_at=now + timedelta(days=terms.arrives_in_days),
    )
    await begin(session, made, actor)
    await _reserve(session, made, now)
    await news_of_request(session, made, now)
    return made


async def _asked_with(
    session: AsyncSession, merchant_id: int, distributor_id: int, nonce: str
) -> Withdrawal | None:
    statement = select(TABLE).where(
        TABLE.c.merchant_id == merchant_id, TABLE.c.distributor_id == distributor_id, TABLE.c.nonce == nonce
    )
    row = (await session.execute(statement)).first()
    return values_of(row, Withdrawal) if row is not None else None


async def _reserve(session: AsyncSession, made: Withdrawal, now: datetime) -> None:
    journal = Journal(made.merchant_id, made.currency, now)
    mine = Holding(AccountKind.AVAILABLE, made.distributor_id)
    journal.transfer(
        key=f"withdrawal:{made.id}",
        kind=TransferKind.WITHDRAWAL,
        at=now,
        moves=[Move(mine, Holding(AccountKind.PAYING, made.distributor_id), made.amount_minor)],
    )
    await journal.post(session)


async def give_back(session: AsyncSession, ended: Withdrawal, now: datetime) -> None:
    """The reserved amount is available again; once, whoever says so."""
    journal = Journal(ended.merchant_id, ended.currency, now)
    reserved = Holding(AccountKind.PAYING, ended.distributor_id)
    journal.transfer(
        key=f"withdrawal:{ended.id}:back",
        kind=TransferKind.PAYOUT_FAILED,
        at=now,
        moves=[Move(reserved, Holding(AccountKind.AVAILABLE, ended.distributor_id), ended.amount_minor)],
    )
    await journal.post(session)


async def refuse_own(session: AsyncSession, asked: Withdrawal, actor: Actor) -> None:
    """Raises OwnWithdrawal when the actor is who would be paid."""
    person_id = (
        await session.execute(
            select(_DISTRIBUTOR.c.person_id).where(
                _DISTRIBUTOR.c.merchant_id == asked.merchant_id, _DISTRIBUTOR.c.id == asked.distributor_id
            )
        )
    ).scalar_one_or_none()
    if person_id is not None and actor.person_key == person_id:
        raise OwnWithdrawal


async def record(
    session: AsyncSession,
    before: Withdrawal,
    after: Withdrawal,
    act: Deed,
    actor: Actor,
    now: datetime,
    why: str = "",
    through: str = "",
) -> None:
    """What somebody decided, in the audit chain; `through` names the provider. The caller holds the merchant's lock."""
    await write_down(
        session,
        merchant_id=after.merchant_id,
        actor=actor,
        act=act,
        subject=f"withdrawal {after.reference}",
        before={"state": before.state, "approved_by": before.approved_by},
        after={"state": after.state, "approved_by": after.approved_by, "amount_minor": after.amount_minor},
        why=why,
        through=through,
        now=now,
    )


async def waiting(session: AsyncSession, merchant_id: int) -> int:
    """How many withdrawals wait for somebody of the shop: to be approved, paid, or looked into."""
    counted = (
        select(func.count())
        .select_from(TABLE)
        .where(OPEN, TABLE.c.merchant_id == merchant_id, TABLE.c.state.in_(sorted(FOR_STAFF)))
    )
    return int((await session.execute(counted)).scalar_one())
