"""The ledger: double entry, append-only (business.md 2; operations.md A3 to A5).

A posting moves one positive amount from one account to another of the same currency, so that its two
legs sum to zero by construction; a composite foreign key makes the database hold it too. Triggers
refuse update and delete (`models/store/migrations/append_only.py`). A corrected amount is a transfer back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    bindparam,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field, SQLModel

from models.errors import Conflict
from models.money.digests import hash_of
from models.store.ids import new_id
from models.store.prepared import Prepared
from models.store.sql import chunks, insert_all, insert_ignore, table_of, values_of
from models.store.types import Key, Minor, UtcTime, Word, to_micros

MERCHANT = 0
"""The holder of the merchant's own accounts."""


class AccountKind(StrEnum):
    HELD = "held"
    AVAILABLE = "available"
    PAYING = "paying"
    PAID = "paid"
    COMMISSION_EXPENSE = "commission_expense"
    BONUS_EXPENSE = "bonus_expense"
    FEES = "fees"
    CASH = "cash"


class TransferKind(StrEnum):
    ACCRUAL = "accrual"
    REVERSAL = "reversal"
    RELEASE = "release"
    BONUS = "bonus"
    REFUSAL = "refusal"
    WITHDRAWAL = "withdrawal"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    ADJUSTMENT = "adjustment"


class Account(SQLModel):
    """A distributor's account (`holder_id` its key) or the merchant's (`holder_id` 0), and its cached balance."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    kind: AccountKind = Field(sa_type=Word(AccountKind))
    holder_id: int = Field(default=MERCHANT, sa_type=Key)
    currency: str = Field(sa_type=String(3))
    balance_minor: int = Field(default=0, sa_type=Minor)


class AccountRow(Account, table=True):
    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("merchant_id", "holder_id", "kind", "currency"),
        UniqueConstraint("id", "currency"),
    )


class Transfer(SQLModel):
    """Why money moved. `key` names the business act; the same act can't be written twice."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    merchant_id: int = Field(foreign_key="merchant.id", sa_type=Key)
    key: str = Field(sa_type=String(120))
    digest: str = Field(sa_type=String(64))
    kind: TransferKind = Field(sa_type=Word(TransferKind))
    order_id: int | None = Field(default=None, foreign_key="shop_order.id", sa_type=Key)
    refund_id: int | None = Field(default=None, foreign_key="refund.id", sa_type=Key)
    at: datetime = Field(sa_type=UtcTime)
    written_at: datetime = Field(sa_type=UtcTime)


class TransferRow(Transfer, table=True):
    __tablename__ = "transfer"
    __table_args__ = (UniqueConstraint("merchant_id", "key"), Index(None, "order_id"))


class Posting(SQLModel):
    """One amount on its way from an account to another."""

    id: int = Field(default_factory=new_id, primary_key=True, sa_type=Key)
    transfer_id: int = Field(foreign_key="transfer.id", sa_type=Key)
    from_account_id: int = Field(sa_type=Key)
    to_account_id: int = Field(sa_type=Key)
    amount_minor: int = Field(sa_type=Minor)
    currency: str = Field(sa_type=String(3))


class PostingRow(Posting, table=True):
    __tablename__ = "posting"
    __table_args__ = (
        ForeignKeyConstraint(["from_account_id", "currency"], ["account.id", "account.currency"]),
        ForeignKeyConstraint(["to_account_id", "currency"], ["account.id", "account.currency"]),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("from_account_id <> to_account_id", name="two_accounts"),
        Index(None, "transfer_id"),
        Index(None, "from_account_id"),
        Index(None, "to_account_id"),
    )


@dataclass(frozen=True, slots=True, order=True)
class Holding:
    """An account by its meaning: which kind, whose."""

    kind: AccountKind
    holder_id: int = MERCHANT


@dataclass(frozen=True, slots=True)
class Move:
    """An amount (minor units, positive) from one holding to another."""

    source: Holding
    target: Holding
    amount_minor: int


def content_of(kind: TransferKind, currency: str, moves: Sequence[Move]) -> str:
    """What a transfer moves, as its digest is made of it. Settlement says the same in SQL (`settlement_sets.py`)."""
    told = ";".join(
        f"{move.source.kind}:{move.source.holder_id}>{move.target.kind}:{move.target.holder_id}={move.amount_minor}"
        for move in moves
    )
    return f"{kind}|{currency}|{told}"


def digest_of(content: str, transfer: Transfer) -> str:
    """The hash over a transfer: what it moves, of which order and refund, when, and under which key."""
    at, written = to_micros(transfer.at), to_micros(transfer.written_at)
    return hash_of(content, transfer.order_id, transfer.refund_id, at, written, transfer.key)


class LedgerConflict(Conflict):
    """The same act was written before with other amounts; nothing was changed."""

    code = "ledger_conflict"

    def __init__(self, key: str) -> None:
        super().__init__(f"The transfer {key} stands already with other content.")
        self.key = key


@dataclass(frozen=True, slots=True)
class _Draft:
    transfer: Transfer
    moves: tuple[Move, ...]
    content: str


class Journal:
    """Collects the transfers of one story at one merchant and writes them in bulk."""

    def __init__(self, merchant_id: int, currency: str, now: datetime) -> None:
        self._merchant_id = merchant_id
        self._currency = currency
        self._now = now
        self._drafts: list[_Draft] = []

    def transfer(
        self,
        *,
        key: str,
        kind: TransferKind,
        at: datetime,
        moves: Sequence[Move],
        order_id: int | None = None,
        refund_id: int | None = None,
    ) -> None:
        """Add a transfer; moves of nothing are left out, and a transfer without moves is none."""
        real = tuple(
            sorted(
                (move for move in moves if move.amount_minor > 0), key=lambda move: (move.source, move.target)
            )
        )
        if not real:
            return
        transfer = Transfer(
            merchant_id=self._merchant_id,
            key=key,
            digest="",
            kind=kind,
            order_id=order_id,
            refund_id=refund_id,
            at=at,
            written_at=self._now,
        )
        content = content_of(kind, self._currency, real)
        transfer.digest = digest_of(content, transfer)
        self._drafts.append(_Draft(transfer, real, content))

    async def post(self, session: AsyncSession) -> dict[Holding, int]:
        """Write what is new and return the balances of every account it touched.

        A transfer whose key stands already with the same content is left alone. Raises LedgerConflict
        when the content differs. The caller holds the merchant's lock.
        """
        drafts = await self._new_drafts(session)
        holdings = {
            holding for draft in drafts for move in draft.moves for holding in (move.source, move.target)
        }
        if not holdings:
            return {}
        accounts = await open_accounts(session, self._merchant_id, self._currency, sorted(holdings))
        deltas: dict[Holding, int] = defaultdict(int)
        postings = []
        for draft in drafts:
            for move in draft.moves:
                deltas[move.source] -= move.amount_minor
                deltas[move.target] += move.amount_minor
                postings.append(
                    Posting(
                        transfer_id=draft.transfer.id,
                        from_account_id=accounts[move.source].id,
                        to_account_id=accounts[move.target].id,
                        amount_minor=move.amount_minor,
                        currency=self._currency,
                    )
                )
        await insert_all(session, TransferRow, [draft.transfer for draft in drafts])
        await insert_all(session, PostingRow, postings)
        await _add_to_balances(session, {accounts[holding].id: delta for holding, delta in deltas.items()})
        return {holding: accounts[holding].balance_minor + deltas[holding] for holding in holdings}

    async def _new_drafts(self, session: AsyncSession) -> list[_Draft]:
        by_key: dict[str, _Draft] = {}
        for draft in self._drafts:
            first = by_key.setdefault(draft.transfer.key, draft)
            if first.content != draft.content:
                raise LedgerConflict(draft.transfer.key)
        table = table_of(TransferRow)
        for part in chunks(list(by_key)):
            rows = await session.execute(
                select(table).where(table.c.merchant_id == self._merchant_id, table.c.key.in_(part))
            )
            for row in rows:
                stands = values_of(row, Transfer)
                # The same act may be told again at another time: what it moves must be the same.
                if digest_of(by_key.pop(stands.key).content, stands) != stands.digest:
                    raise LedgerConflict(stands.key)
        return list(by_key.values())


async def open_accounts(
    session: AsyncSession, merchant_id: int, currency: str, holdings: Sequence[Holding]
) -> dict[Holding, Account]:
    """The accounts behind these holdings, made where they are missing."""
    found = await accounts_of(session, merchant_id, currency, holdings)
    missing = [holding for holding in holdings if holding not in found]
    if missing:
        await session.execute(
            insert_ignore(session, AccountRow, ("merchant_id", "holder_id", "kind", "currency")),
            [
                dict(
                    Account(
                        merchant_id=merchant_id,
                        kind=holding.kind,
                        holder_id=holding.holder_id,
                        currency=currency,
                    )
                )
                for holding in missing
            ],
        )
        found = await accounts_of(session, merchant_id, currency, holdings)
    return found


async def accounts_of(
    session: AsyncSession, merchant_id: int, currency: str, holdings: Sequence[Holding]
) -> dict[Holding, Account]:
    """The accounts that exist behind these holdings.

    Asked by holder alone: SQLite finds no pair of holder and kind by an index, but reads every account there is.
    """
    table = table_of(AccountRow)
    wanted = set(holdings)
    found: dict[Holding, Account] = {}
    for part in chunks(sorted({holding.holder_id for holding in holdings})):
        rows = await session.execute(
            select(table).where(
                table.c.merchant_id == merchant_id,
                table.c.currency == currency,
                table.c.holder_id.in_(part),
            )
        )
        for row in rows:
            holding = Holding(row.kind, row.holder_id)
            if holding in wanted:
                found[holding] = values_of(row, Account)
    return found


_ACCOUNT = table_of(AccountRow)
_BALANCES = Prepared(
    select(_ACCOUNT.c.kind, _ACCOUNT.c.balance_minor).where(
        _ACCOUNT.c.merchant_id == bindparam("merchant_id"),
        _ACCOUNT.c.holder_id == bindparam("holder_id"),
        _ACCOUNT.c.currency == bindparam("currency"),
    ),
    lambda row: cast("tuple[AccountKind, int]", (row[0], row[1])),
)


async def balances_of(
    session: AsyncSession, merchant_id: int, currency: str, holder_id: int
) -> dict[AccountKind, int]:
    """Every balance of one holder in minor units; kinds without an account are 0."""
    rows = await _BALANCES.all(session, merchant_id=merchant_id, holder_id=holder_id, currency=currency)
    found = dict(rows)
    return {kind: found.get(kind, 0) for kind in AccountKind}


async def _add_to_balances(session: AsyncSession, deltas: dict[int, int]) -> None:
    table = table_of(AccountRow)
    statement = (
        update(table)
        .where(table.c.id == bindparam("key"))
        .values(balance_minor=table.c.balance_minor + bindparam("delta"))
    )
    connection = await session.connection()
    await connection.execute(statement, [{"key": key, "delta": deltas[key]} for key in sorted(deltas)])
