"""The ledger against itself: it balances, its caches agree, and no transfer was changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, String, exists, or_, select, type_coerce
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.money.digests import hash_of
from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferRow
from models.money.verify.finding import Finding, FindingKind, found, found_rows, whole_sum
from models.people.merchants import Merchant
from models.store.sql import table_of

_ACCOUNT, _TRANSFER, _POSTING = table_of(AccountRow), table_of(TransferRow), table_of(PostingRow)
_PAGE = 5_000
_NEVER_NEGATIVE = (AccountKind.HELD, AccountKind.PAYING, AccountKind.PAID)
"""Accounts of people that a mistake alone can overdraw; `available` may be a debt."""


async def trial_balance(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """All accounts of a currency add up to nothing."""
    total = whole_sum(_ACCOUNT.c.balance_minor)
    return await found_rows(
        session,
        FindingKind.TRIAL_BALANCE,
        "currency",
        select(_ACCOUNT.c.currency, total)
        .where(_ACCOUNT.c.merchant_id == merchant.id)
        .group_by(_ACCOUNT.c.currency)
        .having(total != 0),
        "does not balance: its accounts add up to {1:money} instead of nothing",
        currency=merchant.currency,
    )


async def negative_balances(
    session: AsyncSession, merchant: Merchant, holder_id: int | None = None
) -> list[Finding]:
    """Nobody (or not this holder) has less than nothing where money only waits or was paid."""
    return await found_rows(
        session,
        FindingKind.NEGATIVE_BALANCE,
        "account",
        select(_ACCOUNT.c.id, _ACCOUNT.c.balance_minor).where(
            *_held_by(merchant, holder_id),
            _ACCOUNT.c.kind.in_(_NEVER_NEGATIVE),
            _ACCOUNT.c.balance_minor < 0,
        ),
        "is overdrawn: {1:money}",
        currency=merchant.currency,
    )


async def cached_balances(
    session: AsyncSession, merchant: Merchant, holder_id: int | None = None
) -> list[Finding]:
    """Each account's balance (or of one holder) is what its postings add up to."""
    came = _moved(_POSTING.c.to_account_id)
    went = _moved(_POSTING.c.from_account_id)
    derived = came - went
    return await found_rows(
        session,
        FindingKind.CACHED_BALANCE,
        "account",
        select(_ACCOUNT.c.id, _ACCOUNT.c.balance_minor, derived).where(
            *_held_by(merchant, holder_id), _ACCOUNT.c.balance_minor != derived
        ),
        "says {1:money}, and its postings add up to {2:money}",
        currency=merchant.currency,
    )


def _held_by(merchant: Merchant, holder_id: int | None) -> tuple[ColumnElement[bool], ...]:
    ours = _ACCOUNT.c.merchant_id == merchant.id
    return (ours,) if holder_id is None else (ours, _ACCOUNT.c.holder_id == holder_id)


def _moved(side: ColumnElement[int]) -> ColumnElement[int]:
    total = select(whole_sum(_POSTING.c.amount_minor)).where(side == _ACCOUNT.c.id)
    return total.correlate(_ACCOUNT).scalar_subquery()


async def changed_transfers(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Read every transfer with its moves, page by page, and compare it with the digest that was kept of it."""
    findings: list[Finding] = []
    last = 0
    while True:
        page = select(_TRANSFER.c.id).where(_TRANSFER.c.merchant_id == merchant.id, _TRANSFER.c.id > last)
        keys = (await session.execute(page.order_by(_TRANSFER.c.id).limit(_PAGE))).scalars().all()
        if not keys:
            return findings
        rows = await session.execute(
            _moves().where(
                _TRANSFER.c.merchant_id == merchant.id, _TRANSFER.c.id > last, _TRANSFER.c.id <= keys[-1]
            )
        )
        for _, moves in groupby(map(_Moved._make, rows), key=attrgetter("id")):
            findings.extend(_changed(merchant, list(moves)))
        last = keys[-1]


class _Moved(NamedTuple):
    """One move as `_moves` selects it. Bare, since a million of them are read."""

    id: int
    key: str
    kind: str
    digest: str
    order_id: int | None
    refund_id: int | None
    at: int
    written_at: int
    currency: str
    source_merchant: int
    source_kind: str
    source_holder: int
    target_merchant: int
    target_kind: str
    target_holder: int
    amount_minor: int


def _moves() -> Select[Any]:
    """Every move with its transfer and the meaning of its two accounts, by transfer."""
    source, target = aliased(_ACCOUNT), aliased(_ACCOUNT)
    return (
        select(
            _TRANSFER.c.id,
            _TRANSFER.c.key,
            _word(_TRANSFER.c.kind),
            _TRANSFER.c.digest,
            _TRANSFER.c.order_id,
            _TRANSFER.c.refund_id,
            type_coerce(_TRANSFER.c.at, BigInteger),
            type_coerce(_TRANSFER.c.written_at, BigInteger),
            _POSTING.c.currency,
            source.c.merchant_id,
            _word(source.c.kind),
            source.c.holder_id,
            target.c.merchant_id,
            _word(target.c.kind),
            target.c.holder_id,
            _POSTING.c.amount_minor,
        )
        .join(_POSTING, _POSTING.c.transfer_id == _TRANSFER.c.id)
        .join(source, source.c.id == _POSTING.c.from_account_id)
        .join(target, target.c.id == _POSTING.c.to_account_id)
        .order_by(_TRANSFER.c.id)
    )


def _word(kind: ColumnElement[Any]) -> ColumnElement[str]:
    """A kind as it stands there: a digest is made of the word, whatever it means."""
    return type_coerce(kind, String)


def _changed(merchant: Merchant, rows: Sequence[_Moved]) -> list[Finding]:
    """Findings when a transfer, its key, times or moves are not what its digest was made of (`Journal.transfer`)."""
    first = rows[0]
    moves = sorted(
        (row.source_kind, row.source_holder, row.target_kind, row.target_holder, row.amount_minor)
        for row in rows
    )
    content = ";".join(
        f"{source}:{giver}>{target}:{taker}={amount}" for source, giver, target, taker, amount in moves
    )
    findings = []
    if {merchant.id} != {key for row in rows for key in (row.source_merchant, row.target_merchant)}:
        findings.append(
            found(FindingKind.FOREIGN, "transfer", first.id, "moves money on another merchant's account")
        )
    content = f"{first.kind}|{first.currency}|{content}"
    digest = hash_of(content, first.order_id, first.refund_id, first.at, first.written_at, first.key)
    if digest != first.digest:
        says = f"was changed after it was written under the key {first.key}"
        findings.append(found(FindingKind.CHANGED_TRANSFER, "transfer", first.id, says))
    return findings


async def orphans(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Transfers that move nothing, and postings that belong to none."""
    posted = exists().where(_POSTING.c.transfer_id == _TRANSFER.c.id)
    written = exists().where(_TRANSFER.c.id == _POSTING.c.transfer_id)
    ours = exists().where(
        _ACCOUNT.c.merchant_id == merchant.id,
        or_(_ACCOUNT.c.id == _POSTING.c.from_account_id, _ACCOUNT.c.id == _POSTING.c.to_account_id),
    )
    return [
        *await found_rows(
            session,
            FindingKind.ORPHAN,
            "transfer",
            select(_TRANSFER.c.id).where(_TRANSFER.c.merchant_id == merchant.id, ~posted),
            "moves nothing",
        ),
        *await found_rows(
            session,
            FindingKind.ORPHAN,
            "posting",
            select(_POSTING.c.id).where(ours, ~written),
            "belongs to no transfer",
        ),
    ]
