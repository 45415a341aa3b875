"""What each distributor's accounts must hold, by what was earned, granted and withdrawn (operations.md A9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Select,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.money.claims import Claim, ClaimState
from models.money.commissions import IN_HELD, CommissionRow, CommissionState
from models.money.ledger import MERCHANT, AccountKind, AccountRow
from models.money.withdrawal_states import RESERVED, WithdrawalRow, WithdrawalState
from models.store.sql import table_of

_ACCOUNT, _COMMISSION, _WITHDRAWAL = table_of(AccountRow), table_of(CommissionRow), table_of(WithdrawalRow)
_CLAIM = table_of(Claim)
_OWED = (AccountKind.AVAILABLE, AccountKind.PAYING, AccountKind.PAID)
"""Where released money is, whether it has been withdrawn since or not."""
_Expected = Select[Any] | CompoundSelect[Any]


class Behind(StrEnum):
    """What stands behind a distributor's accounts."""

    HELD = "held"
    RELEASED = "released"
    ASKED = "asked"
    PAID_OUT = "paid_out"


@dataclass(frozen=True, slots=True)
class Difference:
    """A distributor whose accounts hold something else than what is behind them, in minor units."""

    behind: Behind
    distributor_id: int
    expected_minor: int
    booked_minor: int


@dataclass(frozen=True, slots=True)
class _Whose:
    """A merchant's distributors, all of them or one."""

    merchant_id: int
    distributor_id: int | None

    def rows(self, merchant: ColumnElement[int], who: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
        """Their rows of a table, by its two columns."""
        ours = merchant == self.merchant_id
        return (ours,) if self.distributor_id is None else (ours, who == self.distributor_id)


async def differences(
    session: AsyncSession, merchant_id: int, distributor_id: int | None = None
) -> list[Difference]:
    """Every difference of a merchant, or of one of its distributors; empty when all agree."""
    whose = _Whose(merchant_id, distributor_id)
    released = union_all(
        _earned(whose, {CommissionState.AVAILABLE}),
        # The fee of a payout was theirs, and is what the merchant kept.
        _withdrawn(whose, -_WITHDRAWAL.c.fee_minor, {WithdrawalState.PAID}),
        _granted(whose),
    )
    arrived = _WITHDRAWAL.c.amount_minor - _WITHDRAWAL.c.fee_minor
    checks: tuple[tuple[Behind, _Expected, Collection[AccountKind]], ...] = (
        (Behind.HELD, _earned(whose, IN_HELD), (AccountKind.HELD,)),
        (Behind.RELEASED, released, _OWED),
        (Behind.ASKED, _withdrawn(whose, _WITHDRAWAL.c.amount_minor, RESERVED), (AccountKind.PAYING,)),
        (Behind.PAID_OUT, _withdrawn(whose, arrived, {WithdrawalState.PAID}), (AccountKind.PAID,)),
    )
    return [
        difference
        for behind, expected, accounts in checks
        for difference in await _against_ledger(session, whose, behind, expected, accounts)
    ]


def _granted(whose: _Whose) -> Select[Any]:
    """What claims brought: goodwill that no commission stands behind."""
    return select(_CLAIM.c.distributor_id.label("who"), _CLAIM.c.granted_minor.label("net")).where(
        *whose.rows(_CLAIM.c.merchant_id, _CLAIM.c.distributor_id), _CLAIM.c.state == ClaimState.GRANTED
    )


def _earned(whose: _Whose, states: Collection[CommissionState]) -> Select[Any]:
    return select(
        _COMMISSION.c.distributor_id.label("who"),
        (_COMMISSION.c.amount_minor - _COMMISSION.c.reversed_minor).label("net"),
    ).where(
        *whose.rows(_COMMISSION.c.merchant_id, _COMMISSION.c.distributor_id),
        _COMMISSION.c.state.in_(sorted(states)),
    )


def _withdrawn(whose: _Whose, amount: ColumnElement[int], states: Collection[WithdrawalState]) -> Select[Any]:
    return select(_WITHDRAWAL.c.distributor_id.label("who"), amount.label("net")).where(
        *whose.rows(_WITHDRAWAL.c.merchant_id, _WITHDRAWAL.c.distributor_id),
        _WITHDRAWAL.c.state.in_(sorted(states)),
    )


async def _against_ledger(
    session: AsyncSession,
    whose: _Whose,
    behind: Behind,
    expected: _Expected,
    accounts: Collection[AccountKind],
) -> list[Difference]:
    rows = expected.subquery()
    should = select(rows.c.who, rows.c.net, literal(0, BigInteger).label("booked"))
    booked = select(_ACCOUNT.c.holder_id, literal(0, BigInteger), _ACCOUNT.c.balance_minor).where(
        *whose.rows(_ACCOUNT.c.merchant_id, _ACCOUNT.c.holder_id),
        _ACCOUNT.c.holder_id != MERCHANT,
        _ACCOUNT.c.kind.in_(sorted(accounts)),
    )
    both = union_all(should, booked).subquery()
    net, balance = _sum(both.c.net), _sum(both.c.booked)
    found = await session.execute(
        select(both.c.who, net, balance).group_by(both.c.who).having(net != balance)
    )
    return [Difference(behind, *row) for row in found]


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as an integer: PostgreSQL sums bigints to decimals."""
    return cast(func.coalesce(func.sum(amount), 0), BigInteger)
