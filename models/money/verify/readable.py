"""Rows that can't be read at all: JSON that is none, and words that no state, kind or reason has."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    ColumnElement,
    String,
    Table,
    Text,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncSession

from models.funnel.orders import OrderRow
from models.money.cases.cases import CaseRow
from models.money.claims import Claim
from models.money.closings import ClosingRow
from models.money.commissions import CommissionRow
from models.money.ledger import AccountRow, TransferRow
from models.money.verify.finding import Finding, FindingKind, found_rows
from models.money.withdrawal_states import WithdrawalRow
from models.people.distributors import Distributor
from models.people.levels import LevelHeld
from models.people.merchants import Merchant
from models.store.audit import AuditRow
from models.store.sql import table_of
from models.store.types import Word

_NAMED: tuple[tuple[str, Table, str], ...] = (
    ("commission", table_of(CommissionRow), "id"),
    ("order", table_of(OrderRow), "order_ref"),
    ("transfer", table_of(TransferRow), "id"),
    ("account", table_of(AccountRow), "id"),
    ("withdrawal", table_of(WithdrawalRow), "reference"),
    ("claim", table_of(Claim), "id"),
    ("case", table_of(CaseRow), "id"),
    ("closing", table_of(ClosingRow), "period"),
    ("distributor", table_of(Distributor), "external_id"),
    ("level", table_of(LevelHeld), "id"),
    ("audit entry", table_of(AuditRow), "number"),
)
"""What is read, by what it is called, and the column that names a row."""


async def unreadable_rows(session: AsyncSession, merchant: Merchant) -> list[Finding]:
    """Every row of the books can be read; a statement a table, whatever its size."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    findings = []
    for noun, table, key in _NAMED:
        faults = list(_faults(table, is_sqlite=is_sqlite))
        if faults:
            findings += await found_rows(
                session,
                FindingKind.UNREADABLE,
                noun,
                select(table.c[key], case(*((fault, literal(name)) for name, fault in faults))).where(
                    table.c.merchant_id == merchant.id, or_(*(fault for _, fault in faults))
                ),
                "can't be read: its {1} holds nothing that belongs there",
            )
    return findings


def _faults(table: Table, *, is_sqlite: bool) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """When each of a table's columns can't be read, by the column's name."""
    for column in table.columns:
        if isinstance(column.type, Word):
            words = [word.value for word in column.type.words]
            yield column.name, cast(type_coerce(column, String), Text).not_in(words)
        elif isinstance(column.type, JSON) and is_sqlite:
            # PostgreSQL takes nothing else into a column of JSON.
            yield column.name, func.json_valid(type_coerce(column, Text)) == 0
