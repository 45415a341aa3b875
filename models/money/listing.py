"""Commissions and ledger entries as lists, for the shop's side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.funnel.orders import OrderLine, OrderRow, order_lines
from models.money.commissions import Commission, CommissionRow, CommissionState
from models.money.ledger import MERCHANT, AccountKind, AccountRow, PostingRow, TransferKind, TransferRow
from models.people.distributors import Distributor
from models.store.sql import table_of, values_of


@dataclass(frozen=True, slots=True)
class CommissionListed:
    """A commission with its line and the shop's order number, where it has them, and whose it is (`external_id`)."""

    commission: Commission
    line: OrderLine | None
    order_ref: str | None
    distributor: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg of a transfer: a signed amount (minor units) on one account. `distributor` None: the merchant's own.

    `at` is when it happened, `written_at` when it came into the books.
    """

    transfer: str
    kind: TransferKind
    at: datetime
    account: AccountKind
    distributor: str | None
    amount_minor: int
    currency: str
    written_at: datetime


async def commission_page(
    session: AsyncSession,
    merchant_id: int,
    *,
    distributor_id: int | None = None,
    order_id: int | None = None,
    state: CommissionState | None = None,
    after: int = 0,
    limit: int = 50,
) -> list[CommissionListed]:
    """Commissions of a merchant behind the id `after`, in the order in which they were made."""
    table = table_of(CommissionRow)
    statement = (
        select(table, col(OrderRow.order_ref), col(Distributor.external_id))
        .outerjoin(OrderRow, col(OrderRow.id) == table.c.order_id)
        .join(Distributor, col(Distributor.id) == table.c.distributor_id)
        .where(table.c.merchant_id == merchant_id, table.c.id > after)
        .order_by(table.c.id)
        .limit(limit)
    )
    if distributor_id is not None:
        statement = statement.where(table.c.distributor_id == distributor_id)
    if order_id is not None:
        statement = statement.where(table.c.order_id == order_id)
    if state is not None:
        statement = statement.where(table.c.state == state)
    rows = (await session.execute(statement)).all()
    commissions = [values_of(row, Commission) for row in rows]
    lines = await order_lines(
        session,
        sorted({commission.order_id for commission in commissions if commission.order_id is not None}),
    )
    by_id = {line.id: line for some in lines.values() for line in some}
    return [
        CommissionListed(commission, by_id.get(commission.line_id or 0), row.order_ref, row.external_id)
        for commission, row in zip(commissions, rows, strict=True)
    ]


async def order_entries(session: AsyncSession, merchant_id: int, order_id: int) -> list[Entry]:
    """The ledger's legs for one order, oldest first; they sum to zero."""
    transfer, posting, account = table_of(TransferRow), table_of(PostingRow), table_of(AccountRow)
    source, target = account.alias("source"), account.alias("target")
    rows = await session.execute(
        select(
            transfer.c.key,
            transfer.c.kind,
            transfer.c.at,
            transfer.c.written_at,
            posting.c.amount_minor,
            posting.c.currency,
            source.c.kind.label("source_kind"),
            source.c.holder_id.label("source_holder"),
            target.c.kind.label("target_kind"),
            target.c.holder_id.label("target_holder"),
        )
        .join(posting, posting.c.transfer_id == transfer.c.id)
        .join(source, source.c.id == posting.c.from_account_id)
        .join(target, target.c.id == posting.c.to_account_id)
        .where(transfer.c.merchant_id == merchant_id, transfer.c.order_id == order_id)
        .order_by(transfer.c.id, posting.c.id)
    )
    found = rows.all()
    holders = {row.source_holder for row in found} | {row.target_holder for row in found}
    names = await _external_ids(session, holders - {MERCHANT})
    entries: list[Entry] = []
    for row in found:
        legs = (
            (row.source_kind, row.source_holder, -row.amount_minor),
            (row.target_kind, row.target_holder, row.amount_minor),
        )
        entries.extend(
            Entry(row.key, row.kind, row.at, kind, names.get(holder), amount, row.currency, row.written_at)
            for kind, holder, amount in legs
        )
    return entries


async def _external_ids(session: AsyncSession, distributor_ids: set[int]) -> dict[int, str]:
    rows = await session.execute(
        select(col(Distributor.id), col(Distributor.external_id)).where(
            col(Distributor.id).in_(distributor_ids)
        )
    )
    return {row.id: row.external_id for row in rows}
