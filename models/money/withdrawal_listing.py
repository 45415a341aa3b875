"""Withdrawals and balances as lists, for their owners, the shop's people and the shop's programs."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import NotFound
from models.money.ledger import AccountKind, AccountRow
from models.money.payout_batches import PayoutBatch
from models.money.withdrawal_states import OPEN, TABLE, Withdrawal, WithdrawalState
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.store.sql import table_of, values_of

_DISTRIBUTOR, _ACCOUNT, _BATCH = table_of(Distributor), table_of(AccountRow), table_of(PayoutBatch)


@dataclass(frozen=True, slots=True)
class WithdrawalListed:
    """A withdrawal, whose it is (`external_id` and name), and the number of its batch."""

    withdrawal: Withdrawal
    external_id: str
    name: str
    batch: int | None


@dataclass(frozen=True, slots=True)
class Balances:
    """What one distributor has on each account, in minor units."""

    distributor_id: int
    external_id: str
    held_minor: int
    available_minor: int
    paying_minor: int
    paid_minor: int


async def withdrawal_page(
    session: AsyncSession,
    merchant_id: int,
    *,
    distributor_id: int | None = None,
    states: Collection[WithdrawalState] = (),
    after: int = 0,
    limit: int = 50,
) -> list[WithdrawalListed]:
    """Withdrawals of a merchant behind the id `after`, in the order in which they were asked for."""
    statement = (
        select(TABLE, _DISTRIBUTOR.c.external_id, _DISTRIBUTOR.c.name.label("whose"), _BATCH.c.number)
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == TABLE.c.distributor_id)
        .outerjoin(_BATCH, _BATCH.c.id == TABLE.c.batch_id)
        .where(TABLE.c.merchant_id == merchant_id, TABLE.c.id > after)
        .order_by(TABLE.c.id)
        .limit(limit)
    )
    if distributor_id is not None:
        statement = statement.where(TABLE.c.distributor_id == distributor_id)
    if states:
        statement = statement.where(TABLE.c.state.in_(sorted(states)))
    rows = await session.execute(statement)
    return [
        WithdrawalListed(values_of(row, Withdrawal), row.external_id, row.whose, row.number) for row in rows
    ]


async def withdrawal_listed(session: AsyncSession, merchant_id: int, withdrawal_id: int) -> WithdrawalListed:
    """One of them. Raises NotFound."""
    found = await withdrawal_page(session, merchant_id, after=withdrawal_id - 1, limit=1)
    if not found or found[0].withdrawal.id != withdrawal_id:
        raise NotFound("withdrawal", str(withdrawal_id))
    return found[0]


async def open_withdrawals(
    session: AsyncSession, merchant_id: int, limit: int
) -> list[tuple[Withdrawal, str]]:
    """What is not over yet, with its distributor's name, oldest first."""
    rows = await session.execute(
        select(TABLE, _DISTRIBUTOR.c.name.label("whose"))
        .join(_DISTRIBUTOR, _DISTRIBUTOR.c.id == TABLE.c.distributor_id)
        .where(OPEN, TABLE.c.merchant_id == merchant_id)
        .order_by(TABLE.c.requested_at, TABLE.c.id)
        .limit(limit)
    )
    return [(values_of(row, Withdrawal), row.whose) for row in rows]


async def open_count(session: AsyncSession, merchant_id: int) -> int:
    """How many are not over yet."""
    counted = select(func.count()).select_from(TABLE).where(OPEN, TABLE.c.merchant_id == merchant_id)
    return int((await session.execute(counted)).scalar_one())


async def withdrawals_of(
    session: AsyncSession,
    merchant_id: int,
    distributor_id: int,
    *,
    before: int | None = None,
    limit: int = 50,
) -> list[Withdrawal]:
    """A distributor's own, newest first, those before an id."""
    statement = select(TABLE).where(
        TABLE.c.merchant_id == merchant_id, TABLE.c.distributor_id == distributor_id
    )
    if before is not None:
        statement = statement.where(TABLE.c.id < before)
    rows = await session.execute(statement.order_by(TABLE.c.id.desc()).limit(limit))
    return [values_of(row, Withdrawal) for row in rows]


async def paid_since(session: AsyncSession, merchant_id: int, distributor_id: int, at: datetime) -> bool:
    """Whether anything that a distributor asked for at a moment or later was paid out."""
    some = select(TABLE.c.id).where(
        TABLE.c.merchant_id == merchant_id,
        TABLE.c.distributor_id == distributor_id,
        TABLE.c.state == WithdrawalState.PAID,
        TABLE.c.requested_at >= at,
    )
    return (await session.execute(some.limit(1))).first() is not None


async def paid_count(session: AsyncSession, merchant_id: int, distributor_id: int) -> int:
    """How many withdrawals of a distributor's were paid."""
    counted = (
        select(func.count())
        .select_from(TABLE)
        .where(
            TABLE.c.merchant_id == merchant_id,
            TABLE.c.distributor_id == distributor_id,
            TABLE.c.state == WithdrawalState.PAID,
        )
    )
    return int((await session.execute(counted)).scalar_one())


async def balances_page(
    session: AsyncSession,
    merchant: Merchant,
    *,
    distributor_id: int | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[Balances]:
    """Balances of a merchant's distributors behind the id `after`, as they were enrolled. Points are no balance."""
    chosen = select(_DISTRIBUTOR.c.id, _DISTRIBUTOR.c.external_id).where(
        _DISTRIBUTOR.c.merchant_id == merchant.id, _DISTRIBUTOR.c.id > after
    )
    if distributor_id is not None:
        chosen = chosen.where(_DISTRIBUTOR.c.id == distributor_id)
    people = (await session.execute(chosen.order_by(_DISTRIBUTOR.c.id).limit(limit))).all()
    rows = await session.execute(
        select(_ACCOUNT.c.holder_id, _ACCOUNT.c.kind, _ACCOUNT.c.balance_minor).where(
            _ACCOUNT.c.merchant_id == merchant.id,
            _ACCOUNT.c.currency == merchant.currency,
            _ACCOUNT.c.holder_id.in_([person.id for person in people]),
        )
    )
    found = {(row.holder_id, row.kind): row.balance_minor for row in rows}
    return [
        Balances(
            person.id,
            person.external_id,
            held_minor=found.get((person.id, AccountKind.HELD), 0),
            available_minor=found.get((person.id, AccountKind.AVAILABLE), 0),
            paying_minor=found.get((person.id, AccountKind.PAYING), 0),
            paid_minor=found.get((person.id, AccountKind.PAID), 0),
        )
        for person in people
    ]
