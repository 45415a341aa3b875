"""Batches: approved withdrawals to bank accounts, gathered into one file for the bank, once each.

The batch is what is kept; its file is written from it, the same each time, so that a file that was lost on the way
can be had again and the bank sees by its number that it is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, TextClause, UniqueConstraint, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel, col

from models.errors import Conflict, NotFound
from models.money.payout_accounts import PayoutAccount, details_of
from models.money.payout_forms import AccountKind
from models.money.payouts import CSV, Held, PayoutOrder
from models.money.withdrawal_news import show_state
from models.money.withdrawal_states import OPEN, TABLE, Step, Withdrawal, WithdrawalState, move_all
from models.money.withdrawal_terms import obstacles
from models.people.merchants import Merchant, lock_merchant
from models.store.audit import Actor, write_down
from models.store.deeds import Deed
from models.store.ids import new_id
from models.store.sealing import Seal
from models.store.sql import chunks, values_of
from models.store.types import Key, Minor, UtcTime

MOST = 2_000
"""Withdrawals in one batch."""


class PayoutBatch(SQLModel, table=True):
    """One file for the bank; `number` counts up at each merchant."""

    __tablename__ = "payout_batch"
    __table_args__ = (UniqueConstraint("merchant_id", "number"),)

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    number: int
    withdrawals: int
    total_minor: int = Field(sa_type=Minor)
    currency: str = Field(sa_type=String(3))
    made_by: str = Field(sa_type=String(60))
    made_at: datetime = Field(sa_type=UtcTime)


class NothingToPay(Conflict):
    """No approved withdrawal goes to a bank account."""

    code = "nothing_to_pay"

    def __init__(self, held: Sequence[Held] = ()) -> None:
        rest = f" ({len(held)} held back)" if held else ""
        super().__init__(f"No approved withdrawal to a bank account waits for a batch{rest}.")


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A batch, what it pays, and what had to stay behind."""

    batch: PayoutBatch
    orders: tuple[PayoutOrder, ...]
    held: tuple[Held, ...] = ()


async def bank_payable(session: AsyncSession, merchant_id: int) -> list[Withdrawal]:
    """Approved withdrawals that a batch would take, those asked for first before others."""
    rows = await session.execute(
        select(TABLE)
        .where(*_for_the_bank(merchant_id))
        .order_by(TABLE.c.requested_at, TABLE.c.id)
        .limit(MOST)
    )
    return [values_of(row, Withdrawal) for row in rows]


async def bank_payable_count(session: AsyncSession, merchant_id: int) -> int:
    """How many these are."""
    counted = select(func.count()).select_from(TABLE).where(*_for_the_bank(merchant_id))
    return min(int((await session.execute(counted)).scalar_one()), MOST)


def _for_the_bank(merchant_id: int) -> tuple[ColumnElement[bool] | TextClause, ...]:
    return (
        OPEN,
        TABLE.c.merchant_id == merchant_id,
        TABLE.c.state == WithdrawalState.APPROVED,
        TABLE.c.account_kind == AccountKind.BANK,
    )


async def make_batch(
    session: AsyncSession, merchant: Merchant, *, seal: Seal, actor: Actor, now: datetime
) -> MadeBatch:
    """Claim every approved withdrawal to a bank account for one new batch. Raises NothingToPay.

    Takes the merchant's lock; a second run at the same time finds nothing left.
    """
    await lock_merchant(session, merchant.id)
    wanted = await bank_payable(session, merchant.id)
    against = await obstacles(session, merchant, sorted({one.distributor_id for one in wanted}))
    held = tuple(Held(one, against[one.distributor_id]) for one in wanted if one.distributor_id in against)
    payable_now = [one for one in wanted if one.distributor_id not in against]
    if not payable_now:
        raise NothingToPay(held)
    batch = PayoutBatch(
        merchant_id=merchant.id,
        number=await _next_number(session, merchant.id),
        withdrawals=len(payable_now),
        total_minor=sum(one.arrives_minor for one in payable_now),
        currency=merchant.currency,
        made_by=actor.name,
        made_at=now,
    )
    session.add(batch)
    await session.flush()
    claimed = await move_all(
        session,
        merchant.id,
        [one.id for one in payable_now],
        Step.CLAIM,
        out_of=WithdrawalState.APPROVED,
        to=WithdrawalState.PAYING,
        actor=actor,
        now=now,
        provider=CSV,
        batch_id=batch.id,
        claimed_at=now,
    )
    assert len(claimed) == len(payable_now)  # nobody else moves them while we hold the merchant's lock
    await show_state(session, claimed, now)
    await write_down(
        session,
        merchant_id=merchant.id,
        actor=actor,
        act=Deed.PAYOUT_BATCH_MAKE,
        subject=f"payout batch {batch.number}",
        after={"withdrawals": [one.reference for one in claimed], "total_minor": batch.total_minor},
        now=now,
    )
    return MadeBatch(batch, await _orders(session, merchant.id, claimed, seal), held)


async def _next_number(session: AsyncSession, merchant_id: int) -> int:
    last = select(func.max(col(PayoutBatch.number))).where(col(PayoutBatch.merchant_id) == merchant_id)
    return ((await session.execute(last)).scalar_one_or_none() or 0) + 1


async def batch_numbered(session: AsyncSession, merchant_id: int, number: int, seal: Seal) -> MadeBatch:
    """A batch that was made before, as it was then. Raises NotFound."""
    found = await session.execute(
        select(PayoutBatch).where(
            col(PayoutBatch.merchant_id) == merchant_id, col(PayoutBatch.number) == number
        )
    )
    batch = found.scalar_one_or_none()
    if batch is None:
        raise NotFound("payout batch", str(number))
    rows = await session.execute(
        select(TABLE)
        .where(TABLE.c.merchant_id == merchant_id, TABLE.c.batch_id == batch.id)
        .order_by(TABLE.c.requested_at, TABLE.c.id)
    )
    return MadeBatch(
        batch, await _orders(session, merchant_id, [values_of(row, Withdrawal) for row in rows], seal)
    )


async def latest_batch(session: AsyncSession, merchant_id: int) -> PayoutBatch | None:
    """The batch that was made last."""
    result = await session.execute(
        select(PayoutBatch)
        .where(col(PayoutBatch.merchant_id) == merchant_id)
        .order_by(col(PayoutBatch.number).desc())
        .limit(1)
    )
    return result.scalar_one_or_none()


async def order_of(session: AsyncSession, paying: Withdrawal, seal: Seal) -> PayoutOrder:
    """What whoever pays is told of one withdrawal. Raises SealBroken."""
    return (await _orders(session, paying.merchant_id, [paying], seal))[0]


async def _orders(
    session: AsyncSession, merchant_id: int, claimed: Sequence[Withdrawal], seal: Seal
) -> tuple[PayoutOrder, ...]:
    accounts: dict[int, PayoutAccount] = {}
    for part in chunks(sorted({one.account_id for one in claimed})):
        rows = await session.execute(
            select(PayoutAccount).where(
                col(PayoutAccount.merchant_id) == merchant_id, col(PayoutAccount.id).in_(part)
            )
        )
        accounts.update({account.id: account for account in rows.scalars()})
    return tuple(
        PayoutOrder(
            one.reference, one.arrives_minor, one.currency, details_of(accounts[one.account_id], seal)
        )
        for one in claimed
    )
