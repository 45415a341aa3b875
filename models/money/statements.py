"""Statements: a period of a distributor's accounts, from the ledger alone, adding up, with a hash (business.md 6).

A statement is of the account `available`, what could be withdrawn; what moved on `held` and on `paying` stands
beside it in sections of their own, each adding up, so that nothing is hidden. An entry belongs to the time at
which it was written into the books, not to the one that it tells of: the past of an append-only ledger can't
change, and so neither can the statement of a period that is over (docs/decisions/0021).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from pydantic_core import to_json
from sqlalchemy import BigInteger, ColumnElement, Select, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.errors import Conflict
from models.money.commissions import CommissionKind
from models.money.earnings import Goods
from models.money.ledger import (
    AccountKind,
    AccountRow,
    Holding,
    PostingRow,
    TransferKind,
    TransferRow,
    accounts_of,
)
from models.money.statement_reasons import Reasons, reasons_of
from models.people.distributors import Distributor
from models.people.merchants import Merchant
from models.plans.periods import day_of, midnight
from models.store.sql import sha256_hex, table_of
from models.store.types import to_micros

_ACCOUNT, _TRANSFER, _POSTING = table_of(AccountRow), table_of(TransferRow), table_of(PostingRow)
SECTIONS = (AccountKind.AVAILABLE, AccountKind.HELD, AccountKind.PAYING)
_FORM = "tuike-statement-1"


class EntryKind(StrEnum):
    """What an entry is, seen from the account that it stands on."""

    EARNED = "earned"
    RELEASED = "released"
    BONUS = "bonus"
    REVERSED = "reversed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    PAID_OUT = "paid_out"
    FEE = "fee"
    RETURNED = "returned"
    ADJUSTED = "adjusted"


_KINDS = {
    TransferKind.ACCRUAL: EntryKind.EARNED,
    TransferKind.RELEASE: EntryKind.RELEASED,
    TransferKind.BONUS: EntryKind.BONUS,
    TransferKind.REVERSAL: EntryKind.REVERSED,
    TransferKind.REFUSAL: EntryKind.REFUSED,
    TransferKind.WITHDRAWAL: EntryKind.WITHDRAWN,
    TransferKind.PAYOUT: EntryKind.PAID_OUT,
    TransferKind.PAYOUT_FAILED: EntryKind.RETURNED,
    TransferKind.ADJUSTMENT: EntryKind.ADJUSTED,
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One movement on one account: minor units, below zero when they left it.

    `at` is when it was written into the books. An entry of an order names it and its goods; a bonus of a period
    names the period. `for_kinds` are the kinds of commissions that it moved. One of a withdrawal names its reference.
    """

    at: datetime
    key: str
    kind: EntryKind
    amount_minor: int
    order_ref: str | None
    goods: Goods | None
    for_kinds: tuple[CommissionKind, ...]
    period: str | None
    withdrawal: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One account over the period: opening balance and entries make the closing balance."""

    account: AccountKind
    opening_minor: int
    entries: tuple[Entry, ...]
    closing_minor: int

    def total(self, *kinds: EntryKind) -> int:
        """What the entries of some kinds come to."""
        return sum(entry.amount_minor for entry in self.entries if entry.kind in kinds)


@dataclass(frozen=True, slots=True)
class Statement:
    """One distributor's accounts from `first` to the day before `until`, by the merchant's calendar.

    `runs`: the period is not over, so that entries may still come. `before_joining`: it ended before the
    distributor joined. `sha256` is over the content: the same question has the same hash.
    """

    merchant_id: str
    merchant: str
    distributor: str
    name: str
    currency: str
    zone: ZoneInfo
    first: date
    until: date
    runs: bool
    before_joining: bool
    sections: tuple[Section, ...]
    sha256: str

    def section(self, account: AccountKind) -> Section:
        """The section of one account."""
        return next(section for section in self.sections if section.account is account)

    @property
    def available(self) -> Section:
        """What could be withdrawn: the statement proper."""
        return self.section(AccountKind.AVAILABLE)


class NoPeriod(Conflict):
    """Each day is one, but together, or today, they are no period that a statement can be made of."""

    code = "no_period"


async def statement(
    session: AsyncSession,
    merchant: Merchant,
    distributor: Distributor,
    first: date,
    until: date,
    now: datetime,
) -> Statement:
    """The statement of the days [first, until). Raises NoPeriod with a sentence."""
    if first >= until:
        raise NoPeriod(
            f"A statement's first day must come before its end: {first} does not come before {until}."
        )
    begins, ends = _moment(first, merchant.zone), _moment(until, merchant.zone)
    if begins > now:
        today = day_of(now, merchant.zone)
        raise NoPeriod(f"The period begins on {first}, and today is {today}: it has no statement yet.")
    accounts = await accounts_of(
        session, merchant.id, merchant.currency, [Holding(kind, distributor.id) for kind in SECTIONS]
    )
    read = {}
    for kind in SECTIONS:
        account = accounts.get(Holding(kind, distributor.id))
        read[kind] = await _read(session, account.id, begins, ends) if account is not None else _Read(0, [])
    reasons = await reasons_of(
        session, merchant.id, distributor.id, [row for each in read.values() for row in each.rows]
    )
    sections = tuple(_section(kind, read[kind], reasons) for kind in SECTIONS)
    return Statement(
        merchant_id=merchant.public_id,
        merchant=merchant.name,
        distributor=distributor.external_id,
        name=distributor.name,
        currency=merchant.currency,
        zone=merchant.zone,
        first=first,
        until=until,
        runs=ends > now,
        before_joining=ends <= distributor.joined_at and not any(section.entries for section in sections),
        sections=sections,
        sha256=_hash(merchant, distributor, first, until, sections),
    )


def _moment(day: date, zone: ZoneInfo) -> datetime:
    try:
        return midnight(day, zone)
    except OverflowError:
        raise NoPeriod(f"{day} is no day of a statement.") from None


@dataclass(frozen=True, slots=True)
class _Read:
    """An account's balance before the period, and what moved in it, oldest first."""

    opening_minor: int
    rows: list[Any]


async def _read(session: AsyncSession, account_id: int, begins: datetime, ends: datetime) -> _Read:
    came, went = _POSTING.c.to_account_id, _POSTING.c.from_account_id
    opening = await _sum(session, came == account_id, begins) - await _sum(
        session, went == account_id, begins
    )
    rows = [
        *await session.execute(_moved(came == account_id, went, _POSTING.c.amount_minor, begins, ends)),
        *await session.execute(_moved(went == account_id, came, -_POSTING.c.amount_minor, begins, ends)),
    ]
    return _Read(opening, sorted(rows, key=lambda row: (row.written_at, row.transfer_id, row.posting_id)))


async def _sum(session: AsyncSession, ours: ColumnElement[bool], before: datetime) -> int:
    total = (
        select(cast(func.coalesce(func.sum(_POSTING.c.amount_minor), 0), BigInteger))
        .join(_TRANSFER, _TRANSFER.c.id == _POSTING.c.transfer_id)
        .where(ours, _TRANSFER.c.written_at < before)
    )
    return int((await session.execute(total)).scalar_one())


def _moved(
    ours: ColumnElement[bool],
    other_id: ColumnElement[int],
    amount: ColumnElement[int],
    begins: datetime,
    ends: datetime,
) -> Select[Any]:
    return (
        select(
            _TRANSFER.c.id.label("transfer_id"),
            _POSTING.c.id.label("posting_id"),
            _TRANSFER.c.key,
            _TRANSFER.c.kind,
            _TRANSFER.c.order_id,
            _TRANSFER.c.refund_id,
            _TRANSFER.c.written_at,
            _ACCOUNT.c.kind.label("other"),
            amount.label("amount"),
        )
        .join(_TRANSFER, _TRANSFER.c.id == _POSTING.c.transfer_id)
        .join(_ACCOUNT, _ACCOUNT.c.id == other_id)
        .where(ours, _TRANSFER.c.written_at >= begins, _TRANSFER.c.written_at < ends)
    )


def _section(account: AccountKind, read: _Read, reasons: Reasons) -> Section:
    entries = tuple(_entry(account, row, reasons) for row in read.rows)
    closing = read.opening_minor + sum(entry.amount_minor for entry in entries)
    return Section(account, read.opening_minor, entries, closing)


def _entry(account: AccountKind, row: Any, reasons: Reasons) -> Entry:
    reason = reasons.of(account, row)
    return Entry(
        at=row.written_at,
        key=row.key,
        kind=EntryKind.FEE if row.other is AccountKind.FEES else _KINDS[row.kind],
        amount_minor=row.amount,
        order_ref=reason.order_ref,
        goods=reason.goods,
        for_kinds=reason.kinds,
        period=reason.period,
        withdrawal=reason.withdrawal,
    )


def _hash(
    merchant: Merchant, distributor: Distributor, first: date, until: date, sections: Sequence[Section]
) -> str:
    """Over what the ledger says, and not over names and titles, which people may change."""
    content = [
        _FORM,
        merchant.public_id,
        distributor.external_id,
        merchant.currency,
        first,
        until,
        [
            [
                section.account,
                section.opening_minor,
                section.closing_minor,
                [[to_micros(e.at), e.key, e.kind, e.amount_minor, e.order_ref] for e in section.entries],
            ]
            for section in sections
        ],
    ]
    return sha256_hex(to_json(content).decode())
