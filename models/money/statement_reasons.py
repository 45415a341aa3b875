"""What a statement's entries were for: orders and goods, kinds of commissions, periods of bonuses, withdrawals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.commissions import (
    BONUSES,
    FOLLOWING_ORDERS,
    OF_PERIODS,
    CommissionKind,
    CommissionRow,
    ReversalRow,
)
from models.money.earnings import Goods, goods_of, orders_by_id
from models.money.ledger import AccountKind, TransferKind
from models.money.withdrawal_states import WithdrawalRow
from models.store.sql import chunks, table_of

_COMMISSION, _REVERSAL = table_of(CommissionRow), table_of(ReversalRow)
_WITHDRAWAL = table_of(WithdrawalRow)
_OF_PERIODS = {kind.value: kind for kind in OF_PERIODS}
_BACK = "-reversal"
_EXPENSES = frozenset({AccountKind.COMMISSION_EXPENSE, AccountKind.BONUS_EXPENSE})


@dataclass(frozen=True, slots=True)
class EntryReason:
    """Why one entry stands there."""

    order_ref: str | None = None
    goods: Goods | None = None
    kinds: tuple[CommissionKind, ...] = ()
    period: str | None = None
    withdrawal: str | None = None


@dataclass(frozen=True, slots=True)
class _Earned:
    id: int
    kind: CommissionKind
    period: str | None
    amount_minor: int
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reasons:
    """What is known of the transfers of one distributor."""

    orders: dict[int, str]
    goods: dict[int, Goods]
    of_orders: dict[int, list[_Earned]]
    of_periods: dict[int, _Earned]
    taken_back: dict[int, set[int]]
    withdrawals: dict[int, str]

    def of(self, account: AccountKind, row: Any) -> EntryReason:
        """By the account that it stands on and its transfer (`key`, `kind`, `order_id`, `refund_id`, `written_at`)
        with the account at its other end (`other`)."""
        kind, period = _bonus(row.key)
        if row.order_id is None:
            earned = self.of_periods.get(_last_number(row.key))
            if earned is not None:
                return EntryReason(kinds=(earned.kind,), period=earned.period)
            withdrawal = self.withdrawals.get(_withdrawal(row.key))
            return EntryReason(kinds=(kind,) if kind else (), period=period, withdrawal=withdrawal)
        kinds = (kind,) if kind else self._kinds(account, row)
        return EntryReason(self.orders.get(row.order_id), self.goods.get(row.order_id), kinds, period)

    def _kinds(self, account: AccountKind, row: Any) -> tuple[CommissionKind, ...]:
        """Of the order's commissions, those that the transfer moved from or to this account."""
        moved = [each for each in self.of_orders.get(row.order_id, []) if each.amount_minor > 0]
        match row.kind:
            case TransferKind.RELEASE:
                moved = [each for each in moved if each.released_at == row.written_at]
            case TransferKind.REVERSAL:
                taken = self.taken_back.get(row.refund_id, set())
                moved = [each for each in moved if each.id in taken]
                # A rehearsed clock may run back; then where each stood can't be told.
                moved = [each for each in moved if _stood(each, row) is account] or moved
            case TransferKind.ACCRUAL:
                moved = [each for each in moved if each.kind in FOLLOWING_ORDERS]
            case TransferKind.REFUSAL:
                pass
            case _:
                return ()
        if row.other in _EXPENSES:
            moved = [
                each for each in moved if (each.kind in BONUSES) is (row.other is AccountKind.BONUS_EXPENSE)
            ]
        named = {each.kind for each in moved}
        # A cashback is booked by itself; only after a review is it moved as others are.
        named = named - {CommissionKind.INVITE_CASHBACK} or named
        return tuple(kind for kind in CommissionKind if kind in named)


def _stood(earned: _Earned, row: Any) -> AccountKind:
    """Where a commission was when a transfer was written."""
    free = earned.released_at is not None and earned.released_at <= row.written_at
    return AccountKind.AVAILABLE if free else AccountKind.HELD


async def reasons_of(
    session: AsyncSession, merchant_id: int, distributor_id: int, rows: Sequence[Any]
) -> Reasons:
    """Read what these transfers (with `key` and `order_id`) were for."""
    order_ids = sorted({row.order_id for row in rows if row.order_id is not None})
    numbers = sorted({_last_number(row.key) for row in rows if row.order_id is None})
    of_orders: dict[int, list[_Earned]] = defaultdict(list)
    of_periods: dict[int, _Earned] = {}
    mine = (_COMMISSION.c.merchant_id == merchant_id, _COMMISSION.c.distributor_id == distributor_id)
    for part in chunks(order_ids):
        for row in await session.execute(select(_COMMISSION).where(*mine, _COMMISSION.c.order_id.in_(part))):
            of_orders[row.order_id].append(_earned(row))
    for part in chunks(numbers):
        for row in await session.execute(select(_COMMISSION).where(*mine, _COMMISSION.c.id.in_(part))):
            of_periods[row.id] = _earned(row)
    refund_ids = sorted({row.refund_id for row in rows if row.refund_id is not None})
    withdrawal_ids = sorted({_withdrawal(row.key) for row in rows if row.order_id is None} - {0})
    return Reasons(
        orders={key: order.order_ref for key, order in (await orders_by_id(session, order_ids)).items()},
        goods=await goods_of(session, merchant_id, order_ids),
        of_orders=of_orders,
        of_periods=of_periods,
        taken_back=await _taken_back(session, refund_ids),
        withdrawals=await _references(session, merchant_id, distributor_id, withdrawal_ids),
    )


def _earned(row: Any) -> _Earned:
    return _Earned(row.id, row.kind, row.period, row.amount_minor, row.released_at)


async def _taken_back(session: AsyncSession, refund_ids: Sequence[int]) -> dict[int, set[int]]:
    """Which commissions each refund took something of."""
    taken: dict[int, set[int]] = defaultdict(set)
    for part in chunks(refund_ids):
        found = select(_REVERSAL.c.refund_id, _REVERSAL.c.commission_id).where(
            _REVERSAL.c.refund_id.in_(part)
        )
        for refund_id, commission_id in await session.execute(found):
            taken[refund_id].add(commission_id)
    return taken


async def _references(
    session: AsyncSession, merchant_id: int, distributor_id: int, withdrawal_ids: Sequence[int]
) -> dict[int, str]:
    """The numbers of withdrawals by which people name them."""
    c = _WITHDRAWAL.c
    references: dict[int, str] = {}
    for part in chunks(withdrawal_ids):
        found = select(c.id, c.reference).where(
            c.merchant_id == merchant_id, c.distributor_id == distributor_id, c.id.in_(part)
        )
        references |= {row.id: row.reference for row in await session.execute(found)}
    return references


def _bonus(key: str) -> tuple[CommissionKind | None, str | None]:
    """The kind of bonus and the period that a transfer's key names: `ladder:2026-11:…`, `ladder-reversal:…:2026-11:…`,
    `cashback:…`."""
    head, *rest = key.split(":")
    if head == "cashback":
        return CommissionKind.INVITE_CASHBACK, None
    kind = _OF_PERIODS.get(head.removesuffix(_BACK))
    place = 1 if head.endswith(_BACK) else 0
    return kind, rest[place] if kind is not None and len(rest) > place else None


def _last_number(key: str) -> int:
    """The number at the end of a transfer's key: a bonus of a period is booked under its commission's own."""
    return _number(key.rpartition(":")[2])


def _withdrawal(key: str) -> int:
    """Whose money a key moves: `withdrawal:7`, `withdrawal:7:paid`, `withdrawal:7:back`; 0 for others."""
    head, _, rest = key.partition(":")
    return _number(rest.partition(":")[0]) if head == "withdrawal" else 0


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
