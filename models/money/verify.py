"""Verification: the books held against themselves (operations.md A9).

Everything is asked of the database in sets; only rows that contradict each other come back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, cast, exists, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from models.funnel.orders import OrderLineRow, OrderRow, RefundRow
from models.money.claims import Claim, ClaimState
from models.money.commissions import IN_HELD, CommissionRow, CommissionState, ReversalRow
from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferRow
from models.people.merchants import Merchant
from models.store.sql import table_of

_ACCOUNT, _TRANSFER, _POSTING = table_of(AccountRow), table_of(TransferRow), table_of(PostingRow)
_COMMISSION, _REVERSAL = table_of(CommissionRow), table_of(ReversalRow)
_CLAIM = table_of(Claim)
_ORDER, _LINE, _REFUND = table_of(OrderRow), table_of(OrderLineRow), table_of(RefundRow)
_PAGE = 5_000
_OWED = (AccountKind.AVAILABLE, AccountKind.PAYING, AccountKind.PAID)
"""Where released money is, whether it has been withdrawn since or not."""


class FindingKind(StrEnum):
    TRIAL_BALANCE = "trial_balance"
    CACHED_BALANCE = "cached_balance"
    CHANGED_TRANSFER = "changed_transfer"
    ORPHAN = "orphan"
    HELD_DIFFERS = "held_differs"
    AVAILABLE_DIFFERS = "available_differs"
    REVERSALS_DIFFER = "reversals_differ"
    REFUNDS_DIFFER = "refunds_differ"
    STUCK_NOTICE = "stuck_notice"
    STUCK_TICK = "stuck_tick"
    STUCK_EVENT = "stuck_event"
    STUCK_RELEASE = "stuck_release"


@dataclass(frozen=True, slots=True)
class Finding:
    """One contradiction: its kind, the row that it is about (`account 17`) and a sentence for staff."""

    kind: FindingKind
    subject: str
    sentence: str


async def verify(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Hold a merchant's books against themselves; empty when all agree. Amounts are minor units."""
    checks = (
        _trial_balance,
        _cached_balances,
        _changed_transfers,
        _orphans,
        _held,
        _available,
        _reversals,
        _refunds,
    )
    return [finding for check in checks for finding in await check(session, merchant)]


async def found_rows(
    session: AsyncSession, kind: FindingKind, noun: str, keys: Select[Any], sentence: str
) -> list[Finding]:
    """A finding a row; the statement selects what names it, and further columns fill the sentence."""
    found = []
    for row in await session.execute(keys):
        subject = f"{noun} {row[0]}"
        found.append(Finding(kind, subject, f"The {subject} {sentence.format(*row)}."))
    return found


async def _trial_balance(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    total = _sum(_ACCOUNT.c.balance_minor)
    return await found_rows(
        session,
        FindingKind.TRIAL_BALANCE,
        "currency",
        select(_ACCOUNT.c.currency, total)
        .where(_ACCOUNT.c.merchant_id == merchant.id)
        .group_by(_ACCOUNT.c.currency)
        .having(total != 0),
        "does not balance: its accounts add up to {1} instead of nothing",
    )


async def _cached_balances(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    came = _moved(_POSTING.c.to_account_id)
    went = _moved(_POSTING.c.from_account_id)
    derived = came - went
    return await found_rows(
        session,
        FindingKind.CACHED_BALANCE,
        "account",
        select(_ACCOUNT.c.id, _ACCOUNT.c.balance_minor, derived).where(
            _ACCOUNT.c.merchant_id == merchant.id, _ACCOUNT.c.balance_minor != derived
        ),
        "says {1}, and its postings add up to {2}",
    )


def _moved(side: ColumnElement[int]) -> ColumnElement[int]:
    total = select(_sum(_POSTING.c.amount_minor)).where(side == _ACCOUNT.c.id)
    return total.correlate(_ACCOUNT).scalar_subquery()


async def _changed_transfers(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Read every transfer with its moves, page by page, and compare it with the digest that was kept of it."""
    found: list[Finding] = []
    last = 0
    while True:
        page = select(_TRANSFER.c.id).where(_TRANSFER.c.merchant_id == merchant.id, _TRANSFER.c.id > last)
        keys = (await session.execute(page.order_by(_TRANSFER.c.id).limit(_PAGE))).scalars().all()
        if not keys:
            return found
        rows = await session.execute(
            _moves().where(
                _TRANSFER.c.merchant_id == merchant.id, _TRANSFER.c.id > last, _TRANSFER.c.id <= keys[-1]
            )
        )
        for _, moves in groupby(rows, key=attrgetter("id")):
            found.extend(_changed(list(moves)))
        last = keys[-1]


def _moves() -> Select[Any]:
    """Every move with its transfer and the meaning of its two accounts, by transfer."""
    source, target = aliased(_ACCOUNT), aliased(_ACCOUNT)
    return (
        select(
            _TRANSFER.c.id,
            _TRANSFER.c.key,
            _TRANSFER.c.kind,
            _TRANSFER.c.digest,
            _POSTING.c.currency,
            source.c.kind.label("source_kind"),
            source.c.holder_id.label("source_holder"),
            target.c.kind.label("target_kind"),
            target.c.holder_id.label("target_holder"),
            _POSTING.c.amount_minor,
        )
        .join(_POSTING, _POSTING.c.transfer_id == _TRANSFER.c.id)
        .join(source, source.c.id == _POSTING.c.from_account_id)
        .join(target, target.c.id == _POSTING.c.to_account_id)
        .order_by(_TRANSFER.c.id)
    )


def _changed(rows: Sequence[Any]) -> list[Finding]:
    """A finding when these moves of one transfer are not what its digest was made of (`Journal.transfer`)."""
    first = rows[0]
    moves = sorted(
        (row.source_kind, row.source_holder, row.target_kind, row.target_holder, row.amount_minor)
        for row in rows
    )
    content = ";".join(
        f"{source}:{giver}>{target}:{taker}={amount}" for source, giver, target, taker, amount in moves
    )
    digest = hashlib.sha256(f"{first.kind}|{first.currency}|{content}".encode()).hexdigest()
    if digest == first.digest:
        return []
    subject = f"transfer {first.id}"
    return [
        Finding(
            FindingKind.CHANGED_TRANSFER,
            subject,
            f"The {subject} ({first.key}) was changed after it was written.",
        )
    ]


async def _orphans(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    posted = exists().where(_POSTING.c.transfer_id == _TRANSFER.c.id)
    lined = exists().where(_LINE.c.id == _COMMISSION.c.line_id, _LINE.c.order_id == _COMMISSION.c.order_id)
    refunded = exists().where(
        _REFUND.c.id == _REVERSAL.c.refund_id, _REFUND.c.order_id == _COMMISSION.c.order_id
    )
    written = exists().where(_TRANSFER.c.id == _POSTING.c.transfer_id)
    ours = exists().where(
        _ACCOUNT.c.merchant_id == merchant.id,
        or_(_ACCOUNT.c.id == _POSTING.c.from_account_id, _ACCOUNT.c.id == _POSTING.c.to_account_id),
    )
    reversals = _REVERSAL.join(_COMMISSION, _COMMISSION.c.id == _REVERSAL.c.commission_id)
    orphans = (
        (
            "transfer",
            "moves nothing",
            select(_TRANSFER.c.id).where(_TRANSFER.c.merchant_id == merchant.id, ~posted),
        ),
        ("posting", "belongs to no transfer", select(_POSTING.c.id).where(ours, ~written)),
        (
            "commission",
            "stands on a line that is not its order's",
            select(_COMMISSION.c.id).where(_COMMISSION.c.merchant_id == merchant.id, ~lined),
        ),
        (
            "reversal",
            "belongs to no refund of its order",
            select(_REVERSAL.c.id)
            .select_from(reversals)
            .where(_COMMISSION.c.merchant_id == merchant.id, ~refunded),
        ),
    )
    return [
        finding
        for noun, sentence, keys in orphans
        for finding in await found_rows(session, FindingKind.ORPHAN, noun, keys, sentence)
    ]


async def _held(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    return await _against_ledger(
        session, merchant, FindingKind.HELD_DIFFERS, tuple(IN_HELD), (AccountKind.HELD,), "held"
    )


async def _available(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    states = (CommissionState.AVAILABLE,)
    return await _against_ledger(
        session,
        merchant,
        FindingKind.AVAILABLE_DIFFERS,
        states,
        _OWED,
        "released",
        beside=(_granted(merchant),),
    )


def _granted(merchant: Merchant) -> Select[Any]:
    """What claims brought each distributor: it is theirs without a commission."""
    return select(_CLAIM.c.distributor_id, _CLAIM.c.granted_minor, literal(0, BigInteger)).where(
        _CLAIM.c.merchant_id == merchant.id, _CLAIM.c.state == ClaimState.GRANTED
    )


async def _against_ledger(
    session: AsyncSession,
    merchant: Merchant,
    kind: FindingKind,
    states: Sequence[CommissionState],
    accounts: Sequence[AccountKind],
    word: str,
    beside: Sequence[Select[Any]] = (),
) -> list[Finding]:
    """Each distributor's commissions in these states, and what came `beside` them, against these accounts."""
    earned = select(
        _COMMISSION.c.distributor_id.label("who"),
        (_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor).label("net"),
        literal(0, BigInteger).label("booked"),
    ).where(_COMMISSION.c.merchant_id == merchant.id, _COMMISSION.c.state.in_(states))
    booked = select(_ACCOUNT.c.holder_id, literal(0, BigInteger), _ACCOUNT.c.balance_minor).where(
        _ACCOUNT.c.merchant_id == merchant.id, _ACCOUNT.c.kind.in_(accounts)
    )
    both = union_all(earned, *beside, booked).subquery()
    net, balance = _sum(both.c.net), _sum(both.c.booked)
    return await found_rows(
        session,
        kind,
        "distributor",
        select(both.c.who, net, balance).group_by(both.c.who).having(net != balance),
        f"has {word} commissions of {{1}}, and the ledger says {{2}}",
    )


async def _reversals(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    taken = _sum(_REVERSAL.c.amount_minor)
    return await found_rows(
        session,
        FindingKind.REVERSALS_DIFFER,
        "commission",
        select(_COMMISSION.c.id, _COMMISSION.c.reversed_minor, taken)
        .outerjoin(_REVERSAL, _REVERSAL.c.commission_id == _COMMISSION.c.id)
        .where(_COMMISSION.c.merchant_id == merchant.id)
        .group_by(_COMMISSION.c.id, _COMMISSION.c.reversed_minor)
        .having(_COMMISSION.c.reversed_minor != taken),
        "says that {1} was taken back, and its reversals add up to {2}",
    )


async def _refunds(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    lines = select(_sum(_LINE.c.refunded_minor)).where(_LINE.c.order_id == _ORDER.c.id).scalar_subquery()
    refunds = (
        select(_sum(_REFUND.c.refunded_minor)).where(_REFUND.c.order_id == _ORDER.c.id).scalar_subquery()
    )
    return await found_rows(
        session,
        FindingKind.REFUNDS_DIFFER,
        "order",
        select(_ORDER.c.order_ref, lines, refunds).where(
            _ORDER.c.merchant_id == merchant.id, lines != refunds
        ),
        "has {1} refunded on its lines, and its refunds add up to {2}",
    )


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as an integer: PostgreSQL sums bigints to decimals."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
