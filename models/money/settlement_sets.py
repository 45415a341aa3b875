"""One chunk of a settlement, moved in sets: the database writes every row, and we only count them.

Three temporary tables carry a chunk: `settling` its commissions in order, `moving` what becomes one transfer
each, `gaining` what each distributor gets. Their keys come from blocks (`models/store/ids.py`), their digests
from the database (`Sha256`), so that a transfer of a settlement is held against its postings like any other.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Executable,
    MetaData,
    Select,
    String,
    Table,
    case,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
    update,
)
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from models.errors import DomainError
from models.money.commissions import CommissionKind, CommissionRow, CommissionState
from models.money.ledger import AccountKind, AccountRow, PostingRow, TransferKind, TransferRow
from models.people.merchants import Merchant
from models.store.ids import IdBlock, new_ids
from models.store.sql import Sha256, insert_ignore, table_of
from models.store.types import Key, Minor, UtcTime, Word

_ACCOUNT, _TRANSFER, _POSTING = table_of(AccountRow), table_of(TransferRow), table_of(PostingRow)
_COMMISSION = table_of(CommissionRow)
_TEMPORARY = MetaData()
_TEMPORARY_ROWS: Final = "DELETE ROWS"
"""PostgreSQL empties them at the end of a transaction; SQLite is told to at its beginning."""

SETTLING = Table(
    "settling",
    _TEMPORARY,
    Column("n", Key, primary_key=True, autoincrement=False),
    Column("commission_id", Key, nullable=False),
    Column("order_id", Key),
    Column("distributor_id", Key, nullable=False),
    Column("kind", Word(CommissionKind), nullable=False),
    Column("plan_version", BigInteger, nullable=False),
    Column("net_minor", Minor, nullable=False),
    Column("reversed_minor", Minor, nullable=False),
    Column("earned_at", UtcTime, nullable=False),
    Column("release_at", UtcTime, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""The chunk's commissions, numbered from 1 in the order in which they became due."""
MOVING = Table(
    "moving",
    _TEMPORARY,
    Column("n", Key, primary_key=True, autoincrement=False),
    Column("commission_id", Key, nullable=False),
    Column("order_id", Key),
    Column("distributor_id", Key, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""What one order (or one bonus of a period) brings one distributor; `n` and `commission_id` are its first's."""
GAINING = Table(
    "gaining",
    _TEMPORARY,
    Column("distributor_id", Key, primary_key=True, autoincrement=False),
    Column("n", Key, nullable=False),
    Column("commission_id", Key, nullable=False),
    Column("amount_minor", Minor, nullable=False),
    Column("orders", BigInteger, nullable=False),
    Column("bonuses", BigInteger, nullable=False),
    Column("reversed_minor", Minor, nullable=False),
    Column("earned_from", UtcTime, nullable=False),
    Column("earned_until", UtcTime, nullable=False),
    Column("held_id", Key),
    Column("available_id", Key),
    prefixes=["TEMPORARY"],
    postgresql_on_commit=_TEMPORARY_ROWS,
)
"""What each distributor gets in all, and their two accounts."""
_ALL = (SETTLING, MOVING, GAINING)


class NoHeldAccount(DomainError):
    """A commission waits, and its distributor has nothing on hold: it never came into the ledger."""

    code = "no_held_account"

    def __init__(self) -> None:
        super().__init__(
            "Its distributor has no account of held money: the commission never came into the ledger."
        )


class AlreadySettled(DomainError):
    """Somebody else moved a commission of the chunk, though the merchant is locked."""

    code = "already_settled"

    def __init__(self) -> None:
        super().__init__("The commission moved on while it was being settled.")


async def fill(session: AsyncSession, chosen: Select[Any]) -> int:
    """Take a chunk up; answers how many commissions it has. `chosen` gives the columns of `settling`."""
    for table in _ALL:
        await session.execute(CreateTable(table, if_not_exists=True))
    await session.execute(delete(SETTLING))
    filled = await _changed(session, insert(SETTLING).from_select(SETTLING.c.keys(), chosen))
    if session.get_bind().dialect.name == "postgresql":
        await session.execute(
            text("ANALYZE settling")
        )  # it has no statistics else, and is taken for a small one
    return filled


async def move(session: AsyncSession, merchant: Merchant, first: int, last: int, now: datetime) -> None:
    """Settle the chunk's commissions from `first` to `last`: states, transfers, postings and balances.

    Leaves in `gaining` what each distributor got. Raises DomainError or DBAPIError when one of them can't be
    settled; the caller has a savepoint.
    """
    size = last - first + 1
    await _gather(session, first, last)
    await _open_accounts(session, merchant, new_ids(size), first)
    await _write(session, merchant, new_ids(2 * size), first, now)
    for account, change in (
        (GAINING.c.held_id, -GAINING.c.amount_minor),
        (GAINING.c.available_id, GAINING.c.amount_minor),
    ):
        await session.execute(
            update(_ACCOUNT)
            .where(_ACCOUNT.c.id == account)
            .values(balance_minor=_ACCOUNT.c.balance_minor + change)
        )
    ours = select(SETTLING.c.commission_id).where(SETTLING.c.n.between(first, last))
    settled = await _changed(
        session,
        update(_COMMISSION)
        .where(
            _COMMISSION.c.id.in_(ours),
            _COMMISSION.c.state.in_([CommissionState.AWAITING, CommissionState.HELD]),
        )
        .values(state=CommissionState.AVAILABLE, released_at=now),
    )
    if settled != size:
        raise AlreadySettled


async def _gather(session: AsyncSession, first: int, last: int) -> None:
    await session.execute(delete(MOVING))
    await session.execute(delete(GAINING))
    c = SETTLING.c
    some = (c.n.between(first, last), c.net_minor > 0)
    # A bonus of a period has no order, and is a transfer of its own.
    alone = case((c.order_id.is_(None), c.commission_id))
    moved = (
        select(func.min(c.n), func.min(c.commission_id), c.order_id, c.distributor_id, _sum(c.net_minor))
        .where(*some)
        .group_by(c.order_id, c.distributor_id, alone)
    )
    await session.execute(insert(MOVING).from_select(MOVING.c.keys(), moved))
    gained = (
        select(
            c.distributor_id,
            func.min(c.n),
            func.min(c.commission_id),
            _sum(c.net_minor),
            func.count(c.order_id.distinct()),
            func.count(alone),
            _sum(c.reversed_minor),
            func.min(c.earned_at),
            func.max(c.earned_at),
        )
        .where(*some)
        .group_by(c.distributor_id)
    )
    await session.execute(insert(GAINING).from_select(GAINING.c.keys()[:9], gained))


async def _open_accounts(session: AsyncSession, merchant: Merchant, ids: IdBlock, first: int) -> None:
    """Find both accounts of everybody who gets something; `available` is made where it is missing."""
    columns = ("id", "merchant_id", "kind", "holder_id", "currency", "balance_minor")
    fresh = select(
        ids.at(GAINING.c.n - literal(first, BigInteger)),
        literal(merchant.id, Key),
        literal(AccountKind.AVAILABLE, Word(AccountKind)),
        GAINING.c.distributor_id,
        literal(merchant.currency, String),
        literal(0, Minor),
    ).where(~_account(merchant, AccountKind.AVAILABLE).exists())
    await session.execute(
        insert_ignore(session, AccountRow, ("merchant_id", "holder_id", "kind", "currency")).from_select(
            columns, fresh
        )
    )
    await session.execute(
        update(GAINING).values(
            held_id=_account(merchant, AccountKind.HELD).scalar_subquery(),
            available_id=_account(merchant, AccountKind.AVAILABLE).scalar_subquery(),
        )
    )
    if (await session.execute(select(GAINING.c.n).where(GAINING.c.held_id.is_(None)).limit(1))).first():
        raise NoHeldAccount


def _account(merchant: Merchant, kind: AccountKind) -> Select[tuple[int]]:
    """The account of whom `gaining` is about."""
    return (
        select(_ACCOUNT.c.id)
        .where(
            _ACCOUNT.c.merchant_id == literal(merchant.id, Key),
            _ACCOUNT.c.holder_id == GAINING.c.distributor_id,
            _ACCOUNT.c.kind == kind,
            _ACCOUNT.c.currency == literal(merchant.currency, String),
        )
        .correlate(GAINING)
    )


async def _write(session: AsyncSession, merchant: Merchant, ids: IdBlock, first: int, now: datetime) -> None:
    """A transfer a row of `moving`, and its one posting; their ids take turns in the block."""
    place = (MOVING.c.n - literal(first, BigInteger)) * literal(2, BigInteger)
    one = literal(1, BigInteger)
    transfers = select(
        ids.at(place),
        literal(merchant.id, Key),
        _key(),
        Sha256(_content(merchant.currency)),
        literal(TransferKind.RELEASE, Word(TransferKind)),
        MOVING.c.order_id,
        literal(now, UtcTime),
        literal(now, UtcTime),
    ).order_by(MOVING.c.n)
    told = ("id", "merchant_id", "key", "digest", "kind", "order_id", "at", "written_at")
    await session.execute(insert(_TRANSFER).from_select(told, transfers))
    postings = (
        select(
            ids.at(place + one),
            ids.at(place),
            GAINING.c.held_id,
            GAINING.c.available_id,
            MOVING.c.amount_minor,
            literal(merchant.currency, String),
        )
        .join(GAINING, GAINING.c.distributor_id == MOVING.c.distributor_id)
        .order_by(MOVING.c.n)
    )
    columns = ("id", "transfer_id", "from_account_id", "to_account_id", "amount_minor", "currency")
    await session.execute(insert(_POSTING).from_select(columns, postings))


def release_key(order_id: int | None, distributor_id: int, commission_id: int) -> str:
    """The key of a release. A commission is released once, so its own key (the first's of its order) keeps a later
    one of the order apart; a bonus of a period has no order."""
    return f"release:{order_id or ''}:{distributor_id}:{commission_id}"


def _key() -> ColumnElement[str]:
    """As `release_key` says it."""
    order = func.coalesce(_text(MOVING.c.order_id), "")
    return _told("release:", order, ":", MOVING.c.distributor_id, ":", MOVING.c.commission_id)


def _content(currency: str) -> ColumnElement[str]:
    """As `ledger.content_of` says it of one move."""
    who = MOVING.c.distributor_id
    head = f"{TransferKind.RELEASE}|{currency}|{AccountKind.HELD}:"
    return _told(head, who, f">{AccountKind.AVAILABLE}:", who, "=", MOVING.c.amount_minor)


def _told(*parts: ColumnElement[int] | ColumnElement[str] | str) -> ColumnElement[str]:
    """Parts joined to one text."""
    whole: ColumnElement[str] = literal("", String)
    for part in parts:
        whole = whole.concat(literal(part, String) if isinstance(part, str) else _text(part))
    return whole


def _text(part: ColumnElement[int] | ColumnElement[str]) -> ColumnElement[str]:
    return cast(part, String)


def _sum(amount: ColumnElement[int]) -> ColumnElement[int]:
    """A sum as an integer: PostgreSQL sums bigints to decimals."""
    return cast(func.sum(amount), BigInteger)


async def _changed(session: AsyncSession, statement: Executable) -> int:
    """How many rows a statement wrote."""
    result = await session.execute(statement)
    assert isinstance(result, CursorResult)  # what writes has a cursor
    return result.rowcount
